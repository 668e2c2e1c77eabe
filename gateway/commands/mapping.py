"""`gateway map` and `gateway unmap`: national forms and the exchange format."""

from __future__ import annotations

import csv
import os
import uuid
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Annotated, Final

import typer

from gateway.clock import utc_now
from gateway.commands import keyholder
from gateway.commands.numbered import Numbered, beside, numbered
from gateway.commands.terminal import (
    AsJson,
    drafted,
    pick,
    progress,
    read_file,
    tell,
    warn,
)
from gateway.errors import Misuse, SchemaInvalid
from gateway.mapping import back, convert, profile
from gateway.mapping.batches import Batches
from gateway.mapping.declaration import Profile
from gateway.mapping.rejects import Rejects
from gateway.mapping.withdrawals import Withdrawals
from gateway.message.body import read_records
from gateway.message.envelope import PARTY, Header, Kind, Party, body_of
from gateway.message.parse import local, parse
from gateway.message.schema import validate
from gateway.trust import keyfiles

MOST_BYTES = 4 * 1024**3
NATIONAL_NODE: Final = "GATE"
"""Agency of a state's own node, where an agency hands in what names no other receiver."""


def map_file(
    name: Annotated[str, typer.Argument(metavar="PROFILE", help="Name of a profile, or its file. / Профиль.")],
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="The national file. / Национальный файл.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The message. / Сообщение.")],
    rejects: Annotated[Path | None, typer.Option(help="CSV with the rejected rows. / Отклонённые строки.")] = None,
    receiver: Annotated[str, typer.Option("--to", help="STATE/AGENCY of the receiver. / Получатель.")] = "",
    batch: Annotated[
        int | None, typer.Option("--batch", min=1, help="Most records in one message. / Записей в сообщении.")
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Private key, PEM. / Закрытый ключ.")] = None,
    certificate: Annotated[Path | None, typer.Option("--cert", help="Its certificate. / Сертификат.")] = None,
    json: AsJson = False,
) -> None:
    """National file → RecordBatch messages, valid, and signed with --key. / Национальный файл → сообщения."""
    # 1. What everything else depends on is checked before anything is read or written.
    chosen, now = profile.load(name), utc_now()
    if rejects is not None and rejects.resolve() == output.resolve():
        raise Misuse("The message and the rejected rows need a file each.", where=str(output))
    to = _party(receiver) if receiver else Party(chosen.state, NATIONAL_NODE)
    header = _header(Party(chosen.state, chosen.agency), to, now=now)
    signer = _signer(key, certificate, now)
    # 2. All files are written as the rows come, so memory does not grow with the input; they appear all or none.
    tally = convert.Tally()
    with ExitStack() as stack:
        refused = stack.enter_context(drafted(rejects or Path(os.devnull)))
        files = stack.enter_context(numbered(output))
        if files.streams and (batch or chosen.deleted):
            raise Misuse("A pipe takes one message; --batch and profiles that withdraw need a file.", where=str(output))
        batches = Batches(header, files.open, most=batch or 0, bounded=not files.streams, signer=signer)
        taken = stack.enter_context(numbered(beside(output, "withdrawals"))) if chosen.deleted else None
        withdrawals = Withdrawals(header, taken.open if taken else files.open, signer=signer)
        _convert(chosen, source, batches, withdrawals, tally, rejects=refused.path)
    # 3. The books. A message without records says nothing, so none is written.
    done = files.count or withdrawals.count
    if not done:
        warn("No row could be mapped, so no message is written.",
             "Ни одна строка не преобразована, сообщение не записано.", where=str(output))  # fmt: skip
    withdrawn = withdrawals.count if chosen.deleted else None
    _tell_books(tally, files, cut=batch is not None, withdrawn=withdrawn, json=json)
    raise typer.Exit(0 if done and not tally.rejected else 1)


def _signer(key: Path | None, certificate: Path | None, now: datetime) -> keyfiles.Signer | None:
    """Who signs the messages; None where no key was named (Misuse where only half of it was)."""
    if key is None and certificate is None:
        return None
    if key is None or certificate is None:
        raise Misuse("A key needs its certificate: --key KEY.pem --cert CERT.pem.", where="--key")
    return keyholder.signer(key, certificate, now)


