"""The memory of a linkage follows the limit of the container or service it runs in, and not only the machine's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gateway.linkage import link, memory
from gateway.linkage.request import Request

MACHINE = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
LIMIT = 64 << 20


def tree(root: Path, groups: str, **limits: str) -> Path:
    """The files that Linux shows of control groups: `groups` as in /proc/self/cgroup, the limits by their paths."""
    for name, text in {"proc/self/cgroup": groups, **limits}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    return root


def group(path: str) -> str:
    return f"sys/fs/cgroup/{path}"


@pytest.mark.parametrize(
    ("groups", "limits"),
    [
        ("0::/\n", {"memory.max": f"{LIMIT}\n"}),
        ("0::/system.slice/gateway.service\n", {"system.slice/gateway.service/memory.max": f"{LIMIT}\n"}),
        # The service has none of its own, but all services together have.
        ("0::/a/b\n", {"a/b/memory.max": "max\n", "a/memory.max": f"{LIMIT}\n"}),
        ("0::/a/b\n", {"a/b/memory.max": f"{LIMIT}\n", "a/memory.max": f"{LIMIT * 2}\n"}),
        ("5:cpu,memory:/docker/c\n", {"memory/docker/c/memory.limit_in_bytes": f"{LIMIT}\n"}),
        # Inside a container of the first version the path is the one outside.
        ("5:memory:/docker/c\n4:cpu:/x\n", {"memory/memory.limit_in_bytes": f"{LIMIT}\n"}),
    ],
)
def test_the_lowest_limit_of_the_control_groups_holds(tmp_path: Path, groups: str, limits: dict[str, str]) -> None:
    root = tree(tmp_path, groups, **{group(path): text for path, text in limits.items()})
    assert memory.allowed(root) == LIMIT


@pytest.mark.parametrize(
    ("groups", "limits"),
    [
        ("", {}),
        ("0::/\n", {}),
        ("0::/\n", {"memory.max": "max\n"}),
        ("0::/\n", {"memory.max": "\n"}),
        ("nonsense\n\n0:\n7:memory\n0::relative\n", {"memory.max": f"{LIMIT}\n"}),
        ("0::/\n", {"memory.max": f"{MACHINE * 2}\n"}),
        ("5:memory:/\n", {"memory/memory.limit_in_bytes": "9223372036854771712\n"}),
        ("5:cpu:/\n", {"memory/memory.limit_in_bytes": f"{LIMIT}\n"}),
    ],
)
def test_where_no_limit_is_told_the_machine_counts(tmp_path: Path, groups: str, limits: dict[str, str]) -> None:
    root = tree(tmp_path, groups, **{group(path): text for path, text in limits.items()})
    assert memory.allowed(root) == MACHINE


def test_a_machine_without_control_groups_counts_whole(tmp_path: Path) -> None:
    assert memory.allowed(tmp_path) == MACHINE


def test_a_linkage_leaves_a_fifth_of_what_it_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    request = Request(tmp_path / "in.csv", tmp_path / "out.csv")
    monkeypatch.setattr(memory, "allowed", lambda: 500 << 20)
    assert link._memory(request) == "400MiB"
    monkeypatch.setattr(memory, "allowed", lambda: 1 << 40)
    assert link._memory(request) == "1536MiB"
