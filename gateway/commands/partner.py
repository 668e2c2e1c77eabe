"""`gateway partner`: who they are, and whether they answer."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args

import typer
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.clock import utc_now
from gateway.commands import anchor
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
    say,
    settings_of,
    table,
    tell,
)
from gateway.errors import Misuse
from gateway.exchange import administration
from gateway.exchange.administration import PartnerKind
from gateway.founding import open_node
from gateway.partners import directory
from gateway.store import tables
from gateway.sync import ping
from gateway.trust import certificates

app = typer.Typer(no_args_is_help=True, help="Partners. / Партнёры.")
app.add_typer(anchor.app, name="anchor")


@app.command("list")
def list_partners(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Every partner and whether it answers. / Все партнёры."""
    with database_of(config).read() as session:
        rows = session.scalars(select(tables.Partner).order_by(tables.Partner.id)).all()
    if json:
        as_json([_shown(row) for row in rows])
    else:
        table(
            pick("Partners", "Партнёры"),
            ("id", "class", "kind", "status", "seen", "trouble"),
            [(r.id, r.agency_class, r.kind, r.status, r.seen, r.trouble) for r in rows],
        )


@app.command("show")
def show_partner(partner: str, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """One partner with its keys. / Один партнёр с ключами."""
    with database_of(config).read() as session:
        row = _entered(session, partner)
        keys = session.scalars(select(tables.Key).where(tables.Key.party == partner)).all()
    if json:
        as_json({**_shown(row), "keys": [{"kid": key.kid, "status": key.status} for key in keys]})
        return
    table(row.id, ("", ""), list(_shown(row).items()))
    fingerprints = [(certificates.print_of(key.kid), key.status, key.not_after) for key in keys]
    table(pick("Keys", "Ключи"), ("fingerprint", "status", "until"), fingerprints)


def _entered(session: Session, partner: str) -> tables.Partner:
    row = session.get(tables.Partner, partner)
    if row is None:
        raise Misuse("There is no partner of that name.", where=partner)
    return row


def _shown(row: tables.Partner) -> dict[str, object]:
    names = ("id", "state", "agency", "agency_class", "kind", "channel", "endpoint", "profile", "status", "trouble")
    return {name: getattr(row, name) for name in (*names, "soap_security", "algorithms")} | {"seen": row.seen}


@app.command("add")
def add_partner(
    partner: Annotated[str, typer.Argument(metavar="STATE/AGENCY")],
    agency_class: Annotated[str, typer.Option("--class", help="Class of agency: MIG, INT, BOR, … / Класс ведомства.")],
    actor: Actor,
    reason: Reason,
    kind: Annotated[str, typer.Option(help="node, agency, soap or rest. / Вид.")] = "node",
    endpoint: Annotated[str, typer.Option(help="Address of its service. / Адрес.")] = "",
    channel: Annotated[str, typer.Option(help="rest or soap, for a node. / Канал.")] = "rest",
    profile: Annotated[str, typer.Option(help="Mapping profile, for soap and rest. / Профиль.")] = "",
    certificate: Annotated[Path | None, typer.Option("--cert", help="Its certificate, PEM. / Сертификат.")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Propose a partner; somebody else approves it. / Предложить партнёра."""
    if kind not in get_args(PartnerKind) or channel not in ("rest", "soap"):
        raise Misuse("The kind is node, agency, soap or rest; the channel rest or soap.", where="--kind, --channel")
    content = read_file(certificate, 1024**2) if certificate else None
    with written_to(config).begin() as session:
        asked = administration.propose_partner(
            session,
            settings_of(config),
            partner,
            agency_class=agency_class,
            kind=cast("PartnerKind", kind),
            channel=cast("administration.Channel", channel),
            endpoint=endpoint,
            profile=profile,
            certificate=content,
            actor=actor,
            reason=reason,
            now=utc_now(),
        )
    print_ = asked.fingerprint
    tell(
        {"partner": partner, "approval": asked.approval, "fingerprint": print_},
        f"Proposed. A second person compares {print_} and runs: gateway approval approve {asked.approval}",
        f"Предложено. Второе лицо сверяет {print_} и выполняет: gateway approval approve {asked.approval}",
        json=json,
    )


@app.command("suspend")
def suspend_partner(
    partner: str, actor: Actor, reason: Reason, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False
) -> None:
    """Stop exchanging with a partner at once. / Немедленно приостановить обмен."""
    with written_to(config).begin() as session:
        directory.suspend(session, partner, actor=actor, reason=reason, now=utc_now())
    done = {"partner": partner, "status": "suspended"}
    tell(done, f"{partner} is suspended.", f"Обмен с {partner} приостановлен.", json=json)


@app.command("resume")
def resume_partner(
    partner: str, actor: Actor, reason: Reason, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False
) -> None:
    """Ask for a suspended partner to be taken up again; a second person approves. / Возобновить обмен."""
    with written_to(config).begin() as session:
        asked = administration.propose_resumption(
            session, settings_of(config), partner, actor=actor, reason=reason, now=utc_now()
        )
    tell(
        {"partner": partner, "approval": asked.approval},
        f"A second person runs: gateway approval approve {asked.approval}",
        f"Второе лицо выполняет: gateway approval approve {asked.approval}",
        json=json,
    )


@app.command("soap-security")
def secure_soap(
    partner: Annotated[str, typer.Argument(metavar="STATE/AGENCY")],
    state: Annotated[str, typer.Argument(metavar="on|off")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Ask for its SOAP envelopes to carry WS-Security, or not; a second person approves. / Требовать WS-Security."""
    if state not in ("on", "off"):
        raise Misuse(f"{state} is not one of on, off.", where="on|off")
    on = state == "on"
    with written_to(config).begin() as session:
        _entered(session, partner)
        asked = administration.propose_soap_security(
            session, settings_of(config), partner, on=on, actor=actor, reason=reason, now=utc_now()
        )
    tell(
        {"partner": partner, "soap_security": on, "approval": asked.approval},
        f"WS-Security {state} for {partner}: a second person runs: gateway approval approve {asked.approval}",
        f"WS-Security для {partner} ({state}): второе лицо выполняет: gateway approval approve {asked.approval}",
        json=json,
    )


@app.command("test")
def ping_partner(partner: str, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """A signed ping there and back, and what failed if it did. / Сквозная проверка."""
    result = ping.test(open_node(settings_of(config)), partner)
    if json:
        as_json(result)
    else:
        table(partner, ("", ""), [row for row in result.items() if not row[0].startswith("meaning_")])
        say(str(result["meaning_en"]), str(result["meaning_ru"]))
    raise typer.Exit(0 if result["ok"] else 1)
