"""Armenia: its script, its ligatures and a number that tells sex and birth date."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.mapping import back, convert
from gateway.mapping.profile import load
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Sex

By = Callable[[str], dict[Any, Any]]
NAME = "arm-residence"


def test_both_spellings_of_a_name_are_kept_with_their_scripts(records: By) -> None:
    armenian, latin = records(NAME)["KK-2026-001"].person.names
    assert (armenian.script, armenian.language, armenian.family) == ("Armn", "hy", "Կարիմով")
    assert (latin.script, latin.family) == ("Latn", "KARIMOV")


def test_ech_and_yiwn_are_kept_as_one_sign_or_two(records: By) -> None:
    assert records(NAME)["KK-2026-002"].person.names[0].family.endswith("\u0587ա")
    assert records(NAME)["KK-2026-004"].person.names[0].family.endswith("\u0565\u0582")


def test_a_ligature_within_a_name_becomes_its_letters(records: By) -> None:
    assert records(NAME)["KK-2026-002"].person.names[0].given == "Շամիրամ"


def test_the_day_comes_first(records: By) -> None:
    assert records(NAME)["KK-2026-004"].person.birth_date == PartialDate(1988, 11, 7)


def test_letters_of_sex_are_armenian(records: By, codes: By) -> None:
    permits = records(NAME)
    assert permits["KK-2026-001"].person.sex is Sex.MALE
    assert permits["KK-2026-002"].person.sex is Sex.FEMALE
    assert codes(NAME)[6] == ["MAP-SEX"]


def test_a_number_without_a_published_check_is_compared_with_the_person(records: By, codes: By) -> None:
    assert records(NAME)["KK-2026-001"].person.identifiers[0].check is Check.STRUCTURE_OK_NO_CHECK
    assert codes(NAME)[1] == []
    assert "MAP-EMBEDDED" in codes(NAME)[4]


def test_ethnicity_is_not_citizenship(records: By) -> None:
    person = records(NAME)["KK-2026-001"].person
    assert person.citizenships == ("UZB",)
    assert "ուզբեկ" not in repr(person)


def test_a_permanent_permit_has_no_end(records: By) -> None:
    permit = records(NAME)["KK-2026-002"].detail
    assert (permit.kind, permit.valid_from, permit.valid_to) == ("PERMANENT", date(2026, 2, 2), None)


def test_a_traveller_written_in_latin_only_has_one_name(records: By) -> None:
    [name] = records(NAME)["KK-2026-003"].person.names
    assert (name.script, name.family) == ("Latn", "SINGH")


def test_a_file_in_the_armenian_encoding_is_read_and_written(records: By) -> None:
    permits = records("arm-permits")
    assert permits["ԱԹ-0101"].person.names[0].family == "Կարիմով"
    chosen = load("arm-permits")
    rows, _ = back.unmap(chosen, list(permits.values()))
    assert "Կարիմով".encode("armscii-8") in back.write_rows(chosen, rows)


def test_the_armenian_encoding_has_a_sign_for_ech_and_yiwn(records: By) -> None:
    permits = records("arm-permits")
    # The first syllable is written with two letters and a later one with the sign.
    assert permits["ԱԹ-0102"].person.names[0].family == "\u0535\u0582ստիգնե\u0587ա"
    assert permits["ԱԹ-0103"].person.names[0].family.endswith("\u0565\u0582")


def test_a_father_in_the_genitive_stays_in_it(records: By) -> None:
    assert records("arm-permits")["ԱԹ-0101"].person.names[0].patronymic == "Բախտիյորի"
    assert records("arm-permits")["ԱԹ-0103"].person.names[0].no_patronymic


def test_a_month_is_never_taken_for_a_day(codes: By) -> None:
    assert codes("arm-permits")[8] == ["MAP-DATE"]


def test_a_number_of_somebody_else_is_a_flag(records: By) -> None:
    assert records("arm-permits")["ԱԹ-0105"].flags == ("MAP-EMBEDDED",)


def test_every_ligature_of_print_becomes_its_letters(records: By) -> None:
    name = records("arm-stays")["ՀՀ-26/0102"].person.names[0]
    assert (name.family, name.given, name.patronymic) == ("Կարմենյան", "Շամիրամ", "Սիմխայի")
    assert records("arm-stays")["ՀՀ-26/0103"].person.names[0].family == "Սավնանով"


def test_names_in_an_attribute_of_their_language_are_two_spellings(records: By) -> None:
    stays = records("arm-stays")
    assert [name.family for name in stays["ՀՀ-26/0101"].person.names] == ["Կարիմով", "KARIMOV"]
    assert [name.script for name in stays["ՀՀ-26/0104"].person.names] == ["Latn"]


def test_the_day_of_arrival_is_not_the_day_of_registration(records: By) -> None:
    stay = records("arm-stays")["ՀՀ-26/0101"].detail
    assert (stay.arrived, stay.stay_from) == (date(2026, 1, 30), date(2026, 2, 1))


def test_a_document_of_another_state_is_not_of_the_citizenship(records: By) -> None:
    person = records("arm-stays")["ՀՀ-26/0103"].person
    assert person.stateless
    assert (person.documents[0].country, person.documents[0].kind) == ("RUS", "RESIDENCE_PERMIT")


def test_a_purpose_that_no_list_has_is_left_out(records: By, codes: By) -> None:
    assert records("arm-stays")["ՀՀ-26/0103"].detail.purpose == ""
    assert codes("arm-stays")[3] == ["MAP-CODE"]


def test_the_committed_file_is_the_readable_table_in_armscii(sample_file: Callable[[str, str], bytes]) -> None:
    assert sample_file("arm-permits", "input.csv") == sample_file("arm-permits", "table.csv").decode().encode(
        "armscii-8"
    )


@pytest.mark.parametrize("heading", ["PSN", "Հանրային ծառայության համարանիշ"])
def test_the_public_services_number_has_several_headings(
    heading: str, sample_file: Callable[[str, str], bytes], tmp_path: Path, now: datetime
) -> None:
    source = tmp_path / "table.csv"
    source.write_bytes(sample_file("arm-permits", "table.csv").decode().replace("ՀԾՀ", heading, 1).encode("armscii-8"))
    first = next(iter(convert.map_file(load("arm-permits"), source, now=now)))
    assert first.record is not None
    assert first.record.person is not None
    assert first.record.person.ref == "AM-PSN:2506850018"


def test_azerbaijani_letters_that_armscii_lacks_are_a_loss_and_no_crash(records: By) -> None:
    chosen = load("arm-permits")
    rows, losses = back.unmap(chosen, [records("aze-permits")["İC-0102"]])
    assert any(loss.path.startswith("person.names[1]") for loss in losses)
    assert back.write_rows(chosen, rows)
