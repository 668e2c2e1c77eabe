"""What judging asks of the persons round somebody, and what it writes: in the database, or held for a lot.

One person is judged in the database itself. A lot of newcomers is judged in memory: what is known round them is
read once, what is found about them is written once, and only where a human's "different" or a link that could not be
followed has a say is it written at once and computed in the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import uuid4

from sqlalchemy.orm import Session

from gateway.matching import identities, links, questions
from gateway.matching.candidates import Candidate, fetch
from gateway.matching.compare import Comparison
from gateway.matching.decide import Decision
from gateway.matching.yardstick import Yardstick, yardstick
from gateway.store.bulk import write_rows
from gateway.store.tables import Link

Pair = tuple[int, int]


class Circle(Protocol):
    """The persons round the one who is judged."""

    measure: Yardstick
    """What pairs are judged by."""

    def identities_of(self, people: Iterable[int]) -> dict[int, str]:
        """Person to the id of the present identity."""

    def members(self, identity: str) -> list[int]:
        """The persons of an identity, in ascending order."""

    def fetch(self, people: Iterable[int]) -> list[Candidate]:
        """What the persons are like."""

    def separated(self, one: set[int], other: set[int]) -> bool:
        """Whether a human has said of somebody of the one group and somebody of the other that they differ."""

    def record(
        self, pair: Pair, decision: Decision, comparison: Comparison, known: Link | None, *, protected: bool
    ) -> Link:
        """Write what was found on a pair, and ask or cease to ask; `known` is the judgement in force on it."""

    def take_back(self, link: Link) -> None:
        """Take back what the matcher finds no longer."""


class Stored:
    """The circle as it stands in the database."""

    def __init__(self, session: Session, now: datetime) -> None:
        self._session, self._now, self.measure = session, now, yardstick(session)

    def identities_of(self, people: Iterable[int]) -> dict[int, str]:
        """See Circle."""
        return identities.identities_of(self._session, people)

    def members(self, identity: str) -> list[int]:
        """See Circle."""
        return identities.members(self._session, identity)

    def fetch(self, people: Iterable[int]) -> list[Candidate]:
        """See Circle."""
        return fetch(self._session, people)

    def separated(self, one: set[int], other: set[int]) -> bool:
        """See Circle."""
        return identities.separated(self._session, one, other)

    def record(
        self, pair: Pair, decision: Decision, comparison: Comparison, known: Link | None, *, protected: bool
    ) -> Link:
        """See Circle."""
        session, now = self._session, self._now
        link = links.record(session, pair, decision, comparison, known=known, now=now, protected=protected)
        if link.verdict == "candidate":
            questions.ask(session, link, now)
        elif known is not None:
            questions.close(session, link, verdict=questions.OUTDATED, actor=links.MATCHER, now=now)
        return link

    def take_back(self, link: Link) -> None:
        """See Circle."""
        links.retract(self._session, link, links.MATCHER, self._now)
        questions.close(self._session, link, verdict=questions.OUTDATED, actor=links.MATCHER, now=self._now)


_NEW = 1 << 62
"""Age of the first identity of a newcomer: younger than whatever is stored."""


class Held:
    """The circle round a lot of newcomers, of whom nothing is stored but their rows; `write` ends it."""

    def __init__(self, session: Session, now: datetime, newcomers: Sequence[int], known: dict[int, Candidate]) -> None:
        self._session, self._now, self._known = session, now, known
        self.measure = yardstick(session)
        self._identity: dict[int, str] = {}
        self._members: dict[str, set[int]] = {}
        self._age: dict[str, int] = {}
        self._apart: set[Pair] = set()
        self._bound: set[str] = set()
        """Identities for which more counts than who is in them: somebody was separated, or a link was overruled."""
        self._memberships: list[list[object]] = []
        self._open: dict[int, list[object]] = {}
        """The open membership of a person, where it is not written yet."""
        self._left: set[int] = set()
        """Persons whose stored membership has ended."""
        self._links: list[Link] = []
        for place, person in enumerate(newcomers):
            identity = str(uuid4())
            self._members[identity], self._age[identity] = set(), _NEW + place
            self._enter(person, identity)

    def prepare(self, people: Iterable[int]) -> None:
        """Read what is known round these persons, with few statements."""
        unknown = {person for person in people if person not in self._identity}
        if not unknown:
            return
        present = identities.present_of(self._session, unknown)
        for row in present.values():
            self._identity[row.person_id] = row.identity_id
            self._members.setdefault(row.identity_id, set()).add(row.person_id)
            self._age[row.identity_id] = min(row.id, self._age.get(row.identity_id, row.id))
        for link in identities.judgements(self._session, present):
            ends = link.left_id, link.right_id
            inside = [self._identity.get(end) for end in ends]
            if link.verdict == "negative":
                self._apart.add(ends)
            if link.verdict == "negative" or inside[0] != inside[1]:
                self._bound.update(identity for identity in inside if identity)

    def identities_of(self, people: Iterable[int]) -> dict[int, str]:
        """See Circle."""
        wanted = list(people)
        self.prepare(wanted)
        return {person: self._identity[person] for person in wanted if person in self._identity}

    def members(self, identity: str) -> list[int]:
        """See Circle."""
        return sorted(self._members.get(identity, ()))

    def fetch(self, people: Iterable[int]) -> list[Candidate]:
        """See Circle."""
        wanted = list(people)
        missing = [person for person in wanted if person not in self._known]
        self._known.update({each.person_id: each for each in fetch(self._session, missing)})
        return [self._known[person] for person in wanted if person in self._known]

    def separated(self, one: set[int], other: set[int]) -> bool:
        """See Circle."""
        return any(identities.crosses(pair, one, other) for pair in self._apart)

    def record(
        self, pair: Pair, decision: Decision, comparison: Comparison, known: Link | None, *, protected: bool
    ) -> Link:
        """See Circle; nobody has judged a newcomer before."""
        if known is not None:
            raise ValueError("a newcomer has no judgements")
        link = links.found(self._session, pair, decision, comparison, now=self._now, protected=protected)
        self._links.append(link)
        if link.verdict == "positive":
            self._join(pair)
        return link

    def take_back(self, link: Link) -> None:
        """See Circle."""
        raise ValueError(f"a newcomer has no judgements: {link.id}")

    def write(self) -> None:
        """Write everything that was found."""
        if self._left:
            identities.end(self._session, self._left, self._now)
        columns = ("identity_id", "person_id", "since", "until")
        write_rows(self._session, "membership", columns, self._memberships)
        self._session.add_all(self._links)
        self._session.flush()
        self._session.add_all(questions.fresh(link, self._now) for link in self._links if link.verdict == "candidate")
        self._session.flush()
        self._memberships, self._open, self._links = [], {}, []
        self._left.clear()

    def _join(self, pair: Pair) -> None:
        """Make one identity of two; the older one keeps its id, as `identities.recompute` has it."""
        held = self.identities_of(pair)
        if len(held) < len(pair) or not self._bound.isdisjoint(held.values()):
            self._compute(pair)
            return
        kept, gone = sorted(set(held.values()), key=self._age.__getitem__)
        for person in sorted(self._members.pop(gone)):
            if open_row := self._open.pop(person, None):
                open_row[-1] = self._now
            else:
                self._left.add(person)
            self._enter(person, kept)

    def _enter(self, person: int, identity: str) -> None:
        self._identity[person] = identity
        self._members[identity].add(person)
        self._open[person] = [identity, person, self._now, None]
        self._memberships.append(self._open[person])

    def _compute(self, pair: Pair) -> None:
        """Where more counts than who is in them, the database computes; whatever is held is read anew after it."""
        self.write()
        identities.recompute(self._session, pair, self._now)
        everybody = set(self._identity)
        for held in (self._identity, self._members, self._age, self._apart, self._bound):
            held.clear()
        self.prepare(everybody)
