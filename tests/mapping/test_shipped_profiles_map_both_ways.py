"""Every register that comes with the gateway: its good row, and the way there and back."""

import runpy
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.mapping import back, convert, profile
from gateway.mapping.description import describe
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Sex
from gateway.records.record import Category

GOOD: dict[str, dict[str, Any]] = runpy.run_path(str(Path(__file__).with_name("conftest.py")))["GOOD"]


@pytest.mark.parametrize("name", profile.names())
def test_a_shipped_profile_has_no_mistake(name: str) -> None:
    assert profile.check(profile.SHIPPED / f"{name}.yaml") == []
    described = describe(profile.load(name))
    assert described["title"]["ru"]
    assert described["title"]["en"]


def test_every_shipped_profile_has_a_good_row_or_a_sample() -> None:
    samples = {folder.name for folder in Path(__file__).with_name("samples").iterdir()}
    assert set(profile.names()) <= set(GOOD) | samples


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_good_row_maps_and_comes_back_the_same(
    name: str, good: dict[str, Any], make_file: Callable[..., bytes], now: datetime
) -> None:
    chosen = profile.load(name)
    [first] = convert.map_file(chosen, make_file(chosen, [good[name]]), now=now)
    assert first.outcome == "mapped", first.findings
    assert first.record is not None
    rows, losses = back.unmap(chosen, [first.record])
    assert losses == []
    [again] = convert.map_file(chosen, back.write_rows(chosen, rows), now=now)
    assert again.record == first.record


def test_a_permit_carries_person_document_and_employer(mapped: Callable[..., convert.Mapped]) -> None:
    record = mapped("blr-permits").record
    assert record is not None
    assert record.category is Category.LABOUR_PERMIT
    assert record.person.sex is Sex.MALE
    assert record.person.citizenships == ("UZB",)
    assert record.person.documents[0].country == "UZB"
    assert record.person.identifiers[0].check is Check.VALID
    assert record.person.ref == "BY-IDN:3150685A001PB5"
    assert record.detail.valid_to == date(2027, 2, 28)
    assert record.detail.employer.scheme == "BY-UNP"


def test_the_same_row_always_gets_the_same_id(mapped: Callable[..., convert.Mapped]) -> None:
    first, second = mapped("blr-permits").record, mapped("blr-permits", {"Фамилия": "Каримова"}).record
    assert first is not None
    assert second is not None
    assert first.record_id == second.record_id


def test_a_word_for_no_patronymic_differs_from_an_empty_cell(mapped: Callable[..., convert.Mapped]) -> None:
    assert mapped("blr-bans").record.person.names[0].no_patronymic
    assert not mapped("blr-bans", {"Отчество": "-"}).record.person.names[0].no_patronymic


def test_ethnicity_is_dropped_and_citizenship_never_taken_from_it(
    mapped: Callable[..., convert.Mapped],
) -> None:
    result = mapped("kaz-stays")
    assert "Казах" not in repr(result.record)
    without = mapped("kaz-stays", {"citizenship_id": None, "citizenship_ru_name": None})
    assert without.record is not None
    assert without.record.person.citizenships == ()


def test_a_national_country_number_is_not_read_as_an_iso_number(
    mapped: Callable[..., convert.Mapped],
) -> None:
    # 004 is Afghanistan in ISO 3166-1; 036, which the profile does not list, is Australia there.
    assert mapped("kaz-stays").record.person.citizenships == ("UZB",)
    assert mapped("kaz-stays", {"citizenship_id": "036"}).findings[0].code == "MAP-COUNTRY"


def test_a_lost_leading_zero_of_an_iso_number_is_put_back(mapped: Callable[..., convert.Mapped]) -> None:
    assert mapped("uzb-crossings", {"citizenship": 51}).record.person.citizenships == ("ARM",)


def test_both_scripts_of_a_name_are_kept(mapped: Callable[..., convert.Mapped]) -> None:
    latin, cyrillic = mapped("uzb-crossings").record.person.names
    assert (latin.script, latin.family) == ("Latn", "Karimov")
    assert (cyrillic.script, cyrillic.family) == ("Cyrl", "Каримов")


def test_an_unsplit_name_stays_whole(mapped: Callable[..., convert.Mapped]) -> None:
    result = mapped(
        "uzb-crossings",
        dict.fromkeys(("surnamelat", "namelat", "patronymlat", "surname_cyr", "name_cyr"))
        | {"full_name": "KARIMOV JASUR"},
    )
    assert result.record.person.names[0].full == "KARIMOV JASUR"


def test_a_birth_date_with_a_zone_does_not_shift(mapped: Callable[..., convert.Mapped]) -> None:
    for text in ("1985-06-15T00:00:00+06:00", "1985-06-14T18:00:00Z", "1985-06-15"):
        assert mapped("kgz-stays", {"dateOfBirth": text}).record.person.birth_date == PartialDate(1985, 6, 15)


def test_a_stateless_person_has_no_citizenship_and_says_so(mapped: Callable[..., convert.Mapped]) -> None:
    for name, column, word in (
        ("blr-permits", "Гражданство", "ЛБГ"),
        ("kaz-bans", "citizenship_id", "999"),
        ("aze-permits", "vetendasliq", "vətəndaşlığı olmayan"),
    ):
        person = mapped(name, {column: word}).record.person
        assert person.stateless
        assert person.citizenships == ()


def test_an_azerbaijani_k_is_a_man(mapped: Callable[..., convert.Mapped]) -> None:
    assert mapped("aze-permits").record.person.sex is Sex.MALE
    assert mapped("aze-permits", {"cins": "Q"}).record.person.sex is Sex.FEMALE


def test_the_former_soviet_union_is_a_birth_country(mapped: Callable[..., convert.Mapped]) -> None:
    assert mapped("blr-asylum").record.person.birth_country == "SUN"


def test_the_states_of_an_asylum_application_reach_the_risk_set(
    mapped: Callable[..., convert.Mapped],
) -> None:
    record = mapped("blr-asylum").record
    assert record.person.citizenships == ("KAZ", "RUS")
    assert record.detail.persecutors == ("KAZ",)
    assert record.person.ref.startswith("NAME:")


def test_an_expired_open_end_is_no_date(mapped: Callable[..., convert.Mapped]) -> None:
    assert mapped("blr-bans").record.detail.ban_to is None
    assert mapped("kaz-bans").record.detail.ban_to is None


def test_the_way_back_tells_what_another_register_cannot_carry(
    mapped: Callable[..., convert.Mapped],
) -> None:
    foreign = mapped("kaz-stays").record
    rows, losses = back.unmap(profile.load("kgz-stays"), [foreign])
    paths = {loss.path for loss in losses}
    assert "source" in paths
    assert "person.names[2]" in paths
    assert any(path.startswith("person.identifiers") for path in paths)
    assert rows[0]["citizenship"] == "Өзбекстан"
    assert rows[0]["purpose"] == "иштөө"


def test_letters_that_the_national_encoding_lacks_are_a_loss(mapped: Callable[..., convert.Mapped]) -> None:
    foreign = mapped("aze-permits").record
    [row], losses = back.unmap(profile.load("blr-permits"), [foreign])
    assert row["Фамилия"] == "Eliyev"
    assert any(loss.path.startswith("person.names[1]") for loss in losses)
