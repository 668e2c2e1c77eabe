"""A register's file read, mapped and worked out by a process of its own, while this one keeps what came before."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import islice
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from gateway.errors import Misuse, Refusal, Unavailable
from gateway.exchange import lots
from gateway.exchange.submit import permit
from gateway.mapping import convert, profile

_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read, and for whom."""

    profile: str
    source: Path
    state: str
    """The node's own state, the only one whose registers hand in."""
    secret: bytes = field(repr=False)
    now: datetime
    skip: int = 0
    """Rows at the beginning that were kept before: they are read for what the later ones repeat, and no more."""


@dataclass(slots=True)
class Lot:
    """Some rows of the file in order, with everything that is not the database's."""

    rows: int = 0
    """Rows read up to the end of this lot."""
    position: int = 0
    """Bytes read."""
    tally: convert.Tally = field(default_factory=convert.Tally)
    prepared: list[lots.Prepared] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    """How many records were refused under which code."""
    withdrawn: list[str] = field(default_factory=list)
    """Records that the register says are no more."""
    rejected: list[convert.Mapped] = field(default_factory=list)


def read(order: Order) -> Iterator[Lot]:
    """The file, lot by lot; a Refusal for what spoils it as a whole."""
    place = 0

    def moved(_rows: int, position: int) -> None:
        nonlocal place
        place = position

    rows = enumerate(convert.map_file(profile.load(order.profile), order.source, now=order.now, progress=moved), 1)
    lot = Lot()
    while part := list(islice(rows, lots.LOT)):
        lot.rows, lot.position = part[-1][0], place
        for number, mapped in part:
            lot.tally.add(mapped)
            if mapped.outcome == "rejected":
                lot.rejected.append(mapped)
            if number > order.skip:
                _take(lot, mapped, order)
        # What was kept before still counts in the books, with the first lot that was not.
        if lot.rows > order.skip:
            yield lot
            lot = Lot()
    if lot.rows:
        yield lot


def _take(lot: Lot, mapped: convert.Mapped, order: Order) -> None:
    if mapped.withdrawn:
        lot.withdrawn.append(mapped.withdrawn)
    if mapped.record is None:
        return
    try:
        permit(mapped.record, order.state)
        lot.prepared.append(lots.prepare(mapped.record, order.secret))
    except Refusal as refusal:
        lot.refused[refusal.code] += 1


@contextmanager
def ahead(order: Order) -> Iterator[Iterator[Lot]]:
    """The same as `read`, one lot ahead in another process, which ends when this block does."""
    # A fresh process: a fork would take over the connections and locks of whatever runs here.
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    worker = context.Process(target=_send, args=(order, sending), daemon=True)
    worker.start()
    # Only the worker holds this end, so that its death is seen here, and ours there.
    sending.close()
    try:
        yield _received(receiving)
    finally:
        receiving.close()
        worker.terminate()
        worker.join()


def _send(order: Order, sending: Connection) -> None:
    try:
        try:
            for lot in read(order):
                sending.send(lot)
            sending.send(None)
        except Refusal as refusal:
            sending.send(refusal)
    except BrokenPipeError:
        # Nobody reads any more.
        return


def _received(receiving: Connection) -> Iterator[Lot]:
    while True:
        try:
            came = receiving.recv()
        except EOFError as error:
            raise Unavailable("The process that reads the file has ended.", where="readahead") from error
        if isinstance(came, Refusal):
            raise came
        if came is None:
            return
        yield came


def digest(source: Path) -> str:
    """SHA-256 of the file, by which an interrupted load is known again (Misuse where it cannot be read)."""
    found = sha256()
    try:
        with source.open("rb") as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
    except OSError as error:
        raise Misuse("The file cannot be read.", where=str(source), reason=str(error)) from error
    return found.hexdigest()
