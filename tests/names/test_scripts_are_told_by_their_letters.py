"""The script of a name is an ISO 15924 code, and a mixture is no script."""

import pytest

from gateway.names.script import script_of


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Қасым-Жомарт Ұлықбеков", "Cyrl"),
        ("Əliyev Oʻtkir, 2.", "Latn"),
        ("Սևան ﬔք", "Armn"),
        ("გიორგი", "Geor"),
        ("Cергей", "Zyyy"),
        ("12-34", "Zyyy"),
        ("", "Zyyy"),
        ("王", "Zyyy"),
    ],
)
def test_the_script_of_a_name_is_that_of_all_its_letters(text: str, script: str) -> None:
    assert script_of(text) == script
