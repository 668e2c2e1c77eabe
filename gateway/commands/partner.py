"""`gateway partner`, `agreement`, `approval`: who they are, what may pass, and the second pair of eyes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, cast, get_args

import typer
from sqlalchemy import select

from gateway import audit
from gateway.commands import anchor
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
from gateway.exchange.node import Node
from gateway.founding import open_node, utc_now
from gateway.partners import directory
from gateway.records.codes import AGENCY_CLASSES, PURPOSES
from gateway.records.record import Category
from gateway.store import tables
from gateway.store.database import Database
from gateway.sync import ping
from gateway.trust import alarms, certificates, compromise
from gateway.trust import approvals as four_eyes

app = typer.Typer(no_args_is_help=True, help="Partners. / Партнёры.")
app.add_typer(anchor.app, name="anchor")
agreements = typer.Typer(no_args_is_help=True, help="Agreements: what may pass. / Соглашения.")
approvals = typer.Typer(no_args_is_help=True, help="Acts that wait for a second person. / Подтверждения.")


def _database(config: Path) -> Database:
    database = Database(settings_of(config).database)
    database.check()
    return database


@app.command("list")
def list_partners(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Every partner and whether it answers. / Все партнёры."""
    with _database(config).read() as session:
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
    with _database(config).read() as session:
        row = session.get(tables.Partner, partner)
        if row is None:
            raise Misuse("There is no partner of that name.", where=partner)
        keys = session.scalars(select(tables.Key).where(tables.Key.party == partner)).all()
    if json:
        as_json({**_shown(row), "keys": [{"kid": key.kid, "status": key.status} for key in keys]})
        return
    table(row.id, ("", ""), list(_shown(row).items()))
    fingerprints = [
        (certificates.fingerprint(certificates.load(key.certificate)), key.status, key.not_after) for key in keys
    ]
    table(pick("Keys", "Ключи"), ("fingerprint", "status", "until"), fingerprints)


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
    with _database(config).begin() as session:
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
    with _database(config).begin() as session:
        directory.suspend(session, partner, actor=actor, reason=reason, now=utc_now())
    done = {"partner": partner, "status": "suspended"}
    tell(done, f"{partner} is suspended.", f"Обмен с {partner} приостановлен.", json=json)


