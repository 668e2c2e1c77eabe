"""Kazakhstan: the traps of its registers."""

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.mapping.convert import map_file
from gateway.mapping.profile import load
from gateway.records.person import Check, Sex

MAKER = runpy.run_path(str(Path(__file__).parent.parent / "make_samples.py"))
By = Callable[[str], dict[Any, Any]]


def test_ethnicity_gives_nobody_a_citizenship(records: By) -> None:
    assert records("kaz-stays")["02/440-001/26/000204"].person.citizenships == ()
    assert records("kaz-bans")["KB-105"].person.citizenships == ()


def test_of_two_country_columns_that_disagree_the_code_counts_and_that_is_told(records: By, codes: By) -> None:
    assert records("kaz-stays")["02/440-001/26/000203"].person.citizenships == ("RUS",)
    assert codes("kaz-stays")[3] == ["MAP-DISAGREE"]


def test_the_name_of_a_country_fills_the_gap_of_its_code(records: By) -> None:
    assert records("kaz-stays")["02/440-001/26/000202"].person.citizenships == ("KGZ",)


def test_a_number_of_the_world_list_is_no_national_code(codes: By) -> None:
    # 036 is Australia and 643 Russia in ISO 3166-1, and nothing in the list of this register.
    assert codes("kaz-stays")[9] == ["MAP-COUNTRY"]
    assert codes("kaz-bans")[12] == ["MAP-COUNTRY"]


def test_sex_is_a_word_a_number_or_a_kazakh_letter(records: By) -> None:
    stays = records("kaz-stays")
    told = [stays[f"02/440-001/26/00020{last}"].person.sex for last in range(1, 5)]
    assert told == [Sex.MALE, Sex.FEMALE, Sex.FEMALE, Sex.MALE]


def test_an_iin_that_came_as_a_number_gets_its_zero_back(records: By, codes: By) -> None:
    [number] = records("kaz-stays")["02/440-001/26/000207"].person.identifiers
    assert (number.value, number.check) == ("010105600389", Check.VALID)
    assert codes("kaz-stays")[7] == ["MAP-PADDED"]


def test_a_stateless_person_has_no_citizenship_and_that_is_said(records: By) -> None:
    person = records("kaz-bans")["KB-102"].person
    assert person.stateless
    assert person.citizenships == ()


def test_the_last_day_of_the_calendar_is_no_end(records: By) -> None:
    assert records("kaz-bans")["KB-102"].detail.ban_to is None
    assert records("kaz-stays")["02/440-001/26/000204"].detail.stay_to is None


def test_midnight_of_any_offset_that_almaty_ever_had_is_the_day_that_was_meant(records: By, codes: By) -> None:
    permits = records("kaz-shep")
    born = {number: str(permits[f"KZ-R-00030{number}"].person.birth_date) for number in (2, 3, 6, 7)}
    # In turn: +06:00, the same in UTC, +07:00 of a summer, +05:00 in UTC.
    assert born == {2: "1992-03-12", 3: "1990-11-07", 6: "1988-07-01", 7: "2001-01-05"}
    assert not any("MAP-EMBEDDED" in found for found in codes("kaz-shep").values())


def test_of_several_iins_the_one_in_force_is_the_number_of_the_person(records: By) -> None:
    permits = records("kaz-shep")
    assert [number.value for number in permits["KZ-R-000302"].person.identifiers] == ["920312400173"]
    # Only a closed one is left: the person is known by the document.
    assert permits["KZ-R-000304"].person.identifiers == ()
    assert permits["KZ-R-000304"].person.ref == "DOC:RUS:751234567"


def test_a_type_named_in_the_document_changes_nothing(records: By) -> None:
    assert records("kaz-shep")["KZ-R-000305"].person.names[0].family == "Ли"


def test_the_permit_in_the_string_is_a_residence_permit(records: By) -> None:
    permit = records("kaz-shep")["KZ-R-000302"]
    assert (permit.status, permit.detail.kind, permit.detail.valid_to) == ("EXTENDED", "PERMANENT", None)


def test_a_day_before_1970_is_a_negative_number_of_midnight_in_almaty_or_in_greenwich(records: By) -> None:
    documents = records("kaz-egov")
    assert {str(documents[f"GBDFL-50{last}"].person.birth_date) for last in (1, 2)} == {"1965-06-15"}


def test_midnight_of_an_almaty_summer_stays_on_its_day(records: By) -> None:
    assert str(records("kaz-egov")["GBDFL-503"].person.birth_date) == "1985-06-15"


def test_seconds_taken_for_milliseconds_are_betrayed_by_the_iin(codes: By) -> None:
    assert codes("kaz-egov")[7] == ["MAP-EMBEDDED"]


