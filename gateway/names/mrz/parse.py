"""A machine-readable zone read: whatever can be read is, and what does not agree is a finding, never an exception."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gateway.names.mrz import repair
from gateway.names.mrz.dates import birth_day, expiry_day
from gateway.names.mrz.holder import read_names
from gateway.names.mrz.layouts import FILLER, LAYOUTS, LONG_NUMBERS, Layout, Place, check_digit, layout_of
from gateway.names.mrz.zone import Day, Finding, Findings, Note, Zone
from gateway.names.script import to_latin

_LETTERS: Final = ("code", "issuer", "citizenship", "names", "sex")
_DATES: Final = ("birth", "expiry")
_WHOLE: Final = {layout.lines * layout.width: layout for layout in (LAYOUTS["TD3"], LAYOUTS["TD2"], LAYOUTS["TD1"])}
"""Length of a zone whose lines came as one to its format."""
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of reading a zone."""

    zone: Zone | None
    """None where the lines have no format; everything else is read as far as it goes."""
    checks: dict[str, bool]
    """Field to whether its check digit agrees, after repair; `composite` among them."""
    repaired: tuple[str, ...]
    """Fields in which confused characters were put right."""
    truncated: bool
    """Whether the field of the names is full, so that a name may have been cut."""
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether a zone was read and every check digit agrees."""
        return self.zone is not None and all(self.checks.values())


def parse(text: str | Sequence[str], *, today: date) -> Reading:
    """Read a zone of two or three lines, given as lines or as one text; `today` decides centuries.

    A birth is not after today; an expiry is within fifty years of it. Characters that scanners confuse are put
    right where the position is numeric or alphabetic and the check digit confirms it.
    """
    findings = Findings()
    given = _lines(text)
    lines = _without_excess(given)
    layout = layout_of(lines)
    if layout is None:
        findings.add(Note.UNREADABLE, "")
        return Reading(None, {}, (), truncated=False, findings=tuple(findings.found))
    if any(len(line) != layout.width for line in given):
        findings.add(Note.WRONG_LENGTH, "")
        lines = tuple(line.ljust(layout.width, FILLER) for line in lines)
    return _Reader(layout, list(lines), findings).read(today)


def _lines(text: str | Sequence[str]) -> tuple[str, ...]:
    given = text.splitlines() if isinstance(text, str) else list(text)
    lines = [to_latin(line.upper()[:_LONGEST]).translate(_FILLERS) for line in given]
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) == 1 and (whole := _WHOLE.get(len(lines[0]))):
        lines = [lines[0][start : start + whole.width] for start in range(0, len(lines[0]), whole.width)]
    widths = {layout.width for layout in LAYOUTS.values() if layout.lines == len(lines)}
    # A blank in a line is a filler that was read as nothing, or a gap that typing put in.
    return tuple(_unblanked(line, widths) for line in lines)


def _without_excess(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The lines without fillers too many at the end; the second line, full of digits, tells the width."""
    widths = {layout.width for layout in LAYOUTS.values() if layout.lines == len(lines)}
    width = next((len(line) for line in (*lines[1:2], *lines) if len(line) in widths), 0)
    return tuple(line[:width] if width and not line[width:].strip(FILLER) else line for line in lines)


def _unblanked(line: str, widths: set[int]) -> str:
    closed = re.sub(r"\s+", "", line)
    return closed if len(closed) in widths else re.sub(r"\s", FILLER, line)


_FILLERS: Final = str.maketrans({"«": "<<", "‹": "<", "＜": "<", "≤": "<", "〈": "<"})


