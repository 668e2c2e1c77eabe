"""`gateway key algorithms`, `gateway partner algorithms`: what may sign, until when, and what is agreed with whom."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from gateway.algorithms import registry
from gateway.clock import utc_now
from gateway.commands.key import app as keys
from gateway.commands.key import written_to
from gateway.commands.partner import app as partners
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
)
from gateway.errors import Misuse
from gateway.exchange import administration
from gateway.partners import directory
from gateway.store import tables

EVERY = "all"
"""What is written for: every algorithm that needs no agreement by name."""


@keys.command("algorithms")
def list_algorithms(json: AsJson = False) -> None:
    """The registry of algorithms: status, dates, provider. / Реестр алгоритмов подписи."""
    values = registry.listed(utc_now().date())
    if json:
        as_json(values)
        return
    columns = (
        pick("name", "имя"),
        pick("key", "ключ"),
        pick("bits", "стойкость"),
        pick("status", "статус"),
        pick("later", "далее"),
        pick("provider", "поставщик"),
        pick("works here", "работает здесь"),
    )
    rows = [
        (v["name"], v["kind"], v["strength"], v["status"], _later(v), v["provider"], v["fault"] or pick("yes", "да"))
        for v in values
    ]
    table(pick("Signature algorithms", "Алгоритмы подписи"), columns, rows)


@partners.command("algorithms")
def agree(
    partner: Annotated[str, typer.Argument(metavar="STATE/AGENCY")],
    names: Annotated[str, typer.Argument(metavar="NAMES", help="p256,ed25519 … or all. / Имена через запятую.")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Ask for signatures of these algorithms only to be taken; a second person approves. / Согласовать алгоритмы."""
    now = utc_now()
    wanted = [] if names == EVERY else [name.strip() for name in names.split(",")]
    agreed = directory.check_algorithms(wanted, now)
    with written_to(config).begin() as session:
        if session.get(tables.Partner, partner) is None:
            raise Misuse("There is no partner of that name.", where=partner)
        asked = administration.propose_algorithms(
            session, settings_of(config), partner, wanted, actor=actor, reason=reason, now=now
        )
    shown = ", ".join(agreed) or EVERY
    tell(
        {"partner": partner, "algorithms": agreed, "approval": asked.approval},
        f"Proposed for {partner}: {shown}. A second person runs: gateway approval approve {asked.approval}",
        f"Предложено для {partner}: {shown}. Второе лицо выполняет: gateway approval approve {asked.approval}",
        json=json,
    )


def _later(shown: dict[str, Any]) -> str:
    return ", ".join(f"{stage['status']} {stage['since']}" for stage in shown["stages"][1:])
