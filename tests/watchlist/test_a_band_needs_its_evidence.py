import pytest

from gateway.records.person import Sex

NAME = {"family": "Третьяков", "given": "Олег"}


@pytest.fixture
def listed(entry):
    return entry("1", "Третьяков", "Олег", "Иванович", sex=Sex.MALE, citizenships=("RUS",))


def test_a_near_namesake_with_another_birth_date_is_nobody(listed, ask):
    assert ask([listed], **NAME, birth_date="1961-11-02").band == "NO_HIT"


@pytest.mark.parametrize("born", ["1985", "1985-06"])
def test_a_year_is_never_more_than_possible(born, listed, entry, ask):
    answer = ask([listed], **NAME, patronymic="Иванович", birth_date=born)
    assert answer.band == "POSSIBLE"
    assert "BIRTH_DATE_PARTIAL" in answer.hits[0].reasons
    known_to_the_year = entry("2", "Третьяков", "Олег", "Иванович", born=born)
    assert ask([known_to_the_year], **NAME, patronymic="Иванович", birth_date="1985-06-15").band == "POSSIBLE"
    assert ask([known_to_the_year], **NAME, patronymic="Иванович", birth_date=born).band == "POSSIBLE"


def test_an_assumed_first_of_january_counts_as_a_year(entry, ask):
    assumed = entry("1", "Третьяков", "Олег", born="1985-01-01", assumed=True)
    assert ask([assumed], **NAME, birth_date="1985-01-01").band == "POSSIBLE"
    assert ask([assumed], **NAME, birth_date="1985-09-09").band == "POSSIBLE"


def test_a_first_of_january_in_both_needs_the_patronymic(entry, ask):
    listed = entry("1", "Третьяков", "Олег", "Иванович", born="1985-01-01")
    assert ask([listed], **NAME, birth_date="1985-01-01").band == "POSSIBLE"
    assert ask([listed], **NAME, patronymic="Ivanovich", birth_date="1985-01-01").band == "HIT"


@pytest.mark.parametrize("born", ["1985-06-16", "1985-06-51"[:8] + "25", "1985-05-15", "1958-06-15", "1995-06-15"])
def test_a_birth_date_one_slip_away_is_possible(born, listed, ask):
    answer = ask([listed], **NAME, birth_date=born)
    assert answer.band == "POSSIBLE"
    assert "BIRTH_DATE_VARIANT" in answer.hits[0].reasons


def test_day_and_month_swapped_is_possible(entry, ask):
    listed = entry("1", "Третьяков", "Олег", born="1985-06-11")
    assert ask([listed], **NAME, birth_date="1985-11-06").band == "POSSIBLE"


def test_a_missing_patronymic_is_neutral_and_a_contradicting_one_is_not(listed, ask):
    born = {"birth_date": "1985-06-15"}
    assert ask([listed], **NAME, **born).band == "HIT"
    assert ask([listed], **NAME, patronymic="Ivanavich", **born).band == "HIT"
    answer = ask([listed], **NAME, patronymic="Маратович", **born)
    assert answer.band == "POSSIBLE"
    assert "PATRONYMIC_DIFFERS" in answer.hits[0].reasons


def test_sex_and_citizenship_qualify_and_never_exclude(listed, ask):
    born = {"birth_date": "1985-06-15"}
    answer = ask([listed], **NAME, **born, sex="F")
    assert answer.band == "POSSIBLE"
    assert "SEX_DIFFERS" in answer.hits[0].reasons
    answer = ask([listed], **NAME, **born, citizenships=["KAZ"])
    assert answer.band == "HIT"
    assert "CITIZENSHIP_DIFFERS" in answer.hits[0].reasons


@pytest.mark.parametrize(
    ("listed_twin", "other_twin"), [("Хасан", "Хусан"), ("Hasan", "Husan"), ("Фатима", "Зухра"), ("Олег", "Игорь")]
)
def test_a_twin_is_never_a_hit_for_the_other(listed_twin, other_twin, entry, ask):
    listed = entry("1", "Каримов", listed_twin, "Анварович")
    assert (
        ask([listed], family="Каримов", given=other_twin, patronymic="Анварович", birth_date="1985-06-15").band != "HIT"
    )
    assert (
        ask([listed], family="Каримов", given=listed_twin, patronymic="Анварович", birth_date="1985-06-15").band
        == "HIT"
    )


def test_twins_with_unlike_names_do_not_even_raise_a_question(entry, ask):
    listed = entry("1", "Каримов", "Олег", "Анварович")
    assert (
        ask([listed], family="Каримов", given="Игорь", patronymic="Анварович", birth_date="1985-06-15").band == "NO_HIT"
    )


def test_a_child_is_never_a_hit_without_an_officer(entry, ask):
    listed = entry("1", "Третьяков", "Олег", born="2012-05-05", documents=(("RUS", "651234567"),))
    answer = ask([listed], **NAME, birth_date="2012-05-05", documents=[{"country": "RUS", "number": "651234567"}])
    assert answer.band == "POSSIBLE"
    assert "MINOR" in answer.hits[0].reasons
    assert answer.hits[0].action == "CHECK"


def test_a_son_with_his_fathers_name_is_nobody(listed, ask):
    assert ask([listed], **NAME, patronymic="Олегович", birth_date="2009-08-21").band == "NO_HIT"


def test_an_initial_with_the_full_date_is_left_to_an_officer(listed, ask):
    answer = ask([listed], family="Третьяков", given="О.", birth_date="1985-06-15")
    assert answer.band == "POSSIBLE"
    assert "NAME_PARTIAL" in answer.hits[0].reasons


def test_a_name_without_any_birth_date_is_at_most_possible(listed, ask):
    assert ask([listed], **NAME).band == "POSSIBLE"
    assert ask([listed], **NAME, patronymic="Маратович").band == "NO_HIT"
