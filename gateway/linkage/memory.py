"""How much memory this process may have: the machine's, or less where a container or a service is given less."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath


def allowed(root: Path = Path("/")) -> int:
    """Bytes: what the machine has, or the lowest limit of the control groups that the process is in.

    Both versions of control groups are read, where Linux mounts them (kernel documentation, cgroup-v1/memory and
    cgroup-v2). Where there are none, or they cannot be read, the machine's memory counts.
    """
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min((machine, *_limits(root)))


def _limits(root: Path) -> Iterator[int]:
    for file in _files(root):
        try:
            yield int(file.read_text(encoding="ascii"))
        except (OSError, ValueError):
            # The group has no such file, or no limit, which the second version writes as `max`.
            continue


def _files(root: Path) -> Iterator[Path]:
    """Where limits may stand: of each group, and of every group above it, as the lowest of them holds."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    mount = root / "sys/fs/cgroup"
    for line in lines:
        _, controllers, path = (*line.split(":", 2), "", "")[:3]
        # Inside a container the path may be that of the machine outside; the group at the top is then its own.
        groups = [PurePosixPath(path).relative_to("/")] if path.startswith("/") else []
        for group in (above for each in groups for above in (each, *each.parents)):
            if not controllers:
                yield mount / group / "memory.max"
            elif "memory" in controllers.split(","):
                yield mount / "memory" / group / "memory.limit_in_bytes"
