"""From the values of one row to a record, with what is worth a remark."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Final

from gateway.findings import Finding
from gateway.mapping.country_forms import STATELESS
from gateway.mapping.declaration import NameSlot, Profile
from gateway.mapping.details import Got, builder
from gateway.mapping.full_names import Parts, in_brackets
from gateway.mapping.targets import ORDERED
from gateway.mapping.words import finding
from gateway.names.script import script_of
from gateway.records import identifiers
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Document, Identifier, Name, NameKind, Person, Sex
from gateway.records.record import Record, Source, record_id

NO_PATRONYMIC: Final = "\x00"
"""Stands for "has none" until the name is built. No cell can hold it: control characters are refused."""

_TRUNCATED: Final = "MAP-NAME-TRUNCATED"
_DOCUMENT_PARTS: Final = ("series+number", "series", "number", "country", "kind", "issued", "expires", "authority")


class Assembly:
    """Builds the records of one profile. `column_of` tells which column to name in a remark on a target."""

    def __init__(self, profile: Profile, now: datetime, column_of: dict[str, str]) -> None:
        self.profile = profile
        self.now = now
        self.column_of = column_of
        paths = [*column_of, *profile.constants]
        self.names = [
            (slot, f"{slot.prefix}.family", f"{slot.prefix}.given", f"{slot.prefix}.patronymic", f"{slot.prefix}.full")
            for slot in profile.names
        ]
        self.bracketed = {item.target.path.split(".")[0] for item in profile.fields if item.brackets}
        self.aliases = "alias" in column_of
        self.schemes = [path for path in paths if path.startswith("identifier.")]
        self.documents = [
            tuple(f"{prefix}.{part}" for part in _DOCUMENT_PARTS)
            for prefix in sorted({path.split(".")[0] for path in paths if path.startswith("document")})
        ]
        self.ordered = [(first, second) for first, second in ORDERED[profile.category] if {first, second} <= {*paths}]
        self.detail = builder(profile.category, paths)
        self.about = profile.category.about
        self.label = profile.label

    def record(self, got: Got, number: str, status: str, row: int, findings: list[Finding]) -> Record | None:
        """The record of a row; None, with a finding that says why, where there can be none."""
        person, flags = (None, ()) if self.about == "nobody" else self._person(got, row, findings)
        for first, second in self.ordered:
            start, end = got.get(first), got.get(second)
            if start is not None and end is not None and end < start:
                self._remark(findings, "MAP-ORDER", second, row, wrong=True)
        if findings and any(remark.severity == "error" for remark in findings):
            return None
        profile = self.profile
        source = self._source(number)
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

    def id_of(self, number: str) -> str:
        """The id of the record that has this number in the register."""
        return record_id(self._source(number))

    def _source(self, number: str) -> Source:
        return Source(self.profile.state, self.profile.agency, self.profile.system, number)

    def _person(self, got: Got, row: int, findings: list[Finding]) -> tuple[Person | None, tuple[str, ...]]:
        """The person of a row with the doubts about their numbers; nobody where the row names nobody."""
        names = self._names(got, row, findings)
        sex: Sex = got.get("sex", Sex.UNKNOWN)
        born: PartialDate | None = got.get("birth_date")
        found, flags = self._identifiers(got, sex, born, row, findings)
        if findings and any(remark.code == _TRUNCATED for remark in findings):
            flags += (_TRUNCATED,)
        documents = self._documents(got, row, findings)
        if not names:
            # Of a lost document its bearer may be unknown; every other record has to name somebody.
            if self.about == "person":
                self._remark(findings, "MAP-NAME-MISSING", "name.family", row, wrong=True)
            return None, ()
        ref = self._ref(names[0], born, found, documents)
        if not ref:
            self._remark(findings, "MAP-NO-KEY", "document.number", row, wrong=True)
        citizenships = got.get("citizenship", ())
        return Person(
            ref,
            names,
            born,
            sex,
            _states(citizenships),
            _states(got.get("former_citizenship", ())),
            STATELESS in citizenships,
            _state(got.get("former_habitual_residence", "")),
            _state(got.get("birth_country", "")),
            got.get("birth_place", ""),
            found,
            documents,
        ), flags

    def _remark(self, findings: list[Finding], code: str, path: str, row: int, *, wrong: bool = False) -> None:
        column = self.column_of.get(path, path)
        findings.append(finding(code, "error" if wrong else "warning", column, row))

    def _names(self, got: Got, row: int, findings: list[Finding]) -> tuple[Name, ...]:
        names: list[Name] = []
        births: list[Name] = []
        for slot, family_path, given_path, patronymic_path, full_path in self.names:
            family = got.get(family_path, "")
            given = got.get(given_path, "")
            patronymic = got.get(patronymic_path, "")
            # A register that keeps the name both split and whole says it twice; the split one is kept.
            full = "" if family or given else got.get(full_path, "")
            if isinstance(full, Parts):
                family, given, patronymic = full.family, full.given, full.patronymic or patronymic
                if full.guessed or full.truncated:
                    self._doubt(full, full_path, row, findings)
                full = ""
            if not (family or given or full):
                continue
            none = patronymic == NO_PATRONYMIC
            if none:
                patronymic = ""
            if "(" in family and slot.prefix in self.bracketed:
                family, born = in_brackets(family)
                if born:
                    births.append(Name(born, "", "", "", *written_in(slot, born), NameKind.BIRTH))
            script, language = written_in(slot, family, given, patronymic, full)
            if script == "Zyyy" and slot.script != "Zyyy":
                self._remark(findings, "MAP-NAME-SCRIPT", family_path, row)
            names.append(Name(family, given, patronymic, full, script, language, slot.kind, none))
        if self.aliases:
            births += [Name(full=text, script=_script(text), kind=NameKind.ALIAS) for text in got.get("alias", ())]
        return (*names, *births) if names else ()

    def _doubt(self, parts: Parts, path: str, row: int, findings: list[Finding]) -> None:
        """Say what is doubtful about a name that was told apart."""
        if parts.guessed:
            self._remark(findings, "MAP-NAME-SPLIT", path, row)
        if parts.truncated:
            self._remark(findings, _TRUNCATED, path, row)

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
        for both, series_path, number_path, country, kind, issued, expires, authority in self.documents:
            series, number = got.get(both) or (got.get(series_path, ""), got.get(number_path, ""))
            if not number:
                if series:
                    self._remark(findings, "MAP-DOCUMENT-INCOMPLETE", number_path, row)
                continue
            documents.append(
                Document(
                    self._country_of(got, country),
                    got.get(kind, "OTHER"),
                    number,
                    series,
                    got.get(issued),
                    got.get(expires),
                    got.get(authority, ""),
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
        """By what this register knows the person: the first way of the profile that the row allows.

        A mistyped number, and a document of nobody knows which state, may be somebody else's: they stand back, and
        where nothing better is there the name stands beside them, so that two people never become one.
        """
        doubtful = ""
        for way in self.profile.ref:
            if way == "document" and documents:
                first = documents[0]
                key = f"DOC:{first.country}:{first.series}{first.number}"
                if first.country:
                    return key
                doubtful = doubtful or key
            if way == "name":
                return _digest(name, born)
            for identifier in found:
                if way == f"identifier.{identifier.scheme}" and identifier.check is not Check.INVALID_FORMAT:
                    key = f"{identifier.scheme}:{identifier.value}"
                    if identifier.check is not Check.INVALID_CHECK:
                        return key
                    doubtful = doubtful or key
        return f"{doubtful}:{_digest(name, born)}" if doubtful else ""


def _states(codes: tuple[str, ...]) -> tuple[str, ...]:
    return codes if STATELESS not in codes else tuple(code for code in codes if code != STATELESS)


def _state(code: str) -> str:
    return "" if code == STATELESS else code


def _digest(name: Name, born: PartialDate | None) -> str:
    """A reference for a person whom the register knows by nothing but name and birth date."""
    parts = (name.family, name.given, name.patronymic, name.full, str(born or ""))
    return f"NAME:{sha256('|'.join(part.casefold() for part in parts).encode()).hexdigest()[:24]}"


def written_in(slot: NameSlot, *parts: str) -> tuple[str, str]:
    """Script and language of what is really written: a Cyrillic column often holds a name from a passport.

    The language of the column is kept only where the script is the one the column is meant for.
    """
    found = {script for part in parts if part and (script := _script(part))}
    if not found or found == {slot.script} or slot.script == "Zyyy":
        return slot.script, slot.language
    return (found.pop() if len(found) == 1 else "Zyyy"), ""


@lru_cache(maxsize=50_000)
def _script(text: str) -> str:
    """The script of a text, empty where it has no letter: names repeat, so each is looked at once."""
    return script_of(text) if any(map(str.isalpha, text)) else ""


def _doubts(identifier: Identifier, sex: Sex, born: PartialDate | None) -> list[str]:
    """Codes of what is doubtful about a personal number; none of them rejects the row."""
    if identifier.check is Check.INVALID_FORMAT:
        return ["MAP-IDENTIFIER-FORMAT"]
    doubts = ["MAP-CHECK-DIGIT"] if identifier.check is Check.INVALID_CHECK else []
    if identifiers.contradictions(identifier, sex, born):
        doubts.append("MAP-EMBEDDED")
    return doubts
