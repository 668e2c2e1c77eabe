import pytest

DOCUMENT = (("BLR", "MP1208556"),)
NAME = {"family": "Климович", "given": "Анна"}


def ask_with(ask, listed, number, country="BLR", **fields):
    return ask([listed], documents=[{"country": country, "number": number}], **fields)


@pytest.fixture
def listed(entry):
    return entry("1", "Климович", "Анна", documents=DOCUMENT)


@pytest.mark.parametrize("number", ["MP1208556", "mp 120-85-56", "МР1208556"])
def test_the_same_number_is_a_hit_however_it_is_typed(number, listed, ask):
    answer = ask_with(ask, listed, number)
    assert answer.band == "HIT"
    assert "DOCUMENT_EXACT" in answer.hits[0].reasons


def test_a_series_of_its_own_belongs_to_the_number(listed, ask):
    answer = ask([listed], documents=[{"country": "BLR", "series": "MP", "number": "1208556"}])
    assert answer.band == "HIT"


@pytest.mark.parametrize(
    "number", ["MP12O8556", "MP12085S6", "MPI208556", "MP120855", "MP12085566", "MP1208656", "MP1280556"]
)
def test_one_slip_in_the_number_is_possible_beside_the_name_and_nothing_alone(number, listed, ask):
    answer = ask_with(ask, listed, number, **NAME)
    assert answer.band == "POSSIBLE"
    assert "DOCUMENT_NEAR" in answer.hits[0].reasons
    assert ask_with(ask, listed, number).band == "NO_HIT"


def test_two_slips_are_another_number(listed, ask):
    assert ask_with(ask, listed, "MP1308557", family="Гусева", given="Анна").band == "NO_HIT"


def test_the_number_with_a_contradicting_person_is_left_to_an_officer(listed, ask):
    answer = ask_with(ask, listed, "MP1208556", family="Ergashev", given="Rustam", birth_date="1999-01-09")
    assert answer.band == "POSSIBLE"
    assert {"DOCUMENT_EXACT", "NAME_DIFFERS", "BIRTH_DATE_DIFFERS"} <= set(answer.hits[0].reasons)


def test_the_same_number_of_another_state_is_no_agreement(listed, ask):
    assert ask_with(ask, listed, "MP1208556", country="KAZ").band == "NO_HIT"
    answer = ask_with(ask, listed, "MP1208556", country="KAZ", **NAME)
    assert "DOCUMENT_OTHER_STATE" in answer.hits[0].reasons


def test_a_personal_number_finds_its_bearer_under_any_name(entry, ask):
    listed = entry("1", "Климович", "Анна", identifiers=(("KZ-IIN", "850615400123"),))
    asked = {"identifiers": [{"scheme": "KZ-IIN", "value": "850615 400123"}]}
    assert ask([listed], **asked).band == "HIT"
    assert ask([listed], identifiers=[{"scheme": "UZ-PINFL", "value": "850615400123"}]).band == "NO_HIT"


def test_an_entry_without_a_name_is_found_by_its_document(entry, ask):
    assert ask_with(ask, entry("1", documents=DOCUMENT), "MP1208556", **NAME).band == "HIT"
