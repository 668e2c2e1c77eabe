"""The traps of codes (domain.md sections 1.4 and 6): a code means what its own list says, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gateway.mapping import convert
from gateway.mapping.profile import load
from gateway.records.identifiers import synthesise
from gateway.records.person import Check, Sex

NAMED = {"Фамилия": "name.family"}


def codes(mapped: Any) -> list[str]:
    return [finding.code for finding in mapped.findings]


def country(own_profile: Any, text: str, write: str = "numeric", codes_: str = "") -> Any:
    more = f"codes: {{страна: {codes_}}}" if codes_ else ""
    own = f"{{to: citizenship, write: {write}{', codes: страна' if codes_ else ''}}}"
    profile = own_profile(fields=NAMED | {"страна": own}, more=more)
    return own_profile.one(profile, {"Фамилия": "Ким", "страна": text})


@pytest.mark.parametrize(
    ("text", "alpha3"),
    [
        ("051", "ARM"), ("51", "ARM"), ("31", "AZE"), ("031", "AZE"), ("860", "UZB"),
        ("AM", "ARM"), ("ARM", "ARM"), ("arm", "ARM"),
        ("РФ", "RUS"), ("Россия", "RUS"), ("Расія", "RUS"), ("Ресей", "RUS"), ("РОССИЯ", "RUS"),
        ("Респ. Молдова", "MDA"), ("Өзбекстан", "UZB"), ("Özbəkistan", "UZB"), ("ÖZBƏKİSTAN", "UZB"),
        ("Ozbekistan", "UZB"), ("O‘zbekiston", "UZB"), ("SU", "SUN"), ("СССР", "SUN"), ("ГДР", "DDR"),
    ],
)  # fmt: skip
def test_numbers_with_a_lost_zero_names_and_letters_of_two_kinds_are_one_country(
    text: str, alpha3: str, own_profile: Any
) -> None:
    assert country(own_profile, text).record.person.citizenships == (alpha3,)


@pytest.mark.parametrize(
    ("text", "code"),
    [("Абхазия", "MAP-COUNTRY-REVIEW"), ("895", "MAP-COUNTRY-REVIEW"), ("GFR", "MAP-COUNTRY"), ("UNK", "MAP-COUNTRY")],
)
def test_what_iso_has_no_code_for_goes_to_a_human(text: str, code: str, own_profile: Any) -> None:
    mapped = country(own_profile, text)
    assert (mapped.outcome, codes(mapped)) == ("rejected", [code])


def test_unhcr_codes_are_read_where_the_profile_lists_them(own_profile: Any) -> None:
    mapped = country(own_profile, "GFR", codes_="{GFR: DEU, AUS: AUT}")
    assert mapped.record.person.citizenships == ("DEU",)
    # UNHCR writes AUS for Austria: the list of the register comes before ISO.
    assert country(own_profile, "AUS", codes_="{GFR: DEU, AUS: AUT}").record.person.citizenships == ("AUT",)


def test_a_national_001_is_no_iso_number(own_profile: Any) -> None:
    assert codes(country(own_profile, "004", write="russian")) == ["MAP-COUNTRY"]
    assert country(own_profile, "001", write="russian", codes_='{"001": KAZ}').record.person.citizenships == ("KAZ",)


@pytest.mark.parametrize("text", ["ЛБГ", "лицо без гражданства", "XXA", "fuqaroligi yo'q"])
def test_a_stateless_person_has_no_country_and_says_so(text: str, own_profile: Any) -> None:
    person = country(own_profile, text).record.person
    assert (person.citizenships, person.stateless) == ((), True)


@pytest.mark.parametrize(
    ("code", "kind"), [("21", "PASSPORT"), ("10", "PASSPORT"), ("RU01001", "PASSPORT"), ("12", "RESIDENCE_PERMIT")]
)
def test_document_kinds_of_one_state_are_read_by_its_own_list(code: str, kind: str, own_profile: Any) -> None:
    path = own_profile.folder / "own.yaml"
    own_profile(fields=NAMED | {"вид": "{to: document.kind, codes: reference:document_kind}", "№": "document.number"})
    path.write_text(path.read_text("utf-8").replace("state: BLR", "state: RUS"), "utf-8")
    mapped = own_profile.one(load(path), {"Фамилия": "Ким", "вид": code, "№": "1234567"})
    assert mapped.record.person.documents[0].kind == kind


def test_another_states_code_is_unknown_here(own_profile: Any) -> None:
    profile = own_profile(
        fields=NAMED | {"вид": "{to: document.kind, codes: reference:document_kind}", "№": "document.number"}
    )
    assert codes(own_profile.one(profile, {"Фамилия": "Ким", "вид": "RU01001", "№": "1234567"})) == ["MAP-CODE"]


@pytest.mark.parametrize(
    ("name", "cell", "sex"),
    [
        ("aze-permits", ("cins", "K"), Sex.MALE),
        ("aze-permits", ("cins", "Q"), Sex.FEMALE),
        ("kaz-bans", ("gender", "Е"), Sex.MALE),
        ("kaz-bans", ("gender", "Ә"), Sex.FEMALE),
        ("kgz-stays", ("gender", "Э"), Sex.MALE),
        ("kgz-stays", ("gender", "А"), Sex.FEMALE),
        ("uzb-crossings", ("sex", "E"), Sex.MALE),
        ("uzb-crossings", ("sex", "A"), Sex.FEMALE),
        ("uzb-crossings", ("sex", "2"), Sex.FEMALE),
        ("blr-permits", ("Пол", "М"), Sex.MALE),
        ("blr-permits", ("Пол", "Ж"), Sex.FEMALE),
    ],
)
def test_a_letter_for_sex_is_that_of_its_own_language(
    name: str, cell: tuple[str, str], sex: Sex, good: dict[str, dict[str, Any]], now: Any
) -> None:
    # The number of the good row would contradict another sex, which is another trap.
    row = good[name] | dict([cell])
    [mapped] = convert.map_rows(load(name), [row], now=now)
    assert mapped.record is not None
    assert mapped.record.person.sex is sex


def test_a_look_alike_of_another_script_is_not_guessed(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"пол": "{to: sex, codes: пол}"}, more='codes: {пол: {K: "1", Q: "2"}}')
    assert codes(own_profile.one(profile, {"Фамилия": "Ким", "пол": "К"})) == ["MAP-SEX"]


@pytest.mark.parametrize("text", ["iş icazəsi", "İş icazəsi", "İŞ İCAZƏSİ", "Iş  icazəsi", "i\u0307ş icazəsi"])
def test_lower_differs_from_casefold_for_the_turkic_i(text: str, own_profile: Any) -> None:
    profile = own_profile(
        fields=NAMED | {"növ": "{to: document.kind, codes: növ}", "№": "document.number"},
        more="codes: {növ: {iş icazəsi: RESIDENCE_PERMIT}}",
    )
    mapped = own_profile.one(profile, {"Фамилия": "Ким", "növ": text, "№": "1234567"})
    assert mapped.record.person.documents[0].kind == "RESIDENCE_PERMIT"


@pytest.mark.parametrize("apostrophe", "ʻʼ‘’`'")
def test_an_uzbek_word_for_nothing_is_known_by_any_apostrophe(apostrophe: str, own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"адрес": "place.text"}, more='nulls: ["", yoʻq]')
    for word in (f"yo{apostrophe}q", f"YO{apostrophe}Q"):
        assert own_profile.one(profile, {"Фамилия": "Ким", "адрес": word}).record.detail.place is None


PINFL = synthesise("UZ-PINFL", date(1985, 6, 15), Sex.MALE, 1)
IIN = synthesise("KZ-IIN", date(2005, 6, 15), Sex.MALE, 7)


def numbered(own_profile: Any, field: str, text: str, **row: str) -> Any:
    profile = own_profile(fields=NAMED | {"номер лица": field, "рожд": "birth_date"})
    return own_profile.one(profile, {"Фамилия": "Ким", "номер лица": text} | row)


def test_a_spreadsheets_lost_zeros_are_put_back_only_where_the_profile_says_so(own_profile: Any) -> None:
    assert IIN.startswith("0")
    kept = numbered(own_profile, "identifier.KZ-IIN", IIN.lstrip("0"))
    assert codes(kept) == ["MAP-IDENTIFIER-FORMAT"]
    restored = numbered(own_profile, "{to: identifier.KZ-IIN, restore_zeros: 'yes'}", IIN.lstrip("0"))
    assert codes(restored) == ["MAP-PADDED"]
    assert restored.record.person.identifiers[0].value == IIN


def test_cyrillic_look_alikes_in_a_number_are_folded(own_profile: Any) -> None:
    mapped = numbered(own_profile, "identifier.BY-IDN", "3150685А001РВ5")
    assert mapped.findings == ()
    assert mapped.record.person.identifiers[0].value == "3150685A001PB5"


@pytest.mark.parametrize("text", ["112-233-445 95", "11223344595", "112 233 445 95"])
def test_a_snils_is_one_number_with_and_without_separators(text: str, own_profile: Any) -> None:
    [number] = numbered(own_profile, "identifier.RU-SNILS", text).record.person.identifiers
    assert (number.value, number.check) == ("11223344595", Check.VALID)


@pytest.mark.parametrize("text", ["не имеется", "0", "000000000000", "-", ""])
def test_a_word_or_zeros_for_no_number_are_no_number(text: str, own_profile: Any) -> None:
    mapped = numbered(own_profile, "identifier.KZ-IIN", text)
    assert mapped.findings == ()
    assert mapped.record.person.identifiers == ()


def test_the_scheme_is_never_told_by_the_length(own_profile: Any) -> None:
    as_uzbek = numbered(own_profile, "identifier.UZ-PINFL", PINFL).record.person.identifiers[0]
    as_kyrgyz = numbered(own_profile, "identifier.KG-PIN", PINFL).record.person.identifiers[0]
    assert (as_uzbek.scheme, as_uzbek.issuer, as_uzbek.check) == ("UZ-PINFL", "UZB", Check.VALID)
    assert (as_kyrgyz.scheme, as_kyrgyz.issuer) == ("KG-PIN", "KGZ")
    assert as_kyrgyz.check is not Check.VALID


def test_a_column_tells_of_which_scheme_a_number_is(own_profile: Any) -> None:
    chosen = (
        "[{to: identifier.UZ-PINFL, when: {column: страна, is: [UZB]}},"
        " {to: identifier.KZ-IIN, when: {column: страна, is: [KAZ]}}]"
    )
    profile = own_profile(fields=NAMED | {"номер лица": chosen, "страна": "{to: citizenship, write: alpha-3}"})
    for state, number, scheme in (("UZB", PINFL, "UZ-PINFL"), ("KAZ", IIN, "KZ-IIN")):
        record, again = own_profile.both_ways(profile, {"Фамилия": "Ким", "номер лица": number, "страна": state})
        assert [(found.scheme, found.value) for found in record.person.identifiers] == [(scheme, number)]
        assert again == record
    assert own_profile.one(profile, {"Фамилия": "Ким", "номер лица": IIN, "страна": "BLR"}).record is not None


def test_a_number_of_the_host_state_is_no_citizenship(own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"ИИН": "identifier.KZ-IIN", "страна": "citizenship"})
    person = own_profile.one(profile, {"Фамилия": "Ким", "ИИН": IIN, "страна": "Узбекистан"}).record.person
    assert (person.citizenships, person.identifiers[0].issuer) == (("UZB",), "KAZ")


def test_sex_and_birth_date_in_a_number_that_contradict_the_record_flag_it(own_profile: Any) -> None:
    mapped = numbered(own_profile, "identifier.UZ-PINFL", PINFL, рожд="16.06.1985")
    assert (mapped.outcome, codes(mapped)) == ("warned", ["MAP-EMBEDDED"])
    assert mapped.record.flags == ("MAP-EMBEDDED",)
    assert numbered(own_profile, "identifier.UZ-PINFL", PINFL, рожд="00.00.1985").findings == ()


def test_a_failed_check_digit_flags_and_never_rejects(own_profile: Any) -> None:
    wrong = PINFL[:-1] + str((int(PINFL[-1]) + 1) % 10)
    mapped = numbered(own_profile, "identifier.UZ-PINFL", wrong)
    assert (mapped.outcome, mapped.record.flags) == ("warned", ("MAP-CHECK-DIGIT",))
