"""One person matched against everybody this node knows: the story of linkage, start here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from gateway.errors import NotFound
from gateway.matching.candidates import Candidate, candidates, fetch, nearest, note_crowded, store_keys
from gateway.matching.circle import Stored
from gateway.matching.identities import begin, identity_of
from gateway.matching.judge import judge, weigh
from gateway.matching.keys import keys as keys_of
from gateway.matching.links import file_words, live_links
from gateway.matching.normalise import comparable as comparable_of
from gateway.matching.yardstick import yardstick
from gateway.records.person import Person
from gateway.store import tables
from gateway.store.tables import Link


@dataclass(frozen=True, slots=True)
class MatchOutcome:
    """What matching one person did."""

    identity_id: str
    linked: tuple[int, ...]
    """Persons now linked automatically with this one."""
    for_review: tuple[int, ...]
    """Persons a human should compare with this one."""
    protected_links: tuple[int, ...]
    """Matches across the asylum firewall: for the owner's eyes only (R6)."""
    overflowed: int
    """Keys left out because too many persons share them."""
    changed: bool
    """False where matching found everything as it already was."""


def match_person(
    session: Session, person_row_id: int, person: Person, *, protected: bool, secret: bytes, now: datetime
) -> MatchOutcome:
    """Match one stored person row, whose present content is `person`, and write links and reviews.

    `protected` says that a protection record speaks of the person; it is never lowered here, only in the row
    by whoever keeps that record. `secret` keys the index. The same call twice changes nothing. Raises
    NotFound where the row does not exist.
    """
    # 1. Make the person comparable. Whoever has not changed was compared with everybody already: with those
    #    who came before when they came, with those who came after when these came.
    row = session.get(tables.Person, person_row_id)
    if row is None:
        raise NotFound(where="person")
    value = comparable_of(person)
    # Protection is only raised here: another record of the same person must not lower it.
    row.protected = row.protected or protected
    text, new = value.to_json(protected=row.protected), not row.comparable
    if row.comparable == text:
        return _outcome(session, row.id, live_links(session, row.id), 0, changed=False)
    # 2. Make the person findable.
    row.comparable = text
    keys = keys_of(value, secret)
    store_keys(session, row.id, keys, new=new)
    own = Candidate(row.id, (row.state, row.agency, row.system), row.protected, value)
    # 3. Everybody belongs to an identity, be it alone.
    if new:
        begin(session, row.id, now)
    # 4. Find candidates: who shares a key, and who is linked already. Weigh them.
    links = {} if new else live_links(session, row.id)
    file_words(session, row.id, links, now)
    ranked, crowded = candidates(session, keys, besides=row.id)
    weighed = weigh(own, nearest(session, ranked), fetch(session, links), measure=yardstick(session))
    # 5. Judge them, the likeliest first; write what was found and take back what no longer holds.
    judge(Stored(session, now), own, weighed, links)
    if not row.protected:
        note_crowded(session, crowded)
    return _outcome(session, row.id, links, crowded, changed=True)


def _outcome(
    session: Session, person_id: int, links: dict[int, Link], overflowed: int, *, changed: bool
) -> MatchOutcome:
    plain = [(other, link.verdict) for other, link in links.items() if not link.protected]
    return MatchOutcome(
        identity_id=identity_of(session, person_id) or "",
        linked=tuple(sorted(other for other, verdict in plain if verdict == "positive")),
        for_review=tuple(sorted(other for other, verdict in plain if verdict == "candidate")),
        protected_links=tuple(sorted(other for other, link in links.items() if link.protected)),
        overflowed=overflowed,
        changed=changed,
    )
