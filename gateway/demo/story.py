"""The demo's story: ten steps, one line each, with figures."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from gateway.demo.stage import Failed, Stage, staged
from gateway.demo.steps import (
    asylum,
    attacks,
    books,
    border,
    crash,
    flows,
    keys,
    mapping,
    receipts,
    recognition,
)
from gateway.web.console.access import read_secret

Step = Callable[[Stage], str]

STEPS: tuple[tuple[str, Step], ...] = (
    ("keys made, exchanged and approved by a second person", keys.run),
    ("national files mapped, bad rows set aside", mapping.run),
    ("records exchanged between five states", flows.run),
    ("receipts and their proofs", receipts.run),
    ("persons recognised across states", recognition.run),
    ("border query", border.run),
    ("asylum protected", asylum.run),
    ("attacks refused", attacks.run),
    ("nodes killed in the middle of a transfer", crash.run),
    ("the books balance", books.run),
)


def run(directory: Path, *, seed: int, once: bool) -> int:
    """Play every step; 0 when all held, 1 when one did not. Without `once` the stage stays up until Ctrl-C."""
    terminal = Console(highlight=False, soft_wrap=True)
    terminal.print(f"Three nodes and two foreign services on loopback; synthetic persons from seed {seed}.")
    with staged(directory, seed) as stage:
        failed = _play(stage, terminal)
        if not once:
            _stay(stage, terminal)
    return 1 if failed else 0


def _play(stage: Stage, terminal: Console) -> int:
    failed, started = 0, time.monotonic()
    for number, (title, step) in enumerate(STEPS, start=1):
        begun = time.monotonic()
        with terminal.status(f"{number}. {title} …"):
            try:
                figures, word = step(stage), "[green]PASS[/green]"
            except Failed as reason:
                figures, word = str(reason), "[red]FAIL[/red]"
                failed += 1
        terminal.print(f"{word} {number:2d}. {title}: {figures} ({time.monotonic() - begun:.1f} s)")
        if failed and number <= 3:
            terminal.print("The rest needs these first steps; stopped.")
            break
    total = time.monotonic() - started
    verdict = "every step held" if not failed else f"{failed} steps did not hold"
    terminal.print(f"{verdict}, {total:.0f} s; logs and databases: {stage.directory}")
    return failed


def _stay(stage: Stage, terminal: Console) -> None:
    for state, node in stage.nodes.items():
        url = stage.url(state)
        secret = read_secret(node.settings.directory)
        terminal.print(f"{state}: console {url}/console?access={secret}")
        terminal.print(f"     API {url}/docs   WSDL {url}/soap?wsdl   health {url}/health/ready")
    terminal.print(f"KGZ: SOAP {stage.url('KGZ')}/registry?wsdl   AZE: REST {stage.url('AZE')}")
    terminal.print("Ctrl-C ends everything.")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        terminal.print("Ending the processes …")
