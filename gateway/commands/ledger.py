"""`gateway log`: the tamper-evident log, checked here or offline."""

from __future__ import annotations

import base64
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from sqlalchemy import select

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
from gateway.errors import Misuse, NotFound
from gateway.exchange import administration, refusals
from gateway.exchange.crosscheck import cross_check
from gateway.founding import open_node
from gateway.ledger import checkpoint, log, witness
from gateway.ledger.check import Report, verify_export
from gateway.ledger.export import export
from gateway.partners import directory
from gateway.store import tables
from gateway.sync.witness import witness_partners
from gateway.trust import alarms, certificates
from gateway.trust.alarms import Code

app = typer.Typer(no_args_is_help=True, help="The tamper-evident log. / Журнал с контролем целостности.")


@app.command("checkpoint")
def show_checkpoint(config: ConfigFile = DEFAULT_CONFIG, _json: AsJson = True) -> None:
    """Sign the log as it stands. / Подписать контрольную точку."""
    node = open_node(settings_of(config))
    refusals.seal(node.database, node.clock())
    with node.database.begin() as session:
        point = checkpoint.issue(
            session, party=node.settings.node, log="exchange", signer=node.keyring.signer(session), now=node.clock()
        )
    as_json(point.document)


@app.command("status")
def show_status(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Our log, who has countersigned it, and the partners' logs as seen here. / Состояние журналов."""
    node = open_node(settings_of(config))
    own = node.settings.node
    with node.database.read() as session:
        size, point = log.size(session, "exchange"), checkpoint.latest(session, own)
        witnesses = [
            {"by": each.by, "size": each.checkpoint.size, "at": each.at} for each in witness.newest(session, own)
        ]
        names = session.scalars(select(tables.Partner.id).where(tables.Partner.kind == "node")).all()
        seen = [each for name in sorted(names) if (each := checkpoint.latest(session, name)) is not None]
        forks = {row.subject: row.raised for row in alarms.open_alarms(session, Code.LOG_FORK)}
        broken = bool(alarms.open_alarms(session, Code.LOG_BROKEN))
    partners = [{"party": p.party, "size": p.size, "at": p.at, "forked": forks.get(p.party)} for p in seen]
    if json:
        last = {"size": point.size, "at": point.at} if point else None
        as_json({"size": size, "checkpoint": last, "broken": broken, "witnesses": witnesses, "partners": partners})
    else:
        signed = point.size if point else 0
        say(f"{own}: {size} leaves, {signed} of them signed.", f"{own}: записей {size}, из них подписано {signed}.")
        table(pick("Countersigned by", "Подтвердили"), ("by", "size", "at"), [tuple(w.values()) for w in witnesses])
        table(pick("Partners' logs", "Журналы партнёров"), ("party", "size", "at", pick("forked", "раздвоен")),
              [tuple(p.values()) for p in partners])  # fmt: skip
    raise typer.Exit(1 if forks or broken else 0)


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
        leaves = log.find(session, "exchange", message)
        if not leaves:
            raise NotFound("The log has no such message.", where=message)
        size = log.size(session, "exchange")
        proof = log.inclusion(session, "exchange", leaves[0].index, size)
        root = log.root(session, "exchange", size)
    as_json(
        {
            "index": leaves[0].index,
            "size": size,
            "content": leaves[0].content,
            "root": root.hex(),
            "proof": [base64.b64encode(step).decode() for step in proof],
        }
    )


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
    refusals.seal(node.database, node.clock())
    with node.database.begin() as session:
        signer = node.keyring.signer(session)
        checkpoint.issue(session, party=node.settings.node, log=name, signer=signer, now=node.clock())
    # Written while it is read, and by a session that keeps nobody waiting: a log may be larger than the memory.
    with node.database.snapshot() as session, drafted(output) as draft, draft.path.open("w", encoding="utf-8") as file:
        written = export(session, file, party=node.settings.node, log=name)
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
        report = _verify_own(config)
    else:
        raise Misuse("Say whose certificates to trust: --trust DIR.", where="--trust")
    if json:
        as_json(
            {
                "holds": report.holds,
                "leaves": report.leaves,
                "proved": report.proved,
                "witnesses": report.witnesses,
                "findings": [item.as_dict() for item in report.findings],
            }
        )
    else:
        rows = [(item.path, item.code, pick(item.message_en, item.message_ru)) for item in report.findings]
        if rows:
            table(pick("Findings", "Замечания"), ("leaf", "code", ""), rows)
        say(f"{report.leaves} leaves: {'holds' if report.holds else 'DOES NOT HOLD'}.",
            f"Записей: {report.leaves}; журнал {'цел' if report.holds else 'НАРУШЕН'}.")  # fmt: skip
    raise typer.Exit(0 if report.holds else 1)


def _verify_own(config: Path) -> Report:
    """Both trees as a stranger would check them, and every table that they speak of; a flaw is an alarm.

    Nothing is signed first: a checkpoint of a tree that was tampered with would make the lie ours.
    """
    node = open_node(settings_of(config))
    own = node.settings.node
    with TemporaryDirectory() as folder:
        paths = {name: Path(folder) / f"{name}.jsonl" for name in ("exchange", "audit")}
        with node.database.snapshot() as session:
            for name, path in paths.items():
                with path.open("w", encoding="utf-8") as file:
                    export(session, file, party=own, log="audit" if name == "audit" else "exchange")
            rows = cross_check(session)
            keys = [certificates.load(pem) for pem in session.scalars(select(tables.Key.certificate))]
        report, private = (verify_export(path, keys) for path in paths.values())
    report.findings += [*private.findings, *rows]
    if not report.holds:
        where = [item.path for item in report.findings if item.severity == "error"][:10]
        with node.database.begin() as session:
            alarms.raise_alarm(session, Code.LOG_BROKEN, own, node.clock(), {"where": where})
    return report
