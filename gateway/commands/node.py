"""`gateway init`, `gateway serve`, `gateway db`: a node from nothing to running."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.algorithms import registry
from gateway.clock import utc_now
from gateway.commands.terminal import DEFAULT_CONFIG, AsJson, ConfigFile, out, say, settings_of, tell
from gateway.errors import Misuse
from gateway.founding import make_node, open_node, starting_settings, token_settings
from gateway.founding import upgrade as upgrade_node
from gateway.settings import Settings, parse
from gateway.trust import tls_renewal
from gateway.web.console.access import read_secret

database = typer.Typer(no_args_is_help=True, help="The database. / База данных.")


def init(
    state: Annotated[str, typer.Option(help="Member state, ISO 3166-1 alpha-3. / Государство.")],
    directory: Annotated[Path, typer.Option("--dir", help="Where the node will live. / Каталог узла.")],
    agency: Annotated[str, typer.Option(help="Agency the node signs as. / Ведомство-подписант.")] = "GATE",
    host: Annotated[str, typer.Option(help="Address to listen on. / Адрес.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on. / Порт.")] = 8080,
    algorithm: Annotated[
        str, typer.Option(help="p256, p384, rsa, ed25519; see gateway key algorithms. / Алгоритм подписи.")
    ] = "p256",
    token_module: Annotated[
        Path | None, typer.Option(help="PKCS#11 module of the token its key is made in. / Модуль токена.")
    ] = None,
    token_label: Annotated[str, typer.Option(help="Label of the token. / Метка токена.")] = "",
    token_pin_file: Annotated[Path | None, typer.Option(help="File (0600) with its PIN. / Файл с PIN-кодом.")] = None,
    json: AsJson = False,
) -> None:
    """Make a new node: settings, keys, database. / Создать узел."""
    if algorithm in registry.REGISTRY:
        # A provider that is missing says itself what to install.
        registry.proved(algorithm)
    if algorithm not in registry.makeable(utc_now()):
        raise Misuse("The algorithm is one of " + ", ".join(registry.makeable(utc_now())) + ".", where="--algorithm")
    # Nothing unfit is written into a settings file, least of all a quotation mark.
    options: dict[str, Any] = {
        "state": state, "agency": agency, "host": host, "port": port, "directory": str(directory)
    }  # fmt: skip
    text = starting_settings(state=state, agency=agency, host=host, port=port)
    if token_module or token_label or token_pin_file:
        if not (token_module and token_label and token_pin_file):
            raise Misuse("A token needs its module, its label and a pin file.", where="--token-…")
        named = {"module": str(token_module), "label": token_label, "pin_file": str(token_pin_file.resolve())}
        options["token"] = named
        text += token_settings(**named)
    parse(options, where="gateway init")
    settings = make_node(directory, text, algorithm=algorithm, now=utc_now())
    config = directory / "gateway.toml"
    tell(
        {"node": settings.node, "directory": str(directory), "config": str(config)},
        f"Node {settings.node} is ready. Start it: gateway serve --config {config}",
        f"Узел {settings.node} создан. Запуск: gateway serve --config {config}",
        json=json,
    )


def serve(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Run REST, SOAP, console and schedule. / Запустить узел."""
    settings = settings_of(config)
    _refuse_taken_port(settings)
    node = open_node(settings)
    node.keyring.signer()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # The web stack takes longer to load than most commands to run, so only this one loads it.
    import uvicorn  # noqa: PLC0415

    from gateway.app import create_app  # noqa: PLC0415
    from gateway.web.tls import Door, IdentifyingProtocol  # noqa: PLC0415

    app = create_app(node)
    say(
        f"Node {settings.node}: {settings.url}  API {settings.url}/docs  WSDL {settings.url}/soap?wsdl",
        f"Узел {settings.node}: {settings.url}  API {settings.url}/docs  WSDL {settings.url}/soap?wsdl",
    )
    # The link opens the console, so it is shown to a person at a terminal and never written into a log.
    secret = read_secret(settings.directory)
    link = f"{settings.url}/console" + (f"?access={secret}" if out.is_terminal else "")
    say(f"Console: {link}", f"Консоль: {link}")
    if settings.tls is not None:
        tls_renewal.finish(settings)
    door = Door(node) if settings.tls is not None and settings.tls.ends_at == "node" else None
    options: dict[str, Any] = {}
    if door is not None:
        door.keep_looking()
        options = {"http": IdentifyingProtocol, "ssl_context_factory": lambda _config, _usual: door.context}
    uvicorn.run(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False,
        # uvicorn would believe X-Forwarded-For of anybody on this machine, who could then pass for the proxy.
        proxy_headers=False,
        timeout_graceful_shutdown=10, **options,
    )  # fmt: skip


def _refuse_taken_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except (OSError, UnicodeError) as error:
            raise Misuse(
                "The address cannot be listened on: another program has the port, or it is not ours.",
                where=f"{settings.host}:{settings.port}",
                reason=str(error),
            ) from error


@database.command("upgrade")
def upgrade(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Bring the database to this program's version. / Обновить схему базы."""
    upgrade_node(settings_of(config), utc_now())
    tell(
        {"upgraded": True},
        "The database has this program's version.",
        "База данных соответствует версии программы.",
        json=json,
    )