@app.command("resume")
def resume_partner(
    partner: str, actor: Actor, reason: Reason, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False
) -> None:
    """Ask for a suspended partner to be taken up again; a second person approves. / Возобновить обмен."""
    with _database(config).begin() as session:
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
    _closed("on|off", [state], ("on", "off"))
    on = state == "on"
    with _database(config).begin() as session:
        if session.get(tables.Partner, partner) is None:
            raise Misuse("There is no partner of that name.", where=partner)
        asked = four_eyes.request(
            session,
            "partner-soap-security",
            partner,
            {"on": on},
            actor=actor,
            reason=reason,
            now=utc_now(),
            needed=settings_of(config).approvals,
        )
    tell(
        {"partner": partner, "soap_security": on, "approval": asked.id},
        f"WS-Security {state} for {partner}: a second person runs: gateway approval approve {asked.id}",
        f"WS-Security для {partner} ({state}): второе лицо выполняет: gateway approval approve {asked.id}",
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


@agreements.command("list")
def list_agreements(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Every agreement. / Все соглашения."""
    with _database(config).read() as session:
        rows = session.scalars(select(tables.Agreement).order_by(tables.Agreement.id)).all()
    names = ("id", "partner_state", "direction", "categories", "purposes", "agency_classes", "valid_from", "valid_to")
    values = [{name: getattr(row, name) for name in names} for row in rows]
    if json:
        as_json(values)
    else:
        table(pick("Agreements", "Соглашения"), names, [tuple(value.values()) for value in values])


@agreements.command("add")
def add_agreement(
    name: Annotated[str, typer.Argument(metavar="ID")],
    state: Annotated[str, typer.Option(help="The other state. / Другое государство.")],
    direction: Annotated[str, typer.Option(help="out: we disclose; in: we accept. / Направление.")],
    categories: Annotated[list[str], typer.Option("--category", help="Repeatable. / Категория.")],
    purposes: Annotated[list[str], typer.Option("--purpose", help="Repeatable. / Цель.")],
    classes: Annotated[list[str], typer.Option("--class", help="Repeatable. / Класс ведомства.")],
    instrument: Annotated[str, typer.Option(help="Treaty or protocol it rests on. / Документ.")],
    since: Annotated[str, typer.Option("--from", help="First day, ISO 8601. / Действует с.")],
    until: Annotated[str, typer.Option("--until", help="Last day. / Действует по.")] = "",
    withheld: Annotated[list[str] | None, typer.Option("--without", help="Field left out. / Без поля.")] = None,
    days: Annotated[
        int | None, typer.Option("--keep-days", min=1, help="In: erased after so many days. / Хранить дней.")
    ] = None,
    actor: Actor = "administrator",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Enter an agreement. / Внести соглашение."""
    _closed("--category", categories, [str(category) for category in Category if not category.protected])
    _closed("--purpose", purposes, PURPOSES)
    _closed("--class", classes, AGENCY_CLASSES)
    _closed("--direction", [direction], ("in", "out"))
    agreement = tables.Agreement(
        id=name,
        instrument=instrument,
        partner_state=state,
        direction=direction,
        categories=categories,
        purposes=purposes,
        agency_classes=classes,
        withheld_fields=withheld or [],
        valid_from=_day(since, "--from"),
        valid_to=_day(until, "--until") if until else None,
        retention_days=days,
    )
    with _database(config).begin() as session:
        administration.add_agreement(session, agreement, actor=actor, now=utc_now())
    tell({"agreement": name}, f"Agreement {name} is entered.", f"Соглашение {name} внесено.", json=json)


def _closed(option: str, values: list[str], known: object) -> None:
    for value in values:
        if value not in known:  # type: ignore[operator]
            raise Misuse(f"{value} is not one of {', '.join(known)}.", where=option)  # type: ignore[arg-type]


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Misuse("Not a day of the form 2026-11-23.", where=option) from error


@approvals.command("list")
def list_approvals(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """What waits for a second person. / Что ожидает подтверждения."""
    with _database(config).read() as session:
        rows = four_eyes.waiting(session, utc_now())
    names = ("id", "action", "subject", "requested_by", "reason", "expires")
    values = [{name: getattr(row, name) for name in names} for row in rows]
    if json:
        as_json(values)
    else:
        table(pick("Waiting", "Ожидают"), names, [tuple(value.values()) for value in values])


@approvals.command("approve")
def approve(
    approval: Annotated[str, typer.Argument(metavar="ID")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Agree; with the last vote it is carried out. / Подтвердить."""
    node = open_node(settings_of(config))
    with audit.keeping_traces(node.database) as session:
        done = four_eyes.approve(
            session, approval, actor=actor, reason=reason, now=utc_now(), acts=administration.acts(node)
        )
    _voted(done, json=json)
    if done.action == "key-revoke" and done.status == "approved" and not json:
        _after_revocation(node, done.subject)


def _after_revocation(node: Node, kid: str) -> None:
    """What people have to do now that a key is revoked."""
    with node.database.read() as session:
        key = session.get_one(tables.Key, kid)
        flagged = sum(1 for each in compromise.messages(session, kid, key.invalid_since) if each.flag)
        unknown = [row.detail for row in alarms.open_alarms(session, alarms.Code.KEY_UNKNOWN)] if key.own else []
    shown = kid[:16]
    say(
        f"{flagged} messages that came in are flagged. Look through all of them: gateway key messages {shown}",
        f"Помечено входящих сообщений: {flagged}. Просмотрите все: gateway key messages {shown}",
    )
    for detail in unknown:
        names = ", ".join(detail["partners"])
        say(
            f"These partners cannot know the new key: {names}. Send them its certificate (gateway key certificate) and "
            f"let each compare the fingerprint by telephone: {detail['fingerprint']}",
            f"Эти партнёры не знают нового ключа: {names}. Передайте им сертификат (gateway key certificate), и пусть "
            f"каждый сверит отпечаток по телефону: {detail['fingerprint']}",
        )


def _voted(done: tables.Approval, *, json: bool) -> None:
    values = {"id": done.id, "action": done.action, "subject": done.subject, "status": done.status}
    sentence = f"{done.action} {done.subject}: {done.status}."
    tell(values, sentence, sentence, json=json)


@approvals.command("reject")
def reject(
    approval: Annotated[str, typer.Argument(metavar="ID")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Say no, which ends it. / Отклонить."""
    with audit.keeping_traces(_database(config)) as session:
        done = four_eyes.reject(session, approval, actor=actor, reason=reason, now=utc_now())
    _voted(done, json=json)
