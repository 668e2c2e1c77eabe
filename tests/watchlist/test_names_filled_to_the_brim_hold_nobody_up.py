"""What the format allows of names is compared in bounded work; what is left unread is for a human, never silence."""

from __future__ import annotations

from datetime import date
from itertools import cycle, islice, product
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.records.dates import PartialDate
from gateway.watchlist import decide, spelling
from gateway.watchlist.compare import Evidence, compare
from gateway.watchlist.decide import Band
from gateway.watchlist.entries import Subject, WrittenName
from gateway.watchlist.people import Comparable, comparable
from gateway.watchlist.reasons import Reason
from tests.watchlist import plain

TODAY: Final = date(2026, 3, 1)
BORN: Final = PartialDate(1985, 6, 15)
MOST_COMPARED: Final = 50_000
"""Words compared, of some four million that two persons filled to the brim have to compare."""
_LETTERS: Final = "абвгдежзиклмнопрстухцчшщ"
_words = map("".join, cycle(product(_LETTERS, repeat=3)))


def text(words: int = 50) -> str:
    """Words of three letters, none of which comes twice in a test."""
    return " ".join(islice(_words, words))


def split() -> WrittenName:
    return WrittenName(text(), text(), text(20))


def unsplit() -> WrittenName:
    return WrittenName(full=text())


def person(*names: WrittenName, born: PartialDate | None = BORN, documents: tuple[str, ...] = ()) -> Comparable:
    return comparable(Subject(names, born, documents=tuple(("RUS", number) for number in documents)))


def compared(ours: Comparable, theirs: Comparable) -> tuple[Evidence, int]:
    """The evidence, and how often two words were compared for it."""
    before = spelling.compare.cache_info()
    evidence = compare(ours, theirs, TODAY)
    after = spelling.compare.cache_info()
    return evidence, after.hits + after.misses - before.hits - before.misses


@pytest.mark.parametrize(("one", "other"), [(split, split), (split, unsplit), (unsplit, unsplit)])
def test_two_persons_filled_to_the_brim_are_compared_in_bounded_work_and_left_to_an_officer(one, other):
    evidence, words = compared(person(*(one() for _ in range(20))), person(*(other() for _ in range(20))))
    assert words < MOST_COMPARED
    assert evidence.unread
    assert decide.band(evidence) is Band.POSSIBLE
    assert Reason.NAME_UNREAD in decide.reasons(evidence)


def test_a_name_that_a_person_bears_is_read_however_many_filled_ones_stand_beside_it():
    name = WrittenName("Третьяков", "Олег", "Иванович")
    ours = person(*(split() for _ in range(19)), name)
    theirs = person(name, *(split() for _ in range(19)))
    assert decide.band(compare(ours, theirs, TODAY)) is Band.HIT


def test_what_is_unread_of_names_is_left_to_an_officer_unless_the_birth_dates_contradict():
    ours = person(*(split() for _ in range(20)))
    names = tuple(split() for _ in range(20))
    bands = {
        born: decide.band(compare(ours, person(*names, born=born), TODAY))
        for born in (None, PartialDate(1985), PartialDate(1985, 6, 16), PartialDate(1961, 11, 2))
    }
    assert list(bands.values()) == [Band.POSSIBLE, Band.POSSIBLE, Band.POSSIBLE, Band.NO_HIT]


def test_a_document_is_no_hit_without_an_officer_while_names_are_unread():
    ours = person(*(split() for _ in range(20)), documents=("651234567",))
    theirs = person(*(split() for _ in range(20)), born=PartialDate(1961, 11, 2), documents=("651234567",))
    near = person(*(split() for _ in range(20)), born=PartialDate(1961, 11, 2), documents=("651234568",))
    assert decide.band(compare(ours, theirs, TODAY)) is Band.POSSIBLE
    assert decide.band(compare(ours, near, TODAY)) is Band.POSSIBLE


def test_twenty_names_of_four_words_are_read_whole_on_either_side():
    named = person(*(WrittenName(text(1), text(2), text(1)) for _ in range(20)))
    for other in (named, person(*(WrittenName(full=text(4)) for _ in range(20)))):
        assert not compare(named, other, TODAY).unread


WORDS: Final = (
    "Иванов Ivanov Іваноў Иванова Каримов Karimov Хасан Hasan Хусан Ольга Volha Мікалай Николай Nikolaj Абдул Рахим "
    "Абдулрахим Abdul Rahim Ли Lee Li И. O о Соловьёв Solovyov Александр Александра Мельников Мелников"
)
_WORD: Final = st.sampled_from(WORDS.split()) | st.text("абвиоcehkш", min_size=1, max_size=4)
PARTS: Final = st.lists(_WORD, max_size=4).map(" ".join)
PATRONYMICS: Final = st.sampled_from(
    ["", "", "Иванович", "Ivanovich", "И.", "Маратович", "Asan oğlu", "Асанович Мелник"]
)
NAMES: Final = st.builds(WrittenName, PARTS, PARTS, PATRONYMICS) | st.builds(lambda full: WrittenName(full=full), PARTS)


@given(st.lists(NAMES, max_size=4), st.lists(NAMES, max_size=4))
def test_the_quick_comparison_says_what_the_plain_one_says(ours, theirs):
    one, other = person(*ours), person(*theirs)
    evidence = compare(one, other, TODAY)
    assert evidence.name == plain.closest(one, other)
    assert not evidence.unread
