"""Where each field of a machine-readable zone stands: the five formats of ICAO Doc 9303 parts 4 to 7, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

FILLER: Final = "<"


class Place(NamedTuple):
    """A stretch of one line, counted from 0, the end left out."""

    line: int
    start: int
    end: int

    def of(self, lines: tuple[str, ...]) -> str:
        """What stands there."""
        return lines[self.line][self.start : self.end]


@dataclass(frozen=True, slots=True)
class Layout:
    """One format."""

    name: str
    lines: int
    width: int
    fields: dict[str, Place]
    """Field to its place: code, issuer, names, number, citizenship, birth, sex, expiry, optional, optional2."""
    checks: dict[str, Place]
    """Field to the place of its check digit; `composite` is the last one, absent from visas."""
    composite: tuple[Place, ...] = ()
    """What the composite check digit is reckoned over, in this order."""


def _two_lines(name: str, width: int, optional: int, *, composite: bool, personal: bool = False) -> Layout:
    """A format of two lines; they differ in their width, the optional field and its check digit."""
    fields = {
        "code": Place(0, 0, 2),
        "issuer": Place(0, 2, 5),
        "names": Place(0, 5, width),
        "number": Place(1, 0, 9),
        "citizenship": Place(1, 10, 13),
        "birth": Place(1, 13, 19),
        "sex": Place(1, 20, 21),
        "expiry": Place(1, 21, 27),
        "optional": Place(1, 28, 28 + optional),
    }
    checks = {"number": Place(1, 9, 10), "birth": Place(1, 19, 20), "expiry": Place(1, 27, 28)}
    if personal:
        checks["optional"] = Place(1, 42, 43)
    if not composite:
        return Layout(name, 2, width, fields, checks)
    checks["composite"] = Place(1, width - 1, width)
    over = (Place(1, 0, 10), Place(1, 13, 20), Place(1, 21, width - 1))
    return Layout(name, 2, width, fields, checks, over)


TD1: Final = Layout(
    "TD1",
    3,
    30,
    {
        "code": Place(0, 0, 2),
        "issuer": Place(0, 2, 5),
        "number": Place(0, 5, 14),
        "optional": Place(0, 15, 30),
        "birth": Place(1, 0, 6),
        "sex": Place(1, 7, 8),
        "expiry": Place(1, 8, 14),
        "citizenship": Place(1, 15, 18),
        "optional2": Place(1, 18, 29),
        "names": Place(2, 0, 30),
    },
    {
        "number": Place(0, 14, 15),
        "birth": Place(1, 6, 7),
        "expiry": Place(1, 14, 15),
        "composite": Place(1, 29, 30),
    },
    (Place(0, 5, 30), Place(1, 0, 7), Place(1, 8, 15), Place(1, 18, 29)),
)
TD2: Final = _two_lines("TD2", 36, 7, composite=True)
TD3: Final = _two_lines("TD3", 44, 14, composite=True, personal=True)
MRV_A: Final = _two_lines("MRV-A", 44, 16, composite=False)
MRV_B: Final = _two_lines("MRV-B", 36, 8, composite=False)

LAYOUTS: Final = {layout.name: layout for layout in (TD1, TD2, TD3, MRV_A, MRV_B)}

LONG_NUMBERS: Final = frozenset({"TD1", "TD2"})
"""Formats in which a number of more than nine characters goes on in the optional field (parts 5 and 6, note j)."""


def layout_of(lines: tuple[str, ...]) -> Layout | None:
    """The format that lines of this number, width and first letter have."""
    if not lines:
        return None
    visa = lines[0].startswith("V")
    for layout in LAYOUTS.values():
        fits = len(lines) == layout.lines and max(map(len, lines)) == layout.width
        if fits and visa == layout.name.startswith("MRV"):
            return layout
    return None


_WEIGHTS: Final = (7, 3, 1)
_VALUES: Final = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")} | {FILLER: 0}


def check_digit(text: str) -> str:
    """The check digit of a field: weights 7, 3, 1, modulus 10 (part 3, section 4.9); empty for other characters."""
    if any(letter not in _VALUES for letter in text):
        return ""
    return str(sum(_VALUES[letter] * _WEIGHTS[place % 3] for place, letter in enumerate(text)) % 10)
