"""`gateway partner anchor`: the CAs at which the chains of one party's certificates may end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    Reason,
    as_json,
    pick,
    read_file,
    settings_of,
    table,
    tell,
)
from gateway.errors import InvalidRequest
from gateway.founding import utc_now
from gateway.partners.directory import IDENTIFIER
from gateway.store import tables
from gateway.store.database import Database
from gateway.trust import anchors, certificates, chains

app = typer.Typer(no_args_is_help=True, help="CAs that issue a party's certificates. / Удостоверяющие центры.")

Party = Annotated[str, typer.Argument(metavar="STATE/AGENCY", help="Whose certificates. / Чьи сертификаты.")]


@app.command("add")
def add_anchor(
    party: Party,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Certificate of the CA. / Сертификат УЦ.")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Propose a CA for one party; a second person approves. / Предложить удостоверяющий центр."""
    if not IDENTIFIER.fullmatch(party):
        raise InvalidRequest("A partner is named STATE/AGENCY, for example KAZ/MVD.", where=party)
    now, needed = utc_now(), settings_of(config).approvals
    certificate = anchors.read(read_file(file, 1024**2), now)
    with _database(config).begin() as session:
        asked = anchors.propose(session, certificate, party=party, actor=actor, reason=reason, now=now, needed=needed)
    shown = certificates.fingerprint(certificate)
    tell(
        {"party": party, "approval": asked.id, "fingerprint": shown, "subject": chains.name(certificate)},
        f"Proposed. A second person compares {shown} and runs: gateway approval approve {asked.id}",
        f"Предложено. Второе лицо сверяет {shown} и выполняет: gateway approval approve {asked.id}",
        json=json,
    )


@app.command("remove")
def remove_anchor(
    party: Party,
    fingerprint: Annotated[str, typer.Argument(metavar="FINGERPRINT", help="Or its beginning. / Отпечаток.")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Ask for a CA to be removed; a second person approves. / Убрать удостоверяющий центр."""
    needed = settings_of(config).approvals
    with _database(config).begin() as session:
        asked = anchors.propose_removal(
            session, fingerprint, party=party, actor=actor, reason=reason, now=utc_now(), needed=needed
        )
    tell(
        {"party": party, "approval": asked.id},
        f"A second person confirms: gateway approval approve {asked.id}",
        f"Второе лицо подтверждает: gateway approval approve {asked.id}",
        json=json,
    )


@app.command("list")
def list_anchors(
    party: Annotated[str, typer.Argument(metavar="[STATE/AGENCY]", help="All without it. / Без него все.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """The CAs of a party, or of all. / Удостоверяющие центры."""
    with _database(config).read() as session:
        rows = anchors.listed(session, party)
    values = [
        {
            "party": row.party,
            "fingerprint": row.fingerprint,
            "subject": chains.name(holder),
            "status": row.status,
            "not_after": holder.not_valid_after_utc,
        }
        for row in rows
        for holder in (certificates.load(row.certificate),)
    ]
    if json:
        as_json(values)
    else:
        names = ("party", "fingerprint", "subject", "status", "not_after")
        table(pick("Anchors", "Удостоверяющие центры"), names, [tuple(value.values()) for value in values])


@app.command("revocation")
def list_sources(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """What CAs last said of revoked certificates, and what is wrong; `sync run` asks now. / Сведения об отзыве."""
    row = tables.RevocationSource
    names = ("url", "serial", "issuer", "this_update", "next_update", "fetched", "tried", "trouble")
    with _database(config).read() as session:
        query = select(*(getattr(row, name) for name in names)).order_by(row.url, row.serial)
        values = [dict(each) for each in session.execute(query).mappings()]
    if json:
        as_json(values)
    else:
        shown = [(v["url"], v["serial"], v["next_update"], v["fetched"], v["trouble"]) for v in values]
        table(pick("Revocation", "Отзыв"), ("url", "serial", "next update", "fetched", "trouble"), shown)


def _database(config: Path) -> Database:
    database = Database(settings_of(config).database)
    database.check()
    return database
