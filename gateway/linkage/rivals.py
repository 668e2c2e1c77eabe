"""Who else might be so alike: kinds of two persons that agree in some respects and in others by chance.

Persons of one nation have its names and its towns, namesakes a name, a family its name and its home, twins all of it
and a birth date besides, and passports issued one after the other. Against persons drawn at random each of them looks
like one person; a pair is one person only where that explains it better than any of these kinds does. A kind says
what is left to chance; how its pairs agree in the rest is learned (`em.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.linkage.comparisons import Comparison

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way in which two persons may be alike. Numbers they share by chance only, unless it says otherwise."""

    name: str
    chance: frozenset[str]
    """The comparisons in which they agree only as any two persons do."""
    shares: bool = False
    """Whether they may have one paper, one telephone, one address of mail."""
    neighbours: bool = False
    """Whether their numbers may be nearly alike, for they were given one after the other."""


KINDS: Final = (
    Kind("one nation", frozenset({"given_name", "family_name", "birth_date"})),
    Kind("namesakes", frozenset({"birth_date"})),
    Kind("one given name", frozenset({"family_name", "birth_date"})),
    Kind("one family", frozenset({"given_name", "birth_date"}), shares=True),
    Kind("one paper", frozenset({"birth_date"}), shares=True),
    Kind("twins", frozenset({"given_name"}), neighbours=True),
)
_PERSONAL: Final = frozenset({"document", "identifier"})
"""Numbers that tell persons apart. Where a register has none, nobody can say whether a pair with another given name
or birth date is two persons or a mistake, and mistakes are the more frequent."""
_SHARED: Final = frozenset({"document", "phone", "email"})
"""What a family may have one of: a child is entered in its parent's passport."""


@dataclass(frozen=True, slots=True)
class Rival:
    """A kind as it was learned from a register."""

    name: str
    share: float
    """The share of its pairs among all pairs of the register."""
    levels: Mapping[str, Sequence[float]]
    """Comparison to the shares of its levels, from the strongest."""


def kinds(comparisons: Sequence[Comparison]) -> tuple[Kind, ...]:
    """The kinds that the comparisons of a register can tell from one person."""
    names = {item.name for item in comparisons}
    if not any(_plain(name) in _PERSONAL for name in names):
        return ()
    return tuple(kind for kind in KINDS if kind.chance <= names)


def held(kind: Kind, item: Comparison, shares: Numbers, by_chance: Numbers) -> Numbers:
    """The shares of the levels of one comparison: as they were seen, or in part or altogether those of chance."""
    if item.name in kind.chance:
        return by_chance
    name = _plain(item.name)
    if name not in _PERSONAL | _SHARED or (kind.shares and name in _SHARED):
        return shares
    if not kind.neighbours:
        return by_chance
    rest = shares[1:] / shares[1:].sum() * (1 - by_chance[0])
    return np.concatenate((by_chance[:1], rest))


def _plain(name: str) -> str:
    return re.sub(r"_\d+$", "", name)
