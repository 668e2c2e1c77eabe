"""What would become of the identities: which fall apart, which are joined, how large they are.

Only people who are there for every reviewer are counted and named, so that neither a number nor a size tells of
somebody behind the asylum firewall.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.matching.identities import identities_of
from gateway.matching.relink.groups import Groups
from gateway.matching.relink.resolve import Visible
from gateway.store.tables import Membership

_TOGETHER: Final = 1_000
"""Identities or groups looked at together."""


COLUMNS: Final = ("relink_id", "kind", "size", "groups")
"""What is told of a change."""


@dataclass(frozen=True, slots=True)
class Changes:
    """Some changes of one kind."""

    kind: str
    """`split` or `merge`."""
    groups: list[list[list[int]]]
    """Of each change its parts, each as its people."""

    def rows(self, relink: int) -> list[tuple[Any, ...]]:
        """As rows of the table of changes, in the order of COLUMNS."""
        return [(relink, self.kind, sum(map(len, each)), each) for each in self.groups]


def compare(session: Session, groups: Groups, visible: Visible) -> Iterator[Changes]:
    """Every change, some at a time; the session only reads, so that nobody waits for it."""
    for kind, changes in (("split", _splits(session, groups, visible)), ("merge", _merges(session, groups, visible))):
        for some in _lots(changes):
            yield Changes(kind, some)


class Counts:
    """What the changes come to."""

    def __init__(self) -> None:
        self._sizes = {"split": Counter[int](), "merge": Counter[int]()}

    def add(self, changes: Changes) -> None:
        """Count some changes."""
        self._sizes[changes.kind].update(sum(map(len, each)) for each in changes.groups)

    def as_dict(self) -> dict[str, Any]:
        """How many of each kind, and by how many descriptions they are about."""
        told: dict[str, Any] = {}
        for kind, sizes in self._sizes.items():
            told[f"{kind}s"] = sizes.total()
            told[f"{kind}_sizes"] = {str(size): count for size, count in sorted(sizes.items())}
        return told


def _splits(session: Session, groups: Groups, visible: Visible) -> Iterator[list[list[int]]]:
    """Identities whose people no longer belong together, each as its parts."""
    many = select(Membership.identity_id).where(Membership.until.is_(None)).group_by(Membership.identity_id)
    query = (
        select(Membership.identity_id, Membership.person_id)
        .where(Membership.until.is_(None), Membership.identity_id.in_(many.having(func.count() > 1)))
        .order_by(Membership.identity_id, Membership.person_id)
    )
    rows = session.execute(query, execution_options={"yield_per": _TOGETHER})
    for some in _lots([row.person_id for row in held] for _, held in groupby(rows, key=lambda row: row.identity_id)):
        seen = visible(session, (person for held in some for person in held))
        for held in some:
            parts: defaultdict[int, list[int]] = defaultdict(list)
            for person in held:
                if person in seen:
                    parts[groups.home(person)].append(person)
            if len(parts) > 1:
                yield sorted(parts.values())


def _merges(session: Session, groups: Groups, visible: Visible) -> Iterator[list[list[int]]]:
    """Groups that several identities are joined into, each as what it takes from each of them."""
    for some in _lots(sorted(people) for people in groups):
        everybody = sorted(person for people in some for person in people)
        seen = visible(session, everybody)
        held: dict[int, str] = {}
        for start in range(0, len(everybody), 5_000):
            held |= identities_of(session, everybody[start : start + 5_000])
        for people in some:
            parts: defaultdict[str, list[int]] = defaultdict(list)
            for person in people:
                if person in seen and person in held:
                    parts[held[person]].append(person)
            if len(parts) > 1:
                yield sorted(parts.values())


def _lots(values: Iterable[Any]) -> Iterator[list[Any]]:
    some: list[Any] = []
    for each in values:
        some.append(each)
        if len(some) == _TOGETHER:
            yield some
            some = []
    if some:
        yield some
