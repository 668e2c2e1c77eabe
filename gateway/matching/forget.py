"""A description nobody needs any more is erased, with all that matching made of it."""

from __future__ import annotations

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.orm import Session

from gateway.matching import questions
from gateway.store.bulk import never_again
from gateway.store.tables import Link, Membership, Person, PersonKey, Relink, RelinkPair, Review


def forget(session: Session, person_id: int) -> None:
    """Erase a description: its keys, links with their evidence, questions and memberships.

    The others keep the identity they have; a judgement that led through the erased one leads nowhere from the
    next time they are judged. The caller has made sure that no record refers to it.
    """
    links = session.scalars(select(Link).where(or_(Link.left_id == person_id, Link.right_id == person_id))).all()
    subjects = [questions.subject(link) for link in links]
    for start in range(0, len(subjects), 500):
        part = subjects[start : start + 500]
        session.execute(delete(Review).where(Review.kind.in_(questions.KINDS), Review.subject.in_(part)))
    session.execute(delete(Link).where(or_(Link.left_id == person_id, Link.right_id == person_id)))
    runs = select(Relink.id).where(Relink.finished.is_(None))
    mine = or_(RelinkPair.left_id == person_id, and_(RelinkPair.relink_id.in_(runs), RelinkPair.right_id == person_id))
    session.execute(delete(RelinkPair).where(mine))
    session.execute(delete(Membership).where(Membership.person_id == person_id))
    session.execute(delete(PersonKey).where(PersonKey.person_id == person_id))
    session.execute(delete(Person).where(Person.id == person_id))
    never_again(session, "person", person_id)
