"""What reviewers ask and decide about links: persons, identities, pairs, and the questions that wait for a human.

The same functions stand behind the command line and `/v1/links`. Every one leaves a trace of who asked, for which
purpose and with which result, so call them inside `audit.keeping_traces`. Nothing here shows a value of a person
but `values`, and nothing tells anybody but the owner what lies across the asylum firewall.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import InvalidRequest, NotFound, Refusal
from gateway.exchange.described import Values, values
from gateway.exchange.node import Node
from gateway.exchange.sight import Viewer, visible
from gateway.matching import handles, links, questions
from gateway.matching.explain import Explanation, explain, explain_link
from gateway.matching.identities import identities_of, members
from gateway.matching.links import LinkVerdict
from gateway.store import numbers, tables
from gateway.store.tables import Link, Membership, Person, Review
from gateway.trust import persons

ANSWERS: Final[dict[str, LinkVerdict]] = {
    "same": "positive", "different": "negative", "unsure": "unsure", "ask": "candidate",
}  # fmt: skip
"""What a human may say of a pair. `ask` takes back what was said and puts the pair before a human again."""
MOST: Final = 2_000
"""Descriptions or judgements in one answer, twice what humans may put together."""
_PAST: Final = 20_000
"""Memberships of the past in one answer."""
_UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class _Trace:
    subject: str
    outcome: str = audit.DONE
    detail: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """One reviewer at work in one unit of work."""

    session: Session
    node: Node
    viewer: Viewer

    # --- Reading -----------------------------------------------------------------------------------------

    def show(self, asked: str, language: str) -> dict[str, Any]:
        """A description: its register, its identity with all its people, and the judgements in force."""
        with self._traced(Action.LINK_READ) as trace:
            person = self._person(asked, trace)
            identity = identities_of(self.session, (person,)).get(person)
            people = self._rows(members(self.session, identity) if identity else (person,))
            found = self._judgements((person,), language, live=True)
            trace.outcome = f"{len(people)} members"
            return {
                "person": self._name(person),
                "register": _register(self.session.get_one(Person, person)),
                "identity": identity,
                "members": [self._member(row) for row in people[:MOST]],
                "links": found[:MOST],
            }

    def history(self, asked: str, language: str) -> dict[str, Any]:
        """Everything that ever happened to an identity, or to all identities of a person, the oldest first.

        `asked` names a person, or is an identity's id.
        """
        with self._traced(Action.LINK_READ) as trace:
            rows = self._memberships(asked, trace)
            events: list[dict[str, Any]] = [
                {"at": at, "event": event, "person": self._name(row.person_id), "identity": row.identity_id}
                for row in rows
                for at, event in ((row.since, "joined"), (row.until, "left"))
                if at is not None
            ]
            people = {row.person_id for row in rows}
            for told in self._judgements(people, language, live=False, inside=True):
                events.append({"at": told["created"], "event": "judged", **told})
                if told["retracted"] is not None:
                    events.append({"at": told["retracted"], "event": "retracted", **told})
            events.sort(key=lambda each: each["at"])
            trace.outcome = f"{len(events)} events"
            return {"identities": list(dict.fromkeys(row.identity_id for row in rows)), "events": events}

    def explain(self, one: str, other: str, language: str) -> tuple[Explanation, tuple[str, str], tuple[int, int]]:
        """Why two descriptions are, or are not, taken for one human being; their names, and their rows."""
        with self._traced(Action.LINK_READ) as trace:
            pair = self._pair(one, other, trace)
            told = explain(self.session, *pair, language=language, protected=self.viewer.owner)
            trace.outcome = told.standing["verdict"] if told.standing else "no judgement"
            return told, (self._name(pair[0]), self._name(pair[1])), pair

    def values(self, pair: tuple[int, int]) -> Values:
        """What the two descriptions of an explained pair say, as far as the viewer's class may read it."""
        with self._traced(Action.RECORD_READ) as trace:
            trace.subject = " ".join(map(self._name, pair))
            found = values(self.session, self.viewer, pair)
            trace.outcome = f"{len(found)} fields"
            return found

    def questions(self, language: str, *, after: str = "", limit: int = 50) -> list[dict[str, Any]]:
        """Pairs that wait for a human, those that wait longest first; `after` is the pair a page ended with."""
        with self._traced(Action.REVIEWS_READ) as trace:
            kinds = questions.KINDS if self.viewer.owner else questions.KINDS[:1]
            query = select(Review).where(Review.kind.in_(kinds), Review.state == "open").order_by(Review.id)
            if after:
                query = query.where(Review.id > self._question(after, trace))
            found: list[dict[str, Any]] = []
            rows = self.session.scalars(query.execution_options(yield_per=200))
            for some in rows.partitions(200):
                found += self._questions(some, language)
                if len(found) >= limit:
                    break
            trace.subject, trace.outcome = "questions", f"{len(found[:limit])} pairs"
            return found[:limit]

    # --- Deciding ----------------------------------------------------------------------------------------

    def decide(self, one: str, other: str, answer: str, reason: str) -> dict[str, Any]:
        """A human's word on a pair: `same`, `different`, `unsure`, or `ask` to have it asked again.

        It stands until another human's word on the same pair; nothing is deleted. `conflicts` are the pairs whose
        links cannot be followed beside what humans keep apart; these are asked about again.
        """
        with self._traced(Action.LINK_JUDGED) as trace:
            if answer not in ANSWERS:
                raise InvalidRequest(f"Say one of: {', '.join(ANSWERS)}.", where="verdict")
            persons.check_reason(reason)
            pair = self._pair(one, other, trace)
            # Whoever keeps records queues here too: a judgement and an arrival must not compute one identity twice.
            numbers.take(self.session, "record", 0)
            open_question = self._open(pair)
            word = links.judge(
                self.session, pair, ANSWERS[answer], actor=self.viewer.actor, reason=reason, now=self.node.clock()
            )
            conflicts = self._seen((link.left_id, link.right_id) for link in word.overruled)
            trace.outcome = answer
            trace.detail = {"answered": open_question, "conflicts": len(conflicts)}
            identities = identities_of(self.session, pair)
            return {
                "one": self._name(pair[0]),
                "other": self._name(pair[1]),
                "verdict": word.link.verdict,
                "identities": [identities.get(each) for each in pair],
                "conflicts": [[self._name(left), self._name(right)] for left, right in conflicts],
            }

    # --- Whom it is about --------------------------------------------------------------------------------

    def _person(self, asked: str, trace: _Trace) -> int:
        """The row of a person who is there for this viewer (NotFound for everybody else, known or not).

        A person goes by their name here, `p-…`, by the id of one of their records, or by the register's own
        reference: `STATE/AGENCY/SYSTEM/REF`.
        """
        for person_id in self._candidates(asked):
            if visible(self.session, self.viewer, (person_id,)):
                trace.subject = f"{trace.subject} {self._name(person_id)}".strip()
                return person_id
        raise NotFound("There is no such person.", where="person")

    def _candidates(self, asked: str) -> Iterator[int]:
        asked = asked.strip()
        number = handles.number(asked, self.node.search_secret)
        if number is not None:
            yield number
        elif _UUID.fullmatch(asked.lower()):
            record = tables.Record
            rows = self.session.scalars(select(record.person_id).where(record.record_id == asked.lower()).distinct())
            yield from (each for each in rows if each is not None)
        elif asked.count("/") >= 3 and asked.isprintable():
            state, agency, system, ref = asked.split("/", 3)
            yield from self.session.scalars(
                select(Person.id).where(
                    Person.state == state, Person.agency == agency, Person.system == system, Person.ref == ref
                )
            )

    def _pair(self, one: str, other: str, trace: _Trace) -> tuple[int, int]:
        pair = self._person(one, trace), self._person(other, trace)
        if pair[0] == pair[1]:
            raise InvalidRequest("A pair are two different descriptions.", where="other")
        return pair

    def _memberships(self, asked: str, trace: _Trace) -> Sequence[Membership]:
        """Every membership of the identities that are meant, as far as their people are there for this viewer."""
        row, named = Membership, asked.strip().lower()
        # Only what has the form of an id is looked for: not every text may be in a statement.
        known = select(row.identity_id).where(row.identity_id == named).limit(1)
        identity = self.session.scalar(known) if _UUID.fullmatch(named) else None
        if identity is None:
            mine = select(row.identity_id).where(row.person_id == self._person(asked, trace))
        else:
            mine = select(row.identity_id).where(row.identity_id == identity)
        rows = self.session.scalars(select(row).where(row.identity_id.in_(mine)).order_by(row.id).limit(_PAST)).all()
        seen = visible(self.session, self.viewer, (each.person_id for each in rows))
        rows = [each for each in rows if each.person_id in seen]
        if not rows:
            raise NotFound("There is no such person.", where="person")
        trace.subject = trace.subject or f"identity {identity}"
        return rows

    def _rows(self, people: Iterable[int]) -> list[Person]:
        seen = visible(self.session, self.viewer, people)
        return list(self.session.scalars(select(Person).where(Person.id.in_(seen)).order_by(Person.id)))

    def _seen(self, pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
        wanted = list(pairs)
        seen = visible(self.session, self.viewer, (end for pair in wanted for end in pair))
        return [pair for pair in wanted if seen.issuperset(pair)]

    # --- Judgements and questions ------------------------------------------------------------------------

    def _judgements(
        self, people: Iterable[int], language: str, *, live: bool, inside: bool = False
    ) -> list[dict[str, Any]]:
        """The judgements on these people, as this viewer may see them; `inside`: only those between them."""
        ends = list(people)[:MOST]
        left, right = Link.left_id.in_(ends), Link.right_id.in_(ends)
        query = select(Link).where(left & right if inside else or_(left, right)).order_by(Link.id).limit(MOST)
        if live:
            query = query.where(Link.retracted.is_(None))
        if not self.viewer.owner:
            query = query.where(Link.protected.is_(False))
        found = self.session.scalars(query).all()
        seen = set(self._seen((link.left_id, link.right_id) for link in found))
        return [self._told(link, language) for link in found if (link.left_id, link.right_id) in seen]

    def _told(self, link: Link, language: str) -> dict[str, Any]:
        told = explain_link(link, language)
        return {"one": self._name(link.left_id), "other": self._name(link.right_id)} | {
            key: value for key, value in told.items() if key not in {"evidence", "text"}
        }

    def _questions(self, reviews: Sequence[Review], language: str) -> list[dict[str, Any]]:
        pairs = {(each.detail["left"], each.detail["right"]): each for each in reviews}
        seen = self._seen(pairs)
        found = {
            link.id: link
            for link in self.session.scalars(select(Link).where(Link.id.in_([pairs[p].detail["link"] for p in seen])))
        }
        people = {row.id: row for row in self._rows(end for pair in seen for end in pair)}
        return [
            self._told(found[review.detail["link"]], language)
            | {"since": review.created, "registers": [_register(people[end]) for end in pair]}
            for pair in seen
            for review in (pairs[pair],)
            if review.detail["link"] in found
        ]

    def _question(self, pair: str, trace: _Trace) -> int:
        one, _, other = pair.partition(",")
        left, right = sorted(self._pair(one, other, trace))
        query = select(Review.id).where(Review.kind.in_(questions.KINDS), Review.subject == f"{left}-{right}")
        return self.session.scalar(query) or 0

    def _open(self, pair: tuple[int, int]) -> bool:
        query = select(Review.id).where(
            Review.kind.in_(questions.KINDS), Review.subject == f"{min(pair)}-{max(pair)}", Review.state == "open"
        )
        return self.session.scalar(query) is not None

    # --- Names and traces --------------------------------------------------------------------------------

    def _name(self, person_id: int) -> str:
        return handles.handle(person_id, self.node.search_secret)

    def _member(self, row: Person) -> dict[str, Any]:
        return {"person": self._name(row.id), "register": _register(row)}

    @contextmanager
    def _traced(self, action: Action) -> Iterator[_Trace]:
        """Audit what is done, and what is turned away, with who, purpose and result."""
        trace, now = _Trace(""), self.node.clock()
        try:
            self.viewer.check()
            yield trace
        except Refusal as refusal:
            trace.outcome, trace.detail = refusal.code, None
            self._write(action, trace, now)
            raise
        self._write(action, trace, now)

    def _write(self, action: Action, trace: _Trace, now: datetime) -> None:
        audit.write(
            self.session, action, actor=self.viewer.actor, subject=trace.subject or "person", at=now,
            purpose=self.viewer.purpose, outcome=trace.outcome[:40], detail=trace.detail,
        )  # fmt: skip


def _register(row: Person) -> str:
    return f"{row.state}/{row.agency}/{row.system}"
