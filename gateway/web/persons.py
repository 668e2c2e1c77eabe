"""Persons, asked about by our own agencies: what we hold, as far as class and purpose allow."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from sqlalchemy import select

from gateway import audit
from gateway.audit import Action
from gateway.disclosure import purposes, retention
from gateway.errors import InvalidRequest, NotPermitted
from gateway.exchange import shelter
from gateway.matching.find import find_persons
from gateway.records.person import Document, Identifier, Name, Person
from gateway.records.record import Category
from gateway.store import tables
from gateway.watchlist.query import Query
from gateway.web.access import CurrentNode, OwnAgency, QueryBody

router = APIRouter(tags=["persons"])


@router.post("/v1/persons/query", summary="Ask what is known of a person")
def post_query(node: CurrentNode, client: OwnAgency, values: QueryBody) -> dict[str, Any]:
    """The records of the person asked about, as canonical XML, limited to what this agency may see.

    The body is that of a watchlist query, with a `purpose`. A person nobody knows and one of whom nothing
    may be shown get the same answer.
    """
    purpose = values.pop("purpose", "")
    if not isinstance(purpose, str) or not purpose:
        raise InvalidRequest("Say for which purpose you ask.", where="purpose")
    seen = [category for category in Category if purposes.allowed(category, purpose, client.agency_class)]
    now = node.clock()
    with audit.keeping_traces(node.database) as session:
        persons = []
        if seen:
            subject = _person(Query.read(values))
            for rows in find_persons(session, subject, secret=node.search_secret):
                records = session.scalars(
                    select(tables.Record)
                    .where(
                        tables.Record.person_id.in_(rows),
                        tables.Record.current,
                        tables.Record.category.in_(seen),
                        tables.Record.erased.is_(None),
                    )
                    .order_by(tables.Record.id)
                ).all()
                if records:
                    persons.append([_shown(record, now.date()) for record in records])
        audit.write(
            session,
            Action.PERSON_QUERY,
            actor=client.id,
            subject="person",
            purpose=purpose[:32],
            outcome=f"{len(persons)} persons" if seen else NotPermitted.code,
            at=now,
        )
        if not seen:
            raise NotPermitted(reason=f"{client.agency_class} may not ask for {purpose}")
    return {"persons": persons}


def _shown(record: tables.Record, today: date) -> dict[str, str | bool]:
    return {
        "record_id": record.record_id,
        "category": record.category,
        "state": record.owner_state,
        "agency": record.owner_agency,
        "status": record.status,
        # Its own term is over, whatever its status: a register may not have said so yet.
        "expired": retention.expired(shelter.read(record.payload), today),
        "xml": record.payload,
    }


def _person(query: Query) -> Person:
    """The subject of a query as a person who can be compared."""
    subject = query.subject
    return Person(
        ref="",
        names=tuple(
            Name(name.family, name.given, name.patronymic, name.full, language=name.language) for name in subject.names
        ),
        birth_date=subject.birth_date,
        sex=subject.sex,
        citizenships=subject.citizenships,
        identifiers=tuple(Identifier(scheme, value) for scheme, value in subject.identifiers),
        documents=tuple(Document(country, "OTHER", number) for country, number in subject.documents),
    )
