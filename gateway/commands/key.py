"""`gateway key`: what there is of keys, who knows them and what they have signed; rotation.py changes them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import asdict, astuple
from datetime import datetime
from pathlib import Path
from typing import Annotated, Protocol

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.clock import utc_now
from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFile,
    as_json,
    pick,
    say,
    settings_of,
    table,
    tell,
    write_file,
)
from gateway.errors import Misuse
from gateway.founding import open_database, open_node
from gateway.records.dates import in_utc
from gateway.store import tables
from gateway.store.database import Database
from gateway.trust import certificates, compromise, directory, expiry_warnings, lifecycle

app = typer.Typer(no_args_is_help=True, help="Signing keys. / Ключи подписи.")
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="Key id, or its beginning. / Идентификатор ключа.")]


class Readable(Protocol):
    """A database as whoever only reads it sees it: rows that came in past the guard would be found as slipped in."""

    def read(self) -> AbstractContextManager[Session]:
        """A session that only reads."""


def database_of(config: Path) -> Readable:
    """The node's database, once it is known to be of our version, for reading without keys."""
    database = Database(settings_of(config).database)
    database.check()
    return database


def written_to(config: Path) -> Database:
    """The node's database for writing: what is written comes under guard."""
    return open_database(settings_of(config))


@app.command("list")
def list_keys(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Our keys and our partners'. / Наши ключи и ключи партнёров."""
    now, settings = utc_now(), settings_of(config)
    with database_of(config).read() as session:
        rows = session.scalars(select(tables.Key).order_by(tables.Key.party, tables.Key.not_before)).all()
        warned = {term.subject: _warning(term, now) for term in expiry_warnings.terms(session, settings)}
    values = [
        {
            "kid": row.kid,
            "party": row.party,
            "own": row.own,
            "algorithm": row.algorithm,
            "status": row.status,
            "not_after": row.not_after,
            "days_left": (row.not_after - now).days,
            "warning": warned.get(row.kid, ""),
        }
        for row in rows
    ]
    if json:
        as_json(values)
    else:
        columns = ("key", "party", "algorithm", "status", "days left", "warning")
        shown = [(str(v["kid"])[:16], *(v[name.replace(" ", "_")] for name in columns[1:])) for v in values]
        table(pick("Keys", "Ключи"), columns, shown)


def _warning(term: expiry_warnings.Term, now: datetime) -> str:
    step = term.step(now)
    if step is None:
        return ""
    what = pick("a certificate of its chain ", "сертификат цепочки: ") if term.kind == "chain" else ""
    if step == 0:
        return what + pick("has expired", "срок истёк")
    return what + pick(f"expires in {term.days_left(now)} days", f"истекает через {term.days_left(now)} дн.")


@app.command("certificate")
def write_certificate(
    output: Annotated[Path, typer.Option("-o", "--output", help="PEM. / Файл.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Write the certificate of the active key, for partners. / Сертификат действующего ключа."""
    signer = open_node(settings_of(config)).keyring.signer()
    write_file(output, certificates.pem(signer.certificate).encode())
    fingerprint = certificates.fingerprint(signer.certificate)
    tell(
        {"kid": signer.kid, "fingerprint": fingerprint},
        f"Fingerprint: {fingerprint}",
        f"Отпечаток: {fingerprint}",
        json=json,
    )


@app.command("directory")
def show_directory(config: ConfigFile = DEFAULT_CONFIG, _json: AsJson = True) -> None:
    """The signed directory of our keys, as GET /v1/keys gives it. / Подписанный каталог ключей."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        signer = node.keyring.signer(session)
        as_json(directory.directory(session, party=node.settings.node, signer=signer, now=utc_now()))


@app.command("fetched")
def show_fetched(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Which partner has which version of our directory, and so knows a published key. / Кто получил каталог."""
    with database_of(config).read() as session:
        found = directory.known(session)
    if json:
        as_json(found)
        return
    table(
        pick(f"Directory {found['serial']}", f"Каталог {found['serial']}"),
        (pick("partner", "партнёр"), pick("has", "имеет"), pick("since", "с")),
        [tuple(value.values()) for value in found["partners"]],
    )
    for key in found["waiting"]:
        late = [each["partner"] for each in found["partners"] if each["serial"] < key["serial"]]
        shown = key["kid"][:16]
        if late:
            say(f"Key {shown} waits for: {', '.join(late)}", f"Ключ {shown} ждёт: {', '.join(late)}")
        else:
            say(f"Every partner has key {shown}.", f"Ключ {shown} есть у всех партнёров.")


@app.command("messages")
def list_messages(
    key: KeyId,
    since: Annotated[str, typer.Option(help="Only since, ISO 8601. / Только с.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """What a key has signed, in and out; for a revoked key what came since it is invalid. / Что подписано ключом."""
    with database_of(config).read() as session:
        row = lifecycle.get(session, kid_of(session, key))
        start = moment(since) if since else row.invalid_since
        rows = list(compromise.messages(session, row.kid, start))
    if json:
        as_json([asdict(each) for each in rows])
        return
    columns = ("", "message", "kind", "partner", "time", "signed", "state", "records", "flag")
    table(pick(f"Signed with {row.kid[:16]}", f"Подписано {row.kid[:16]}"), columns, [astuple(each) for each in rows])
    number = sum(each.records for each in rows)
    say(f"{len(rows)} messages, {number} records.", f"Сообщений: {len(rows)}; записей: {number}.")


def moment(text: str) -> datetime:
    """A time that somebody has typed; without a zone it is UTC (Misuse)."""
    try:
        return in_utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise Misuse("The time is not ISO 8601.", where="--since") from error


def kid_of(session: Session, beginning: str) -> str:
    """A key by the beginning of its id (Misuse where that names none, or several)."""
    found = session.scalars(select(tables.Key.kid).where(tables.Key.kid.startswith(beginning, autoescape=True))).all()
    if len(found) != 1 or len(beginning) < 8:
        raise Misuse("Give at least eight characters of the id of exactly one key.", where=beginning)
    return found[0]
