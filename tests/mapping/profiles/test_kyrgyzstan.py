"""Kyrgyzstan: the traps of its registers."""

from collections.abc import Callable
from typing import Any

from gateway.mapping.profile import load
from gateway.records.dates import PartialDate
from gateway.records.person import Sex

By = Callable[[str], dict[Any, Any]]


def test_midnight_of_bishkek_is_the_day_that_was_meant(records: By) -> None:
    stays = records("kgz-stays")
    # One was sent with the offset of Bishkek, the other as the same moment in UTC, which is the evening before.
    assert stays["KG-1001"].person.birth_date == PartialDate(1985, 6, 15)
    assert stays["KG-1002"].person.birth_date == PartialDate(1992, 3, 12)


def test_a_patronymic_in_kyrgyz_or_in_russian_is_kept_as_it_is(records: By) -> None:
    stays = records("kgz-stays")
    told = [stays[f"KG-100{last}"].person.names[0].patronymic for last in range(1, 4)]
    assert told == ["Асан уулу", "Асан кызы", "Асанович"]


def test_a_voided_registration_has_ended(records: By, codes: By) -> None:
    assert records("kgz-stays")["KG-1003"].status == "DEREGISTERED"
    assert codes("kgz-stays")[8] == ["MAP-STATUS"]


def test_countries_have_their_kyrgyz_names(records: By) -> None:
    stays = records("kgz-stays")
    assert [stays[f"KG-100{last}"].person.citizenships for last in (1, 2, 5)] == [("UZB",), ("KAZ",), ("TJK",)]


def test_the_russian_letter_of_a_man_is_no_kyrgyz_letter(records: By, codes: By) -> None:
    assert records("kgz-stays")["KG-1001"].person.sex is Sex.MALE
    assert codes("kgz-stays")[11] == ["MAP-SEX"]


def test_a_pin_cut_short_is_flagged_and_the_person_known_by_the_document(records: By) -> None:
    assert records("kgz-stays")["KG-1006"].person.ref == "DOC:UZB:AA2223334"


def test_the_series_of_a_passport_tells_its_kind(records: By, codes: By) -> None:
    passports = records("kgz-tunduk")
    told = [(passports[f"GRS-40{last}"].detail.series, passports[f"GRS-40{last}"].detail.kind) for last in (1, 2, 3)]
    assert told == [("ID", "ID_CARD"), ("AN", "PASSPORT"), ("AC", "PASSPORT")]
    # A Cyrillic letter in the series, and a series that nobody knows.
    assert codes("kgz-tunduk")[8] == codes("kgz-tunduk")[9] == ["MAP-CODE"]


def test_zeros_in_front_of_a_number_stay(records: By) -> None:
    assert records("kgz-tunduk")["GRS-403"].detail.number == "0012345"


def test_a_stolen_passport_without_a_bearer_is_about_the_document_alone(records: By) -> None:
    record = records("kgz-tunduk")["GRS-404"]
    assert record.person is None
    assert (record.status, record.detail.number) == ("STOLEN", "7654321")


def test_the_same_person_has_a_kyrgyz_and_a_russian_patronymic(records: By) -> None:
    passports = records("kgz-tunduk")
    first, second = passports["GRS-401"].person, passports["GRS-403"].person
    assert first.ref == second.ref == "KG-PIN:21506198500010"
    assert (first.names[0].patronymic, second.names[0].patronymic) == ("Асан уулу", "Асанович")


def test_a_word_for_no_patronymic_is_not_an_empty_element(records: By) -> None:
    passports = records("kgz-tunduk")
    assert passports["GRS-405"].person.names[0].no_patronymic
    assert not passports["GRS-406"].person.names[0].no_patronymic


def test_son_of_stands_in_the_patronymic_or_makes_the_family_name(records: By) -> None:
    permits = records("kgz-permits")
    assert permits["ЭУ-801"].person.names[0].patronymic == "Бахтиёр уулу"
    [name] = permits["ЭУ-803"].person.names
    assert (name.family, name.given, name.no_patronymic) == ("Асан уулу", "Бакыт", True)
    # The same person with a family name and a patronymic of the Russian kind is still known by the number.
    assert permits["ЭУ-804"].person.names[0].patronymic == "Асанович"
    assert permits["ЭУ-803"].person.ref == permits["ЭУ-804"].person.ref


def test_the_employers_number_looks_like_a_pin_and_is_none(records: By) -> None:
    employer = records("kgz-permits")["ЭУ-801"].detail.employer
    assert (employer.scheme, employer.number) == ("KG-INN", "00101202610001")


def test_a_foreigner_with_a_kyrgyz_pin_stays_a_foreigner(records: By) -> None:
    person = records("kgz-permits")["ЭУ-801"].person
    assert (person.identifiers[0].scheme, person.citizenships) == ("KG-PIN", ("UZB",))


def test_a_pin_of_a_woman_with_a_man_is_told(codes: By) -> None:
    assert codes("kgz-permits")[8] == ["MAP-EMBEDDED"]


def test_ethnicity_that_names_a_state_is_no_citizenship(records: By) -> None:
    assert records("kgz-permits")["ЭУ-808"].person.citizenships == ()


def test_a_latin_letter_is_no_kyrgyz_sex(codes: By) -> None:
    assert codes("kgz-permits")[10] == ["MAP-SEX"]


def test_a_birth_date_of_which_only_the_year_is_known_is_that_year(records: By) -> None:
    assert records("kgz-permits")["ЭУ-805"].person.birth_date == PartialDate(1979)


def test_the_table_of_permits_has_russian_headings_for_every_column() -> None:
    chosen = load("kgz-permits")
    # ПИН is the same word in both languages.
    assert set(chosen.headings.values()) == {*chosen.columns, *chosen.dropped} - {"ПИН"}
