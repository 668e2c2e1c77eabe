"""What a partner signs with an algorithm that is not agreed with it is refused, with the reason in our log only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.errors import InvalidRequest, SignatureInvalid
from gateway.message.envelope import Kind
from gateway.partners import directory
from gateway.store import tables
from gateway.store.tables import Approval


def agree(world: Any, names: list[str]) -> None:
    # Other processes see it when what they read of the keys is a second old.
    now = world.clock.advance(seconds=2)
    with world.database.begin() as session:
        asked = Approval(subject="KAZ/GATE", action="partner-algorithms", payload={"algorithms": names}, reason="why")
        directory.ACTS["partner-algorithms"](session, asked, "boris", now)


def test_a_message_of_an_algorithm_that_is_not_agreed_is_refused(world: Any, make: Any) -> None:
    assert world.receive(world.batch(make.permit(1))).code == ""
    agree(world, ["ed25519", "p384"])
    with pytest.raises(SignatureInvalid) as refused:
        world.receive(world.batch(make.permit(2)))
    assert "p256 is not agreed with KAZ/GATE" in refused.value.reason
    assert refused.value.detail == ""
    agree(world, ["p256"])
    assert world.receive(world.batch(make.permit(3))).code == ""


def test_the_floor_of_a_partner_rises_on_its_day(world: Any, make: Any) -> None:
    last = world.clock().date() + timedelta(days=2)
    agree(world, ["ed25519", f"p256:{last}"])
    assert world.receive(world.batch(make.permit(1))).code == ""
    world.clock.advance(days=2)
    assert world.clock().date() == last
    assert world.receive(world.batch(make.permit(2))).code == ""
    world.clock.advance(days=1)
    with pytest.raises(SignatureInvalid) as refused:
        world.receive(world.batch(make.permit(3)))
    assert "p256 is not agreed with KAZ/GATE" in refused.value.reason


@pytest.mark.parametrize(
    ("names", "why"),
    [
        (["p256:soon"], "A last day is written"),
        (["p256:"], "A last day is written"),
        (["p256:2026-03-01"], "the last day of p256 is over"),
        (["p256", "p256:2027-01-01"], "p256 is named twice"),
        (["md5:2027-01-01"], "not in the registry"),
    ],
)
def test_a_last_day_is_a_day_to_come(names: list[str], why: str) -> None:
    with pytest.raises(InvalidRequest, match=why):
        directory.check_algorithms(names, datetime(2026, 3, 2, tzinfo=UTC))


def test_a_last_day_is_kept_in_one_spelling() -> None:
    names = ["rsa2048:20261231", "p256"]
    assert directory.check_algorithms(names, datetime(2026, 3, 2, tzinfo=UTC)) == ["p256", "rsa2048:2026-12-31"]


def test_nothing_agreed_means_all_that_the_registry_allows(world: Any, make: Any) -> None:
    agree(world, ["ed25519"])
    agree(world, [])
    assert world.receive(world.batch(make.permit(1))).code == ""


def test_a_name_that_cannot_be_agreed_changes_nothing(world: Any) -> None:
    with pytest.raises(InvalidRequest, match="not in the registry"):
        agree(world, ["p256", "md5"])
    (row,) = [row for row in world.rows(tables.Partner) if row.id == "KAZ/GATE"]
    assert row.algorithms == []


def test_an_algorithm_is_agreed_only_while_it_is_in_use() -> None:
    assert directory.check_algorithms(["ed25519", "p256"], datetime(2026, 1, 1, tzinfo=UTC)) == ["p256", "ed25519"]
    with pytest.raises(InvalidRequest, match="disabled since 2036-01-01"):
        directory.check_algorithms(["rsa2048"], datetime(2036, 1, 1, tzinfo=UTC))


def test_what_was_agreed_is_audited(world: Any) -> None:
    agree(world, ["p256"])
    row = [row for row in world.rows(tables.Audit) if row.action == "partner-changed"][-1]
    assert (row.actor, row.subject) == ("boris", "KAZ/GATE")
    assert (row.detail["algorithms"], row.detail["reason"]) == ("p256", "why")


def test_a_ping_is_held_to_it_too(world: Any) -> None:
    agree(world, ["ed25519"])
    with pytest.raises(SignatureInvalid):
        world.receive(world.message(Kind.PING, "<Ping></Ping>"))
