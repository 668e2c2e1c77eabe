"""How commands speak: tables for people, JSON for machines, and refusals without a traceback."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from gateway.errors import Misuse, Refusal
from gateway.settings import Settings, load

AsJson = Annotated[bool, typer.Option("--json", help="For machines. / Для программ.")]
ConfigFile = Annotated[
    Path, typer.Option("--config", envvar="GATEWAY_CONFIG", help="Settings of the node. / Настройки узла.")
]
Actor = Annotated[
    str,
    typer.Option("--as", envvar="GATEWAY_ACTOR", help="Who you are, for the audit. / Кто вы, для журнала аудита."),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the audit. / Причина, для журнала аудита.")]
DEFAULT_CONFIG = Path("gateway.toml")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def language() -> str:
    """`ru` when the terminal is set to Russian, else `en`."""
    named = os.environ.get("GATEWAY_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "ru" if named.lower().startswith("ru") else "en"


def say(english: str, russian: str) -> None:
    """One sentence in the reader's language."""
    out.print(russian if language() == "ru" else english, markup=False, soft_wrap=True)


def pick(english: str, russian: str) -> str:
    """The sentence in the reader's language."""
    return russian if language() == "ru" else english


def as_json(value: Any) -> None:
    """A value for machines, on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people."""
    shown = Table(title=title, title_justify="left", show_edge=False)
    for column in columns:
        shown.add_column(column, overflow="fold")
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(shown)


def complain(refusal: Refusal) -> None:
    """A refusal on standard error: code, what, where."""
    text = f"{refusal.code}: {refusal.title(language())}"
    if refusal.detail:
        text += f" {refusal.detail}"
    if refusal.where:
        text += f" [{refusal.where}]"
    err.print(text, markup=False, soft_wrap=True)


@contextmanager
def progress(title: str, total: int) -> Iterator[Any]:
    """A bar on a terminal, silence in a pipe; yields a function that is told how far the work has come."""
    if not err.is_terminal:
        yield lambda _done, _note="": None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
               TextColumn("{task.fields[note]}"))  # fmt: skip
    with Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task(title, total=total, note="")
        yield lambda done, note="": bars.update(task, completed=done, note=note)


def settings_of(config: Path) -> Settings:
    """The node's settings (Misuse)."""
    return load(config)


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a file of at most `limit` bytes (Misuse where there is none, or it is larger)."""
    try:
        if path.stat().st_size > limit:
            raise Misuse(f"The file has more than {limit} bytes.", where=str(path))
        return path.read_bytes()
    except OSError as error:
        raise Misuse("The file cannot be read.", where=str(path), reason=str(error)) from error


def write_file(path: Path, content: bytes) -> None:
    """Write a whole file or none: a reader never finds half of one (Misuse)."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Misuse("The file cannot be written.", where=str(path), reason=str(error)) from error
