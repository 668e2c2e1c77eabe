"""What follows from the weighed pairs: judged in the order in which people came, as online matching judges.

The same rules hold: guards and rivals of gateway.matching.decide, groups that would become too large or would hold
a contradiction, questions that would add nothing; and humans' words stand. Only that identities are kept in memory,
so that nothing in force is touched. The time is that of reading the pairs once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from gateway.matching.candidates import fetch
from gateway.matching.compare import Comparison
from gateway.matching.decide import RIVAL_BITS, Decision
from gateway.matching.evidence import Evidence
from gateway.matching.identities import Judged
from gateway.matching.judge import LARGEST_GROUP, MOST_REVIEWS
from gateway.matching.links import MATCHER
from gateway.matching.relink.groups import Groups
from gateway.matching.yardstick import Yardstick
from gateway.store.tables import Link, Person, RelinkPair, Table

_PAIR: Final = Table.metadata.tables["relink_pair"]
_WRITE: Final = (
    update(_PAIR).where(_PAIR.c.id == bindparam("pair")).values(verdict=bindparam("said"), reason=bindparam("why"))
)
TOGETHER: Final = 500
"""People resolved in one unit of work."""
Visible = Callable[[Session, Iterable[int]], set[int]]
"""Those of some people who are there for every reviewer."""
Row = tuple[str, str, str, bool]
"""State, agency and system of a person, and whether a protection record speaks of them."""


@dataclass(frozen=True, slots=True)
class _Pair:
    row: Any
    comparison: Comparison

    protected: bool
    """Whether a protection record spoke of either when they were weighed, or does so now."""

    @property
    def other(self) -> int:
        return int(self.row.left_id)


def words(session: Session) -> list[Judged]:
    """What humans have said, as far as it decides on identities."""
    columns = (Link.id, Link.left_id, Link.right_id, Link.verdict, Link.weight, Link.actor)
    query = select(*columns).where(
        Link.actor != MATCHER,
        Link.retracted.is_(None),
        Link.protected.is_(False),
        Link.verdict.in_(("positive", "negative")),
    )
    return [Judged(*row) for row in session.execute(query)]


def people_behind(session: Session, relink: int, position: int) -> list[int]:
    """The next people who have pairs."""
    query = select(RelinkPair.right_id).where(RelinkPair.relink_id == relink, RelinkPair.right_id > position)
    return list(session.scalars(query.distinct().order_by(RelinkPair.right_id).limit(TOGETHER)))


class Resolver:
    """One reading of all pairs."""

    def __init__(self, groups: Groups, measure: Yardstick, visible: Visible) -> None:
        self.groups = groups
        self._measure, self._visible = measure, visible
        self.links = self.questions = 0
        """Pairs linked, and put before humans; only those of people who are there for every reviewer are counted."""

    def resolve(self, session: Session, relink: int, people: list[int]) -> None:
        """Judge the pairs of these people with those before them, and write the verdicts."""
        query = select(_PAIR).where(_PAIR.c.relink_id == relink, _PAIR.c.right_id.in_(people))
        rows = session.execute(query.order_by(_PAIR.c.right_id, _PAIR.c.weight.desc(), _PAIR.c.left_id)).all()
        ends = {end for row in rows for end in (row.left_id, row.right_id)}
        registers = _registers(session, ends)
        standing = _standing(session, people)
        said: list[dict[str, Any]] = []
        judged: dict[tuple[int, int], str] = {}
        for person, mine in groupby(rows, key=lambda row: row.right_id):
            pairs = [
                _Pair(row, _comparison(row), row.protected or registers[row.left_id][3] or registers[person][3])
                for row in mine
                if {row.left_id, person} <= registers.keys()
            ]
            for pair, decision in self._judge(session, person, pairs, registers, standing):
                said.append({"pair": pair.row.id, "said": decision.verdict, "why": ",".join(decision.reasons)})
                judged[pair.row.left_id, person] = decision.verdict
        if said:
            session.execute(_WRITE, said)
            self._count(session, judged)

    def _count(self, session: Session, judged: Mapping[tuple[int, int], str]) -> None:
        seen = self._visible(session, {end for ends in judged for end in ends})
        told = [verdict for ends, verdict in judged.items() if seen.issuperset(ends)]
        self.links += told.count("positive")
        self.questions += told.count("candidate")

    def _judge(
        self, session: Session, person: int, pairs: list[_Pair], registers: dict[int, Row], standing: dict[Any, str]
    ) -> Iterator[tuple[_Pair, Decision]]:
        offered: set[int] = set()
        for pair in pairs:
            before = standing.get((pair.other, person), "")
            if before == "word":
                # A human has judged this pair; whatever the model says of it, the word stands.
                continue
            decision = self._decide(session, person, pair, pairs, (registers, before == "positive"))
            if decision.verdict == "none":
                continue
            if not pair.protected:
                theirs, mine = self.groups.home(pair.other), self.groups.home(person)
                if theirs == mine and not (before == decision.verdict == "positive"):
                    continue
                if decision.verdict == "candidate":
                    if theirs in offered or len(offered) >= MOST_REVIEWS:
                        continue
                    offered.add(theirs)
                elif not self.groups.apart(pair.other, person):
                    self.groups.join(pair.other, person)
            yield pair, decision

    def _decide(
        self, session: Session, person: int, pair: _Pair, pairs: list[_Pair], known: tuple[dict[int, Row], bool]
    ) -> Decision:
        registers, linked = known
        rivals = (each for each in pairs if registers[person][3] or not each.protected)
        second = None if linked else self._rival(session, pair, rivals)
        same = registers[person][:3] == registers[pair.other][:3]
        decision = self._measure.decide(pair.comparison, second, same_register=same)
        if decision.verdict != "positive":
            return decision
        if pair.protected:
            return Decision("candidate", "yellow", ("protected", *decision.reasons))
        # As online: a link that stands needs no new permission to stand.
        if not linked and (obstacle := self._obstacle(session, person, pair.other)):
            return Decision("candidate", "yellow", (obstacle,))
        return decision

    def _rival(self, session: Session, pair: _Pair, others: Iterable[_Pair]) -> Comparison | None:
        """The likeliest other human being the person may be, among those who are close enough to count."""
        for each in others:
            if each.comparison.weight <= pair.comparison.weight - RIVAL_BITS:
                return None
            if self.groups.home(each.other) == self.groups.home(pair.other):
                continue
            found = fetch(session, (each.other, pair.other))
            # Another description of the same human being, not joined yet, leaves no choice to guess at.
            if len(found) < 2 or not self._measure.one_being(found[0].comparable, found[1].comparable):
                return each.comparison
        return None

    def _obstacle(self, session: Session, person: int, other: int) -> str:
        """Why the two groups may not be joined without a human; empty where nothing stands in the way."""
        mine, theirs = self.groups.home(person), self.groups.home(other)
        if mine == theirs:
            return ""
        ours, newcomers = self.groups.people(mine), self.groups.people(theirs)
        if len(ours) + len(newcomers) > LARGEST_GROUP:
            return "group-too-large"
        if self.groups.apart(mine, theirs):
            return "separated"
        if len(ours) + len(newcomers) == 2:
            # They are the pair itself, which has been judged.
            return ""
        pairs = (
            self._measure.compare(one.comparable, another.comparable)
            for one in fetch(session, ours)
            for another in fetch(session, newcomers)
        )
        if any("differ" in pair.levels("identifier") or "differ" in pair.levels("birth") for pair in pairs):
            return "group-contradicts"
        return ""


def _comparison(row: Any) -> Comparison:
    return Comparison(row.weight, tuple(Evidence.from_list(each) for each in row.evidence))


def _registers(session: Session, people: set[int]) -> dict[int, Row]:
    columns = (Person.id, Person.state, Person.agency, Person.system, Person.protected)
    rows = session.execute(select(*columns).where(Person.id.in_(people)))
    return {row.id: (row.state, row.agency, row.system, bool(row.protected)) for row in rows}


def _standing(session: Session, people: list[int]) -> dict[tuple[int, int], str]:
    """Pair to the judgement in force: `word` where a human has spoken, else the matcher's verdict."""
    query = select(Link.left_id, Link.right_id, Link.verdict, Link.actor).where(
        Link.right_id.in_(people), Link.retracted.is_(None)
    )
    return {
        (row.left_id, row.right_id): (row.verdict if row.actor == MATCHER or row.verdict == "candidate" else "word")
        for row in session.execute(query)
    }
