"""Two nodes exchange in both directions while both rotate their keys twice: nothing is refused, nothing is lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from gateway.exchange import rotation, submit
from gateway.message.body import read_receipt
from gateway.message.envelope import Kind, body_of
from gateway.message.parse import parse
from gateway.records.record import Source, record_id
from gateway.store import tables
from gateway.sync.deliver import deliver_due
from gateway.sync.keys import refresh_keys
from gateway.sync.push import push
from gateway.trust import fetched, lifecycle
from tests.sync.conftest import START, permit

SERVED = ("BLR", "KAZ")
OVERLAP = timedelta(seconds=3)
PARTNER = {"BLR": "KAZ/GATE", "KAZ": "BLR/GATE"}
PATIENCE = 35.0


class Load:
    """What goes on at once: traffic, the job that fetches directories, and both rotations."""

    def __init__(self, world) -> None:
        self.world = world
        self.over = threading.Event()
        self.failures: list[BaseException] = []
        self.sent: dict[str, list[str]] = {"BLR": [], "KAZ": []}
        self._began = time.monotonic()

    @contextmanager
    def running(self, *works: Callable[[], None]) -> Iterator[None]:
        threads = [threading.Thread(target=self._guarded, args=[work], daemon=True) for work in works]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(timeout=15)
        assert self.failures == []

    def _guarded(self, work: Callable[[], None], *, again: bool = True) -> None:
        try:
            while not self.over.is_set():
                work()
                if not again:
                    return
        except BaseException as error:  # noqa: BLE001 - told by the test itself
            self.failures.append(error)

    def tick(self) -> None:
        self.world.clock.now = START + timedelta(seconds=time.monotonic() - self._began)
        self.over.wait(0.005)

    def traffic(self, state: str) -> None:
        """Two new records of a state's register, and everything that is due to the other node."""
        node, numbers = self.world.nodes[state], range(len(self.sent[state]), len(self.sent[state]) + 2)
        records = []
        for number in numbers:
            source = Source(state, "MVD", "labour", f"{state}-{number}")
            records.append(replace(permit(number), record_id=record_id(source), source=source))
        with node.database.begin() as session:
            done = submit.submit(session, node, records, state=state, journal_id=None, now=node.clock())
        assert done.stored == 2, done
        self.sent[state] += [record.record_id for record in records]
        push(node, PARTNER[state])

    def refresh(self, state: str) -> None:
        refresh_keys(self.world.nodes[state])
        self.over.wait(0.3)

    def rotate(self, state: str) -> None:
        """A whole rotation as an administrator does it: no step is taken before its time, none with a reason."""
        node = self.world.nodes[state]
        old = node.keyring.signer().kid
        self.until(lambda: self._used(state, old))
        with node.database.begin() as session:
            new = lifecycle.generate(
                session, node.settings.directory, party=node.settings.node, algorithm="p256",
                password=node.settings.key_password(), actor="anna", now=node.clock(),
            ).kid  # fmt: skip
            lifecycle.certify(session, new, actor="anna", now=node.clock())
            serial = rotation.publish(session, node, new, actor="anna", now=node.clock()).serial
        self.until(lambda: self._fetched(state, serial))
        with node.database.begin() as session:
            lifecycle.activate(session, new, actor="anna", now=node.clock())
        replaced = node.clock()
        self.until(lambda: node.clock() >= replaced + OVERLAP)
        with node.database.begin() as session:
            lifecycle.retire(session, old, actor="anna", now=node.clock(), overlap=OVERLAP)
        self.until(lambda: self._used(state, new))

    def _used(self, state: str, kid: str) -> bool:
        """Whether a key has signed records: a slow machine must not make a rotation under load one without."""
        outbox = tables.Outbox
        with self.world.nodes[state].database.read() as session:
            signed = select(outbox.id).where(outbox.kid == kid, outbox.kind == Kind.RECORD_BATCH).limit(1)
            return session.scalar(signed) is not None

    def _fetched(self, state: str, serial: int) -> bool:
        with self.world.nodes[state].database.read() as session:
            return fetched.missing(session, serial) == []

    def until(self, holds: Callable[[], bool]) -> None:
        while not holds():
            assert time.monotonic() - self._began < PATIENCE, "it takes too long"
            assert self.failures == []
            time.sleep(0.02)

    def rotate_twice(self) -> None:
        """Both nodes, side by side."""

        def twice(state: str) -> None:
            for _ in range(2):
                self.rotate(state)

        threads = [threading.Thread(target=self._guarded, args=[lambda s=state: twice(s)], kwargs={"again": False})
                   for state in SERVED]  # fmt: skip
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=PATIENCE)
            assert not thread.is_alive()


def test_no_message_is_lost_or_refused_while_both_nodes_rotate(either_world) -> None:
    world = either_world
    load = Load(world)
    works = [load.tick, *(lambda state=state: load.traffic(state) for state in SERVED)]
    works += [lambda state=state: load.refresh(state) for state in SERVED]
    # 1. Both rotate twice, at the same time, under traffic in both directions.
    with load.running(*works):
        load.rotate_twice()
    for state in SERVED:
        deliver_due(world.nodes[state])
    # 2. Every message was delivered, and the receipt says that all of it was accepted.
    for state in SERVED:
        node, other = world.nodes[state], world.nodes[PARTNER[state][:3]]
        rows = world.rows(node, tables.Outbox)
        assert {(row.state, row.code) for row in rows} == {("delivered", "")}
        for row in rows:
            receipt = read_receipt(body_of(parse(row.receipt, limit=len(row.receipt))))
            assert (receipt.message_id, receipt.verdict) == (row.message_id, "ACCEPTED")
        # 3. Three keys took part, and the messages were enough to see it.
        assert len({row.kid for row in rows if row.kind == Kind.RECORD_BATCH}) == 3
        assert sum(row.kind == Kind.KEY_NOTICE for row in rows) == 2
        keys = world.rows(node, tables.Key, tables.Key.own)
        assert sorted(key.status for key in keys) == ["active", "retired", "retired"]
        # 4. Nothing was ever refused by the other side, and it holds every record exactly once.
        assert [row.reason for row in world.rows(other, tables.Journal, tables.Journal.state != "accepted")] == []
        held = [row.record_id for row in world.rows(other, tables.Record, tables.Record.owner_state == state)]
        assert sorted(held) == sorted(load.sent[state])
        refused = world.rows(other, tables.Audit, tables.Audit.action == "directory-refused")
        assert [row.detail for row in refused] == []
