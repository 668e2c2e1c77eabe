"""A machine-readable zone written from its values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from gateway.names.icao import icao
from gateway.names.mrz.holder import write_names
from gateway.names.mrz.layouts import FILLER, LAYOUTS, LONG_NUMBERS, Layout, Place, check_digit
from gateway.names.mrz.zone import Day, Finding, Findings, Note, Zone

_NATIONAL: Final = {"DEU": "D"}
"""Codes that the zone writes otherwise than ISO 3166-1."""


@dataclass(frozen=True, slots=True)
class Built:
    """The lines, whether a name was cut, and what did not fit."""

    lines: tuple[str, ...]
    truncated: bool
    findings: tuple[Finding, ...]


def build(zone: Zone, *, language: str = "") -> Built:
    """Write a zone; names in any of our scripts are spelt as ICAO prescribes, by the rules of `language`.

    Check digits are reckoned. What does not fit a field is cut and said so. A `layout` that is none of the
    five is a KeyError: it is the program's own mistake, never a document's.
    """
    layout = LAYOUTS[zone.layout]
    findings = Findings()
    names, truncated = write_names(zone.surname, zone.given, _width(layout.fields["names"]), language)
    if truncated:
        findings.add(Note.NAME_TRUNCATED, "names")
    values = {
        "code": zone.code,
        "issuer": _NATIONAL.get(zone.issuer, zone.issuer),
        "names": names,
        "citizenship": _NATIONAL.get(zone.citizenship, zone.citizenship),
        "birth": _six(zone.birth),
        "sex": zone.sex if zone.sex in {"M", "F"} else FILLER,
        "expiry": _six(zone.expiry),
        "optional2": zone.optional2,
    }
    values["number"], values["optional"], long = _number(zone, layout)
    lines = [FILLER * layout.width] * layout.lines
    for name, place in layout.fields.items():
        _put(lines, place, _fit(values[name], _width(place), name, findings))
    _put_checks(lines, layout, long=long)
    return Built(tuple(lines), truncated, tuple(findings.found))


def _number(zone: Zone, layout: Layout) -> tuple[str, str, bool]:
    """The number's field, the optional field, and whether the one goes on in the other with its check digit."""
    number = _plain(zone.number)
    if len(number) <= 9 or layout.name not in LONG_NUMBERS:
        return number, zone.optional, False
    rest = number[9:] + check_digit(number)
    return number[:9], f"{rest}{FILLER}{zone.optional}" if zone.optional else rest, True


def _put_checks(lines: list[str], layout: Layout, *, long: bool) -> None:
    for name, place in layout.checks.items():
        if name == "composite":
            covered = "".join(part.of(tuple(lines)) for part in layout.composite)
        else:
            covered = layout.fields[name].of(tuple(lines))
        filler = (name == "number" and long) or (name == "optional" and not covered.strip(FILLER))
        _put(lines, place, FILLER if filler else check_digit(covered))


def _fit(value: str, width: int, name: str, findings: Findings) -> str:
    text = value if name == "names" else _plain(value)
    if len(text) > width:
        findings.add(Note.VALUE_TOO_LONG, name)
    return text[:width].ljust(width, FILLER)


def _plain(value: str) -> str:
    """A value in the characters of the zone; a letter of another script is spelt in Latin."""
    text = "".join(letter if letter.isascii() else icao(letter) for letter in value.upper())
    return re.sub("[^A-Z0-9<]+", FILLER, text)


def _six(day: Day) -> str:
    year = FILLER * 2 if day.year is None else f"{day.year % 100:02d}"
    return year + "".join(FILLER * 2 if part is None else f"{part:02d}" for part in (day.month, day.day))


def _width(place: Place) -> int:
    return place.end - place.start


def _put(lines: list[str], place: Place, text: str) -> None:
    line = lines[place.line]
    lines[place.line] = line[: place.start] + text + line[place.end :]
