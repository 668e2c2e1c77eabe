"""The names of a zone: `PRIMARY<IDENTIFIER<<SECONDARY<IDENTIFIER`, cut by the rules of part 3, section 4.6."""

from __future__ import annotations

from typing import Final

from gateway.names.icao import icao
from gateway.names.mrz.layouts import FILLER

_SHORTEST_SECONDARY: Final = 3
"""Two fillers and one letter of the secondary identifier always have to fit."""


def read_names(text: str) -> tuple[str, str, bool]:
    """Surname, given names, and whether the field is full, so that a name may have been cut."""
    primary, _, secondary = text.partition(FILLER * 2)
    full = bool(text) and text[-1] != FILLER
    return _blanks(primary), _blanks(secondary), full


def _blanks(text: str) -> str:
    return " ".join(filter(None, text.split(FILLER)))


def write_names(surname: str, given: str, width: int, language: str = "") -> tuple[str, bool]:
    """The field of the names, and whether a name had to be cut.

    Names may be in any of our scripts: they are spelt as ICAO prescribes, hyphens parting components. Cut, the
    field ends in a letter; at least one letter of every kept component and of the given names remains.
    """
    primary, secondary = _components(surname, language), _components(given, language)
    whole = FILLER.join(primary) + (FILLER * 2 + FILLER.join(secondary) if secondary else "")
    if len(whole) <= width:
        return whole.ljust(width, FILLER), False
    room = width - _SHORTEST_SECONDARY if secondary else width
    surnames = _cut(primary, room)
    if not secondary:
        return surnames.ljust(width, FILLER), True
    room = width - len(surnames) - 2
    return f"{surnames}{FILLER * 2}{_cut(secondary, room)}".ljust(width, FILLER), True


def _components(name: str, language: str) -> list[str]:
    return icao(name, language).replace("-", " ").split()


def _cut(components: list[str], room: int) -> str:
    """The components within `room` characters, the last of them a letter; shorter only where all of them fit."""
    whole = FILLER.join(components)
    if len(whole) <= room:
        return whole
    kept = whole[:room]
    if kept[-1] != FILLER:
        return kept
    # A filler would hide that something is missing: a letter before it makes room for the next initial.
    parts = kept[:-1].split(FILLER)
    longest = max(range(len(parts)), key=lambda place: (len(parts[place]) > 1, place))
    if len(parts[longest]) == 1:
        return kept[:-1]
    parts[longest] = parts[longest][:-1]
    return FILLER.join([*parts, components[len(parts)][0]])
