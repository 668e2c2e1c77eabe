"""Agreements as people enter them: what may pass between us and another state, asked for by one, approved by others."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.disclosure import feed
from gateway.disclosure.agreements import OPTIONAL
from gateway.errors import InvalidRequest, NotFound
from gateway.records.codes import AGENCY_CLASSES, PURPOSES
from gateway.records.record import Category
from gateway.store.tables import Agreement, Approval

ADD: Final = "agreement-add"
END: Final = "agreement-end"
"""The acts that wait for other people."""
CATEGORIES: Final = tuple(str(category) for category in Category if not category.protected)
"""What an agreement can name: a protected category passes under none."""
DIRECTIONS: Final = ("in", "out")
WITHHOLDABLE: Final = tuple(sorted(OPTIONAL))
"""The fields that an agreement may leave out of every record."""
LONGEST: Final = 36_600
"""Days that a record may be kept under an agreement."""
FIELDS: Final = (
    "id", "instrument", "partner_state", "direction", "categories", "purposes", "agency_classes", "withheld_fields",
    "valid_from", "valid_to", "retention_days",
)  # fmt: skip
"""Everything an agreement says."""


def check(session: Session, agreement: Agreement) -> None:
    """Refuse an agreement that says what none can, or that is there already (InvalidRequest)."""
    if not re.fullmatch(r"\S{1,60}", agreement.id) or not agreement.id.isprintable():
        raise InvalidRequest("An agreement is named in 1 to 60 characters without blanks.", where="id")
    if not 0 < len(agreement.instrument.strip()) <= 200 or not agreement.instrument.isprintable():
        raise InvalidRequest("Name the instrument in 1 to 200 characters, on one line.", where="instrument")
    if not re.fullmatch("[A-Z]{3}", agreement.partner_state):
        raise InvalidRequest("A state is named by three letters of ISO 3166-1, for example KAZ.", where="partner_state")
    _some("categories", agreement.categories, CATEGORIES)
    _some("purposes", agreement.purposes, PURPOSES)
    _some("agency_classes", agreement.agency_classes, AGENCY_CLASSES)
    _closed("direction", [agreement.direction], DIRECTIONS)
    # A field that is named wrongly would pass with every record.
    _closed("withheld_fields", agreement.withheld_fields, WITHHOLDABLE)
    if agreement.retention_days is not None and not 1 <= agreement.retention_days <= LONGEST:
        raise InvalidRequest(f"Records are kept for 1 to {LONGEST} days.", where="retention_days")
    if agreement.valid_to is not None and agreement.valid_to < agreement.valid_from:
        raise InvalidRequest("The agreement would end before it begins.", where="valid_to")
    if session.get(Agreement, agreement.id) is not None:
        raise InvalidRequest("There is an agreement of that id already.", where=agreement.id)


def payload(agreement: Agreement) -> dict[str, Any]:
    """What is asked for, in plain values: it is carried out as it stands there."""
    return {name: _plain(getattr(agreement, name)) for name in FIELDS}


def add_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `agreement-add`: what it opens is disclosed from now on."""
    agreement = _read(approval.payload)
    # It may have been entered since, under another request.
    check(session, agreement)
    session.add(agreement)
    session.flush()
    feed.rescan(session, agreement.partner_state)
    detail = {"reason": approval.reason, "instrument": agreement.instrument}
    audit.write(
        session, Action.AGREEMENT_ADDED, actor=actor, subject=agreement.id, outcome=audit.DONE, at=now, detail=detail
    )


def ending(session: Session, name: str, last: date | None, today: date) -> dict[str, Any]:
    """What is asked for when an agreement is to end (NotFound, InvalidRequest); without a last day it ends at once."""
    if last is not None and last < today:
        raise InvalidRequest("The last day is past already; without one the agreement ends at once.", where="last")
    _shorten(_entered(session, name), _last(last, today))
    return {"id": name, "last": _plain(last)}


def end_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `agreement-end`: past its last day nothing passes under it, nor what waits to be delivered."""
    asked = approval.payload["last"]
    agreement = _entered(session, approval.payload["id"])
    # It may have been ended earlier since, and the day that was asked for may be over.
    last = _last(None if asked is None else date.fromisoformat(asked), now.date())
    _shorten(agreement, last)
    agreement.valid_to = last
    session.flush()
    detail = {"reason": approval.reason, "instrument": agreement.instrument, "last": last.isoformat()}
    audit.write(
        session, Action.AGREEMENT_ENDED, actor=actor, subject=agreement.id, outcome=audit.DONE, at=now, detail=detail
    )


ACTS: Final = {ADD: add_approved, END: end_approved}
"""What an approval can set in motion here, by its action."""


def _entered(session: Session, name: str) -> Agreement:
    row = session.get(Agreement, name, with_for_update=True) if name.isprintable() else None
    if row is None:
        raise NotFound("There is no agreement of that id.", where=name)
    return row


def _last(asked: date | None, today: date) -> date:
    """The last day in force: never one before yesterday, for what has passed has passed."""
    yesterday = today - timedelta(days=1)
    return yesterday if asked is None else max(asked, yesterday)


def _shorten(agreement: Agreement, last: date) -> None:
    if agreement.valid_to is not None and agreement.valid_to <= last:
        raise InvalidRequest(f"Its last day is {agreement.valid_to} already.", where=agreement.id)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _read(values: Mapping[str, Any]) -> Agreement:
    last = values["valid_to"]
    days = {
        "valid_from": date.fromisoformat(values["valid_from"]),
        "valid_to": None if last is None else date.fromisoformat(last),
    }
    return Agreement(**{name: values[name] for name in FIELDS} | days)


def _some(field: str, values: Sequence[str], known: Collection[str]) -> None:
    if not values:
        raise InvalidRequest(f"An agreement names at least one of {', '.join(known)}.", where=field)
    _closed(field, values, known)


def _closed(field: str, values: Sequence[str], known: Collection[str]) -> None:
    for value in values:
        if value not in known:
            raise InvalidRequest(f"{value} is not one of {', '.join(known)}.", where=field)
