"""`quick` changes what making a value costs, and nothing else about it."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import dataclass, field, replace

import pytest

from gateway.records.dates import PartialDate
from gateway.records.person import Name, NameKind, Person
from gateway.records.value import quick


@dataclass(frozen=True, slots=True)
class Plain:
    first: str
    second: tuple[str, ...] = ()
    third: int = field(default=3)


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    first: str
    second: tuple[str, ...] = ()
    third: int = field(default=3)


def test_it_is_made_as_a_dataclass_is() -> None:
    for made in (Quick("a"), Quick("a", (), 3), Quick(first="a", third=3), Quick("a", second=())):
        assert dataclasses.astuple(made) == dataclasses.astuple(Plain("a"))
        assert type(made) is Quick
        assert made == Quick("a")
        assert hash(made) == hash(Plain("a"))
    assert repr(Quick("a")) == repr(Plain("a")).replace("Plain", "Quick")
    assert str(inspect.signature(Quick)) == str(inspect.signature(Plain))


@pytest.mark.parametrize("wrong", [{}, {"first": "a", "fourth": 1}])
def test_wrong_arguments_are_errors_as_ever(wrong: dict[str, object]) -> None:
    for made in (Plain, Quick):
        with pytest.raises(TypeError, match="first" if not wrong else "fourth"):
            made(**wrong)  # type: ignore[arg-type]


def test_nothing_can_be_changed_or_added_afterwards() -> None:
    made = Quick("a")
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.first = "b"  # type: ignore[misc]
    with pytest.raises((dataclasses.FrozenInstanceError, AttributeError, TypeError)):
        made.other = "b"  # type: ignore[attr-defined]
    assert not hasattr(made, "__dict__")


def test_a_name_and_a_person_copy_pickle_and_replace() -> None:
    person = Person("X:1", (Name("Каримов", "Жасур", kind=NameKind.BIRTH),), PartialDate(1985, 6))
    thawed = pickle.loads(pickle.dumps(person))  # noqa: S301 - our own bytes of a moment ago.
    for again in (copy.copy(person), copy.deepcopy(person), thawed, replace(person)):
        assert again == person
        assert type(again.names[0]) is Name
    assert replace(person, ref="X:2") != person


def test_what_a_class_checks_after_it_is_filled_is_still_checked() -> None:
    with pytest.raises(ValueError, match="not a date"):
        PartialDate(1985, 13)
    assert PartialDate(1985, 1) < PartialDate(1985, 2)


def test_fields_that_need_more_than_filling_are_refused() -> None:
    with pytest.raises(TypeError, match="not a plain field"):

        @quick
        @dataclass(frozen=True, slots=True)
        class Wrong:
            listed: list[str] = field(default_factory=list)
