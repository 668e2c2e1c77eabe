"""`gateway init`, `gateway serve`, `gateway db`: a node from nothing to running."""

from __future__ import annotations

import logging
import os
import secrets
import shutil
import socket
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from gateway.app import create_app, make_search_secret, open_node, utc_now
from gateway.commands.terminal import DEFAULT_CONFIG, AsJson, ConfigFile, as_json, say, settings_of
from gateway.errors import Misuse
from gateway.settings import Settings, parse
from gateway.store.database import Database
from gateway.trust import lifecycle
from gateway.trust.keyfiles import Algorithm
from gateway.web.console.access import create_secret, read_secret

database = typer.Typer(no_args_is_help=True, help="The database. / База данных.")

_TEMPLATE = """# Settings of one node; `gateway serve --config` reads them. Every option: docs/settings.md
state = "{state}"
agency = "{agency}"
host = "{host}"
port = {port}
key_password_file = "key.password"

# What runs on a schedule. Add one job for each partner, for example:
#
# [[jobs]]
# name = "push-kaz"
# kind = "push"            # push, pull, deliver, checkpoint, reconcile
# partner = "KAZ/GATE"
# every = 60

[[jobs]]
name = "deliver"
kind = "deliver"
every = 5

[[jobs]]
name = "checkpoint"
kind = "checkpoint"
every = 300
"""


def register(app: typer.Typer) -> None:
    """Put the commands of this noun on the main line."""
    app.command("init")(init)
    app.command("serve")(serve)


def init(
    state: Annotated[str, typer.Option(help="Member state, ISO 3166-1 alpha-3. / Государство.")],
    directory: Annotated[Path, typer.Option("--dir", help="Where the node will live. / Каталог узла.")],
    agency: Annotated[str, typer.Option(help="Agency the node signs as. / Ведомство-подписант.")] = "GATE",
    host: Annotated[str, typer.Option(help="Address to listen on. / Адрес.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on. / Порт.")] = 8080,
    algorithm: Annotated[str, typer.Option(help="p256, rsa or ed25519. / Алгоритм подписи.")] = "p256",
    json: AsJson = False,
) -> None:
    """Make a new node: settings, keys, database. / Создать узел."""
    if algorithm not in ("p256", "rsa", "ed25519"):
        raise Misuse("The algorithm is p256, rsa or ed25519.", where="--algorithm")
    kind: Algorithm = algorithm  # type: ignore[assignment]  # just checked
    if directory.exists() and any(directory.iterdir() if directory.is_dir() else [directory]):
        raise Misuse("The directory exists and is not empty; a node is made in a new one.", where=str(directory))
    # The whole node is made beside its place and moved there in one step: no half-made node is ever found.
    making = directory.with_name(f".{directory.name}.{os.getpid()}.making")
    text = _TEMPLATE.format(state=state, agency=agency, host=host, port=port)
    settings = parse(
        {"state": state, "agency": agency, "host": host, "port": port, "directory": str(making)}, where="gateway init"
    )
    try:
        making.mkdir(parents=True, mode=0o700)
        _furnish(settings, making, text, kind)
        if directory.exists():
            directory.rmdir()
        making.replace(directory)
    except OSError as error:
        raise Misuse("The node cannot be made there.", where=str(directory), reason=str(error)) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    if json:
        as_json({"node": settings.node, "directory": str(directory), "config": str(directory / "gateway.toml")})
    else:
        say(
            f"Node {settings.node} is ready. Start it: gateway serve --config {directory / 'gateway.toml'}",
            f"Узел {settings.node} создан. Запуск: gateway serve --config {directory / 'gateway.toml'}",
        )


def _furnish(settings: Settings, place: Path, text: str, algorithm: Algorithm) -> None:
    password = secrets.token_urlsafe(32)
    _secret_file(place / "key.password", password)
    (place / "gateway.toml").write_text(text, "utf-8")
    make_search_secret(place)
    create_secret(place)
    store = Database(settings.database)
    store.upgrade()
    now = utc_now()
    with store.begin() as session:
        made = lifecycle.generate(
            session, place, party=settings.node, algorithm=algorithm, password=password.encode(), actor="init", now=now
        )
        lifecycle.publish(session, made.kid, actor="init", now=now)
        lifecycle.activate(session, made.kid, actor="init", now=now)
    store.close()


def _secret_file(path: Path, content: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(content + "\n")


def serve(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Run REST, SOAP, console and schedule. / Запустить узел."""
    settings = settings_of(config)
    _refuse_taken_port(settings)
    node = open_node(settings)
    node.keyring.signer()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = create_app(node)
    say(
        f"Node {settings.node}: {settings.url}  API {settings.url}/docs  WSDL {settings.url}/soap?wsdl",
        f"Узел {settings.node}: {settings.url}  API {settings.url}/docs  WSDL {settings.url}/soap?wsdl",
    )
    say(
        f"Console: {settings.url}/console?access={read_secret(settings.directory)}",
        f"Консоль: {settings.url}/console?access={read_secret(settings.directory)}",
    )
    uvicorn.run(
        app, host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=10,
    )  # fmt: skip


def _refuse_taken_port(settings: Settings) -> None:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Misuse(
                "The address cannot be listened on: another program has the port, or it is not ours.",
                where=f"{settings.host}:{settings.port}",
                reason=str(error),
            ) from error


@database.command("upgrade")
def upgrade(config: ConfigFile = DEFAULT_CONFIG) -> None:
    """Bring the database to this program's version. / Обновить схему базы."""
    store = Database(settings_of(config).database)
    store.upgrade()
    store.check()
    store.close()
    say("The database has this program's version.", "База данных соответствует версии программы.")
