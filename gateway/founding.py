"""How a node is founded, all of it or nothing, and how it is opened: settings become a node."""

from __future__ import annotations

import os
import secrets
import shutil
import tomllib
from collections.abc import Callable
from datetime import datetime
from json import dumps
from pathlib import Path

from gateway.clock import utc_now
from gateway.errors import KeyUnusable, Misuse
from gateway.exchange.node import Node
from gateway.ledger import rows
from gateway.settings import Settings, parse
from gateway.store import datakeys
from gateway.store.database import Database
from gateway.store.vault import Vault
from gateway.trust import lifecycle, tokenkeys
from gateway.trust.keyfiles import Algorithm
from gateway.trust.keyring import Keyring
from gateway.watchlist.live import Watchlist
from gateway.web.console.access import create_secret

SEARCH_KEY = "search.key"
"""File in the node's directory with the secret of its search hashes: 32 random bytes."""
PASSWORD = "key.password"  # noqa: S105 - the name of the file, not the password
"""File in the node's directory with the password of its private keys."""

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
# kind = "push"            # push, pull, deliver, keys, checkpoint, witness, reconcile, retention, revocation
# partner = "KAZ/GATE"
# every = 60

[[jobs]]
name = "deliver"
kind = "deliver"
every = 5

# Partners' keys are fetched ahead, so that a new one is known before its first message comes.
[[jobs]]
name = "keys"
kind = "keys"
every = 600

# The log is signed as it stands, at least this often.
[[jobs]]
name = "checkpoint"
kind = "checkpoint"
every = 300

# Partners' logs are watched: each checkpoint has to continue the last, and is countersigned.
[[jobs]]
name = "witness"
kind = "witness"
every = 600

# CAs that have issued partners' certificates are asked ahead which of them they have revoked.
[[jobs]]
name = "revocation"
kind = "revocation"
every = 900

# What is past its day is erased: records, descriptions of people, the bytes of settled messages.
[[jobs]]
name = "retention"
kind = "retention"
every = 3600
"""


def starting_settings(*, state: str, agency: str, host: str, port: int) -> str:
    """The settings file of a new node (TOML), with a word on what to add."""
    return _TEMPLATE.format(state=state, agency=agency, host=host, port=port)


def token_settings(*, module: str, label: str, pin_file: str) -> str:
    """The table of the token in which the node's keys are made, for the end of its settings file (TOML)."""
    lines = {"module": module, "label": label, "pin_file": pin_file}
    # A string of JSON is one of TOML.
    return "\n[token]\n" + "".join(f"{name} = {dumps(value, ensure_ascii=False)}\n" for name, value in lines.items())


def make_node(directory: Path, text: str, *, algorithm: Algorithm, now: datetime) -> Settings:
    """Make a node with these settings in a directory that is new or empty (Misuse).

    Everything is made beside the place and moved there in one step: no half-made node is ever found.
    """
    if directory.exists() and any(directory.iterdir() if directory.is_dir() else [directory]):
        raise Misuse("The directory exists and is not empty; a node is made in a new one.", where=str(directory))
    making = directory.with_name(f".{directory.name}.{os.getpid()}.making")
    values = tomllib.loads(text)
    settings = parse({**values, "directory": str(directory)}, where="the new node's settings")
    try:
        making.mkdir(parents=True, mode=0o700)
        _furnish(parse({**values, "directory": str(making)}, where="the new node's settings"), text, algorithm, now)
        if directory.exists():
            directory.rmdir()
        making.replace(directory)
    except OSError as error:
        raise Misuse("The node cannot be made there.", where=str(directory), reason=str(error)) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return settings


def _furnish(settings: Settings, text: str, algorithm: Algorithm, now: datetime) -> None:
    place = settings.directory
    password = secrets.token_urlsafe(32)
    _secret_file(place / PASSWORD, password.encode())
    _secret_file(place / SEARCH_KEY, os.urandom(32))
    datakeys.create(place / datakeys.NAME, password.encode(), now)
    (place / "gateway.toml").write_text(text, "utf-8")
    create_secret(place)
    database = Database(settings.database, datakeys.open_vault(place / datakeys.NAME, password.encode()))
    database.upgrade()
    rows.keep(database)
    with database.begin() as session:
        made = lifecycle.generate(
            session, place, party=settings.node, algorithm=algorithm, password=password.encode(), actor="init", now=now,
            token=tokenkeys.token_of(settings),
        )  # fmt: skip
        lifecycle.certify(session, made.kid, actor="init", now=now)
        lifecycle.publish(session, made.kid, actor="init", now=now)
        lifecycle.activate(session, made.kid, actor="init", now=now)
    database.close()


def _secret_file(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def open_node(settings: Settings, clock: Callable[[], datetime] = utc_now) -> Node:
    """A node on its database (DatabaseVersion, Misuse and KeyUnusable say what stands in the way)."""
    database = open_database(settings)
    return Node(
        settings=settings,
        database=database,
        keyring=Keyring(
            database,
            settings.directory,
            settings.key_password(),
            clock,
            fresh=1.0,
            revocation=settings.revocation,
            token=tokenkeys.token_of(settings),
        ),
        watchlist=Watchlist(database, clock),
        search_secret=_search_secret(settings.directory),
        clock=clock,
    )


def open_database(settings: Settings) -> Database:
    """A node's database, to be written to: values are sealed and rows guarded (as open_node)."""
    database = Database(settings.database)
    database.check()
    # Last, so that whoever has no database yet is not asked for a password first.
    database.entrust(open_vault(settings))
    rows.keep(database)
    return database


def open_vault(settings: Settings) -> Vault:
    """What seals and opens the node's stored values (KeyUnusable, Misuse)."""
    return datakeys.open_vault(settings.directory / datakeys.NAME, settings.key_password())


def upgrade(settings: Settings, now: datetime) -> None:
    """Bring a node's database to this program's version; one that was kept in clear is sealed, with keys of its own."""
    database = Database(settings.database)
    if database.holds_clear_values() and not (settings.directory / datakeys.NAME).exists():
        datakeys.create(settings.directory / datakeys.NAME, settings.key_password(), now)
    database.close()
    database = Database(settings.database, open_vault(settings))
    database.upgrade()
    database.check()
    database.close()


def _search_secret(directory: Path) -> bytes:
    path = directory / SEARCH_KEY
    try:
        mode, secret = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise KeyUnusable("The node's search key is missing; restore it from the backup.", where=str(path)) from error
    if mode & 0o077:
        raise KeyUnusable("Others can read the node's search key: run chmod 600 on it.", where=str(path))
    if len(secret) != 32:
        raise KeyUnusable("The node's search key is damaged; restore it from the backup.", where=str(path))
    return secret
