"""`gateway log`: the tamper-evident log, checked here or offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.commands import trusted
from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    Reason,
    as_json,
    drafted,
    pick,
    say,
    settings_of,
    table,
    tell,
)
from gateway.errors import KeyUnusable, Misuse
from gateway.exchange import administration, logbook
from gateway.founding import open_node, open_vault
from gateway.ledger import checkpoint, log
from gateway.ledger.check import Report, verify_export
from gateway.partners import directory
from gateway.store.database import Database
from gateway.sync.witness import witness_partners

app = typer.Typer(no_args_is_help=True, help="The tamper-evident log. / Журнал с контролем целостности.")


@app.command("checkpoint")
def show_checkpoint(config: ConfigFile = DEFAULT_CONFIG, _json: AsJson = True) -> None:
    """Sign the log as it stands. / Подписать контрольную точку."""
    as_json(logbook.signed(open_node(settings_of(config))))


@app.command("status")
def show_status(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Our log, who has countersigned it, and the partners' logs as seen here. / Состояние журналов."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        found = logbook.status(session, node.settings.node)
    if json:
        as_json(found)
    else:
        own, size = node.settings.node, found["size"]
        signed = found["checkpoint"]["size"] if found["checkpoint"] else 0
        say(f"{own}: {size} leaves, {signed} of them signed.", f"{own}: записей {size}, из них подписано {signed}.")
        table(
            pick("Countersigned by", "Подтвердили"),
            ("by", "size", "at"),
            [tuple(w.values()) for w in found["witnesses"]],
        )
        table(pick("Partners' logs", "Журналы партнёров"), ("party", "size", "at", pick("forked", "раздвоен")),
              [tuple(p.values()) for p in found["partners"]])  # fmt: skip
    raise typer.Exit(1 if found["broken"] or any(each["forked"] for each in found["partners"]) else 0)


@app.command("witness")
def visit_partners(
    partner: Annotated[str, typer.Argument(metavar="[STATE/AGENCY]")] = "",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Check and countersign the partners' logs now. / Проверить журналы партнёров."""
    node = open_node(settings_of(config))
    if partner:
        with node.database.read() as session:
            directory.get(session, partner)
    outcome = witness_partners(node, partner)
    tell({"outcome": outcome}, outcome, outcome, json=json)
    raise typer.Exit(1 if "trouble" in outcome else 0)


@app.command("restart")
def restart(
    partner: Annotated[str, typer.Argument(metavar="STATE/AGENCY")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Ask for a partner's log to begin anew, its fork explained; a second person approves. / Начать журнал заново."""
    node = open_node(settings_of(config))
    with node.database.begin() as session:
        asked = administration.propose_log_restart(
            session, node.settings, partner, actor=actor, reason=reason, now=node.clock()
        )
        last = checkpoint.latest(session, partner)
    size = last.size if last else 0
    tell({"partner": partner, "size": size, "approval": asked.approval},
         f"{size} leaves of {partner} will be forgotten once a second person runs: "
         f"gateway approval approve {asked.approval}",
         f"Записи журнала {partner} ({size}) будут забыты, когда второе лицо выполнит: "
         f"gateway approval approve {asked.approval}", json=json)  # fmt: skip


@app.command("prove")
def prove(
    message: Annotated[str, typer.Argument(metavar="MESSAGE_ID")],
    config: ConfigFile = DEFAULT_CONFIG,
    _json: AsJson = True,
) -> None:
    """Prove that a message stands in the log. / Доказать наличие сообщения."""
    node = open_node(settings_of(config))
    with node.database.read() as session:
        proof = logbook.prove(session, message)
    as_json(proof)


@app.command("export")
def write_export(
    output: Annotated[Path, typer.Option("-o", "--output", help="JSON lines. / Файл.")],
    tree: Annotated[str, typer.Option(help="exchange or audit. / Журнал.")] = "exchange",
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Write the log with its checkpoints, to be checked elsewhere. / Выгрузить журнал."""
    if tree not in ("exchange", "audit"):
        raise Misuse("The tree is exchange or audit.", where="--tree")
    node = open_node(settings_of(config))
    name: log.Log = "audit" if tree == "audit" else "exchange"
    # Written while it is read: a log may be larger than the memory.
    with drafted(output) as draft, draft.path.open("w", encoding="utf-8") as file:
        written = logbook.write(node, file, name)
    tell({"log": name, "leaves": written}, f"{written} leaves written.", f"Записей: {written}.", json=json)


@app.command("verify")
def verify(
    file: Annotated[Path | None, typer.Argument(metavar="[EXPORT]", help="An export. / Выгрузка.")] = None,
    trust: Annotated[Path | None, typer.Option("--trust", help="Certificates, PEM. / Сертификаты.")] = None,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Check an export with nothing but public keys, or this node's own log. / Проверить журнал."""
    if file is not None and trust is not None:
        if not file.is_file():
            raise Misuse("The export is not there.", where=str(file))
        report = verify_export(file, trusted.read(trust))
    elif file is None:
        report = _own(config)
    else:
        raise Misuse("Say whose certificates to trust: --trust DIR.", where="--trust")
    if json:
        as_json(logbook.shown(report))
    else:
        rows = [(item.path, item.code, pick(item.message_en, item.message_ru)) for item in report.findings]
        if rows:
            table(pick("Findings", "Замечания"), ("leaf", "code", ""), rows)
        say(f"{report.leaves} leaves: {'holds' if report.holds else 'DOES NOT HOLD'}.",
            f"Записей: {report.leaves}; журнал {'цел' if report.holds else 'НАРУШЕН'}.")  # fmt: skip
    raise typer.Exit(0 if report.holds else 1)


def _own(config: Path) -> Report:
    """This node's own log; without its data keys as much of it as can be checked."""
    settings = settings_of(config)
    database = Database(settings.database)
    database.check()
    try:
        open_vault(settings)
    except KeyUnusable:
        # That the rows were not checked is a finding of its own.
        return logbook.examine(database, settings.node, None)
    database.close()
    return logbook.verify(open_node(settings))
