"""`gateway vault`: the data keys under which a node's stored values are sealed (docs/at-rest.md)."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.clock import utc_now
from gateway.commands.terminal import (
    DEFAULT_CONFIG,
    Actor,
    AsJson,
    ConfigFile,
    as_json,
    pick,
    progress,
    settings_of,
    table,
    tell,
)
from gateway.exchange import sealing
from gateway.founding import open_database
from gateway.settings import Settings
from gateway.store import reseal
from gateway.store.database import Database

app = typer.Typer(no_args_is_help=True, help="Sealing of stored values. / Шифрование хранимых данных.")


def _open(settings: Settings) -> Database:
    return open_database(settings)


@app.command("status")
def status(config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Which data keys there are, and how much is under each. / Ключи данных и их использование."""
    database = _open(settings_of(config))
    values = sealing.status(database)
    database.close()
    if json:
        as_json(values)
        return
    columns = pick("key created state values", "ключ создан состояние значений").split()
    table(pick("Data keys", "Ключи данных"), columns, [tuple(value.values()) for value in values])


@app.command("rotate")
def rotate(actor: Actor, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Add a data key, which seals from now on. / Добавить новый ключ данных."""
    settings = settings_of(config)
    database = _open(settings)
    added = sealing.rotate(settings, database, actor=actor, now=utc_now())
    database.close()
    tell(
        {"id": added},
        f"The data key {added} seals from now on, in a running node too. Bring older values under it: "
        "gateway vault reseal. Then make a backup of data.keys.",
        f"Ключ данных {added} действует, в том числе в работающем узле. Перешифровать прежние значения: "
        "gateway vault reseal. Затем сделайте резервную копию data.keys.",
        json=json,
    )


@app.command("reseal")
def run(actor: Actor, config: ConfigFile = DEFAULT_CONFIG, json: AsJson = False) -> None:
    """Bring all values under the newest key, while the node runs. / Перешифровать новейшим ключом."""
    database = _open(settings_of(config))
    with progress(pick("Resealing", "Перешифрование"), reseal.outstanding(database)) as moved:
        found = sealing.bring_forward(database, actor=actor, now=utc_now(), progress=moved)
    database.close()
    done, left = found["resealed"], found["left"]
    tell(
        found,
        f"{done} rows resealed, {left} left under an older key.",
        f"Перешифровано строк: {done}, под прежними ключами осталось: {left}.",
        json=json,
    )
    if left:
        raise typer.Exit(1)


@app.command("drop")
def drop(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Id of an old data key. / Идентификатор старого ключа.")],
    actor: Actor,
    config: ConfigFile = DEFAULT_CONFIG,
    json: AsJson = False,
) -> None:
    """Destroy a data key under which nothing is left. / Уничтожить ненужный ключ данных."""
    settings = settings_of(config)
    database = _open(settings)
    sealing.drop(settings, database, key, actor=actor, now=utc_now())
    database.close()
    tell(
        {"dropped": key},
        f"The data key {key} is destroyed; backups of the database that were made under it need an older data.keys.",
        f"Ключ данных {key} уничтожен; для резервных копий базы под ним нужен прежний файл data.keys.",
        json=json,
    )
