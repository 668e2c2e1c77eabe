"""The watchlist, asked by our own border with a traveller in front of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from gateway import audit
from gateway.audit import Action
from gateway.disclosure import firewall, purposes
from gateway.errors import InvalidRequest, NotPermitted
from gateway.records.record import Category
from gateway.watchlist.query import Query
from gateway.web.access import CurrentNode, OwnAgency, QueryBody

router = APIRouter(tags=["watchlist"])


@router.post("/v1/watchlist/query", summary="Ask the watchlist about a traveller")
def post_query(node: CurrentNode, client: OwnAgency, values: QueryBody) -> dict[str, Any]:
    """The band, and for each hit the action, the reference, whom to call, and why; never the file.

    Body: `purpose`, and `names` (each with family, given, patronymic or full), `birth_date`, `sex`,
    `citizenships`, `documents` (country, number), `identifiers` (scheme, value). A human confirms every hit.
    """
    purpose = values.pop("purpose", "BORDER_CHECK")
    if not isinstance(purpose, str):
        raise InvalidRequest("The purpose is a text.", where="purpose")
    now = node.clock()
    with audit.keeping_traces(node.database) as session:
        permitted = purposes.allowed(Category.ENTRY_BAN, purpose, client.agency_class)
        if permitted:
            query = Query.read(values)
            shielded = firewall.shielded(session)
            answer = node.watchlist.query(
                query,
                state=node.settings.state,
                # A ban by the state a person fled from must not turn them back at our border (R7).
                withheld=lambda entry: firewall.shields(shielded, entry.person_id, entry.owner_state),
            )
        # Every question is audited, those that found nothing and those that were declined too.
        audit.write(
            session,
            Action.WATCHLIST_QUERY,
            actor=client.id,
            subject="traveller",
            purpose=purpose[:32],
            outcome=str(answer.band) if permitted else NotPermitted.code,
            at=now,
        )
        if not permitted:
            raise NotPermitted(reason=f"{client.agency_class} may not ask for {purpose}")
    return answer.as_dict()
