"""Russia: the traps of its patents and of its bans."""

from collections.abc import Callable
from datetime import date
from typing import Any

from gateway.records.dates import PartialDate
from gateway.records.person import Check, Sex

By = Callable[[str], dict[Any, Any]]


def test_a_patent_is_known_by_series_and_number_together(records: By) -> None:
    patent = records("rus-patents")["77/2600000101"].detail
    assert (patent.kind, patent.series, patent.number) == ("patent", "77", "2600000101")


def test_the_leading_zero_of_a_region_is_kept(records: By) -> None:
    patent = records("rus-patents")["01/2600000103"].detail
    assert (patent.series, patent.territory) == ("01", "01")


def test_the_last_day_of_a_patent_is_inclusive(records: By) -> None:
    assert records("rus-patents")["77/2600000101"].detail.valid_to == date(2027, 1, 31)


def test_a_name_in_latin_letters_is_told_by_its_letters(records: By) -> None:
    [name] = records("rus-patents")["78/2600000104"].person.names
    assert (name.script, name.language, name.family) == ("Latn", "", "KOVAL")


def test_a_latin_m_is_a_man(records: By) -> None:
    assert records("rus-patents")["78/2600000104"].person.sex is Sex.MALE


def test_a_wrong_check_digit_flags_and_one_digit_too_few_is_no_inn(records: By) -> None:
    patents = records("rus-patents")
    assert patents["78/2600000104"].person.identifiers[0].check is Check.INVALID_CHECK
    assert patents["50/2600000105"].person.identifiers[0].check is Check.INVALID_FORMAT
    assert patents["50/2600000105"].person.ref == "DOC:UZB:FB7654321"


def test_ethnicity_is_not_citizenship(records: By) -> None:
    person = records("rus-patents")["50/2600000105"].person
    assert person.citizenships == ("UZB",)
    assert "таджик" not in repr(person)


def test_a_word_for_no_patronymic_differs_from_a_dash(records: By) -> None:
    patents = records("rus-patents")
    assert patents["50/2600000105"].person.names[0].no_patronymic
    assert not patents["78/2600000104"].person.names[0].no_patronymic


def test_a_day_and_month_of_zeros_leave_the_year(records: By) -> None:
    assert records("rus-patents")["01/2600000103"].person.birth_date == PartialDate(1990)


def test_a_patent_without_number_is_no_record(codes: By) -> None:
    assert codes("rus-patents")[9] == ["MAP-RECORD-NUMBER-MISSING"]


def test_numbers_of_countries_that_lost_their_zero_are_read(records: By) -> None:
    bans = records("rus-bans")
    assert bans["RU-NV/2026/0002"].person.citizenships == ("ARM",)
    assert bans["RU-NV/2026/0003"].person.citizenships == ("AZE",)
    assert bans["RU-NV/2026/0001"].person.birth_country == "SUN"


def test_a_number_that_only_the_russian_classifier_has_is_left_to_a_human(codes: By) -> None:
    assert codes("rus-bans")[6] == ["MAP-COUNTRY-REVIEW"]


def test_midnight_of_moscow_is_the_same_day_however_it_is_stored(records: By) -> None:
    bans = records("rus-bans")
    assert bans["RU-NV/2026/0001"].detail.ban_from == date(2026, 1, 15)
    assert bans["RU-NV/2026/0003"].detail.ban_from == date(2026, 2, 1)


def test_a_line_cut_off_costs_itself_only(codes: By) -> None:
    assert codes("rus-bans")[7] == ["MAP-ROW-FORM"]
    assert codes("rus-bans")[8] == ["MAP-ORDER"]


def test_a_repealed_ban_comes_as_a_record_and_not_as_an_absent_line(records: By) -> None:
    assert records("rus-bans")["RU-NV/2026/0003"].status == "LIFTED"


def test_a_traveller_known_in_latin_only_has_that_name(records: By) -> None:
    [name] = records("rus-bans")["RU-NV/2026/0004"].person.names
    assert (name.script, name.family, name.given) == ("Latn", "NGUYEN VAN", "TUAN")


def test_the_month_paid_for_may_end_before_the_patent(records: By) -> None:
    patent = records("rus-patents")["77/2600000101"].detail
    assert patent.fee_paid_until == date(2026, 2, 28)
    assert patent.fee_paid_until < patent.valid_to


def test_costs_with_a_comma_and_a_space_are_a_plain_amount(records: By) -> None:
    expulsions = records("rus-expulsions")
    assert (expulsions["В-101/2026"].detail.cost, expulsions["В-101/2026"].detail.currency) == ("18450.50", "RUB")
    assert expulsions["В-104/2026"].detail.cost == "0"


def test_a_currency_without_costs_is_not_said(records: By) -> None:
    assert records("rus-expulsions")["В-102/2026"].detail.currency == ""


def test_where_a_person_is_sent_need_not_be_the_citizenship(records: By) -> None:
    expulsion = records("rus-expulsions")["В-103/2026"]
    assert expulsion.person.stateless
    assert expulsion.detail.destination == "KAZ"


def test_a_ground_that_is_religion_is_no_code(codes: By) -> None:
    assert codes("rus-expulsions")[6] == ["MAP-CODE"]
