"""A national register described in YAML: read and checked.

The format is told to national engineers in docs/how-to-add-a-profile.md. A profile is data: it can name
columns, code lists and forms of dates, and nothing in it is ever executed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gateway.errors import Misuse, ProfileInvalid
from gateway.findings import Finding
from gateway.mapping import grammar
from gateway.mapping.declaration import Profile
from gateway.mapping.nodes import Problems, compose

SHIPPED: Final = Path(__file__).parent / "profiles"
_LARGEST: Final = 64 * 1024
"""Bytes of a profile; a longer one is somebody's data file given by mistake."""


def names() -> list[str]:
    """Names of the profiles that come with the gateway, sorted."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def load(name_or_path: str | Path) -> Profile:
    """A shipped profile by name, or one's own by path.

    Misuse where there is none; ProfileInvalid with `file:line:column` of the first mistake where it is wrong.
    """
    path = _locate(name_or_path)
    profile, problems = _read(path)
    if profile is None:
        first, more = problems[0], len(problems) - 1
        rest = f" (and {more} more: see `gateway profiles check`)" if more else ""
        raise ProfileInvalid(
            f"{path.name}, line {first.line}, {first.path or 'top'}: {first.message_en}{rest}",
            where=f"{path.name}:{first.line}",
        )
    return profile


def check(path: str | Path) -> list[Finding]:
    """Everything that is wrong with a profile, in the order of its lines; empty where it can be used."""
    return sorted(_read(_locate(path))[1], key=lambda problem: problem.line)


def _locate(name_or_path: str | Path) -> Path:
    shipped = SHIPPED / f"{name_or_path}.yaml"
    # A name never leaves the folder: only what names() lists is looked up there.
    if str(name_or_path) in names():
        return shipped
    path = Path(name_or_path)
    if path.is_file():
        return path
    raise Misuse(f"no profile {str(name_or_path)!r}; shipped are {', '.join(names())}", where=str(name_or_path))


def _read(path: Path) -> tuple[Profile | None, list[Finding]]:
    problems = Problems()
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise Misuse(f"{path.name} cannot be read: {error.strerror}", where=path.name) from error
    if len(raw) > _LARGEST:
        problems.add((1, 1), "", f"a profile has at most {_LARGEST} bytes", f"профиль не больше {_LARGEST} байт")
        return None, problems.findings
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].rpartition(b"\n")
        # Up to the first byte that is no UTF-8 everything is, so its characters can be counted.
        at = before[0].count(b"\n") + len(before[1]) + 1, len(before[2].decode("utf-8", "replace")) + 1
        problems.add(at, "", "a profile is written in UTF-8", "профиль пишется в UTF-8")
        return None, problems.findings
    root = compose(text, problems)
    profile = grammar.read(root, problems) if root else None
    return (None, problems.findings) if problems.findings else (profile, [])
