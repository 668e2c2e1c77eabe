"""Identities: the persons that live positive links hold together, kept apart where a negative says so.

Only the component that a judgement touches is computed anew, and its identities keep their ids: a block
keeps the oldest id that its members had, unless more of that id's people stand in another block, so a split
and a join restore the ids. Statements stand as constants because they run for every record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import uuid4

from sqlalchemy import BindParameter, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from gateway.store.tables import Table

# Columns of the tables, not attributes of rows: the way past the object mapper is several times shorter.
_MEMBERSHIP: Final = Table.metadata.tables["membership"]
_M, _L, _P = (Table.metadata.tables[name].c for name in ("membership", "link", "person"))
_PEOPLE: Final[BindParameter[Any]] = bindparam("people", expanding=True)
_OPEN: Final = _M.until.is_(None)
_IDENTITIES: Final = select(_M.person_id, _M.identity_id).where(_M.person_id.in_(_PEOPLE), _OPEN)
_MEMBERS: Final = select(_M.person_id).where(_M.identity_id == bindparam("identity"), _OPEN).order_by(_M.person_id)
_PRESENT: Final = select(_M.id, _M.identity_id, _M.person_id).where(
    _M.identity_id.in_(select(_M.identity_id).where(_M.person_id.in_(_PEOPLE), _OPEN)), _OPEN
)
_LIVE: Final = select(_L.id, _L.left_id, _L.right_id, _L.verdict, _L.weight, _L.actor).where(
    or_(_L.left_id.in_(_PEOPLE), _L.right_id.in_(_PEOPLE)),
    _L.retracted.is_(None),
    # A judgement across the asylum firewall counts for no identity (R6).
    _L.protected.is_(False),
    _L.verdict.in_(("positive", "negative")),
)
_PROTECTED: Final = select(_P.id).where(_P.id.in_(_PEOPLE), _P.protected.is_(True))
_END: Final = update(_MEMBERSHIP).where(_M.person_id.in_(_PEOPLE), _OPEN).values(until=bindparam("now"))
_BEGIN: Final = insert(_MEMBERSHIP)


class Judged(NamedTuple):
    """What of a link decides on identities."""

    id: int
    left_id: int
    right_id: int
    verdict: str
    weight: float
    actor: str


class _Member(NamedTuple):
    id: int
    identity_id: str
    person_id: int


def identity_of(session: Session, person_id: int) -> str | None:
    """The id of the person's present identity; None for a person who was never matched."""
    return identities_of(session, (person_id,)).get(person_id)


def identities_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Person to the id of the present identity."""
    rows = session.execute(_IDENTITIES, {"people": list(person_ids)})
    return {row.person_id: row.identity_id for row in rows}


def members(session: Session, identity_id: str) -> list[int]:
    """The persons of an identity at present, in ascending order."""
    return list(session.scalars(_MEMBERS, {"identity": identity_id}))


def begin(session: Session, person_id: int, now: datetime) -> str:
    """Give a person who was never matched an identity of their own; its id."""
    identity_id = str(uuid4())
    _add(session, {person_id: identity_id}, now)
    return identity_id


def forget(session: Session, person_id: int, now: datetime) -> None:
    """End the person's membership, as erasure requires; the others keep their identity."""
    session.execute(_END, {"people": [person_id], "now": now})


def recompute(session: Session, touched: Iterable[int], now: datetime) -> list[int]:
    """Bring the identities around the touched persons into agreement with the live links.

    Returns the ids of positive links that could not be followed because a human has separated somebody.
    """
    people, present, links = _component(session, set(touched))
    blocks, overruled = partition(people, links)
    held = {person: row.identity_id for person, row in present.items()}
    ages: dict[str, int] = {}
    for row in present.values():
        ages[row.identity_id] = min(row.id, ages.get(row.identity_id, row.id))
    keep = _claims(blocks, held, ages, lambda: _protected(session, people))
    wanted = {
        person: identity for block in blocks for identity in [keep.get(block[0]) or str(uuid4())] for person in block
    }
    moved = {person: identity for person, identity in wanted.items() if held.get(person) != identity}
    if ended := [person for person in moved if person in held]:
        session.execute(_END, {"people": ended, "now": now})
    _add(session, moved, now)
    return [link.id for link in overruled]


