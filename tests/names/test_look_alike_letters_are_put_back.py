"""A Latin letter inside a Cyrillic word, or the reverse, is repaired for comparison and reported."""

import pytest

from gateway.names.fold import tokens
from gateway.names.script import lower, mended


@pytest.mark.parametrize(
    ("text", "repaired", "strays"),
    [
        ("АHНА", "АННА", 1),  # a Latin H, which looks like the Cyrillic N
        ("Cергей", "Сергей", 1),
        ("Ivаnov", "Ivanov", 1),
        ("Алиев", "Алиев", 0),
        ("Yёdva", "Yëdva", 1),
    ],
)
def test_a_stray_letter_is_exchanged_and_counted(text: str, repaired: str, strays: int) -> None:
    assert mended(text) == (repaired, strays, 0)


def test_a_word_that_no_look_alike_explains_is_left_and_reported() -> None:
    assert mended("Hgա") == ("Hgա", 0, 1)


def test_a_repaired_name_compares_like_the_right_one() -> None:
    assert tokens("АHНА Cергеева") == tokens("Анна Сергеева")


def test_the_dotted_capital_is_one_small_letter() -> None:
    assert lower("İLHAM") == "ilham"
    assert len(lower("İ")) == 1
