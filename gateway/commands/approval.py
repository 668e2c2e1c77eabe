"""`gateway approval`: what waits for a second person, in words, and that person's word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from gateway import audit
from gateway.clock import utc_now
from gateway.commands.key import database_of, written_to
from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    Reason,
    as_json,
    language,
    pick,
    say,
    settings_of,
    table,
    tell,
)
from gateway.exchange import administration, in_words
from gateway.exchange.in_words import Words
from gateway.exchange.node import Node
from gateway.founding import open_node
from gateway.store import tables
from gateway.trust import alarms, approvals, compromise

app = typer.Typer(no_args_is_help=True, help="Acts that wait for a second person. / Подтверждения.")


@app.command("list")
def list_approvals(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """What waits for a second person, in words. / Что ожидает подтверждения."""
    with database_of(config).read() as session:
        rows = approvals.waiting(session, utc_now())
        words = {row.id: in_words.of(session, row) for row in rows}
        votes = approvals.votes(session, rows)
    names = ("id", "action", "subject", "requested_by", "reason", "expires", "needed", "payload")
    if json:
        as_json(
            [
                {name: getattr(row, name) for name in names}
                | {"digest": approvals.digest(row), "agreed": [vote.actor for vote in votes[row.id]]}
                | words[row.id].as_dict()
                for row in rows
            ]
        )
        return
    if not rows:
        say("Nothing waits.", "Ожидающих запросов нет.")
    for row in rows:
        table(row.id, ("", ""), _told(row, words[row.id], votes[row.id]))


def _told(row: tables.Approval, words: Words, votes: Sequence[tables.ApprovalVote]) -> list[tuple[str, str]]:
    """One request as it is read before somebody agrees."""
    russian = language() == "ru"
    agreed = ", ".join(vote.actor for vote in votes)
    until = f"{row.expires:%Y-%m-%d %H:%M} UTC"
    return [
        (pick("what", "что"), words.ru if russian else words.en),
        *((ru if russian else en, value) for en, ru, value in words.facts),
        (pick("why", "причина"), row.reason),
        (pick("asked for by", "запросил"), row.requested_by),
        (pick("agreed", "подтвердили"), pick(f"{len(votes)} of {row.needed}", f"{len(votes)} из {row.needed}")
         + (f": {agreed}" if agreed else "")),
        (pick("until", "до"), until),
    ]  # fmt: skip


@app.command("approve")
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
        done = approvals.approve(
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
        f"{flagged} messages that it has signed are flagged. Look through all of them: gateway key messages {shown}",
        f"Помечено сообщений под этим ключом: {flagged}. Просмотрите все: gateway key messages {shown}",
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


@app.command("reject")
def reject(
    approval: Annotated[str, typer.Argument(metavar="ID")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Say no, which ends it. / Отклонить."""
    with audit.keeping_traces(written_to(config)) as session:
        done = approvals.reject(session, approval, actor=actor, reason=reason, now=utc_now())
    _voted(done, json=json)