class _Reader:
    """The lines of one zone while they are read and repaired."""

    def __init__(self, layout: Layout, lines: list[str], findings: Findings) -> None:
        self.layout = layout
        self.lines = lines
        self.findings = findings
        self.repaired: dict[str, None] = {}

    def read(self, today: date) -> Reading:
        self._letters()
        for name in _DATES:
            self._date(name)
        self._other_checks()
        checks = {name: self._agrees(name) for name in self.layout.checks}
        for name, agrees in checks.items():
            if not agrees:
                self.findings.add(Note.CHECK_FAILED, name)
        surname, given, full = read_names(self._at("names"))
        self._remark_names(surname, given, full=full)
        number, optional = self._number()
        zone = Zone(
            layout=self.layout.name,
            code=self._code(),
            issuer=self._state("issuer"),
            surname=surname,
            given=given,
            number=number,
            citizenship=self._state("citizenship"),
            birth=self._day("birth", today),
            sex=self._sex(),
            expiry=self._day("expiry", today),
            optional=optional,
            optional2=self._plain("optional2") if "optional2" in self.layout.fields else "",
        )
        return Reading(zone, checks, tuple(self.repaired), truncated=full, findings=tuple(self.findings.found))

    def _at(self, name: str) -> str:
        return self.layout.fields[name].of(tuple(self.lines))

    def _put(self, place: Place, text: str) -> None:
        line = self.lines[place.line]
        self.lines[place.line] = line[: place.start] + text + line[place.end :]

    def _digit(self, name: str) -> str:
        return self.layout.checks[name].of(tuple(self.lines))

    def _covered(self, name: str) -> str:
        lines = tuple(self.lines)
        if name == "composite":
            return "".join(place.of(lines) for place in self.layout.composite)
        if name == "number" and (tail := self._long_tail()):
            return self._at("number") + tail[:-1]
        return self._at(name)

    def _agrees(self, name: str) -> bool:
        """Whether a check digit agrees; that of an empty optional field may be a filler (part 4, note)."""
        digit, covered = self._digit(name), self._covered(name)
        if name == "number" and (tail := self._long_tail()):
            digit = tail[-1]
        if digit == FILLER and not covered.strip(FILLER):
            return True
        return digit == check_digit(covered)

    def _long_tail(self) -> str:
        """The rest of a number of more than nine characters with its check digit, empty where there is none."""
        if self.layout.name not in LONG_NUMBERS or self._digit("number") != FILLER:
            return ""
        tail = self._at("optional").partition(FILLER)[0]
        return tail if len(tail) > 1 and not self._at("number").endswith(FILLER) else ""

    def _letters(self) -> None:
        """Digits in fields of letters become the letters they look like; no check digit can confirm it."""
        for name in _LETTERS:
            text = self._at(name)
            mended = repair.as_letters(text) if name != "sex" else text
            if mended != text:
                self._put(self.layout.fields[name], mended)
                self.repaired[name] = None
                self.findings.add(Note.REPAIRED_UNCONFIRMED, name)
            if re.search("[^A-Z<]", mended):
                self.findings.add(Note.STRANGE_CHARACTER, name)

    def _date(self, name: str) -> None:
        """Letters in a date and its check digit become digits where the two then agree."""
        place, check = self.layout.fields[name], self.layout.checks[name]
        text, digit = self._at(name), self._digit(name)
        mended, mended_digit = repair.as_digits(text), repair.as_digits(digit)
        if (mended, mended_digit) == (text, digit):
            return
        if check_digit(mended) == mended_digit:
            self._put(place, mended)
            self._put(check, mended_digit)
            self._confirmed(name)

    def _other_checks(self) -> None:
        # The number comes last but one: the composite that confirms its repair covers all others.
        for name in ("birth", "expiry", "optional", "number", "composite"):
            if name not in self.layout.checks:
                continue
            place = self.layout.checks[name]
            digit = self._digit(name)
            mended = repair.as_digits(digit)
            if self._agrees(name) or (mended == digit and name != "number"):
                continue
            self._put(place, mended)
            if self._agrees(name):
                self._confirmed(name)
            elif name != "number" or not self._repair_number():
                self._put(place, digit)

    def _repair_number(self) -> bool:
        """A document number is repaired only where one smallest change pleases both of its check digits."""
        place, text = self.layout.fields["number"], self._at("number")

        def agrees(tried: str) -> bool:
            self._put(place, tried)
            composite = repair.as_digits(self._digit("composite"))
            return self._agrees("number") and composite == check_digit(self._covered("composite"))

        found = repair.only_repair(text, agrees) if self.layout.composite else ""
        self._put(place, found or text)
        if found:
            self._confirmed("number")
        return bool(found)

    def _confirmed(self, name: str) -> None:
        self.repaired[name] = None
        self.findings.add(Note.REPAIRED, name)

    def _remark_names(self, surname: str, given: str, *, full: bool) -> None:
        if full:
            self.findings.add(Note.NAME_TRUNCATED, "names")
        if not surname or not given:
            self.findings.add(Note.NAME_MISSING, "names")

    def _number(self) -> tuple[str, str]:
        """The document number, put together where it is long, and what else the optional field holds."""
        number, optional = self._plain("number"), self._plain("optional")
        tail = self._long_tail()
        if tail:
            number += tail[:-1]
            optional = self._at("optional")[len(tail) :].strip(FILLER)
        for name in ("number", "optional"):
            if re.search("[^A-Z0-9<]", self._at(name)):
                self.findings.add(Note.STRANGE_CHARACTER, name)
        return number, optional

    def _plain(self, name: str) -> str:
        return self._at(name).strip(FILLER)

    def _code(self) -> str:
        code = self._plain("code")
        first = {"TD3": "P", "MRV-A": "V", "MRV-B": "V"}.get(self.layout.name, "AIC")
        if not code or code[0] not in first or code == "IV":
            self.findings.add(Note.CODE_UNKNOWN, "code")
        return code

    def _state(self, name: str) -> str:
        code = self._plain(name)
        if code == "D":
            return "DEU"
        if len(code) != 3:
            self.findings.add(Note.STATE_MALFORMED, name)
        return code

    def _sex(self) -> str:
        sex = self._at("sex")
        if sex in {"M", "F"}:
            return sex
        self.findings.add(Note.SEX_UNKNOWN, "sex")
        return "X"

    def _day(self, name: str, today: date) -> Day:
        read = birth_day if name == "birth" else expiry_day
        day, note = read(self._at(name), today)
        if note is not None:
            self.findings.add(note, name)
        return day