def _convert(
    chosen: Profile, source: Path, batches: Batches, withdrawals: Withdrawals, tally: convert.Tally, *, rejects: Path
) -> None:
    size = source.stat().st_size if source.is_file() else None
    started = monotonic()
    with rejects.open("w", encoding="utf-8", newline="") as refused, progress(chosen.label, size) as moved:
        rejected = Rejects(refused)

        def report_progress(rows: int, done: int) -> None:
            pace = rows / max(monotonic() - started, 0.001)
            moved(done, pick(f"{pace:,.0f} rows/s, {tally.rejected:,} rejected",
                             f"{pace:,.0f} строк/с, отклонено {tally.rejected:,}"))  # fmt: skip

        rows = convert.map_file(chosen, source, now=batches.header.created, progress=report_progress)
        for item in batches.write(withdrawals.taken(rows)):
            tally.add(item)
            if item.record is None:
                rejected.add(item)


def _tell_books(tally: convert.Tally, files: Numbered, *, cut: bool, withdrawn: int | None, json: bool) -> None:
    """Rows, the messages where there are several or where they were asked to be cut, and what was taken back."""
    counts = tally.as_dict()
    english = "{rows} rows: {mapped} mapped, {warned} with warnings, {rejected} rejected.".format(**counts)
    russian = "Строк: {rows}; без замечаний: {mapped}; с замечаниями: {warned}; отклонено: {rejected}.".format(**counts)
    paths = files.paths()
    if cut or len(paths) > 1:
        counts["batches"] = len(paths)
    if len(paths) > 1:
        english += f" {len(paths)} messages: {paths[0]} to {paths[-1].name}."
        russian += f" Сообщений: {len(paths)}; {paths[0]} — {paths[-1].name}."
    if withdrawn is not None:
        counts["withdrawn"] = withdrawn
        english += f" {withdrawn} withdrawn."
        russian += f" Отозвано: {withdrawn}."
    if left := files.stale():
        warn("This file of an earlier run is not part of the output.",
             "Этот файл прежнего запуска не входит в результат.", where=str(left))  # fmt: skip
    tell(counts, english, russian, json=json)


def _party(receiver: str) -> Party:
    """The receiver as it was named (Misuse)."""
    if PARTY.fullmatch(receiver) is None:
        raise Misuse("The receiver is written STATE/AGENCY, for example KAZ/GATE.", where="--to")
    return Party.of(receiver)


def _header(sender: Party, receiver: Party, *, now: datetime) -> Header:
    message_id = str(uuid.uuid4())
    return Header(
        message_id=message_id,
        conversation_id=message_id,
        kind=Kind.RECORD_BATCH,
        sender=sender,
        receiver=receiver,
        created=now,
        expires=now + timedelta(days=7),
        purpose="STAY_CONTROL",
        agreement="unsigned",
    )


def unmap_file(
    name: Annotated[str, typer.Argument(metavar="PROFILE", help="Name of a profile, or its file. / Профиль.")],
    message: Annotated[Path, typer.Argument(metavar="MESSAGE", help="A RecordBatch. / Сообщение.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The national file. / Национальный файл.")],
    losses: Annotated[Path | None, typer.Option(help="Report of what is lost. / Отчёт о потерях.")] = None,
    json: AsJson = False,
) -> None:
    """RecordBatch message → national file, with a loss report. / Сообщение → национальный файл."""
    chosen = profile.load(name)
    root = parse(read_file(message, MOST_BYTES), limit=MOST_BYTES)
    findings = [finding for finding in validate(root, protection=True) if finding.severity == "error"]
    if findings:
        raise SchemaInvalid(f"{findings[0].message_en} `gateway validate` names every place.", where=findings[0].path)
    body = body_of(root)
    if local(body) not in ("RecordBatch", "Correction", "StatisticsReport"):
        raise SchemaInvalid("Only messages with records have a national form.", where=f"/Message/Body/{local(body)}")
    rows, lost = back.unmap(chosen, read_records(body))
    with drafted(losses or Path(os.devnull)) as listed, drafted(output) as made:
        made.path.write_bytes(back.write_rows(chosen, rows))
        with listed.path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.writer(text)
            writer.writerow(("record", "path", "code", "message_en", "message_ru"))
            writer.writerows((item.line, item.path, item.code, item.message_en, item.message_ru) for item in lost)
    tell(
        {"records": len(rows), "losses": len(lost)},
        f"{len(rows)} records, {len(lost)} losses.",
        f"Записей: {len(rows)}; потерь: {len(lost)}.",
        json=json,
    )
