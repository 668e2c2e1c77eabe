"""Identities: the persons that live positive links hold together, kept apart where a negative says so.

Only the component that a judgement touches is computed anew, and its identities keep their ids: a block
keeps the id that most of its members had, of several the oldest, so a split and a join restore the ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import uuid4

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from gateway.store.tables import Link, Membership, Person


def identity_of(session: Session, person_id: int) -> str | None:
    """The id of the person's present identity; None for a person who was never matched."""
    return session.scalar(
        select(Membership.identity_id).where(Membership.person_id == person_id, Membership.until.is_(None))
    )


def identities_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """Person to the id of the present identity."""
    rows = session.execute(
        select(Membership.person_id, Membership.identity_id).where(
            Membership.person_id.in_(list(person_ids)), Membership.until.is_(None)
        )
    )
    return {row.person_id: row.identity_id for row in rows}


def members(session: Session, identity_id: str) -> list[int]:
    """The persons of an identity at present, in ascending order."""
    return list(
        session.scalars(
            select(Membership.person_id)
            .where(Membership.identity_id == identity_id, Membership.until.is_(None))
            .order_by(Membership.person_id)
        )
    )


def recompute(session: Session, touched: Iterable[int], now: datetime) -> list[Link]:
    """Bring the identities around the touched persons into agreement with the live links.

    Returns the positive links that could not be followed because a human has separated somebody.
    """
    present = _present(session, set(touched))
    people = _reach(session, set(touched) | set(present))
    present |= _present(session, people)
    people |= set(present)
    links = list(_live(session, people))
    blocks, overruled = partition(people, links)
    held = {person: row.identity_id for person, row in present.items()}
    keep = _claims(blocks, held, _ages(present), _protected(session, people))
    for block in blocks:
        identity_id = keep.get(block[0]) or str(uuid4())
        for person_id in block:
            row = present.get(person_id)
            if row is not None and row.identity_id == identity_id:
                continue
            if row is not None:
                row.until = now
            session.add(Membership(identity_id=identity_id, person_id=person_id, since=now, until=None))
    session.flush()
    return overruled


def _present(session: Session, people: set[int]) -> dict[int, Membership]:
    """The open memberships of everybody who shares an identity with one of `people`."""
    if not people:
        return {}
    own = select(Membership.identity_id).where(Membership.person_id.in_(people), Membership.until.is_(None))
    rows = session.scalars(select(Membership).where(Membership.identity_id.in_(own), Membership.until.is_(None)))
    return {row.person_id: row for row in rows}


def _reach(session: Session, people: set[int]) -> set[int]:
    """Everybody whom live positive links connect with `people`."""
    edge = people
    while edge:
        ends = {end for link in _positives(session, edge) for end in (link.left_id, link.right_id)}
        edge = ends - people
        people = people | edge
    return people


def _positives(session: Session, people: set[int]) -> Iterator[Link]:
    yield from (link for link in _live(session, people) if link.verdict == "positive")


def _live(session: Session, people: set[int]) -> Iterator[Link]:
    """Live judgements on the people that count for identities: never one across the asylum firewall (R6)."""
    yield from session.scalars(
        select(Link).where(
            or_(Link.left_id.in_(people), Link.right_id.in_(people)),
            Link.retracted.is_(None),
            Link.protected.is_(False),
            Link.verdict.in_(("positive", "negative")),
        )
    )


def partition(people: Iterable[int], links: Iterable[Link]) -> tuple[list[tuple[int, ...]], list[Link]]:
    """The people in blocks that positive links hold together and no negative runs through.

    The second value are the positive links that had to be passed over.

    Human judgements join first, then the heaviest links; a link whose joining would put a separated pair
    into one block is passed over. Each block and the list are in ascending order.
    """
    block = {person: {person} for person in people}
    links = [link for link in links if link.left_id in block and link.right_id in block]
    apart = {(link.left_id, link.right_id) for link in links if link.verdict == "negative"}
    joins = [link for link in links if link.verdict == "positive"]
    joins.sort(key=lambda link: (link.actor == "matcher", -link.weight, link.left_id, link.right_id))
    overruled = []
    for link in joins:
        one, other = block[link.left_id], block[link.right_id]
        if one is other:
            continue
        if any(crosses(pair, one, other) for pair in apart):
            overruled.append(link)
            continue
        one |= other
        for person in other:
            block[person] = one
    return sorted({tuple(sorted(found)) for found in block.values()}), overruled


def crosses(pair: tuple[int, int], one: set[int], other: set[int]) -> bool:
    """Whether the pair has one end in each of the two sets."""
    left, right = pair
    return (left in one and right in other) or (left in other and right in one)


def _protected(session: Session, people: set[int]) -> set[int]:
    return set(session.scalars(select(Person.id).where(Person.id.in_(people), Person.protected.is_(True))))


def _ages(present: dict[int, Membership]) -> dict[str, int]:
    """Identity to the number of its oldest open membership: the smaller, the older."""
    ages: dict[str, int] = {}
    for row in present.values():
        ages[row.identity_id] = min(row.id, ages.get(row.identity_id, row.id))
    return ages


def _claims(
    blocks: list[tuple[int, ...]], identity: dict[int, str], ages: dict[str, int], protected: set[int]
) -> dict[int, str]:
    """First member of a block to the id that the block keeps; each id goes to one block at most.

    A block of protected people claims last: when protection takes somebody out of an identity, the others
    must not notice (R6).
    """
    claims = []
    for block in blocks:
        held = [identity[person] for person in block if person in identity]
        hidden = protected.issuperset(block)
        claims += [(hidden, ages[name], -held.count(name), block[0], name) for name in set(held)]
    kept: dict[int, str] = {}
    for *_, first, name in sorted(claims):
        if first not in kept and name not in kept.values():
            kept[first] = name
    return kept


def forget(session: Session, person_id: int, now: datetime) -> None:
    """End the person's membership, as erasure requires; the others keep their identity."""
    session.execute(
        update(Membership).where(Membership.person_id == person_id, Membership.until.is_(None)).values(until=now)
    )
