"""Step 9: a receiver and a sender are killed in the middle of a transfer; nothing is lost, nothing doubled."""

from __future__ import annotations

import csv
import io
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from gateway.demo.caller import Caller
from gateway.demo.stage import Failed, Stage, expect, wait_for
from gateway.demo.steps import flows
from gateway.store import tables


def run(stage: Stage) -> str:
    """Prolong half of BLR's labour permits, and kill both ends while the new versions travel to UZB."""
    before = _delivered(stage)
    corrected = _prolonged(stage)
    with ThreadPoolExecutor(1) as pool:
        handing_in = pool.submit(Caller(stage, "BLR/MVD", "BLR").post, "/v1/records?profile=blr-permits", corrected)
        # 1. The receiver dies after it has begun to receive.
        wait_for("the transfer to UZB begins", lambda: _delivered(stage) > before + 2, seconds=60)
        stage.processes["UZB"].kill()
        at_first = _delivered(stage) - before
        result = handing_in.result(timeout=120)
    wait_for("BLR has messages that wait for UZB", lambda: _waiting(stage) > 0, seconds=30)
    stage.processes["UZB"].start()
    # 2. The sender dies while it delivers what has waited.
    wait_for("the transfer goes on", lambda: _delivered(stage) - before > at_first + 1, seconds=60)
    in_flight = _waiting(stage)
    stage.processes["BLR"].kill()
    stage.processes["BLR"].start()
    flows.settle(stage)
    lost, doubled = _compare(stage)
    expect(not lost and not doubled, f"{lost} lost, {doubled} doubled")
    if not in_flight:
        raise Failed("nothing was on its way when the sender was killed; the step has shown nothing")
    return (
        f"{result['stored']} new versions; UZB killed after {at_first} messages, BLR killed with {in_flight} on "
        f"their way; {_delivered(stage) - before} messages delivered in the end, 0 records lost, 0 doubled"
    )


def _prolonged(stage: Stage) -> bytes:
    """The permits of BLR, every second one a year longer: a new version of half the records."""
    path = stage.population.directory / stage.population.expectations["files"]["blr-permits"]["file"]
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("windows-1251")), delimiter=";"))
    until = rows[0].index("Действует по")
    for row in rows[1::2]:
        if len(row) == len(rows[0]) and row[until][-4:].isdecimal():
            row[until] = row[until][:-4] + str(int(row[until][-4:]) + 1)
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("windows-1251", "replace")


def _delivered(stage: Stage) -> int:
    return _count(stage, ("delivered",))


def _waiting(stage: Stage) -> int:
    return _count(stage, ("waiting", "sending"))


def _count(stage: Stage, states: tuple[str, ...]) -> int:
    with stage.nodes["BLR"].database.read() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(tables.Outbox)
                .where(tables.Outbox.partner == "UZB/GATE", tables.Outbox.state.in_(states))
            )
            or 0
        )


def _compare(stage: Stage) -> tuple[int, int]:
    """Versions disclosed to UZB that are not there, and versions there more than once or never disclosed."""
    with stage.nodes["BLR"].database.read() as session:
        sent = session.execute(
            select(tables.Record.record_id, tables.Record.version, tables.Record.digest)
            .join(tables.Disclosure, tables.Disclosure.record_row == tables.Record.id)
            .where(tables.Disclosure.recipient == "UZB/GATE")
        ).all()
    with stage.nodes["UZB"].database.read() as session:
        held = session.execute(
            select(tables.Record.record_id, tables.Record.version, tables.Record.digest).where(
                tables.Record.owner_state == "BLR"
            )
        ).all()
    disclosed, kept = {tuple(row) for row in sent}, {tuple(row) for row in held}
    return len(disclosed - kept), len(held) - len(kept) + len(kept - disclosed)
