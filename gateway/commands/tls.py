"""`gateway tls`: the node's certificate on the wire, and those its partners are pinned to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from cryptography import x509
from cryptography.x509 import Certificate

from gateway.commands.terminal import (
    ANYBODY,
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    Reason,
    read_file,
    settings_of,
    tell,
    write_file,
)
from gateway.errors import Misuse
from gateway.exchange import administration
from gateway.founding import utc_now
from gateway.store import tables
from gateway.store.database import Database
from gateway.trust import certificates, tls

app = typer.Typer(no_args_is_help=True, help="TLS between nodes. / TLS между узлами.")


@app.command("generate")
def generate(
    hosts: Annotated[list[str], typer.Option("--host", help="Name or address partners call; repeatable. / Имя узла.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
    actor: Actor = ANYBODY,
) -> None:
    """Make a TLS key and a certificate of our own. / Создать ключ и сертификат TLS."""
    settings = settings_of(config)
    database = Database(settings.database)
    database.check()
    with database.begin() as session:
        made = administration.make_tls(session, settings, hosts, actor=actor, now=utc_now())
    print_ = certificates.fingerprint(made)
    tell(
        {"fingerprint": print_, "not_after": made.not_valid_after_utc.isoformat()},
        f"Fingerprint {print_}. Partners pin it: gateway tls certificate -o FILE",
        f"Отпечаток {print_}. Сертификат для партнёров: gateway tls certificate -o FILE",
        json=json,
    )


@app.command("certificate")
def write_certificate(
    output: Annotated[Path, typer.Option("-o", "--output", help="PEM. / Файл.")],
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Write our TLS certificate, for partners. / Наш сертификат TLS для партнёров."""
    pem = tls.own_certificate(settings_of(config))
    write_file(output, pem)
    print_ = certificates.fingerprint(_first(pem))
    tell({"fingerprint": print_}, f"Fingerprint: {print_}", f"Отпечаток: {print_}", json=json)


@app.command("pin")
def pin(
    partner: Annotated[str, typer.Argument(metavar="STATE/AGENCY")],
    certificate: Annotated[Path, typer.Argument(metavar="FILE", help="Its TLS certificate, PEM. / Сертификат TLS.")],
    actor: Actor,
    reason: Reason,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Ask for a partner to be known by a TLS certificate; a second person approves. / Закрепить сертификат TLS."""
    content, settings = read_file(certificate, 1024**2), settings_of(config)
    database = Database(settings.database)
    database.check()
    with database.begin() as session:
        if session.get(tables.Partner, partner) is None:
            raise Misuse("There is no partner of that name.", where=partner)
        asked = administration.propose_pin(
            session, settings, partner, content, actor=actor, reason=reason, now=utc_now()
        )
    print_ = asked.fingerprint
    tell(
        {"partner": partner, "approval": asked.approval, "fingerprint": print_},
        f"A second person compares {print_} and runs: gateway approval approve {asked.approval}",
        f"Второе лицо сверяет {print_} и выполняет: gateway approval approve {asked.approval}",
        json=json,
    )


def _first(pem: bytes) -> Certificate:
    return x509.load_pem_x509_certificates(pem)[0]
