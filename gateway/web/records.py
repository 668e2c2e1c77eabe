"""National records, handed in by our own agencies in the form their register has."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from gateway import audit
from gateway.audit import Action
from gateway.errors import InvalidRequest, NotPermitted
from gateway.exchange import absence, submit
from gateway.mapping import convert, profile
from gateway.records.record import Category
from gateway.web.access import CurrentNode, OwnAgency, UploadBody
from gateway.web.leaving import follow_watchlist

router = APIRouter(tags=["records"])

_TOGETHER: Final = 200
"""Records in one transaction: few enough that nobody waits long, many enough to share a commit."""
_SHOWN: Final = 200
"""Findings in one answer; `gateway map --rejects` gives them all."""


@router.post(
    "/v1/records",
    summary="Hand in a national file",
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": {}}}},
)
def post_records(
    node: CurrentNode,
    client: OwnAgency,
    raw: UploadBody,
    name: Annotated[str, Query(alias="profile", pattern="^[a-z0-9-]{1,80}$")],
    correction: Annotated[bool, Query(description="The rows correct what was wrong, and may set any status.")] = False,  # noqa: FBT002 - FastAPI passes parameters of a query by name
) -> dict[str, Any]:
    """Map a file by its profile and keep its records; what to do with bad rows is said row by row.

    Handing the same file in again changes nothing, so an interrupted upload is simply repeated.
    """
    # 1. The profile has to be a shipped one, never a file that happens to have the name, of this very agency.
    if name not in profile.names():
        raise InvalidRequest("There is no profile of that name.", where="profile")
    chosen = profile.load(name)
    if (chosen.state, chosen.agency) != (client.state, client.agency):
        raise NotPermitted(reason=f"{client.id} hands in for {chosen.state}/{chosen.agency}")
    now = node.clock()
    # 2. Rows to records, with findings instead of exceptions.
    mapped = list(convert.map_file(chosen, raw, now=now))
    records = [item.record for item in mapped if item.record is not None]
    findings = [finding for item in mapped for finding in item.findings]
    # 3. Records to the store, some at a time.
    total = submit.Submitted()
    for start in range(0, len(records), _TOGETHER):
        with node.database.begin() as session:
            part = records[start : start + _TOGETHER]
            kept = submit.submit(
                session, node, part, state=client.state, journal_id=None, now=now, correction=correction
            )
            total.add(kept)
    # 4. What the register deleted, and what its snapshot no longer has.
    rejected = sum(item.outcome == "rejected" for item in mapped)
    with node.database.begin() as session:
        deleted = absence.deleted(
            session, (item.withdrawn for item in mapped if item.withdrawn), state=client.state, now=now
        )
        gone = absence.missing(
            session,
            chosen,
            {record.record_id for record in records},
            whole=not rejected and not total.refused,
            now=now,
        )
        audit.write(
            session,
            Action.RECORD_SUBMITTED,
            actor=client.id,
            subject=chosen.label,
            outcome=f"{total.stored} stored, {deleted + gone.withdrawn} withdrawn",
            at=now,
        )
    if chosen.category is Category.ENTRY_BAN:
        follow_watchlist(node)
    return {
        "rows": len(mapped),
        "mapped": len(records),
        "rejected": rejected,
        "stored": total.stored,
        "unchanged": total.unchanged,
        "refused": total.refused,
        "refused_codes": total.codes,
        "withdrawn": deleted + gone.withdrawn,
        "absent": gone.absent,
        "absence": gone.verdict,
        "findings": [finding.as_dict() for finding in findings[:_SHOWN]],
        "findings_total": len(findings),
    }
