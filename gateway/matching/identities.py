"""Identities: the persons that live positive links hold together, kept apart where a negative says so.

Only the component that a judgement touches is computed anew, and its identities keep their ids: a block
keeps the oldest id that its members had, unless more of that id's people stand in another block, so a split
and a join restore the ids. Statements stand as constants because they run for every record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final, NamedTuple
from uuid import uuid4

from sqlalchemy import BindParameter, bindparam, or_, select, update
from sqlalchemy.orm import Session

from gateway.store.bulk import write_rows
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


MOST_PEOPLE: Final = 10_000
"""Descriptions looked at when identities are computed anew. What hangs together beyond is a mistake that people
made by hand, and it is cut off rather than letting one judgement take minutes."""
_TOGETHER: Final = 5_000
"""Persons named in one statement; databases take some ten thousand values."""


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
    end(session, (person_id,), now)


def end(session: Session, people: Iterable[int], now: datetime) -> None:
    """End the present memberships of these persons."""
    for some in _parts(people):
        session.execute(_END, {"people": some, "now": now})


def recompute(session: Session, touched: Iterable[int], now: datetime) -> list[int]:
    """Bring the identities around the touched persons into agreement with the live links.

    Returns the ids of the positive links that gave way now, because a human keeps somebody apart: those whose
    people shared an identity before, and the one between the touched.
    """
    judged = set(touched)
    people, present, links = _component(session, judged)
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
    end(session, (person for person in moved if person in held), now)
    _add(session, moved, now)
    return [
        link.id
        for link in overruled
        if {link.left_id, link.right_id} <= judged or held.get(link.left_id, 0) == held.get(link.right_id, 1)
    ]


def judgements(session: Session, people: Iterable[int]) -> list[Judged]:
    """The live positive and negative links of these persons that decide on identities."""
    return [Judged(*row) for some in _parts(people) for row in session.execute(_LIVE, {"people": some})]


def separated(session: Session, one: set[int], other: set[int]) -> bool:
    """Whether a live negative runs between two groups of people."""
    rows = (Judged(*row) for row in session.execute(_LIVE, {"people": list(one)}))
    return any(row.verdict == "negative" and crosses((row.left_id, row.right_id), one, other) for row in rows)


def _add(session: Session, wanted: dict[int, str], now: datetime) -> None:
    rows = [(person, identity, now) for person, identity in wanted.items()]
    write_rows(session, "membership", ("person_id", "identity_id", "since"), rows)


def _component(session: Session, touched: set[int]) -> tuple[set[int], dict[int, _Member], list[Judged]]:
    """Everybody whom identities or live positive links connect with the touched, and what connects them."""
    session.flush()
    present: dict[int, _Member] = {}
    links: dict[int, Judged] = {}
    people: set[int] = set()
    new = touched
    while new and len(people) < MOST_PEOPLE:
        found = present_of(session, new)
        present |= found
        new = (new | set(found)) - people
        people |= new
        met = judgements(session, new)
        links.update((link.id, link) for link in met)
        new = {end for link in met if link.verdict == "positive" for end in (link.left_id, link.right_id)} - people
    return people, present, list(links.values())


def present_of(session: Session, people: set[int]) -> dict[int, _Member]:
    """The open memberships of everybody who shares an identity with one of `people`."""
    rows = (row for some in _parts(people) for row in session.execute(_PRESENT, {"people": some}))
    return {row.person_id: _Member(*row) for row in rows}


def _protected(session: Session, people: set[int]) -> set[int]:
    return {person for some in _parts(people) for person in session.scalars(_PROTECTED, {"people": some})}


def _parts(people: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(people)
    return (ordered[start : start + _TOGETHER] for start in range(0, len(ordered), _TOGETHER))


def partition(people: Iterable[int], links: Iterable[Any]) -> tuple[list[tuple[int, ...]], list[Any]]:
    """The people in blocks that positive links hold together and no negative runs through.

    Words of humans join first, the newest before older ones, then the matcher's links, the heaviest first; a
    link whose joining would put a separated pair into one block is passed over. So where words contradict each
    other (A=B, B=C, A and C apart) nobody is ever put together with whom a human keeps apart, and of the others
    the newest word holds. Each block and the list are in ascending order. The second value are the positive
    links that had to be passed over. The time is that of sorting, however many separations there are.
    """
    home = {person: person for person in people}
    inside = {person: [person] for person in home}
    known = [link for link in links if link.left_id in home and link.right_id in home]
    # Whom somebody of a block is kept apart from; small sets are poured into large ones.
    foes: dict[int, set[int]] = {person: set() for person in home}
    for link in known:
        if link.verdict == "negative":
            foes[link.left_id].add(link.right_id)
            foes[link.right_id].add(link.left_id)
    overruled = []
    for link in sorted((link for link in known if link.verdict == "positive"), key=_precedence):
        one, other = sorted((home[link.left_id], home[link.right_id]), key=lambda block: (-len(inside[block]), block))
        if one == other:
            continue
        if _at_odds(foes, home, one, other):
            overruled.append(link)
            continue
        for person in inside[other]:
            home[person] = one
        inside[one] += inside.pop(other)
        few, many = sorted((foes[one], foes.pop(other)), key=len)
        many |= few
        foes[one] = many
    return sorted(tuple(sorted(block)) for block in inside.values()), overruled


def _precedence(link: Any) -> tuple[Any, ...]:
    """A newer word of a human stands before an older one, and either before what the matcher found."""
    if link.actor == "matcher":
        return (1, -link.weight, link.left_id, link.right_id)
    return (0, -link.id, link.left_id, link.right_id)


def _at_odds(foes: dict[int, set[int]], home: dict[int, int], one: int, other: int) -> bool:
    """Whether a human keeps somebody of one block apart from somebody of the other."""
    fewer, block = (foes[one], other) if len(foes[one]) <= len(foes[other]) else (foes[other], one)
    return any(home[foe] == block for foe in fewer)


def crosses(pair: tuple[int, int], one: set[int], other: set[int]) -> bool:
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
    held = {block[0]: Counter(identity[person] for person in block if person in identity) for block in blocks}
    contested = len({name for names in held.values() for name in names}) < sum(map(len, held.values()))
    hidden = protected() if contested else set()
    claims = sorted(
        (hidden.issuperset(block), ages[name], -count, block[0], name)
        for block in blocks
        for name, count in held[block[0]].items()
    )
    kept: dict[int, str] = {}
    given: set[str] = set()
    for *_, first, name in claims:
        if first not in kept and name not in given:
            kept[first] = name
            given.add(name)
    return kept
