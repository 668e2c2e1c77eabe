"""A message that is refused leaves its trace and a signed refusal, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from gateway.errors import MalformedXml, Refusal, SignatureInvalid, TooLarge, UnknownPartner, UnknownVersion
from gateway.message import body
from gateway.message.envelope import Kind, Party, body_of
from gateway.message.profile import cut_signature
from gateway.message.signature import sign
from gateway.partners import directory
from gateway.store import tables


def _effects(world: Any) -> list[list[Any]]:
    return [world.rows(table) for table in (tables.Record, tables.Person, tables.Stream, tables.Disclosure)]


def _refused(world: Any, raw: bytes, code: str) -> Any:
    """The message is refused with a signed receipt, is in journal and log, and did nothing else."""
    answer = world.receive(raw)
    assert answer.code == code
    receipt = body.read_receipt(body_of(world.read(answer).root))
    assert (receipt.verdict, receipt.code, receipt.records) == ("REFUSED", code, ())
    assert _effects(world) == [[], [], [], []]
    (entry,) = world.rows(tables.Journal)
    assert (entry.sender, entry.state, entry.code, entry.raw) == ("KAZ/GATE", "refused", code, raw)
    leaf = next(leaf for leaf in world.rows(tables.LogLeaf) if leaf.subject == entry.message_id)
    assert leaf.content.endswith(" REFUSED")
    assert (entry.log_index, entry.receipt) == (leaf.index, answer.content)
    return receipt


def test_a_message_that_breaks_the_format_is_refused_as_a_whole(either_world: Any, make: Any) -> None:
    _refused(either_world, either_world.message(Kind.RECORD_BATCH, "<Nothing></Nothing>", sequence=1), "schema-invalid")


def test_a_message_that_breaks_a_rule_is_refused_as_a_whole(world: Any, make: Any) -> None:
    # BR-31: it expires before it was created.
    now = world.clock()
    raw = world.batch(make.permit(1), created=now, expires=now - timedelta(seconds=1))
    _refused(world, raw, "schema-invalid")


def test_a_message_for_somebody_else_is_refused(world: Any, make: Any) -> None:
    _refused(world, world.batch(make.permit(1), receiver=Party("UZB", "GATE")), "wrong-receiver")


@pytest.mark.parametrize(
    ("created", "expires", "code"),
    [
        (1, 9999, "schema-invalid"),
        (2026, 9999, ""),
        (1, 1, "expired"),
        (9999, 9999, "expired"),
    ],
)
def test_times_at_the_ends_of_the_calendar_are_times(
    world: Any, make: Any, created: int, expires: int, code: str
) -> None:
    """Some write the last second there is for what never expires."""
    first, last = datetime(created, 1, 1, tzinfo=UTC), datetime(expires, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert world.receipt(world.batch(make.permit(1), created=first, expires=last)).code == code


@pytest.mark.parametrize(
    ("created", "expires", "code"),
    [(-7200, -61, "expired"), (-7200, -59, ""), (61, 3600, "expired"), (59, 3600, "")],
)
def test_a_message_is_taken_within_its_time_and_a_minute_of_skew(
    world: Any, make: Any, created: int, expires: int, code: str
) -> None:
    now = world.clock()
    raw = world.batch(
        make.permit(1), created=now + timedelta(seconds=created), expires=now + timedelta(seconds=expires)
    )
    assert world.receive(raw).code == code


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        (Kind.CHANGE_BATCH, body.write_change_batch(0, 0, False, [])),
        (Kind.PERSON_ANSWER, body.write_person_answer([])),
        (Kind.RECEIPT, "<Receipt></Receipt>"),
    ],
)
def test_an_answer_to_nothing_is_refused(world: Any, kind: Kind, content: str) -> None:
    _refused(world, world.message(kind, content), "not-permitted")


def test_a_suspended_partner_is_refused_and_may_come_back(world: Any, make: Any) -> None:
    with world.database.begin() as session:
        directory.suspend(session, "KAZ/GATE", actor="anna", reason="test", now=world.clock())
    _refused(world, world.batch(make.permit(1)), "unknown-partner")
    with world.database.begin() as session:
        directory.activate(session, "KAZ/GATE", actor="boris", now=world.clock())
    assert world.receive(world.batch(make.permit(1))).code == ""


def test_the_exact_reason_stays_inside(world: Any, make: Any) -> None:
    with world.database.begin() as session:
        directory.suspend(session, "KAZ/GATE", actor="anna", reason="test", now=world.clock())
    answer = world.receive(world.batch(make.permit(1)))
    assert world.rows(tables.Journal)[0].reason == "the partner is suspended"
    assert b"suspended" not in answer.content


def _unproved(world: Any, raw: bytes, refusal: type[Refusal]) -> None:
    leaves = len(world.rows(tables.LogLeaf, tables.LogLeaf.log != "rows"))
    with pytest.raises(refusal):
        world.receive(raw)
    (trace,) = world.rows(tables.Journal)
    assert (trace.sender, trace.message_id, trace.receipt) == (None, None, None)
    assert (trace.state, trace.code, trace.raw) == ("refused", refusal.code, raw[: 64 * 1024])
    assert _effects(world) == [[], [], [], []]
    assert len(world.rows(tables.LogLeaf, tables.LogLeaf.log != "rows")) == leaves


def test_an_altered_message_leaves_a_trace_and_does_not_take_its_message_id(either_world: Any, make: Any) -> None:
    raw = either_world.batch(make.permit(1))
    altered = raw.replace(b"ISSUED", b"ANNULLED")
    _unproved(either_world, altered, SignatureInvalid)
    # The true message still has its id, and comes through.
    assert either_world.receive(raw).code == ""


@pytest.mark.parametrize(
    ("raw", "refusal"),
    [(b"", MalformedXml), (b"\xff\xfe<", MalformedXml), (b"<Message/>" + b" " * 70_000, MalformedXml)],
)
def test_bytes_that_are_no_message_leave_a_short_trace(world: Any, raw: bytes, refusal: type[Refusal]) -> None:
    _unproved(world, raw, refusal)


@pytest.mark.parametrize("edge", ["not_valid_before_utc", "not_valid_after_utc"])
def test_a_message_that_says_it_was_signed_when_its_key_was_not_valid_is_refused(
    world: Any, make: Any, edge: str
) -> None:
    # By its own clock the certificate is good at receipt; whoever signs at another time hides when it was.
    signer = world.nodes["KAZ"].keyring.signer()
    at = getattr(signer.certificate, edge)
    good = world.batch(make.permit(1))
    outside = at if edge == "not_valid_after_utc" else at - timedelta(seconds=1)
    _unproved(world, _signed_at(good, signer, outside), SignatureInvalid)
    assert world.rows(tables.Journal)[0].reason == "the signing time is outside the validity of the certificate"
    inside = at - timedelta(seconds=1) if edge == "not_valid_after_utc" else at
    assert world.receive(_signed_at(good, signer, inside)).code == ""


def _signed_at(raw: bytes, signer: Any, at: datetime) -> bytes:
    _, start, end = cut_signature(raw)
    return sign(raw[:start] + raw[end:], signer, at)


def test_a_message_of_a_stranger_leaves_a_trace(world: Any, make: Any) -> None:
    raw = world.batch(make.permit(1, state="KAZ"))
    with world.database.begin() as session:
        for key in session.query(tables.Key).filter(tables.Key.party == "KAZ/GATE"):
            session.delete(key)
    # A keyring looks for new keys, and a key that vanished is seen by a new one.
    world.database.close()
    world.open()
    _unproved(world, raw, UnknownPartner)


def test_an_unknown_version_is_refused_with_the_known_ones(world: Any, make: Any) -> None:
    raw = world.batch(make.permit(1), version="2.0")
    with pytest.raises(UnknownVersion, match=r"1\.0"):
        world.receive(raw)


def test_a_message_over_the_limit_is_refused_before_it_is_read(world: Any) -> None:
    settings = world.node.settings
    small = settings.model_copy(update={"limits": settings.limits.model_copy(update={"message_bytes": 100})})
    object.__setattr__(world.node, "settings", small)
    _unproved(world, b"<Message>" + b"x" * 100, TooLarge)


def test_a_kill_at_the_commit_leaves_nothing_half_written_and_the_retry_works(either_world: Any, make: Any) -> None:
    raw = either_world.batch(make.permit(1), make.ban(2), sequence=1)
    engine = either_world.database.engine
    leaves = len(either_world.rows(tables.LogLeaf, tables.LogLeaf.log != "rows"))

    def killed(_connection: Any) -> None:
        raise KeyboardInterrupt

    event.listen(engine, "commit", killed)
    with pytest.raises(KeyboardInterrupt):
        either_world.receive(raw)
    event.remove(engine, "commit", killed)
    assert either_world.rows(tables.Journal) == []
    assert _effects(either_world) == [[], [], [], []]
    assert len(either_world.rows(tables.LogLeaf, tables.LogLeaf.log != "rows")) == leaves
    receipt = either_world.receipt(raw)
    assert (receipt.verdict, len(receipt.records), receipt.missing) == ("ACCEPTED", 2, ())


def test_who_loses_the_race_tries_again_and_a_collision_for_ever_is_seen_as_a_mistake(world: Any, make: Any) -> None:
    raw = world.batch(make.permit(1))
    collisions = [3]

    def collide(_connection: Any) -> None:
        collisions[0] -= 1
        if collisions[0] >= 0:
            raise IntegrityError("somebody else was first", {}, ValueError())

    event.listen(world.database.engine, "commit", collide)
    assert world.receive(raw).code == ""
    collisions[0] = 4
    with pytest.raises(IntegrityError):
        world.receive(world.batch(make.permit(2)))
    event.remove(world.database.engine, "commit", collide)
    assert len(world.rows(tables.Record)) == 1
