"""`gateway tls`: the node's certificate on the wire, and those its partners are pinned to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gateway.clock import utc_now
from gateway.commands.key import written_to
from gateway.commands.terminal import (
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
from gateway.store import tables
from gateway.trust import certificates, tls_renewal

app = typer.Typer(no_args_is_help=True, help="TLS between nodes. / TLS между узлами.")


@app.command("generate")
def generate(
    hosts: Annotated[list[str], typer.Option("--host", help="Name or address partners call; repeatable. / Имя узла.")],
    actor: Actor,
    following: Annotated[
        bool, typer.Option("--next", help="To stand by beside the one in use. / На смену действующему.")
    ] = False,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Make a TLS key and a certificate of our own. / Создать ключ и сертификат TLS."""
    settings = settings_of(config)
    with written_to(config).begin() as session:
        made = administration.make_tls(session, settings, hosts, following=following, actor=actor, now=utc_now())
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
    """Write our TLS certificate, for partners, with the one that stands by. / Наш сертификат TLS для партнёров."""
    offer = tls_renewal.offered(settings_of(config))
    write_file(output, tls_renewal.pem(offer))
    prints = ", ".join(map(certificates.fingerprint, offer))
    tell({"fingerprint": prints}, f"Fingerprint: {prints}", f"Отпечаток: {prints}", json=json)


@app.command("activate")
def activate(actor: Actor, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Show the certificate that stands by; partners have pinned it. / Перейти на новый сертификат TLS."""
    settings = settings_of(config)
    with written_to(config).begin() as session:
        shown = administration.activate_tls(session, settings, actor=actor, now=utc_now())
    print_ = certificates.fingerprint(shown)
    tell(
        {"fingerprint": print_, "not_after": shown.not_valid_after_utc.isoformat()},
        f"{print_} is shown from now on: by a running node within seconds, by a proxy once it is told to reload.",
        f"Действует {print_}: работающий узел — через несколько секунд, прокси — после перезагрузки настроек.",
        json=json,
    )


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
    with written_to(config).begin() as session:
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
