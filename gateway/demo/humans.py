"""The people of the demo: who they truly are, before any register has written them down.

Nobody here exists. Every person is a combination of dictionary names, a drawn birth date and documents with
drawn numbers; the hard cases (twins, father and son of one name, namesakes, a changed family name, a child
in its mother's passport) are drawn on purpose, because they are what a matcher gets wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from gateway.demo import spelling
from gateway.demo.family_names import FAMILIES
from gateway.demo.given_names import MEN, WOMEN, Pair

TRADITIONS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "UZB": (("uz", 95), ("tg", 5)),
    "TJK": (("tg", 96), ("uz", 4)),
    "KGZ": (("ky", 85), ("uz", 10), ("ru", 5)),
    "KAZ": (("kk", 76), ("ru", 22), ("uz", 2)),
    "AZE": (("az", 100),),
    "BLR": (("be", 85), ("ru", 15)),
    "RUS": (("ru", 90), ("hy", 5), ("az", 5)),
    "ARM": (("hy", 100),),
    "TKM": (("tk", 100),),
    "MDA": (("ro", 100),),
}
"""Citizenship to the naming traditions of its citizens and their weight; a rough picture, not statistics."""

CITIZENS: Final = {
    "UZB": 27, "TJK": 14, "KGZ": 15, "KAZ": 14, "AZE": 9, "BLR": 8, "RUS": 6, "ARM": 3, "TKM": 2, "MDA": 2,
}  # fmt: skip
"""Share of every citizenship among the migrants of the demo, in hundredths."""

PASSPORT_SERIES: Final[dict[str, tuple[tuple[str, ...], int]]] = {
    "UZB": (("AA", "AB", "FA"), 7), "TJK": (("40", "41"), 7), "KGZ": (("AC", "AN", "ID"), 7),
    "KAZ": (("N",), 8), "AZE": (("C", "AZE"), 8), "BLR": (("MP", "KH", "AB", "BM"), 7), "RUS": (("70", "75"), 7),
    "ARM": (("AN", "AT"), 7), "TKM": (("A",), 7), "MDA": (("AA", "AB"), 7),
}  # fmt: skip
"""Series of the passports and digits of their numbers; the forms are plausible, the numbers drawn."""


@dataclass(frozen=True, slots=True)
class Passport:
    """One passport, with the Latin line its bearer got in it."""

    country: str
    series: str
    number: str
    issued: date
    expires: date
    family: str
    given: str


@dataclass(frozen=True, slots=True)
class Human:
    """One human being."""

    number: int
    """Counted from 1; the truth's human id."""
    citizenship: str
    tradition: str
    woman: bool
    family: Pair
    given: Pair
    father: Pair | None
    """Given name of the father; None for somebody without a patronymic."""
    birth: date
    passports: tuple[Passport, ...]
    """Valid ones, the older first; two where the passport was renewed."""
    former_family: Pair | None = None

    @property
    def sex(self) -> str:
        """ISO/IEC 5218."""
        return "2" if self.woman else "1"


def draw_humans(chance: Random, size: int, today: date) -> list[Human]:
    """`size` people, the hard cases among them."""
    people: list[Human] = []
    while len(people) < size - 200:
        people.append(_anybody(chance, len(people) + 1, today))
    for kind, times in ((twin, 40), (son_of_one_name, 20), (namesake, 60), (_child_in_passport, 8)):
        for original in chance.sample(people[: size - 200], times):
            people.append(kind(chance, original, len(people) + 1, today))
    while len(people) < size:
        people.append(_anybody(chance, len(people) + 1, today))
    for at in chance.sample([at for at, human in enumerate(people) if human.woman], 25):
        people[at] = _renamed(chance, people[at], today)
    return people


def _anybody(chance: Random, number: int, today: date) -> Human:
    citizenship = chance.choices(list(CITIZENS), list(CITIZENS.values()))[0]
    names, weights = zip(*TRADITIONS[citizenship], strict=True)
    tradition = chance.choices(names, weights)[0]
    woman = chance.random() < 0.35
    family = chance.choice(FAMILIES[tradition])
    human = Human(
        number=number,
        citizenship=citizenship,
        tradition=tradition,
        woman=woman,
        family=spelling.feminine(family) if woman else family,
        given=chance.choice((WOMEN if woman else MEN)[tradition]),
        father=None if tradition == "ro" or chance.random() < 0.05 else chance.choice(MEN[tradition]),
        birth=date(1956, 1, 1) + timedelta(days=chance.randrange(365 * 50)),
        passports=(),
    )
    return with_passports(chance, human, today, renewed=chance.random() < 0.15)


