"""The synthetic population: humans, what the registers made of them, and the truth about it.

`write_population` writes the national files of the demo, the truth (which row is about which human) and
what can be expected of them. The same seed and day give the same files, byte for byte.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, Final

from gateway.demo import expectations
from gateway.demo.bad_rows import SPOILINGS, BadRow, spoil
from gateway.demo.humans import Human, draw_humans
from gateway.demo.national_files import LAYOUTS, Row, write_rows
from gateway.demo.sightings import REGISTERS, Register, Sighting, sight
from gateway.demo.truth import Truth

REFERENCE_DAY: Final = date(2026, 11, 1)
"""The day the files are dated by where none is given; a fixed one, so that tests know no clock."""

HUMANS: Final = 2_600
BANS: Final = {"blr-bans": 60, "kaz-bans": 60}
SEEN_IN: Final = (1, 2, 3, 4)
SHARES: Final = (72, 21, 5, 2)
"""In how many registers a human is known, and the share of such humans in hundredths."""


@dataclass(frozen=True, slots=True)
class Population:
    """What was written."""

    directory: Path
    truth: Truth
    expectations: dict[str, Any]
    """The content of expectations.json, see gateway.demo.expectations."""


@dataclass(slots=True)
class _Drawing:
    """The population while it is drawn."""

    chance: Random
    today: date
    people: list[Human]
    sightings: dict[str, list[Sighting]]
    """Register to its sightings."""
    binding: set[str]
    """Keys of the bans that bind all parties; the others are no business of another state."""
    held: set[tuple[str, str, str]]
    """Register, series and number: within one register a passport names one person, as its key demands."""

    def add(self, register: Register, human: Human) -> Sighting | None:
        """One more sighting, unless another person stands in the register with this passport."""
        sighting = sight(self.chance, register, human)
        key = (register.name, sighting.passport.series, sighting.passport.number)
        if key in self.held:
            return None
        self.held.add(key)
        self.sightings[register.name].append(sighting)
        return sighting


def write_population(directory: Path, seed: int = 20, *, today: date = REFERENCE_DAY) -> Population:
    """Write every file below `directory` and return what stands in them.

    Files: `blr/permits.csv`, `blr/bans.csv`, `blr/asylum.csv` (windows-1251, `;`), `kaz/stays.json`,
    `kaz/bans.json`, `uzb/crossings.json`, `kgz/data.json`, `aze/data.json` (for the two services),
    `truth.json` and `expectations.json`. The demo gives the day it runs on, so that nothing is outdated.
    """
    chance = Random(seed)
    drawing = _Drawing(chance, today, draw_humans(chance, HUMANS, today), defaultdict(list), set(), set())
    applicant = _lodge_asylum(drawing)
    for human in drawing.people:
        if human is not applicant:
            _see(drawing, human)
    _ban(drawing, applicant)
    truth: dict[str, int] = {}
    bad: list[BadRow] = []
    counts: dict[str, dict[str, Any]] = {}
    for name, layout in LAYOUTS.items():
        rows, spoiled = _file(drawing, name, truth)
        write_rows(layout, directory, rows)
        bad += spoiled
        counts[name] = {"file": layout.file, "good": len(rows) - len(spoiled), "bad": len(spoiled)}
    expected = {"seed": seed, "today": today.isoformat(), "files": counts, "bad_rows": [row.as_dict() for row in bad]}
    expected |= expectations.of(
        chance, drawing.people, drawing.sightings, truth, binding=drawing.binding, applicant=applicant
    )
    (directory / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), "utf-8")
    (directory / "expectations.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1), "utf-8")
    return Population(directory, Truth(truth), expected)


def _lodge_asylum(drawing: _Drawing) -> Human:
    """A citizen of KAZ with a KAZ passport, who worked in BLR before and stands in KAZ's register, lodges in BLR."""
    applicant = next(
        human
        for human in drawing.people
        if human.citizenship == "KAZ"
        and human.tradition == "kk"
        and human.father
        and not human.woman
        and len(human.passports) == 1
        and 1970 < human.birth.year < 2000
    )
    for name in ("blr-permits", "kaz-stays", "blr-asylum"):
        drawing.add(REGISTERS[name], applicant)
    return applicant


def _see(drawing: _Drawing, human: Human) -> None:
    """Let one register or several write the human down."""
    chance = drawing.chance
    open_to = [
        register for register in REGISTERS.values() if register.weight and register.closed_to != human.citizenship
    ]
    for _ in range(chance.choices(SEEN_IN, SHARES)[0]):
        register = chance.choices(open_to, [register.weight for register in open_to])[0]
        open_to.remove(register)
        drawing.add(register, human)


def _ban(drawing: _Drawing, applicant: Human) -> None:
    """Ban some who are known elsewhere; never the applicant, and nobody a twin or child could be taken for."""
    chance = drawing.chance
    bearers = Counter((human.family, human.given) for human in drawing.people)
    for register, size in BANS.items():
        fit = [
            human
            for human in drawing.people
            if bearers[human.family, human.given] == 1
            and human is not applicant
            and human.citizenship != REGISTERS[register].closed_to
        ]
        # Uzbek names differ most between Russian papers and passports: enough of their bearers are among them.
        uzbek = chance.sample([human for human in fit if human.tradition == "uz" and human.citizenship == "UZB"], 15)
        chosen = [*uzbek, *chance.sample([human for human in fit if human not in uzbek], size - len(uzbek))]
        # A child is banned by a human's decision only (BR-22). Another takes its place without a draw, so that what is
        # drawn after it does not depend on the day.
        grown = [human for human in fit if human not in chosen and _grown(human, drawing.today)]
        for human in chosen:
            drawing.add(REGISTERS[register], human if _grown(human, drawing.today) else grown.pop(0))


def _grown(human: Human, today: date) -> bool:
    """Whether somebody was an adult when the oldest of our bans began."""
    return human.birth.year < today.year - 25


def _file(drawing: _Drawing, name: str, truth: dict[str, int]) -> tuple[list[Row | str], list[BadRow]]:
    """The rows of one register in no order that tells who is who, numbered, the spoiled ones among them."""
    layout, register = LAYOUTS[name], REGISTERS[name]
    about = [
        (row, sighting.human.number)
        for sighting in drawing.sightings[name]
        for row in layout.rows(drawing.chance, sighting, drawing.today)
    ]
    drawing.chance.shuffle(about)
    for serial, (row, human) in enumerate(about, 1):
        row[layout.id_column] = layout.number.format(serial)
        key = f"{register.state}/{register.system}/{row[layout.id_column]}"
        truth[key] = human
        if row.get("Территория") == "государства-участники" or row.get("territory_code") == "CIS":
            drawing.binding.add(key)
    rows = [row for row, _ in about]
    return spoil(drawing.chance, name, layout.id_column, rows) if name in SPOILINGS else (list(rows), [])