def separated(session: Session, one: set[int], other: set[int]) -> bool:
    """Whether a live negative runs between two groups of people."""
    rows = (Judged(*row) for row in session.execute(_LIVE, {"people": list(one)}))
    return any(row.verdict == "negative" and _crosses((row.left_id, row.right_id), one, other) for row in rows)


def _add(session: Session, wanted: dict[int, str], now: datetime) -> None:
    rows = [{"person_id": person, "identity_id": identity, "since": now} for person, identity in wanted.items()]
    if rows:
        session.execute(_BEGIN, rows)


def _component(session: Session, touched: set[int]) -> tuple[set[int], dict[int, _Member], list[Judged]]:
    """Everybody whom identities or live positive links connect with the touched, and what connects them."""
    session.flush()
    present = _present(session, touched)
    people = touched | set(present)
    while True:
        links = [Judged(*row) for row in session.execute(_LIVE, {"people": list(people)})]
        ends = {end for link in links if link.verdict == "positive" for end in (link.left_id, link.right_id)}
        if ends <= people:
            return people, present, links
        present |= _present(session, ends - people)
        people = people | ends | set(present)


def _present(session: Session, people: set[int]) -> dict[int, _Member]:
    """The open memberships of everybody who shares an identity with one of `people`."""
    rows = session.execute(_PRESENT, {"people": list(people)})
    return {row.person_id: _Member(*row) for row in rows}


def _protected(session: Session, people: set[int]) -> set[int]:
    return set(session.scalars(_PROTECTED, {"people": list(people)}))


def partition(people: Iterable[int], links: Iterable[Any]) -> tuple[list[tuple[int, ...]], list[Any]]:
    """The people in blocks that positive links hold together and no negative runs through.

    Human judgements join first, then the heaviest links; a link whose joining would put a separated pair
    into one block is passed over. Each block and the list are in ascending order. The second value are the
    positive links that had to be passed over.
    """
    block = {person: {person} for person in people}
    known = [link for link in links if link.left_id in block and link.right_id in block]
    apart = {(link.left_id, link.right_id) for link in known if link.verdict == "negative"}
    joins = [link for link in known if link.verdict == "positive"]
    joins.sort(key=lambda link: (link.actor == "matcher", -link.weight, link.left_id, link.right_id))
    overruled = []
    for link in joins:
        one, other = block[link.left_id], block[link.right_id]
        if one is other:
            continue
        if any(_crosses(pair, one, other) for pair in apart):
            overruled.append(link)
            continue
        one |= other
        for person in other:
            block[person] = one
    return sorted({tuple(sorted(found)) for found in block.values()}), overruled


def _crosses(pair: tuple[int, int], one: set[int], other: set[int]) -> bool:
    """Whether the pair has one end in each of the two sets."""
    left, right = pair
    return (left in one and right in other) or (left in other and right in one)


def _claims(
    blocks: list[tuple[int, ...]], identity: dict[int, str], ages: dict[str, int], protected: Callable[[], set[int]]
) -> dict[int, str]:
    """First member of a block to the id that the block keeps; each id goes to one block at most.

    A block of protected people claims last: when protection takes somebody out of an identity, the others
    must not notice (R6).
    """
    held = {block[0]: [identity[person] for person in block if person in identity] for block in blocks}
    contested = len({name for names in held.values() for name in names}) < sum(len(set(n)) for n in held.values())
    hidden = protected() if contested else set()
    claims = sorted(
        (hidden.issuperset(block), ages[name], -held[block[0]].count(name), block[0], name)
        for block in blocks
        for name in set(held[block[0]])
    )
    kept: dict[int, str] = {}
    for *_, first, name in claims:
        if first not in kept and name not in kept.values():
            kept[first] = name
    return kept
