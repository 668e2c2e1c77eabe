"""A question to the watchlist and its answer: as little as an officer needs, never the file.

JSON of a question: `{"names": [{"family", "given", "patronymic", "full", "language"}], "birth_date": "1985-06-15",
"sex": "1", "citizenships": ["UZB"], "documents": [{"country", "number", "series"}],
"identifiers": [{"scheme", "value"}]}`; everything is optional, but a number, or a name with a birth date, or
two words of a name have to be there.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from gateway.errors import InvalidRequest
from gateway.names.fold import tokens
from gateway.records.dates import PartialDate
from gateway.records.person import Person, Sex
from gateway.watchlist import decide
from gateway.watchlist.compare import compare
from gateway.watchlist.decide import Band
from gateway.watchlist.entries import Subject, WrittenName, subject_of
from gateway.watchlist.index import Candidate, Index
from gateway.watchlist.people import comparable, plain_numbers
from gateway.watchlist.postings import Rows
from gateway.watchlist.reasons import SENTENCES, Reason

MOST_HITS: Final = 10
"""Hits of one answer; a person who resembles more is for an officer to narrow down."""
_MOST_VALUES: Final = 10
_LONGEST: Final = 200
_SEXES: Final = {"M": Sex.MALE, "F": Sex.FEMALE, "X": Sex.UNKNOWN, "": Sex.UNKNOWN} | {str(sex): sex for sex in Sex}


class Marks(NamedTuple):
    """What the disclosure kernel sees of an entry when it decides whether the asker may learn of it."""

    record_id: str
    owner_state: str
    person_id: int


Withheld = Callable[[Marks], bool]
"""True for an entry of which this asker must not learn."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry an officer should know of. No name, no date, no ground: the issuer keeps the file."""

    band: Band
    action: str
    """What a human should do; only `CHECK` or `CONTACT_ISSUER` while it is not sure whom the entry means."""
    reference: str
    contact: str
    state: str
    """State that issued the entry."""
    reasons: tuple[Reason, ...]
    score_band: str
    """A word instead of a number: near matches must not look more exact than they are (domain.md 3.4)."""
    record_id: str
    """For our own audit and the hit list of a file; not part of the answer."""

    def as_dict(self) -> dict[str, Any]:
        """The hit as it leaves the node."""
        return {
            "band": str(self.band),
            "action": self.action,
            "reference": self.reference,
            "contact": self.contact,
            "state": self.state,
            "score_band": self.score_band,
            "reasons": [
                {"code": str(reason), "ru": SENTENCES[reason][0], "en": SENTENCES[reason][1]} for reason in self.reasons
            ],
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The band of the strongest hit, and the hits, strongest first."""

    band: Band
    hits: tuple[Hit, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The answer as plain values in a fixed order; padding is the caller's."""
        return {"band": str(self.band), "hits": [hit.as_dict() for hit in self.hits]}


@dataclass(frozen=True, slots=True)
class Query:
    """Whom a border asks about."""

    subject: Subject

    @classmethod
    def of(cls, person: Person) -> Query:
        """The question about a person of the exchange format."""
        return cls.checked(subject_of(person))

    @classmethod
    def checked(cls, subject: Subject) -> Query:
        """The question about a subject, unless it would list half a country: a surname or a birth date alone."""
        words = max((len(tokens(f"{n.family} {n.given} {n.full}")) for n in subject.names), default=0)
        numbered = plain_numbers(subject.documents + subject.identifiers)
        if not (numbered or words > 1 or (words and subject.birth_date)):
            raise InvalidRequest(
                "Give a document or personal number, or a name with a birth date, or a family and a given name.",
                where="names",
            )
        return cls(subject)

    @classmethod
    def read(cls, values: Any) -> Query:
        """The question in a JSON object; InvalidRequest names the field that does not fit."""
        fields = _object(values, "", {"names", "birth_date", "sex", "citizenships", "documents", "identifiers"})
        documents = _objects(fields, "documents", {"country", "number", "series", "kind"})
        identifiers = _objects(fields, "identifiers", {"scheme", "value", "issuer"})
        names = _objects(fields, "names", {"family", "given", "patronymic", "full", "language"})
        subject = Subject(
            names=tuple(_name(name) for name in names),
            birth_date=read_date(_text(fields, "birth_date", ""), "birth_date"),
            sex=read_sex(_text(fields, "sex", ""), "sex"),
            citizenships=tuple(
                _string(value, f"citizenships[{place}]") for place, value in enumerate(_list(fields, "citizenships"))
            ),
            documents=tuple((each["country"], each["series"] + each["number"]) for each in documents),
            identifiers=tuple((each["scheme"], each["value"]) for each in identifiers),
        )
        return cls.checked(subject)


def screen(
    parts: Sequence[tuple[Index, Rows | None]] | Index,
    query: Query,
    *,
    today: date,
    state: str,
    withheld: Withheld | None = None,
) -> Answer:
    """Ask an index (or a main index with its changes, each with the entries hidden in it).

    `state` asks: entries of other states that bind their issuer only are not its business. An entry that
    `withheld` names is compared like any other, so that the time does not tell of it, and dropped before
    bands, order and limits, so that the answer is the one that would be given if it were not there.
    """
    person = comparable(query.subject)
    hits: list[tuple[int, float, str, Hit]] = []
    for index, hidden in [(parts, None)] if isinstance(parts, Index) else parts:
        for entry in index.find(person, today=today, state=state, hidden=hidden):
            candidate = index.candidate(entry)
            evidence = compare(person, candidate.person, today)
            found, bits = decide.band(evidence), decide.score(evidence)
            kept = withheld is None or not withheld(Marks(*candidate[:3]))
            if found is not Band.NO_HIT and kept:
                hit = _hit(candidate, found, decide.reasons(evidence), bits)
                hits.append((-decide.RANK[found], -bits, candidate.record_id, hit))
    best = tuple(hit for *_, hit in heapq.nsmallest(MOST_HITS, hits, key=lambda each: each[:3]))
    return Answer(best[0].band if best else Band.NO_HIT, best)


def _hit(candidate: Candidate, band: Band, reasons: tuple[Reason, ...], bits: float) -> Hit:
    action = candidate.action
    if band is Band.POSSIBLE and action == "REFUSE_ENTRY":
        action = "CHECK"
    return Hit(
        band=band,
        action=action,
        reference=candidate.reference,
        contact=candidate.contact,
        state=candidate.owner_state,
        reasons=reasons,
        score_band=decide.score_band(bits),
        record_id=candidate.record_id,
    )


def read_date(text: str, where: str) -> PartialDate | None:
    """A birth date in the exchange form, or None for an empty text; InvalidRequest for anything else."""
    if not text:
        return None
    try:
        return PartialDate.parse(text)
    except ValueError as error:
        raise InvalidRequest("Not a date of the form 1985-06-15, 1985-06 or 1985.", where=where) from error


def read_sex(text: str, where: str) -> Sex:
    """A sex by its ISO 5218 digit or as M, F or X of a passport."""
    try:
        return _SEXES[text.upper()]
    except KeyError:
        raise InvalidRequest("Not a sex: use 1 or M, 2 or F, 0 or X.", where=where) from None


def _name(fields: Mapping[str, str]) -> WrittenName:
    split = bool(fields["family"] or fields["given"])
    return WrittenName(
        fields["family"],
        fields["given"],
        fields["patronymic"],
        "" if split else fields["full"],
        fields["language"],
    )


def _object(values: Any, where: str, known: set[str]) -> Mapping[str, Any]:
    if not isinstance(values, Mapping):
        raise InvalidRequest("An object with named fields belongs here.", where=where)
    for field in values:
        if field not in known:
            raise InvalidRequest(
                f"There is no such field; known are {', '.join(sorted(known))}.",
                where=f"{where}.{field}".strip(".")[:80],
            )
    return values


def _list(fields: Mapping[str, Any], name: str) -> list[Any]:
    values = fields.get(name) or []
    if not isinstance(values, list) or len(values) > _MOST_VALUES:
        raise InvalidRequest(f"A list of at most {_MOST_VALUES} belongs here.", where=name)
    return values


def _objects(fields: Mapping[str, Any], name: str, known: set[str]) -> list[dict[str, str]]:
    found = []
    for place, value in enumerate(_list(fields, name)):
        where = f"{name}[{place}]"
        inner = _object(value, where, known)
        found.append({field: _text(inner, field, f"{where}.") for field in known})
    return found


def _text(fields: Mapping[str, Any], name: str, prefix: str) -> str:
    value = fields.get(name)
    return "" if value is None else _string(value, prefix + name)


def _string(value: Any, where: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise InvalidRequest(f"A text of at most {_LONGEST} characters belongs here.", where=where)
    return value.strip()
