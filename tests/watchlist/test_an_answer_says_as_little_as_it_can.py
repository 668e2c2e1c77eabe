import json
from datetime import date

import pytest

from gateway.watchlist.build import build
from gateway.watchlist.entries import WrittenName
from gateway.watchlist.query import Query, screen
from gateway.watchlist.reasons import SENTENCES, Reason

ASKED = {"family": "Овчинников", "given": "Роман", "birth_date": "1985-06-15"}


def test_the_answer_holds_no_name_no_date_no_number_and_no_score(entry, ask):
    listed = entry("1", "Овчинников", "Роман", "Петрович", documents=(("RUS", "651234567"),), ban_to=date(2031, 2, 3))
    answer = ask([listed], **ASKED).as_dict()
    assert set(answer) == {"band", "hits"}
    assert set(answer["hits"][0]) == {"band", "action", "reference", "contact", "state", "score_band", "reasons"}
    said = json.dumps(answer, ensure_ascii=False)
    assert not any(secret in said for secret in ("Овчинников", "Роман", "Петрович", "1985", "651234567", "2031"))


def test_every_reason_speaks_russian_and_english():
    assert set(SENTENCES) == set(Reason)
    assert all(russian and english for russian, english in SENTENCES.values())


def test_a_possible_match_is_never_told_to_be_refused(entry, ask):
    listed = entry("1", "Овчинников", "Роман", action="REFUSE_ENTRY")
    assert ask([listed], **ASKED).hits[0].action == "REFUSE_ENTRY"
    assert ask([listed], **{**ASKED, "birth_date": "1985"}).hits[0].action == "CHECK"
    contact = entry("1", "Овчинников", "Роман", action="CONTACT_ISSUER")
    assert ask([contact], **{**ASKED, "birth_date": "1985"}).hits[0].action == "CONTACT_ISSUER"


@pytest.mark.parametrize(
    ("today", "band"),
    [
        (date(2024, 12, 31), "NO_HIT"),
        (date(2025, 1, 1), "HIT"),
        (date(2026, 1, 1), "HIT"),
        (date(2026, 1, 2), "NO_HIT"),
    ],
)
def test_a_ban_binds_from_its_first_to_its_last_day(today, band, entry, ask):
    listed = entry("1", "Овчинников", "Роман", ban_from=date(2025, 1, 1), ban_to=date(2026, 1, 1))
    assert ask([listed], today=today, **ASKED).band == band


def test_an_entry_that_binds_its_issuer_only_is_no_business_of_others(entry, ask):
    listed = entry("1", "Овчинников", "Роман", territory="ISSUER", owner_state="KAZ")
    assert ask([listed], state="KAZ", **ASKED).band == "HIT"
    assert ask([listed], state="BLR", **ASKED).band == "NO_HIT"


def test_the_kernel_sees_state_and_person_before_any_band_is_given(entry):
    seen = []
    index = build([entry("1", "Овчинников", "Роман", person_id=77, owner_state="TJK")])
    query = Query.read({"names": [{"family": "Овчинников", "given": "Роман"}], "birth_date": "1985-06-15"})

    def withhold(marks):
        seen.append(marks)
        return True

    answer = screen(index, query, today=date(2026, 3, 1), state="BLR", withheld=withhold)
    assert [tuple(marks) for marks in seen] == [("1", "TJK", 77)]
    assert answer.as_dict() == {"band": "NO_HIT", "hits": []}


def test_the_strongest_hit_stands_first_and_gives_its_band(entry, ask):
    listed = [
        entry("weak", "Овчинников", "Роман", born="1985"),
        entry("strong", "Овчинников", "Роман", aliases=(WrittenName("Гусев", "Роман"),)),
    ]
    answer = ask(listed, **ASKED)
    assert (answer.band, [hit.record_id for hit in answer.hits]) == ("HIT", ["strong", "weak"])