def test_a_label_in_one_language_is_enough(records: By) -> None:
    assert records("kaz-egov")["GBDFL-504"].person.citizenships == ("RUS",)


def test_a_card_of_kazakhstan_makes_nobody_its_citizen(records: By) -> None:
    stateless = records("kaz-egov")["GBDFL-505"]
    assert (stateless.detail.country, stateless.person.citizenships) == ("KAZ", ())
    # Ethnicity has a label that names a state, and that is no citizenship either.
    assert records("kaz-egov")["GBDFL-508"].person.citizenships == ()


def test_zeros_in_front_of_the_number_of_a_card_stay(records: By) -> None:
    assert records("kaz-egov")["GBDFL-501"].detail.number == "012345678"


def test_kazakh_letters_come_out_of_the_kazakh_code_page(records: By) -> None:
    assert records("kaz-permits")["ЖР-000702"].person.names[0].patronymic == "Ғаниқызы"
    assert records("kaz-permits")["ЖР-000703"].person.names[0].given == "Індіра"
    # The same bytes are other letters in windows-1251, without any error.
    given = (MAKER["SAMPLES"] / "kaz-permits" / "input.csv").read_bytes()
    assert "Каримов" in given.decode("windows-1251", "replace")
    assert "Ғаниқызы" not in given.decode("windows-1251", "replace")


def test_the_table_with_russian_headings_is_the_same_table(tmp_path: Path) -> None:
    profile = load("kaz-permits")
    source = MAKER["SAMPLES"] / "kaz-permits" / "input.csv"
    heading, _, rows = source.read_bytes().decode("kz1048").partition("\r\n")
    for russian, kazakh in profile.headings.items():
        heading = f";{heading};".replace(f";{kazakh};", f";{russian};").strip(";")
    other = tmp_path / "input.csv"
    other.write_bytes(f"{heading}\r\n{rows}".encode("kz1048"))
    assert heading.startswith("ИИН;Фамилия;Имя;Отчество;Дата рождения;Пол;Гражданство;Национальность")
    first, second = (list(map_file(profile, file, now=MAKER["NOW"])) for file in (source, other))
    assert [item.record for item in second] == [item.record for item in first]


def test_a_permit_of_somebody_whose_ethnicity_names_a_state_has_no_citizenship(records: By) -> None:
    assert records("kaz-permits")["ЖР-000707"].person.citizenships == ()


def test_the_letter_of_a_man_is_cyrillic_and_the_russian_one_of_a_woman_is_not_kazakh(codes: By) -> None:
    assert codes("kaz-permits")[10] == codes("kaz-permits")[11] == ["MAP-SEX"]


def test_a_line_break_in_the_name_of_an_employer_becomes_a_space(records: By) -> None:
    assert records("kaz-permits")["ЖР-000703"].detail.employer.name == '"Нұр" ЖШС'


def test_the_sum_below_the_regions_is_no_quota_and_its_formula_no_mistake(sample: By) -> None:
    assert 10 not in sample("kaz-quotas")


def test_a_quota_that_is_a_formula_itself_is_not_believed(codes: By) -> None:
    assert codes("kaz-quotas")[11] == ["MAP-FORMULA"]
    # Here the formula stands where it would tell whether the row is a sum.
    assert codes("kaz-quotas")[19] == ["MAP-FORMULA"]


def test_a_quota_is_known_by_what_it_is_of(records: By, codes: By) -> None:
    quota = records("kaz-quotas")["2026/Алматы қаласы/шетелдік жұмыс күшін тарту/3-санат"].detail
    assert (quota.region, quota.amount, quota.used) == ("KZ-75", 2450, 0)
    assert codes("kaz-quotas")[17] == ["MAP-DUPLICATE-ROW"]


def test_nothing_used_differs_from_not_told(records: By) -> None:
    quotas = records("kaz-quotas")
    told = {quota.detail.region: quota.detail.used for quota in quotas.values() if quota.detail.citizenship}
    assert told == {"KZ-61": 9870, "KZ-47": None}


def test_the_quota_of_an_unknown_region_does_not_become_one_of_the_whole_state(sample: By) -> None:
    assert sample("kaz-quotas")[15].record is None


def test_a_permit_names_its_region_by_its_world_code(records: By, codes: By) -> None:
    permits = records("kaz-permits")
    # In turn: a city by its Russian name, a region by its Kazakh one, and one that there is not.
    assert [permits[f"ЖР-00070{last}"].detail.territory for last in (1, 2, 5)] == ["KZ-75", "KZ-61", ""]
    assert "MAP-CODE" in codes("kaz-permits")[6]
