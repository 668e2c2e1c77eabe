"""What the schema allows of names and places is compared in bounded time; what people are called takes part whole."""

from __future__ import annotations

import time
from itertools import count
from typing import Final

from gateway.matching.compare import compare
from gateway.matching.keys import keys
from gateway.matching.normalise import MOST_IN_PART, MOST_WORDS, comparable
from gateway.records.person import Name, Person

_LETTERS: Final = "абвгдежзиклмнопрстухцчшщ"
_numbers = count(1)


def text(words: int) -> str:
    """Words of three letters, none like another."""
    numbers = [next(_numbers) for _ in range(words)]
    return " ".join("".join(_LETTERS[number // 24**place % 24] for place in range(3)) for number in numbers)


def filled() -> Person:
    """Twenty names, each part of two hundred characters, and a place as long."""
    names = tuple(Name(text(50), text(50), text(50), script="Cyrl", language="ru") for _ in range(20))
    return Person(ref="1", names=names, birth_place=text(50))


def test_two_records_filled_to_the_brim_are_compared_in_no_time() -> None:
    one, other = comparable(filled()), comparable(filled())
    began = time.process_time()
    compare(one, other)
    keys(one, b"secret")
    assert time.process_time() - began < 1
    words = [len(name.family) + len(name.given) for name in one.names]
    assert words
    assert sum(words) <= MOST_WORDS
    assert max(len(name.fathers) for name in one.names) <= MOST_IN_PART
    assert len(one.birth_place) <= MOST_IN_PART


def test_the_names_of_a_person_with_many_take_part_whole() -> None:
    names = tuple(Name(text(2), text(1), text(1), script="Cyrl", language="ru") for _ in range(20))
    value = comparable(Person(ref="1", names=names))
    assert len(value.names) == len(names)
    full = comparable(Person(ref="1", names=(Name(full=text(9)),)))
    assert len(full.names[0].unsplit) == 9
