"""The demo's story, told step by step with figures."""

from __future__ import annotations

from pathlib import Path


def run(directory: Path, *, seed: int, once: bool) -> int:
    """Run."""
    return 1
