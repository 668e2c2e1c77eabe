"""`gateway key`: the life of this node's signing keys."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, cast

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    Reason,
    as_json,
    pick,
    settings_of,
    table,
    tell,
    write_file,
)
from gateway.errors import Misuse
from gateway.founding import open_node, utc_now
from gateway.store import tables
from gateway.store.database import Database
from gateway.trust import approvals, certificates, directory, lifecycle
from gateway.trust.keyfiles import Algorithm

app = typer.Typer(no_args_is_help=True, help="Signing keys. / Ключи подписи.")
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="Key id, or its beginning. / Идентификатор ключа.")]


def _database(config: Path) -> Database:
    database = Database(settings_of(config).database)
    database.check()
    return database


@app.command("list")
def list_keys(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Our keys and our partners'. / Наши ключи и ключи партнёров."""
    now = utc_now()
    with _database(config).read() as session:
        rows = session.scalars(select(tables.Key).order_by(tables.Key.party, tables.Key.not_before)).all()
    values = [
        {
            "kid": row.kid,
            "party": row.party,
            "own": row.own,
            "algorithm": row.algorithm,
            "status": row.status,
            "not_after": row.not_after,
            "days_left": (row.not_after - now).days,
        }
        for row in rows
    ]
    if json:
        as_json(values)
    else:
        columns = ("key", "party", "algorithm", "status", "days left")
        shown = [(str(v["kid"])[:16], v["party"], v["algorithm"], v["status"], v["days_left"]) for v in values]
        table(pick("Keys", "Ключи"), columns, shown)


@app.command("generate")
def generate(
    actor: Actor,
    algorithm: Annotated[str, typer.Option(help="p256, rsa or ed25519. / Алгоритм.")] = "p256",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Make a key and publish it in the directory; it does not sign yet. / Создать ключ."""
    if algorithm not in ("p256", "rsa", "ed25519"):
        raise Misuse("The algorithm is p256, rsa or ed25519.", where="--algorithm")
    settings, now = settings_of(config), utc_now()
    with _database(config).begin() as session:
        made = lifecycle.generate(
            session,
            settings.directory,
            party=settings.node,
            algorithm=cast("Algorithm", algorithm),
            password=settings.key_password(),
            actor=actor,
            now=now,
        )
        lifecycle.publish(session, made.kid, actor=actor, now=now)
    tell(
        {"kid": made.kid, "status": "published"},
        f"Key {made.kid[:16]} is published. When partners have it: gateway key activate {made.kid[:16]}",
        f"Ключ {made.kid[:16]} опубликован. Когда он есть у партнёров: gateway key activate {made.kid[:16]}",
        json=json,
    )


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


@app.command("activate")
def activate(key: KeyId, actor: Actor, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Sign with this key from now on; the old one is still accepted. / Подписывать этим ключом."""
    with _database(config).begin() as session:
        row = lifecycle.activate(session, _kid(session, key), actor=actor, now=utc_now())
    shown = row.kid[:16]
    tell({"kid": row.kid, "status": row.status}, f"Key {shown} is active.", f"Ключ {shown} действует.", json=json)


@app.command("retire")
def retire(key: KeyId, actor: Actor, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """End the overlap of an old key. / Завершить срок старого ключа."""
    with _database(config).begin() as session:
        row = lifecycle.retire(session, _kid(session, key), actor=actor, now=utc_now())
    shown = row.kid[:16]
    tell(
        {"kid": row.kid, "status": row.status},
        f"Key {shown} is retired.",
        f"Ключ {shown} выведен из обращения.",
        json=json,
    )


@app.command("revoke")
def revoke(
    key: KeyId,
    actor: Actor,
    reason: Reason,
    since: Annotated[str, typer.Option(help="Not to be trusted since, ISO 8601. / Недействителен с.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Ask for a key to be revoked; a second person approves. / Отозвать ключ."""
    now = utc_now()
    try:
        invalid_since = datetime.fromisoformat(since) if since else now
    except ValueError as error:
        raise Misuse("The time is not ISO 8601.", where="--since") from error
    if invalid_since.tzinfo is None:
        invalid_since = invalid_since.replace(tzinfo=UTC)
    with _database(config).begin() as session:
        kid = _kid(session, key)
        payload = {"kid": kid, "invalid_since": invalid_since.isoformat()}
        asked = approvals.request(session, "key-revoke", kid, payload, actor=actor, reason=reason, now=now)
    tell(
        {"kid": kid, "approval": asked.id},
        f"A second person confirms: gateway approval approve {asked.id}",
        f"Второе лицо подтверждает: gateway approval approve {asked.id}",
        json=json,
    )


@app.command("directory")
def show_directory(config: ConfigFile = DEFAULT_CONFIG, _json: AsJson = True) -> None:
    """The signed directory of our keys, as GET /v1/keys gives it. / Подписанный каталог ключей."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        signer = node.keyring.signer(session)
        as_json(directory.directory(session, party=node.settings.node, signer=signer, now=utc_now()))


def _kid(session: Session, beginning: str) -> str:
    """A key by the beginning of its id (Misuse where that names none, or several)."""
    found = session.scalars(select(tables.Key.kid).where(tables.Key.kid.startswith(beginning, autoescape=True))).all()
    if len(found) != 1 or len(beginning) < 8:
        raise Misuse("Give at least eight characters of the id of exactly one key.", where=beginning)
    return found[0]
