"""Pushes, pulls, outages and protections in any order: what had not left by then never leaves, and no gap shows it."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.exchange import submit
from gateway.exchange.receive import receive
from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Header, Kind, Party, body_of, write_message
from gateway.message.parse import NS, parse
from gateway.message.signature import sign, verify
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Source, record_id
from gateway.store import tables
from gateway.sync import reconcile
from gateway.sync.deliver import deliver_due
from gateway.sync.push import push

STEPS = ("permit", "push", "lodge", "pull", "down", "up", "deliver", "wait")


class Story:
    """BLR and KAZ, what happens to them, and what must not be known at the end."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.open: list[str] = []
        self.hidden: set[str] = set()
        self.pulled: dict[int, str] = {}
        """Position to what it held, as KAZ saw it."""

    def permit(self) -> None:
        self.open += self.world.permits(2)

    def push(self) -> None:
        push(self.world.blr, "KAZ/GATE")

    def deliver(self) -> None:
        deliver_due(self.world.blr)

    def wait(self) -> None:
        self.world.clock.advance(minutes=20)

    def down(self) -> None:
        self.world.partner(self.world.blr, "KAZ/GATE", endpoint="http://127.0.0.1:9")

    def up(self) -> None:
        self.world.partner(self.world.blr, "KAZ/GATE", endpoint=self.world.urls["KAZ"])
        self.world.clock.advance(minutes=1)

    def lodge(self) -> None:
        """The newest person asks for protection from KAZ; what has not left by now must never."""
        if not self.open:
            return
        name = self.open.pop()
        if name not in self.left():
            self.hidden.add(name)
        with self.world.blr.database.begin() as session:
            row = session.query(tables.Record).filter_by(record_id=name).one()
            text = f'<Body xmlns="{NS}">{row.payload}</Body>'.encode()
            (record,) = body.read_records(parse(text, limit=100_000))
            source = Source("BLR", "DGM", "asylum", f"AA-{name}")
            case = replace(
                record, record_id=record_id(source), source=source, category=Category.ASYLUM_APPLICATION,
                status="REGISTERED", detail=AsylumApplication("A", date(2026, 2, 1), persecutors=("KAZ",)),
            )  # fmt: skip
            submit.submit(session, self.world.blr, [case], state="BLR", journal_id=None, now=self.world.clock())

    def left(self) -> set[str]:
        """What KAZ has, or may have."""
        tried = b"".join(row.raw for row in self.world.rows(self.world.blr, tables.Outbox) if row.attempted)
        known = {name for name in self.open + self.world.held(self.world.kaz) if name.encode() in tried}
        return known | set(self.pulled.values()) | set(self.world.held(self.world.kaz))

    def pull(self) -> None:
        after = max(self.pulled, default=0)
        now, message_id = self.world.clock(), str(uuid.uuid4())
        header = Header(
            message_id=message_id, conversation_id=message_id, kind=Kind.CHANGES_REQUEST, sender=Party("KAZ", "GATE"),
            receiver=Party("BLR", "GATE"), created=now, expires=now + timedelta(hours=1), purpose="LABOUR_REGULATION",
            agreement="test",
        )  # fmt: skip
        content = write_message(header, body.write_changes_request(ChangesRequest(after, 100)))
        raw = sign(content, self.world.kaz.keyring.signer(), now)
        answer = verify(receive(self.world.blr, raw, channel="rest").content, self.world.kaz.trusted, limit=10**7)
        for change in body.read_change_batch(body_of(answer.root)).changes:
            assert change.position == len(self.pulled) + 1, "positions have no gap"
            self.pulled[change.position] = change.record.record_id


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), min_size=6, max_size=14))
def test_what_had_not_left_when_a_protection_began_never_leaves(
    tmp_path_factory: Any, open_nodes: Any, steps: list[str]
) -> None:
    with open_nodes(tmp_path_factory.mktemp("story") / "world") as world:
        story = Story(world)
        for step in ("permit", *steps, "up", "wait", "push", "deliver", "deliver"):
            getattr(story, step)()
        while deliver_due(world.blr):
            pass
        story.pull()
        known = set(world.held(world.kaz)) | set(story.pulled.values())
        assert not known & story.hidden
        assert set(story.open) <= known, "nothing permitted is forgotten"
        numbers = sorted({row.sequence for row in world.rows(world.kaz, tables.Journal) if row.sequence})
        assert numbers == list(range(1, len(numbers) + 1))
        with world.blr.database.read() as session:
            assert reconcile.books(session, "KAZ/GATE").balanced
