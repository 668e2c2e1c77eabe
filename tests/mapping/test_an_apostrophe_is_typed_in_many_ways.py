"""The sign of oʻ or of «сім'я» is typed in seven ways, and every one of them means the same word of a profile."""

from typing import Any

import pytest

from gateway.mapping.declaration import Profile

SIGNS = "'\u02bb\u02bc\u2018\u2019`´"


def profile_of(own_profile: Any) -> Profile:
    return own_profile(
        fields={
            "фамилия": "name.family", "отчество": "{to: name.patronymic, none: [yo\u02bbq]}",
            "родился": "birth_date", "гражданство": "{to: citizenship, codes: country}", "паспорт": "document.number",
            "цель": "{to: purpose, codes: purpose}",
        },
        more="status: {from: состояние, codes: {muddati o\u02bbtgan: EXPIRED, amalda: REGISTERED}}\n"
        "nulls: ['', 'ma\u02bclumot yo\u02bbq']\n"
        "codes: {purpose: {o\u02bbqish: STUDY}, country: {fuqaroligi yo\u02bbq: stateless}}",
    )  # fmt: skip


@pytest.mark.parametrize("sign", SIGNS)
def test_codes_states_and_words_for_nothing_are_known_with_any_apostrophe(own_profile: Any, sign: str) -> None:
    row = {
        "фамилия": f"G{sign}ulomov", "отчество": f"Yo{sign}q", "родился": "15.06.1985", "паспорт": "1",
        "гражданство": f"fuqaroligi yo{sign}q", "цель": f"O{sign}qish", "состояние": f"muddati  o{sign}tgan",
    }  # fmt: skip
    mapped = own_profile.one(profile_of(own_profile), row)
    assert mapped.findings == ()
    assert mapped.record.status == "EXPIRED"
    assert mapped.record.detail.purpose == "STUDY"
    assert mapped.record.person.stateless
    [name] = mapped.record.person.names
    assert name.no_patronymic
    # A name is nobody's code: it stays as it was typed.
    assert name.family == f"G{sign}ulomov"


@pytest.mark.parametrize("sign", SIGNS)
def test_a_word_for_nothing_is_no_purpose(own_profile: Any, sign: str) -> None:
    row = {
        "фамилия": "Karimov", "родился": "15.06.1985", "паспорт": "1", "состояние": "amalda",
        "цель": f"ma{sign}lumot yo{sign}q",
    }  # fmt: skip
    mapped = own_profile.one(profile_of(own_profile), row)
    assert mapped.findings == ()
    assert mapped.record.detail.purpose == ""
