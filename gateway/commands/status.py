"""`gateway status`: how the node stands, on one page."""

from __future__ import annotations

from typing import Any

import typer

from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    AsJson,
    ConfigFile,
    as_json,
    language,
    pick,
    say,
    settings_of,
    table,
)
from gateway.exchange.status import status
from gateway.founding import open_node


def show_status(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Keys, partners, alarms, what waits; status 1 where an alarm holds. / Состояние узла."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        found = status(session, node)
    if json:
        as_json(found)
    else:
        _show(found)
    raise typer.Exit(1 if found["alarms"] else 0)


def _show(found: dict[str, Any]) -> None:
    say(
        f"{found['node']}: log {found['log']['size']} leaves, {found['log']['signed']} signed; "
        f"{found['approvals']} acts wait for a second person.",
        f"{found['node']}: записей журнала {found['log']['size']}, подписано {found['log']['signed']}; "
        f"ждут подтверждения: {found['approvals']}.",
    )
    table(
        pick("Keys and certificates in use", "Действующие ключи и сертификаты"),
        ("", "party", "kind", "days left", pick("warned at", "предупреждение")),
        [(_short(k["subject"]), k["party"], k["kind"], k["days_left"], k["step"]) for k in found["keys"]],
    )
    table(
        pick("Partners", "Партнёры"),
        ("id", "status", "seen", "trouble"),
        [tuple(partner.values()) for partner in found["partners"]],
    )
    table(pick("Outbox", "Исходящие"), ("state", "messages"), list(found["outbox"].items()))
    table(
        pick("Alarms", "Тревоги"),
        ("code", "subject", "since", pick("meaning", "смысл")),
        [(a["code"], a["subject"], a["raised"], a[f"meaning_{language()}"]) for a in found["alarms"]],
    )


def _short(subject: str) -> str:
    """A key is known by the beginning of its name; what has words in its name is known by all of them."""
    return subject if " " in subject else subject[:16]
