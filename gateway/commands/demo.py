"""`gateway demo`: the main job on three nodes and two foreign services."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    once: Annotated[bool, typer.Option("--once", help="End with the report. / Завершить после отчёта.")] = False,
    directory: Annotated[Path, typer.Option("--dir", help="Where it works. / Рабочий каталог.")] = Path("var/demo"),
    seed: Annotated[int, typer.Option(help="Seed of the synthetic population. / Зерно генератора.")] = 20,
) -> None:
    """Show the whole job on loopback, with a report. / Показать весь обмен с отчётом."""
    # The demo loads the whole program; no other command should have to wait for that.
    from gateway.demo import story  # noqa: PLC0415

    raise typer.Exit(story.run(directory, seed=seed, once=once))
