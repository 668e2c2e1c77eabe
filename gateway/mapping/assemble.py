"""From the values of one row to a record, with what is worth a remark."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from gateway.findings import Finding
from gateway.mapping.declaration import NameSlot, Profile
from gateway.mapping.targets import ORDERED
from gateway.mapping.transforms import STATELESS
from gateway.mapping.words import finding
from gateway.records import identifiers
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Check, Document, Identifier, Name, Party, Person, Place, Sex
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Detail, Record, Source, record_id
from gateway.records.restriction import EntryBan

Got = dict[str, Any]
"""Target path to value, for one row; constants are already in it."""

NO_PATRONYMIC: Final = "\x00"
"""Stands for "has none" until the name is built. No cell can hold it: control characters are refused."""

_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f]")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")
_NO_NAME: Final = re.compile(r"[\d@#<>{}=\\/|;:!?*+%&$_~^\[\]]|^\W+$")


def _permit(got: Got) -> LabourPermit:
    return LabourPermit(
        kind=got["kind"],
        number=got["number"],
        series=got.get("series", ""),
        valid_from=got.get("valid_from"),
        valid_to=got.get("valid_to"),
        territory=got.get("territory", ""),
        occupation=got.get("occupation", ""),
        employer=_party(got, "employer"),
        authority=got.get("authority", ""),
    )


def _stay(got: Got) -> StayRegistration:
    place = Place(got.get("place.country", ""), got.get("place.region", ""), got.get("place.text", ""))
    return StayRegistration(
        number=got["number"],
        stay_from=got["stay_from"],
        stay_to=got.get("stay_to"),
        arrived=got.get("arrived"),
        # The country alone says nothing that the registering state does not say.
        place=place if place.region or place.text else None,
        host=_party(got, "host"),
        purpose=got.get("purpose", ""),
        authority=got.get("authority", ""),
    )


def _crossing(got: Got) -> BorderCrossing:
    return BorderCrossing(
        direction=got["direction"],
        at=got["at"],
        checkpoint=got["checkpoint"],
        outcome=got.get("outcome", "ADMITTED"),
        purpose=got.get("purpose", ""),
        transport=got.get("transport", ""),
        counterpart=got.get("counterpart", ""),
    )


def _ban(got: Got) -> EntryBan:
    return EntryBan(
        decision=got["decision"],
        authority=got["authority"],
        ban_from=got["ban_from"],
        ban_to=got.get("ban_to"),
        action=got.get("action", "REFUSE_ENTRY"),
        territory=got.get("territory", "ISSUER"),
        ground=got.get("ground", ""),
    )


def _asylum(got: Got) -> AsylumApplication:
    return AsylumApplication(
        application=got["application"],
        lodged=got["lodged"],
        registered=got.get("registered"),
        decided=got.get("decided"),
        certificate=got.get("certificate", ""),
        unaccompanied_minor=got.get("unaccompanied_minor", False),
        persecutors=tuple(code for code in got.get("persecutors", ()) if code != STATELESS),
    )


_DETAIL: Final[dict[Category, Callable[[Got], Detail]]] = {
    Category.LABOUR_PERMIT: _permit,
    Category.STAY_REGISTRATION: _stay,
    Category.BORDER_CROSSING: _crossing,
    Category.ENTRY_BAN: _ban,
    Category.ASYLUM_APPLICATION: _asylum,
}


def _party(got: Got, prefix: str) -> Party | None:
    name = got.get(f"{prefix}.name")
    if name is None:
        return None
    number = got.get(f"{prefix}.number", "")
    # A scheme without a number says nothing.
    return Party(name, number, got.get(f"{prefix}.scheme", "") if number else "")


class Assembly:
    """Builds the records of one profile. `column_of` tells which column to name in a remark on a target."""

    def __init__(self, profile: Profile, now: datetime, column_of: dict[str, str]) -> None:
        self.profile = profile
        self.now = now
        self.column_of = column_of
        paths = [*column_of, *profile.constants]
        self.schemes = [path for path in paths if path.startswith("identifier.")]
        self.documents = sorted({path.split(".")[0] for path in paths if path.startswith("document")})
        self.ordered = ORDERED[profile.category]
        self.detail = _DETAIL[profile.category]
        self.label = profile.label

    def record(self, got: Got, number: str, status: str, row: int, findings: list[Finding]) -> Record | None:
        """The record of a row; None, with a finding that says why, where there can be none."""
        names = self._names(got, row, findings)
        sex: Sex = got.get("sex", Sex.UNKNOWN)
        born: PartialDate | None = got.get("birth_date")
        found, flags = self._identifiers(got, sex, born, row, findings)
        documents = self._documents(got, row, findings)
        for first, second in self.ordered:
            start, end = got.get(first), got.get(second)
            if start is not None and end is not None and end < start:
                self._remark(findings, "MAP-ORDER", second, row, wrong=True)
        if not names:
            self._remark(findings, "MAP-NAME-MISSING", "name.family", row, wrong=True)
            return None
        ref = self._ref(names[0], born, found, documents)
        if not ref:
            self._remark(findings, "MAP-NO-KEY", "document.number", row, wrong=True)
        if any(remark.severity == "error" for remark in findings):
            return None
        profile = self.profile
        citizenships = got.get("citizenship", ())
        person = Person(
            ref,
            names,
            born,
            sex,
            tuple(code for code in citizenships if code != STATELESS),
            tuple(code for code in got.get("former_citizenship", ()) if code != STATELESS),
            STATELESS in citizenships,
            _state(got.get("former_habitual_residence", "")),
            _state(got.get("birth_country", "")),
            got.get("birth_place", ""),
            found,
            documents,
        )
        source = Source(profile.state, profile.agency, profile.system, number)
        return Record(
            record_id(source),
            1,
            profile.category,
            source,
            status,
            self.now,
            person,
            self.detail(got),
            got.get("legal_basis", ""),
            None,
            self.label,
            flags,
        )

    def _remark(self, findings: list[Finding], code: str, path: str, row: int, *, wrong: bool = False) -> None:
        column = self.column_of.get(path, path)
        findings.append(finding(code, "error" if wrong else "warning", column, row))

    def _names(self, got: Got, row: int, findings: list[Finding]) -> tuple[Name, ...]:
        names = []
        for slot in self.profile.names:
            prefix = slot.prefix
            family = got.get(f"{prefix}.family", "")
            given = got.get(f"{prefix}.given", "")
            patronymic = got.get(f"{prefix}.patronymic", "")
            none = patronymic == NO_PATRONYMIC
            if none:
                patronymic = ""
            # A register that keeps the name both split and whole says it twice; the split one is kept.
            full = "" if family or given else got.get(f"{prefix}.full", "")
            text = full or f"{family} {given} {patronymic}"
            if not (family or given or full):
                continue
            if _NO_NAME.search(text):
                self._remark(findings, "MAP-NAME-CHARACTERS", f"{prefix}.family", row, wrong=True)
            script, language = written_in(slot, text)
            if script == "Zyyy" and slot.script != "Zyyy":
                self._remark(findings, "MAP-NAME-SCRIPT", f"{prefix}.family", row)
            names.append(Name(family, given, patronymic, full, script, language, no_patronymic=none))
        return tuple(names)

    def _identifiers(
        self, got: Got, sex: Sex, born: PartialDate | None, row: int, findings: list[Finding]
    ) -> tuple[tuple[Identifier, ...], tuple[str, ...]]:
        found = []
        flags: list[str] = []
        for path in self.schemes:
            identifier: Identifier | None = got.get(path)
            if identifier is None:
                continue
            found.append(identifier)
            for code in _doubts(identifier, sex, born):
                flags.append(code)
                self._remark(findings, code, path, row)
        return tuple(found), tuple(flags)

    def _documents(self, got: Got, row: int, findings: list[Finding]) -> tuple[Document, ...]:
        documents = []
        for prefix in self.documents:
            series, number = got.get(f"{prefix}.series+number") or (
                got.get(f"{prefix}.series", ""),
                got.get(f"{prefix}.number", ""),
            )
            if not number:
                if series:
                    self._remark(findings, "MAP-DOCUMENT-INCOMPLETE", f"{prefix}.number", row)
                continue
            documents.append(
                Document(
                    self._country_of(got, f"{prefix}.country"),
                    got.get(f"{prefix}.kind", "OTHER"),
                    number,
                    series,
                    got.get(f"{prefix}.issued"),
                    got.get(f"{prefix}.expires"),
                    got.get(f"{prefix}.authority", ""),
                )
            )
        return tuple(documents)

    def _country_of(self, got: Got, path: str) -> str:
        """The value of a country, else the one of its default when that is a single state."""
        code: str = got.get(path, "")
        if not code and path in self.profile.defaults:
            other = got.get(self.profile.defaults[path], "")
            code = other if isinstance(other, str) else other[0] if len(other) == 1 else ""
        return _state(code)

    def _ref(
        self,
        name: Name,
        born: PartialDate | None,
        found: tuple[Identifier, ...],
        documents: tuple[Document, ...],
    ) -> str:
        """By what this register knows the person: the first way of the profile that the row allows."""
        for way in self.profile.ref:
            if way == "document" and documents:
                first = documents[0]
                return f"DOC:{first.country}:{first.series}{first.number}"
            if way == "name":
                return _digest(name, born)
            for identifier in found:
                if way == f"identifier.{identifier.scheme}" and identifier.check is not Check.INVALID_FORMAT:
                    return f"{identifier.scheme}:{identifier.value}"
        return ""


def _state(code: str) -> str:
    return "" if code == STATELESS else code


def _digest(name: Name, born: PartialDate | None) -> str:
    """A reference for a person whom the register knows by nothing but name and birth date."""
    parts = (name.family, name.given, name.patronymic, name.full, str(born or ""))
    return f"NAME:{sha256('|'.join(part.casefold() for part in parts).encode()).hexdigest()[:24]}"


def written_in(slot: NameSlot, text: str) -> tuple[str, str]:
    """Script and language of what is really written: a Cyrillic column often holds a name from a passport.

    The language of the column is kept only where the script is the one the column is meant for.
    """
    if slot.script == "Cyrl":
        if _LATIN.search(text) is None:
            return slot.script, slot.language
        return ("Zyyy", "") if _CYRILLIC.search(text) else ("Latn", "")
    if slot.script == "Latn" and _CYRILLIC.search(text):
        return ("Zyyy", "") if _LATIN.search(text) else ("Cyrl", "")
    return slot.script, slot.language


def _doubts(identifier: Identifier, sex: Sex, born: PartialDate | None) -> list[str]:
    """Codes of what is doubtful about a personal number; none of them rejects the row."""
    if identifier.check is Check.INVALID_FORMAT:
        return ["MAP-IDENTIFIER-FORMAT"]
    doubts = ["MAP-CHECK-DIGIT"] if identifier.check is Check.INVALID_CHECK else []
    said = identifiers.embedded(identifier.scheme, identifier.value)
    other_sex = said.sex and sex in {Sex.MALE, Sex.FEMALE} and said.sex is not sex
    if other_sex or (said.birth_date and born and not _same_day(said.birth_date, born)):
        doubts.append("MAP-EMBEDDED")
    return doubts


def _same_day(exact: date, partial: PartialDate) -> bool:
    """Whether a full date fits one that may be known to the month or year only."""
    return exact.year == partial.year and partial.month in {0, exact.month} and partial.day in {0, exact.day}
