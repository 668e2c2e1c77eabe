"""The words of the main line, and where each is written: a word's module is loaded when the word is said."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from importlib import import_module
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup

from gateway import __version__

WORDS: Final[Mapping[str, str]] = {
    "init": "node:init",
    "serve": "node:serve",
    "demo": "demo:demo",
    "map": "mapping:map_file",
    "unmap": "mapping:unmap_file",
    "load": "load:load_file",
    "validate": "message:validate_files",
    "sign": "message:sign_file",
    "verify": "message:verify_file",
    "send": "send:send_file",
    "link": "link:link_register",
    "reconcile": "sync:show_books",
    "status": "status:show_status",
    "profiles": "profiles:app",
    "partner": "partner:app",
    "agreement": "agreement:app",
    "approval": "approval:app",
    "key": "key:app",
    "tls": "tls:app",
    "stamps": "stamps:app",
    "sync": "sync:app",
    "outbox": "sync:outbox",
    "retention": "retention:app",
    "watchlist": "watchlist:app",
    "identity": "identity:app",
    "review": "review:app",
    "relink": "relink:app",
    "log": "ledger:app",
    "alarms": "alarms:app",
    "vault": "vault:app",
    "reference": "reference:app",
    "db": "node:database",
}
"""A word of the main line: the module in gateway.commands, and in it a function, or the noun that has commands.

Help shows them in this order. Loading all of them takes two seconds of a machine, so only help does.
"""

MORE: Final[Mapping[str, Sequence[str]]] = {"key": ("rotation", "algorithms"), "partner": ("algorithms",)}
"""Further modules with commands of a noun."""


class Line(TyperGroup):
    """The main line. Its words are known from the start, their commands when they are asked for."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: MutableMapping[str, Any] = _Loaded()


class _Loaded(MutableMapping[str, Any]):
    """Each word's command, loaded on its first use."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, word: str) -> Any:
        if word not in self._made:
            self._made[word] = _load(word, WORDS[word])
        return self._made[word]

    def __setitem__(self, word: str, command: Any) -> None:
        self._made[word] = command

    def __delitem__(self, word: str) -> None:
        del self._made[word]

    def __iter__(self) -> Iterator[str]:
        return iter(WORDS)

    def __len__(self) -> int:
        return len(WORDS)


def _load(word: str, place: str) -> Any:
    module, name = place.split(":")
    for more in MORE.get(word, ()):
        import_module(f"gateway.commands.{more}")
    found = getattr(import_module(f"gateway.commands.{module}"), name)
    alone = typer.Typer(rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=word)
    else:
        alone.command(word)(found)
    return typer.main.get_group(alone).commands[word]


def _tell_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"gateway {__version__}\n")
        raise typer.Exit


def _main(
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="The version. / Версия программы."),
    ] = False,
) -> None:
    """The CIS migration exchange gateway. / Шлюз обмена миграционными сведениями СНГ."""


LINE: Final = typer.main.get_group(
    typer.Typer(cls=Line, callback=_main, no_args_is_help=True, add_completion=False, rich_markup_mode=None)
)
"""What `gateway` is."""
