"""What must hold for any list: other people's entries change nothing, and neither do the ways of storing them."""

import random
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.records.dates import PartialDate
from gateway.records.person import Sex
from gateway.watchlist.build import build
from gateway.watchlist.entries import Entry, Subject, WrittenName
from gateway.watchlist.query import MOST_HITS, Query, screen

FAMILIES = ["Каримов", "Karimov", "Щукин", "Цой", "Ким", "Əliyev", "Иванова", "Кавалёў", "Хачатрян", "Ли"]
GIVEN = ["Олег", "Oleg", "Хасан", "Хусан", "Анна", "Hanna", "Николай", "Mikalai", ""]
DATES = ["1985-06-15", "1985-06-16", "1985", "1985-01-01", "1990-12-11", "1990-11-12", ""]
NUMBERS = ["AB1234567", "AB1234576", "A81234567", "CC7654321"]

subjects = st.builds(
    lambda family, given, patronymic, born, sex, numbers: Subject(
        names=(WrittenName(family, given, patronymic),),
        birth_date=PartialDate.parse(born) if born else None,
        sex=sex,
        documents=tuple(("UZB", number) for number in numbers),
    ),
    st.sampled_from(FAMILIES),
    st.sampled_from(GIVEN),
    st.sampled_from(["", "Иванович", "Karimovich"]),
    st.sampled_from(DATES),
    st.sampled_from([Sex.UNKNOWN, Sex.MALE, Sex.FEMALE]),
    st.lists(st.sampled_from(NUMBERS), max_size=1),
)
lists = st.lists(subjects, max_size=8)


def entries_of(people, prefix="r"):
    return [
        Entry(
            f"{prefix}{place}",
            "RUS",
            person,
            f"D-{prefix}{place}",
            date(2024, 1, 1),
            None,
            place,
            territory="ALL_PARTIES",
        )
        for place, person in enumerate(people)
    ]


def ask(parts, person, withheld=None):
    return screen(parts, Query(person), today=date(2026, 3, 1), state="BLR", withheld=withheld)


@settings(max_examples=60, deadline=None)
@given(lists, lists, subjects)
def test_adding_entries_never_changes_the_verdict_about_the_others(people, others, asked):
    before = {hit.record_id: hit for hit in ask(build(entries_of(people)), asked).hits}
    after = ask(build(entries_of(people) + entries_of(others, "x")), asked).hits
    kept = {hit.record_id: hit for hit in after if hit.record_id.startswith("r")}
    assert all(before[record_id] == hit for record_id, hit in kept.items())
    assert len(after) == MOST_HITS or kept == before


@settings(max_examples=60, deadline=None)
@given(lists, lists, subjects, st.randoms(use_true_random=False))
def test_a_delta_on_top_answers_as_a_rebuilt_index(people, changed, asked, dice):
    main = entries_of(people)
    replaced = {f"r{place}" for place in range(len(people)) if dice.random() < 0.4}
    new = entries_of(changed, "x") + [entry for entry in entries_of(changed[::-1]) if entry.record_id in replaced]
    gone = replaced & {entry.record_id for entry in new}
    hidden = [place for place, entry in enumerate(main) if entry.record_id in gone]
    layered = ((build(main), hidden), (build(new), None))
    rebuilt = build([entry for entry in main if entry.record_id not in gone] + new)
    assert ask(layered, asked) == ask(rebuilt, asked)


@settings(max_examples=60, deadline=None)
@given(lists, subjects, st.sets(st.integers(0, 7)))
def test_an_excluded_entry_answers_as_if_it_were_absent(people, asked, secret):
    entries = entries_of(people)
    visible = [entry for entry in entries if entry.person_id not in secret]
    withheld = ask(build(entries), asked, withheld=lambda marks: marks.person_id in secret)
    assert repr(withheld.as_dict()) == repr(ask(build(visible), asked).as_dict())


@settings(max_examples=60, deadline=None)
@given(lists, subjects, st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter(people, asked, dice):
    entries = entries_of(people)
    shuffled = entries[:]
    dice.shuffle(shuffled)
    assert ask(build(entries), asked) == ask(build(shuffled), asked)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), subjects)
def test_any_text_at_all_can_be_a_name(family, given_name, asked):
    odd = Subject((WrittenName(family, given_name),), asked.birth_date, documents=(("", given_name),))
    index = build(entries_of([odd, asked]))
    ask(index, odd)
    ask(index, asked)


def test_the_strongest_ten_of_many_are_answered(entry):
    dice = random.Random(5)  # noqa: S311 - a shuffle, not a secret
    crowd = [entry(f"{place:02}", "Каримов", "Олег") for place in range(30)]
    dice.shuffle(crowd)
    answer = ask(build(crowd), crowd[0].subject)
    assert [hit.record_id for hit in answer.hits] == [f"{place:02}" for place in range(10)]


def test_an_empty_list_answers_no_hit():
    anybody = Subject((WrittenName("Каримов", "Олег"),), PartialDate(1985, 6, 15), documents=(("UZB", "AB1234567"),))
    assert ask(build([]), anybody).as_dict() == {"band": "NO_HIT", "hits": []}


@pytest.mark.parametrize("count", [1, 2])
def test_an_index_may_hold_one_entry_or_nothing_but_inactive_ones(count, entry):
    inactive = [entry(str(place), "Каримов", "Олег", active=False) for place in range(count)]
    assert ask(build(inactive), inactive[0].subject).hits == ()


def test_an_entry_is_found_by_the_whole_of_its_record_id():
    begin = "0f8fad5b-d9cb-469f-a165-"
    index = build(entries_of([Subject()] * 3, prefix=begin))
    assert index.entries_of({f"{begin}2", f"{begin}0", f"{begin}7"}).tolist() == [0, 2]
    assert index.entries_of({begin}).tolist() == []
    assert build(()).entries_of({begin}).tolist() == []
