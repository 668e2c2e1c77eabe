import csv
from datetime import date

import pytest

from gateway.errors import Misuse, Unreadable
from gateway.records.dates import PartialDate
from gateway.watchlist.files import read_any_date, screen_files

TODAY = date(2026, 3, 1)
LIST = "id,family_name,given_name,birth_date,document\ne1,Щукин,Юрий,1985-06-15,651234567\ne2,Цой,Анна,1990,\n"
QUERIES = (
    "id;ФИО;ДР;Пол;Паспорт\n"
    "q1;Chtchoukine Iouri;15.06.1985;М;\n"
    "q2;Цой Анна;19900203;жен.;\n"
    "q3;Гусев Олег;01.02.1970;;\n"
    "q4;Гусев;;;\n"
    "q5;;не знаю;;65 1234567\n"
)
COLUMNS = "full_name=ФИО,birth_date=ДР,sex=Пол,document=Паспорт"


@pytest.fixture
def screened(tmp_path):
    def run(listed=LIST, queries=QUERIES, **options):
        (tmp_path / "list.csv").write_bytes(listed if isinstance(listed, bytes) else listed.encode())
        (tmp_path / "queries.csv").write_bytes(queries if isinstance(queries, bytes) else queries.encode())
        output = tmp_path / "hits.csv"
        counts = screen_files(tmp_path / "list.csv", tmp_path / "queries.csv", output, today=TODAY, **options)
        with output.open(encoding="utf-8") as file:
            return counts, list(csv.DictReader(file))

    return run


def test_hits_and_possible_matches_are_written_with_their_reasons(screened):
    counts, hits = screened(columns=COLUMNS)
    assert [(hit["query_id"], hit["entry_id"], hit["band"]) for hit in hits] == [
        ("q1", "e1", "HIT"),
        ("q2", "e2", "POSSIBLE"),
        ("q5", "e1", "HIT"),
    ]
    assert hits[0]["reasons"] == "NAME_FULL;BIRTH_DATE_EXACT"
    assert counts == {
        "entries": 2,
        "queries": 5,
        "hit": 2,
        "possible": 1,
        "no_hit": 2,
        "insufficient": 1,
        "unreadable_dates": 1,
    }


def test_columns_with_their_own_names_need_no_mention(screened):
    _, hits = screened(queries=LIST)
    assert [(hit["query_id"], hit["entry_id"], hit["band"]) for hit in hits] == [
        ("e1", "e1", "HIT"),
        ("e2", "e2", "POSSIBLE"),
    ]


@pytest.mark.parametrize("bad", [b"", b"\xff\xfe\x00", b"name\nx\n", b"id,colour\n1,red\n", b'id,full_name\n1,"open\n'])
def test_a_file_that_is_no_such_csv_is_refused_and_nothing_is_written(bad, screened, tmp_path):
    with pytest.raises(Unreadable):
        screened(queries=bad)
    assert not (tmp_path / "hits.csv").exists()
    with pytest.raises(Unreadable):
        screened(listed=bad)


@pytest.mark.parametrize("columns", ["family", "colour=red", "full_name=", "full_name=ФИО,,x", "full_name=ФОИ"])
def test_columns_that_mean_nothing_are_a_misuse(columns, screened):
    with pytest.raises(Misuse):
        screened(columns=columns)


def test_a_file_that_is_not_there_is_a_misuse(tmp_path):
    with pytest.raises(Misuse):
        screen_files(tmp_path / "a.csv", tmp_path / "b.csv", tmp_path / "c.csv", today=TODAY)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("1985-06-15", PartialDate(1985, 6, 15)),
        ("19850615", PartialDate(1985, 6, 15)),
        ("15.06.1985", PartialDate(1985, 6, 15)),
        ("5/6/1985", PartialDate(1985, 6, 5)),
        ("1985-06-15T00:00:00", PartialDate(1985, 6, 15)),
        ("06.1985", PartialDate(1985, 6)),
        ("1985-06", PartialDate(1985, 6)),
        ("00.00.1985", PartialDate(1985)),
        ("1985", PartialDate(1985)),
        ("31.02.1985", None),
        ("июнь", None),
        ("", None),
    ],
)
def test_dates_come_in_many_forms_and_in_parts(text, meant):
    assert read_any_date(text) == meant
