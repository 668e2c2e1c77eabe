"""`gateway partner anchor`: the CAs at which the chains of one party's certificates may end."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.clock import utc_now
from gateway.commands.key import database_of, written_to
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
from gateway.exchange import administration
from gateway.message.envelope import PARTY
from gateway.trust import anchors, chains, standing

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
    if not PARTY.fullmatch(party):
        raise InvalidRequest("A partner is named STATE/AGENCY, for example KAZ/MVD.", where=party)
    now, content = utc_now(), read_file(file, 1024**2)
    with written_to(config).begin() as session:
        asked = administration.propose_anchor(
            session, settings_of(config), party, content, actor=actor, reason=reason, now=now
        )
    shown, subject = asked.fingerprint, chains.name(anchors.read(content, now))
    tell(
        {"party": party, "approval": asked.approval, "fingerprint": shown, "subject": subject},
        f"Proposed. A second person compares {shown} and runs: gateway approval approve {asked.approval}",
        f"Предложено. Второе лицо сверяет {shown} и выполняет: gateway approval approve {asked.approval}",
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
    with written_to(config).begin() as session:
        asked = administration.propose_anchor_removal(
            session, settings_of(config), party, fingerprint, actor=actor, reason=reason, now=utc_now()
        )
    tell(
        {"party": party, "approval": asked.approval},
        f"A second person confirms: gateway approval approve {asked.approval}",
        f"Второе лицо подтверждает: gateway approval approve {asked.approval}",
        json=json,
    )


@app.command("list")
def list_anchors(
    party: Annotated[str, typer.Argument(metavar="[STATE/AGENCY]", help="All without it. / Без него все.")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """The CAs of a party, or of all. / Удостоверяющие центры."""
    with database_of(config).read() as session:
        values = [anchors.shown(row) for row in anchors.listed(session, party)]
    if json:
        as_json(values)
    else:
        names = ("party", "fingerprint", "subject", "status", "not_after")
        table(pick("Anchors", "Удостоверяющие центры"), names, [tuple(value.values()) for value in values])


@app.command("revocation")
def list_sources(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """What CAs last said of revoked certificates, and what is wrong; `sync run` asks now. / Сведения об отзыве."""
    with database_of(config).read() as session:
        values = standing.sources(session)
    if json:
        as_json(values)
    else:
        shown = [(v["url"], v["serial"], v["next_update"], v["fetched"], v["trouble"]) for v in values]
        table(pick("Revocation", "Отзыв"), ("url", "serial", "next update", "fetched", "trouble"), shown)
