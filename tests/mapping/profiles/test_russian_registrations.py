"""Russia: notices of arrival and of departure, as suppliers send them to the migration system."""

import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import Refusal
from gateway.mapping import convert, profile
from gateway.mapping.sources import archive
from gateway.records.dates import PartialDate
from gateway.records.lifecycle import reachable

By = Callable[[str], dict[Any, Any]]
ARRIVALS = Path(__file__).parents[1] / "samples" / "rus-arrivals"


def test_the_names_within_the_archive_are_cp866_that_the_archive_calls_cp437() -> None:
    with zipfile.ZipFile(ARRIVALS / "input.zip") as packed:
        assert [archive.file_name(member) for member in packed.infolist()] == sorted(
            member.name for member in (ARRIVALS / "members").iterdir()
        )
        assert not any("Уведомление" in member.filename for member in packed.infolist())


def test_cases_of_both_files_are_read_whatever_their_prefixes(records: By) -> None:
    # The first file has signatures as its default namespace, the second the cases themselves.
    arrivals = records("rus-arrivals")
    assert arrivals["02/440-001/26/000177"].person.names[0].family == "Каримов"
    assert arrivals["77/770-021/26/001201"].person.names[0].family == "NGUYEN"


def test_a_full_duplicate_is_a_registration_that_is_there_already(records: By) -> None:
    arrivals = records("rus-arrivals")
    assert arrivals["02/440-001/26/000178"].status == "REGISTERED"
    assert arrivals["02/440-001/26/000177"].status == "REGISTERED"


def test_the_repetition_of_a_case_is_the_same_record(records: By) -> None:
    first = records("rus-arrivals")["02/440-001/26/000177"]
    member = ARRIVALS / "members" / "Уведомление_гостиница.xml"
    text = member.read_text(encoding="utf-8").replace("принято", "обнаружен полный дубликат", 1)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as again:
        again.writestr(member.name, text)
    [repeated, *_] = convert.map_file(profile.load("rus-arrivals"), packed.getvalue(), now=first.created)
    assert repeated.record == first


def test_a_notice_that_was_refused_is_no_registration(codes: By) -> None:
    assert codes("rus-arrivals")[10] == ["MAP-STATUS"]


def test_a_notice_without_an_answer_is_a_notice_only(records: By) -> None:
    assert records("rus-arrivals")["02/440-001/26/000179"].status == "NOTIFIED"


def test_the_day_of_arrival_is_not_the_first_day_of_the_stay(records: By) -> None:
    stay = records("rus-arrivals")["02/440-001/26/000177"].detail
    assert (stay.arrived.isoformat(), stay.stay_from.isoformat()) == ("2026-01-19", "2026-01-20")


def test_a_code_and_a_name_of_a_country_that_contradict_are_told_and_the_code_is_taken(records: By, codes: By) -> None:
    assert "MAP-DISAGREE" in codes("rus-arrivals")[4]
    assert records("rus-arrivals")["02/440-001/26/000180"].person.citizenships == ("TJK",)


def test_a_birth_year_and_a_missing_patronymic_are_what_they_are(records: By) -> None:
    person = records("rus-arrivals")["02/440-001/26/000179"].person
    assert person.birth_date == PartialDate(1975)
    assert person.names[0].no_patronymic
    assert person.stateless


def test_a_private_host_and_the_ethnicity_stay_at_home(records: By) -> None:
    arrivals = records("rus-arrivals")
    assert arrivals["02/440-001/26/000178"].detail.host is None
    assert "узбек" not in repr(arrivals["02/440-001/26/000177"])
    assert "Иванова" not in repr(arrivals["02/440-001/26/000178"])


def test_a_departure_ends_the_very_registration_that_the_arrival_began(records: By) -> None:
    number = "02/440-001/26/000177"
    arrival, departure = records("rus-arrivals")[number], records("rus-departures")[number]
    assert departure.record_id == arrival.record_id
    assert reachable(arrival.category, arrival.status, departure.status)
    assert departure.detail.departed == date(2026, 2, 10)


def test_the_day_of_departure_is_that_of_moscow(records: By) -> None:
    assert records("rus-departures")["77/770-021/26/001201"].detail.departed == date(2026, 2, 12)


def test_elements_of_the_default_namespace_are_found_by_it(records: By) -> None:
    # In the file of departures the core has no prefix.
    assert records("rus-departures")["02/440-001/26/000178"].person.names[0].family == "Петросян"


def test_a_departure_without_its_day_is_no_record(codes: By) -> None:
    assert codes("rus-departures")[5] == ["MAP-VALUE-MISSING"]


def test_the_archive_holds_what_stands_beside_it() -> None:
    with zipfile.ZipFile(ARRIVALS / "input.zip") as packed:
        kept = {archive.file_name(member): packed.read(member) for member in packed.infolist()}
    assert kept == {member.name: member.read_bytes() for member in (ARRIVALS / "members").iterdir()}


def test_a_path_without_prefixes_finds_nothing_and_the_refusal_names_the_namespace(tmp_path: Path, now: Any) -> None:
    text = (profile.SHIPPED / "rus-departures.yaml").read_text(encoding="utf-8")
    bare = tmp_path / "bare.yaml"
    bare.write_text(text.replace("rows: //m:unregMigCase", "rows: //unregMigCase"), encoding="utf-8")
    source = ARRIVALS.parent / "rus-departures" / "input.xml"
    with pytest.raises(Refusal, match=re.escape("http://umms.fms.gov.ru/replication/migration")):
        list(convert.map_file(profile.load(bare), source, now=now))


def test_the_older_and_the_newer_document_tell_of_the_same_registration(records: By) -> None:
    number = "02/440-001/26/000177"
    older, newer = records("rus-arrivals")[number], records("rus-arrivals-epgu")[number]
    assert newer.record_id == older.record_id
    assert newer.person.ref == older.person.ref


@pytest.mark.parametrize(
    ("name", "other"), [("rus-departures", "rus-arrivals-epgu"), ("rus-arrivals-epgu", "rus-departures")]
)
def test_a_document_of_other_namespaces_is_refused_and_not_read_in_part(name: str, other: str, now: Any) -> None:
    source = ARRIVALS.parent / other / "input.xml"
    with pytest.raises(Refusal):
        list(convert.map_file(profile.load(name), source, now=now))


def test_another_version_in_the_namespace_is_another_document(now: Any) -> None:
    source = ARRIVALS.parent / "rus-arrivals-epgu" / "input.xml"
    newer = source.read_text(encoding="utf-8").replace("2.0.8", "2.0.9").encode()
    with pytest.raises(Refusal, match=re.escape("2.0.9")):
        list(convert.map_file(profile.load("rus-arrivals-epgu"), newer, now=now))
