"""Who is in the crowd: human beings drawn block by block, the hard cases among them.

Every block of a thousand has dice of its own, so the crowd may be of any size, any part of it can be made
alone, and the first ten thousand of a million are the same as of ten thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from gateway.demo import humans, spelling
from gateway.demo.crowd import elements, pools
from gateway.demo.crowd.describing import REGISTERS, Described, describe
from gateway.demo.crowd.pools import Pool
from gateway.demo.given_names import Pair
from gateway.demo.humans import CITIZENS, TRADITIONS, Human, Passport

TODAY: Final = date(2026, 11, 1)
"""The day passports are dated by: a fixed one, so that a seed always gives the same crowd."""
BLOCK: Final = 1_000
SEEN_IN: Final = (1, 2, 3, 4)
SHARES: Final = (72, 93, 98, 100)
"""In how many registers a human is known, and the share of such humans, summed up (as in the demo)."""
HARD: Final = {"twin": 0.015, "son": 0.008, "namesake": 0.02, "child": 0.003}
"""Share of humans who are a hard case beside somebody else. Of births in the region about one in ninety is of twins."""
RENAMED: Final = 0.05
"""Share of women who are known by two family names."""
BORROWED: Final = 0.002
"""Share of humans who show somebody else's passport at one border."""
NO_DAY: Final = 0.015
"""Share of humans whose own papers say 1 January because nobody knew the day."""


@dataclass(frozen=True, slots=True)
class Soul:
    """One human being of the crowd."""

    human: Human
    place: Pair
    """Where he or she was born, in Russian and as at home."""
    borrowed: Passport | None = None
    """Somebody else's passport that is shown now and then."""
    former_citizenship: str = ""


@dataclass(frozen=True, slots=True)
class Crowd:
    """A population without end; `seed` says which."""

    seed: int = 1

    def souls(self, count: int, start: int = 0) -> Iterator[Soul]:
        """Human beings number `start` + 1 to `start` + `count`; both are rounded to whole blocks of a thousand."""
        for block in range(start // BLOCK, -(-(start + count) // BLOCK)):
            yield from _block(Random(f"{self.seed}/{block}"), block * BLOCK)

    def descriptions(self, humans: int, start: int = 0) -> Iterator[Described]:
        """What the registers of the ten states say of these human beings, one after the other."""
        chance = Random(f"{self.seed}/seen/{start}")
        for soul in self.souls(humans, start):
            yield from self.seen(chance, soul)

    def seen(self, chance: Random, soul: Soul) -> Iterator[Described]:
        """The descriptions of one human being by as many registers as know him or her."""
        known = chance.choices(SEEN_IN, cum_weights=SHARES)[0]
        for register in chance.sample(REGISTERS, known):
            yield describe(chance, register, soul)


def _block(chance: Random, before: int) -> Iterator[Soul]:
    """A thousand souls; a hard case stands right behind the one it is beside."""
    made = 0
    previous: Soul | None = None
    lender: Soul | None = None
    while made < BLOCK:
        made += 1
        soul = _beside(chance, previous, before + made) or _anybody(chance, before + made)
        previous = soul
        if lender is not None and chance.random() < BORROWED:
            soul = replace(soul, borrowed=lender.human.passports[-1])
        lender = soul
        yield soul


def _anybody(chance: Random, number: int) -> Soul:
    citizenship = chance.choices(_CITIZENS[0], cum_weights=_CITIZENS[1])[0]
    tradition = chance.choices(*_TRADITIONS[citizenship])[0]
    woman = chance.random() < 0.35
    family = pools.families(tradition).draw(chance)
    human = Human(
        number=number,
        citizenship=citizenship,
        tradition=tradition,
        woman=woman,
        family=spelling.feminine(family) if woman else family,
        given=(pools.women if woman else pools.men)(tradition).draw(chance),
        father=None if tradition == "ro" or chance.random() < 0.05 else pools.men(tradition).draw(chance),
        birth=_born(chance),
        passports=(),
    )
    human = humans.with_passports(chance, human, TODAY, renewed=chance.random() < 0.15)
    if woman and chance.random() < RENAMED:
        human = _renamed(chance, human)
    former = "UZB" if citizenship == "RUS" and chance.random() < 0.3 else ""
    return Soul(human, _TOWNS[citizenship].draw(chance), former_citizenship=former)


def _born(chance: Random) -> date:
    birth = date(1956, 1, 1) + timedelta(days=chance.randrange(365 * 50))
    return birth.replace(month=1, day=1) if chance.random() < NO_DAY else birth


def _renamed(chance: Random, human: Human) -> Human:
    """A woman who took another family name and got a new passport with it; the old one is in some registers."""
    family = spelling.feminine(pools.families(human.tradition).draw(chance))
    renamed = replace(human, family=family, former_family=human.family)
    newer = humans.draw_passport(chance, renamed, TODAY - timedelta(days=chance.randrange(30, 390)))
    return replace(renamed, passports=(human.passports[0], newer))


def _beside(chance: Random, previous: Soul | None, number: int) -> Soul | None:
    """A hard case beside the one before, where the dice say so: twin, namesake child, namesake, child in a passport."""
    dice = chance.random()
    if previous is None:
        return None
    for kind, share in HARD.items():
        if dice < share:
            return _KINDS[kind](chance, previous, number)
        dice -= share
    return None


def _twin(chance: Random, soul: Soul, number: int) -> Soul:
    return Soul(humans.twin(chance, soul.human, number, TODAY), soul.place)


def _son(chance: Random, soul: Soul, number: int) -> Soul:
    return Soul(humans.son_of_one_name(chance, soul.human, number, TODAY), soul.place)


def _namesake(chance: Random, soul: Soul, number: int) -> Soul:
    stranger = humans.namesake(chance, soul.human, number, TODAY)
    return Soul(stranger, _TOWNS[stranger.citizenship].draw(chance))


def _child(chance: Random, soul: Soul, number: int) -> Soul:
    """A child without papers of its own, entered in the parent's passport: a shared document."""
    parent = soul.human
    child = replace(
        parent,
        number=number,
        given=(pools.women if parent.woman else pools.men)(parent.tradition).draw(chance),
        father=None if parent.woman else parent.given,
        birth=TODAY - timedelta(days=chance.randrange(2 * 365, 12 * 365)),
        passports=parent.passports[-1:],
        former_family=None,
    )
    return Soul(child, soul.place)


_KINDS: Final[dict[str, Callable[[Random, Soul, int], Soul]]] = {
    "twin": _twin, "son": _son, "namesake": _namesake, "child": _child,
}  # fmt: skip
_CITIZENS: Final = (tuple(CITIZENS), tuple(sum(list(CITIZENS.values())[: at + 1]) for at in range(len(CITIZENS))))
_TRADITIONS: Final = {
    citizenship: tuple(map(tuple, zip(*traditions, strict=True))) for citizenship, traditions in TRADITIONS.items()
}
_TOWNS: Final = {citizenship: Pool.by_rank(towns, 2) for citizenship, towns in elements.PLACES.items()}
