"""What both foreign services keep: the rows of their own register and those that others handed in."""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

Row = dict[str, Any]


class Register:
    """Rows in memory, the received ones also in a small file, so that they outlive the process."""

    def __init__(self, rows: list[Row], number: str, state: Path | None = None) -> None:
        self._rows = rows
        self._number = number
        """Field that tells rows apart."""
        self._state = state
        self._lock = threading.Lock()
        self._received: dict[str, Row] = {}
        self._counts = {"calls": 0, "served": 0, "deliveries": 0, "offered": 0, "refused": 0}
        if state is not None and state.exists():
            kept = json.loads(state.read_text("utf-8"))
            self._received, self._counts = kept["received"], kept["counts"]

    def page(self, offset: int, limit: int) -> tuple[list[Row], int, bool]:
        """Rows from the offset on, the offset behind them, and whether there are more."""
        with self._lock:
            rows = self._rows[offset : offset + limit]
            self._counts["calls"] += 1
            self._counts["served"] += len(rows)
            return rows, offset + len(rows), offset + len(rows) < len(self._rows)

    def receive(self, rows: list[Row], fault: Callable[[Row], str]) -> tuple[int, list[tuple[int, str]], str]:
        """Take rows; the number taken, the refused ones (position from 0, reason), and a receipt's number.

        A row that came before replaces its former self, so a repeated delivery changes nothing.
        """
        refused: list[tuple[int, str]] = []
        with self._lock:
            for position, row in enumerate(rows):
                reason = fault(row)
                if reason:
                    refused.append((position, reason))
                else:
                    self._received[str(row[self._number])] = row
            self._counts["deliveries"] += 1
            self._counts["offered"] += len(rows)
            self._counts["refused"] += len(refused)
            self._keep()
            return len(rows) - len(refused), refused, f"{self._counts['deliveries']:06d}"

    def stats(self) -> dict[str, int]:
        """Counts only: rows held, served, offered, refused, stored."""
        with self._lock:
            return {"held": len(self._rows), "stored": len(self._received), **self._counts}

    def _keep(self) -> None:
        if self._state is None:
            return
        fresh = self._state.with_suffix(".new")
        fresh.write_text(json.dumps({"received": self._received, "counts": self._counts}, ensure_ascii=False), "utf-8")
        fresh.replace(self._state)


def serve(title: str, rows_at: str, number: str, create: Callable[[Register], FastAPI]) -> None:
    """Read the arguments, load the register and serve it on the loopback interface until told to stop."""
    reader = argparse.ArgumentParser(description=title)
    reader.add_argument("--port", type=int, required=True)
    reader.add_argument("--data", type=Path, required=True, help="JSON file of the register")
    reader.add_argument("--state", type=Path, help="JSON file for what is received")
    asked = reader.parse_args()
    try:
        rows = json.loads(asked.data.read_text("utf-8"))[rows_at]
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"The data file cannot be read: {type(error).__name__}.", file=sys.stderr)
        raise SystemExit(2) from None
    app = create(Register(rows, number, asked.state))
    uvicorn.run(app, host="127.0.0.1", port=asked.port, log_level="warning", access_log=False)


def login(variable: str) -> str:
    """What callers must show, from the environment; empty where the service is open."""
    return os.environ.get(variable, "")
