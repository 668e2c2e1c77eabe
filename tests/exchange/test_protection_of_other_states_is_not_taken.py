"""No protection record of another state is kept, whatever an agreement says, and none can be withdrawn from there."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from gateway.message import body
from gateway.message.bodies import Withdrawal
from gateway.message.envelope import Kind
from gateway.records.record import Category, record_id
from gateway.store import tables

FAMILIES = [category for category in Category if category.protected]


def _case(make: Any, family: Category, **changes: Any) -> Any:
    if family is Category.TEMPORARY_PROTECTION_GROUP:
        return make.group(1, ["UZB"], **changes)
    return make.protection(family, 1, **changes)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_partners_protection_record_is_refused(world: Any, make: Any, family: Category) -> None:
    with world.database.begin() as session:
        session.execute(
            update(tables.Agreement).values(
                categories=[each.value for each in Category], purposes=["PROTECTION", "LABOUR_REGULATION"]
            )
        )
    own = _case(make, family)
    source = type(own.source)("KAZ", own.source.agency, own.source.system, own.source.record)
    foreign = _case(make, family, source=source, record_id=record_id(source))
    (verdict,) = world.receipt(world.batch(foreign)).records
    assert (verdict.verdict, verdict.code) == ("REFUSED", "not-permitted")
    assert world.rows(tables.Record) == []


@pytest.mark.parametrize("family", FAMILIES)
def test_an_own_case_is_withdrawn_by_nobody_else_and_answered_like_none(
    world: Any, make: Any, family: Category
) -> None:
    case = _case(make, family)
    assert world.submit(case).stored == 1
    verdicts = []
    for name in (case.record_id, "00000000-0000-5000-8000-000000000000"):
        content = body.write_withdrawal([Withdrawal(name, 9)])
        (verdict,) = world.receipt(world.message(Kind.WITHDRAWAL, content)).records
        verdicts.append((verdict.verdict, verdict.code, verdict.path))
    assert verdicts[0] == verdicts[1]
    assert [row.erasure for row in world.rows(tables.Record)] == [""]
