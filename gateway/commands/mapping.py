"""`gateway map`, `gateway unmap`, `gateway profiles`: national forms and the exchange format."""

from __future__ import annotations

import io
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from gateway.app import utc_now
from gateway.commands.terminal import (
    AsJson,
    as_json,
    err,
    pick,
    progress,
    read_file,
    say,
    table,
    write_file,
)
from gateway.errors import Misuse
from gateway.findings import Finding
from gateway.mapping import back, convert, profile
from gateway.mapping.rejects import Rejects
from gateway.message.body import read_records, write_records
from gateway.message.envelope import Header, Kind, Party, body_of, write_message
from gateway.message.parse import parse
from gateway.message.schema import validate

MOST_BYTES = 4 * 1024**3
profiles = typer.Typer(help="Mapping profiles of national registers. / Профили национальных регистров.")


def register(app: typer.Typer) -> None:
    """Put the commands of this noun on the main line."""
    app.command("map")(map_file)
    app.command("unmap")(unmap_file)


def map_file(
    name: Annotated[str, typer.Argument(metavar="PROFILE", help="Name of a profile, or its file. / Профиль.")],
    source: Annotated[Path, typer.Argument(metavar="INPUT", help="The national file. / Национальный файл.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The unsigned message. / Сообщение.")],
    rejects: Annotated[Path | None, typer.Option(help="CSV with the rejected rows. / Отклонённые строки.")] = None,
    receiver: Annotated[str, typer.Option("--to", help="STATE/AGENCY of the receiver. / Получатель.")] = "",
    json: AsJson = False,
) -> None:
    """National file → RecordBatch message, unsigned. / Национальный файл → сообщение."""
    chosen = profile.load(name)
    now = utc_now()
    tally, refused, records = convert.Tally(), io.StringIO(newline=""), []
    rejected = Rejects(refused)
    size = source.stat().st_size if source.is_file() else 0
    with progress(chosen.label, size) as moved:
        mapped_rows = convert.map_file(
            chosen, source, now=now, progress=lambda rows, done: moved(done, f"{rows} rows, {tally.rejected} rejected")
        )
        for item in mapped_rows:
            tally.add(item)
            rejected.add(item)
            if item.record is not None:
                records.append(item.record)
    if records:
        write_file(output, _batch(chosen.state, chosen.agency, receiver, write_records(records), now=now))
    if rejects is not None:
        write_file(rejects, refused.getvalue().encode())
    if json:
        as_json(tally.as_dict())
    else:
        counts = tally.as_dict()
        say(
            "{rows} rows: {mapped} mapped, {warned} with warnings, {rejected} rejected.".format(**counts),
            "Строк: {rows}; без замечаний: {mapped}; с замечаниями: {warned}; отклонено: {rejected}.".format(**counts),
        )
    raise typer.Exit(1 if tally.rejected else 0)


def _batch(state: str, agency: str, receiver: str, body: str, *, now: datetime) -> bytes:
    message_id = str(uuid.uuid4())
    header = Header(
        message_id=message_id,
        conversation_id=message_id,
        kind=Kind.RECORD_BATCH,
        sender=Party(state, agency),
        receiver=Party.of(receiver) if receiver else Party(state, agency),
        created=now,
        expires=now + timedelta(days=7),
        purpose="STAY_CONTROL",
        agreement="unsigned",
    )
    return write_message(header, body)


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
        raise Misuse(f"The message is not valid: {findings[0].message_en}", where=findings[0].path)
    rows, lost = back.unmap(chosen, read_records(body_of(root)))
    write_file(output, back.write_rows(chosen, rows))
    if losses is not None:
        lines = "".join(f"{item.line},{item.path},{item.code},{item.message_en},{item.message_ru}\n" for item in lost)
        write_file(losses, ("record,path,code,message_en,message_ru\n" + lines).encode())
    if json:
        as_json({"records": len(rows), "losses": len(lost)})
    else:
        say(f"{len(rows)} records, {len(lost)} losses.", f"Записей: {len(rows)}; потерь: {len(lost)}.")


@profiles.callback(invoke_without_command=True)
def list_profiles(context: typer.Context, json: AsJson = False) -> None:
    """List the profiles. / Список профилей."""
    if context.invoked_subcommand is not None:
        return
    rows = [profile.load(name) for name in profile.names()]
    if json:
        as_json([{"profile": row.label, "state": row.state, "category": str(row.category)} for row in rows])
    else:
        titles = [pick(row.title_en, row.title_ru) for row in rows]
        table(
            pick("Mapping profiles", "Профили отображения"),
            ("profile", "state", "category", "title"),
            [(row.label, row.state, row.category, title) for row, title in zip(rows, titles, strict=True)],
        )


@profiles.command("show")
def show_profile(name: Annotated[str, typer.Argument(metavar="NAME")], json: AsJson = False) -> None:
    """Document one profile. / Описание профиля."""
    described = profile.describe(profile.load(name))
    if json:
        as_json(described)
        return
    table(
        f"{described['profile']}  {described['title'][pick('en', 'ru')]}",
        ("column", "to", "kind", "required"),
        [(item["column"], item["to"], item["kind"], "*" if item["required"] else "") for item in described["columns"]],
    )


@profiles.command("check")
def check_profile(file: Annotated[Path, typer.Argument(metavar="FILE")], json: AsJson = False) -> None:
    """Say what is wrong with a profile, with line and column. / Проверить профиль."""
    findings = profile.check(file)
    report(findings, json=json, file=str(file))
    raise typer.Exit(1 if any(item.severity == "error" for item in findings) else 0)


def report(findings: list[Finding], *, json: bool, file: str) -> None:
    """Findings for people or machines."""
    if json:
        as_json([{"file": file, **item.as_dict()} for item in findings])
        return
    for item in findings:
        text = pick(item.message_en, item.message_ru)
        err.print(f"{file}:{item.line}: {item.severity} {item.code} {item.path}: {text}", markup=False, soft_wrap=True)
    if not findings:
        say(f"{file}: nothing to object to.", f"{file}: замечаний нет.")