def with_passports(chance: Random, human: Human, today: date, *, renewed: bool) -> Human:
    """The same human with a passport, or with an older and a newer one spelled by another scheme."""
    issued = today - timedelta(days=chance.randrange(400, 3200))
    passports = [draw_passport(chance, human, issued)]
    if renewed:
        passports.append(draw_passport(chance, human, today - timedelta(days=chance.randrange(30, 390))))
    return replace(human, passports=tuple(passports))


def draw_passport(chance: Random, human: Human, issued: date) -> Passport:
    """A passport of the person's state, spelled by one of its schemes."""
    series, digits = PASSPORT_SERIES[human.citizenship]
    family, given = (_latin(chance, human.tradition, pair) for pair in (human.family, human.given))
    return Passport(
        country=human.citizenship,
        series=chance.choice(series),
        number=str(chance.randrange(10 ** (digits - 1), 10**digits)),
        issued=issued,
        expires=issued + timedelta(days=3652),
        family=family,
        given=given,
    )


def _latin(chance: Random, tradition: str, pair: Pair) -> str:
    """The Latin line: from the home spelling as a rule, from Russian papers by some older scheme otherwise."""
    if chance.random() < 0.75:
        return spelling.respell(pair[1], spelling.NATIVE_PASSPORT[tradition]).upper()
    scheme = chance.choices(list(spelling.OLDER_PASSPORTS), (6, 1, 1, 4))[0]
    return spelling.respell(pair[0], spelling.OLDER_PASSPORTS[scheme]).upper()


def twin(chance: Random, original: Human, number: int, _today: date) -> Human:
    """A twin of the same sex, whose passport was printed right after the first one's."""
    others = [
        given for given in (WOMEN if original.woman else MEN)[original.tradition] if given[0] != original.given[0]
    ]
    twin = replace(original, number=number, given=chance.choice(others), passports=(), former_family=None)
    first = original.passports[0]
    own = draw_passport(chance, twin, first.issued)
    return replace(twin, passports=(replace(own, series=first.series, number=_next(first.number)),))


def _next(number: str) -> str:
    return str((int(number) + 1) % 10 ** len(number)).zfill(len(number))


def son_of_one_name(chance: Random, original: Human, number: int, today: date) -> Human:
    """A son (or daughter) who bears the parent's given name, a generation younger."""
    child = replace(
        original,
        number=number,
        father=original.father if original.woman else original.given,
        birth=original.birth + timedelta(days=chance.randrange(20 * 365, 32 * 365)),
        former_family=None,
    )
    if child.birth > today - timedelta(days=365):
        child = replace(child, birth=date(today.year - 3, 1 + original.birth.month % 12, original.birth.day % 28 + 1))
    return with_passports(chance, child, today, renewed=False)


def namesake(chance: Random, original: Human, number: int, today: date) -> Human:
    """Somebody else of exactly the same name, born on another day."""
    days = chance.choice((-1, 1)) * chance.randrange(200, 4000)
    birth = min(original.birth + timedelta(days=days), date(2010, 12, 31))
    stranger = replace(original, number=number, birth=birth, former_family=None)
    return with_passports(chance, stranger, today, renewed=False)


def _child_in_passport(chance: Random, original: Human, number: int, today: date) -> Human:
    """A child without papers of its own, entered in the parent's passport: a shared document."""
    woman = chance.random() < 0.5
    family = next(pair for pair in FAMILIES[original.tradition] if original.family in (pair, spelling.feminine(pair)))
    return replace(
        original,
        number=number,
        woman=woman,
        family=spelling.feminine(family) if woman else family,
        given=chance.choice((WOMEN if woman else MEN)[original.tradition]),
        father=original.father if original.woman else original.given,
        birth=today - timedelta(days=chance.randrange(2 * 365, 12 * 365)),
        passports=original.passports[:1],
        former_family=None,
    )


def _renamed(chance: Random, human: Human, today: date) -> Human:
    """A woman who took another family name and got a new passport with it."""
    family = spelling.feminine(chance.choice(FAMILIES[human.tradition]))
    renamed = replace(human, family=family, former_family=human.family)
    newer = draw_passport(chance, renamed, today - timedelta(days=chance.randrange(30, 390)))
    return replace(renamed, passports=(human.passports[0], newer))
