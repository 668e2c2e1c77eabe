"""How commands speak: tables for people, JSON for machines, and refusals without a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from json import dumps as encode
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from gateway.errors import Misuse, Refusal
from gateway.settings import Settings, load
from gateway.trust import persons

AsJson = Annotated[bool, typer.Option("--json", help="For machines. / Для программ.")]
ConfigFile = Annotated[
    Path, typer.Option("--config", envvar="GATEWAY_CONFIG", help="Settings of the node. / Настройки узла.")
]


def _somebody(actor: str) -> str:
    """Whoever somebody says to be (InvalidRequest): nobody acts without a name, or by one of the program's own."""
    persons.check(actor)
    return actor


Actor = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="GATEWAY_ACTOR",
        callback=_somebody,
        help="Who you are, for the audit. / Кто вы, для журнала аудита.",
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the audit. / Причина, для журнала аудита.")]
DEFAULT_CONFIG = Path("gateway.toml")

out = Console(highlight=False, emoji=False)
err = Console(stderr=True, highlight=False, emoji=False)


def language() -> str:
    """`ru` when the terminal is set to Russian, else `en`."""
    # The order in which POSIX lets one variable stand before another.
    variables = ("GATEWAY_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
    named = next(filter(None, map(os.environ.get, variables)), "")
    return "ru" if named.lower().startswith("ru") else "en"


def say(english: str, russian: str) -> None:
    """One sentence in the reader's language."""
    out.print(_harmless(pick(english, russian)), markup=False, soft_wrap=True)


def pick(english: str, russian: str) -> str:
    """The sentence in the reader's language."""
    return russian if language() == "ru" else english


def tell(value: Mapping[str, Any], english: str, russian: str, *, json: bool) -> None:
    """What a command did: the values for machines, or the sentence for people."""
    if json:
        as_json(value)
    else:
        say(english, russian)


def as_json(value: Any) -> None:
    """A value for machines, on standard output; times in ISO 8601."""
    # Where standard output is not UTF-8, JSON's own escapes carry every letter.
    escaped = (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"
    sys.stdout.write(encode(value, ensure_ascii=escaped, indent=2, default=_plain) + "\n")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people."""
    shown = Table(title=Text(title), title_justify="left", show_edge=False)
    for column in columns:
        shown.add_column(Text(column), overflow="fold")
    for row in rows:
        # As Text, because a partner's words must not be read as markup.
        shown.add_row(*(Text("" if cell is None else _harmless(str(cell))) for cell in row))
    out.print(shown)


def complain(refusal: Refusal) -> None:
    """A refusal on standard error: code, what, where."""
    text = f"{refusal.code}: {refusal.title(language())}"
    if refusal.detail:
        text += f" {refusal.detail}"
    if refusal.where:
        text += f" [{refusal.where}]"
    remark(text)


def warn(english: str, russian: str, *, where: str) -> None:
    """Something that does not stop the command, on standard error."""
    remark(f"{pick('warning', 'предупреждение')}: {pick(english, russian)} [{where}]")


def remark(text: str) -> None:
    """One line on standard error."""
    err.print(_harmless(text), markup=False, soft_wrap=True)


def _harmless(text: str) -> str:
    """Without the control characters by which a name or a file could steer the reader's terminal."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\N{REPLACEMENT CHARACTER}" for sign in text)


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[..., None]]:
    """A bar on a terminal, silence in a pipe; yields a function that is told how far the work has come.

    Without a total the bar shows only that the work goes on.
    """
    if not err.is_terminal:
        yield lambda _done, _note="": None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
               TextColumn("{task.fields[note]}"))  # fmt: skip
    with Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task(title, total=total, note="")

        def moved(done: int, note: str = "") -> None:
            bars.update(task, completed=done, note=note or ("" if total else str(done)))

        yield moved


def settings_of(config: Path) -> Settings:
    """The node's settings (Misuse)."""
    return load(config)


def read_file(path: Path, limit: int) -> bytes:
    """The bytes of a file of at most `limit` bytes (Misuse where there is none, or it is larger)."""
    try:
        if path.is_file():
            raw = path.read_bytes() if path.stat().st_size <= limit else b""
            too_large = path.stat().st_size > limit
        else:
            # A pipe tells no size, and a device may never end.
            with path.open("rb") as file:
                raw = b"".join(_at_most(file, limit))
            too_large = len(raw) > limit
    except (OSError, ValueError) as error:
        raise Misuse("The file cannot be read.", where=str(path), reason=str(error)) from error
    if too_large:
        raise Misuse(f"The file has more than {limit} bytes.", where=str(path))
    return raw


def _at_most(file: BinaryIO, limit: int) -> Iterator[bytes]:
    """The chunks of a stream up to the first byte beyond the limit."""
    while limit >= 0 and (chunk := file.read(min(limit + 1, 1 << 20))):
        limit -= len(chunk)
        yield chunk


@dataclass(slots=True)
class Draft:
    """A file in the making."""

    path: Path
    """Where to write."""
    wanted: bool = True
    """Set to False to have it vanish instead of taking its place."""


@contextmanager
def drafted(target: Path) -> Iterator[Draft]:
    """Write a whole file or none: a reader never finds half of one (Misuse).

    The draft takes its place when the block ends, and vanishes when it raises. A pipe or a device, such as
    /dev/stdout, is written to directly.
    """
    with writable(target):
        if target.exists() and not target.is_file():
            target.open("ab").close()
            yield Draft(target)
            return
        place = Path(os.path.realpath(target))
        draft = Draft(place.with_name(f".{place.name}.{os.getpid()}.part"))
        try:
            draft.path.touch()
            yield draft
            if draft.wanted:
                draft.path.replace(place)
        finally:
            with suppress(OSError):
                draft.path.unlink(missing_ok=True)


@contextmanager
def writable(target: Path) -> Iterator[None]:
    """Say of a file that cannot be written which one it is (Misuse)."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Misuse("The file cannot be written.", where=str(target), reason=str(error)) from error


def write_file(path: Path, content: bytes) -> None:
    """Write a whole file or none (Misuse)."""
    with drafted(path) as draft:
        draft.path.write_bytes(content)
