"""YAML as a profile needs it: every scalar a string, every value with its line and column.

PyYAML would read `no`, `0` and `01.01` as something else than their author wrote. Here nothing is guessed,
and whatever is wrong is collected, so that an engineer sees all of it at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from gateway.findings import Finding

Marks = tuple[int, int]
"""Line and column, counted from 1."""


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar and where it stands."""

    value: str
    at: Marks


@dataclass(frozen=True, slots=True)
class Value:
    """A node under its path within the profile."""

    node: yaml.Node
    path: str
    key: yaml.Node | None = None
    """The key before it, where it has one."""

    @property
    def key_at(self) -> Marks:
        """Where its key begins, which may be lines above the node."""
        mark = (self.key or self.node).start_mark
        return mark.line + 1, mark.column + 1

    @property
    def at(self) -> Marks:
        """Where the node begins."""
        return self.node.start_mark.line + 1, self.node.start_mark.column + 1


class Problems:
    """What is wrong with a profile, collected while it is read."""

    def __init__(self) -> None:
        self._found: dict[tuple[Marks, str, str], Finding] = {}

    @property
    def findings(self) -> list[Finding]:
        """Every problem once, however often its place was read."""
        return list(self._found.values())

    def add(self, at: Marks, path: str, english: str, russian: str) -> None:
        """One error at a place; the column stands in the sentence, since a finding has only a line."""
        line, column = at
        self._found[at, path, english] = Finding(
            "MAP-PROFILE",
            "error",
            path,
            line,
            f"{english} (column {column})",
            f"{russian} (столбец {column})",
        )

    def text(self, value: Value) -> Text:
        """A scalar; an empty text and a problem for anything else."""
        if isinstance(value.node, yaml.ScalarNode):
            return Text(value.node.value, value.at)
        self.add(value.at, value.path, "a plain value is expected here", "здесь ожидается простое значение")
        return Text("", value.at)

    def texts(self, value: Value) -> tuple[str, ...]:
        """A scalar or a list of scalars."""
        if isinstance(value.node, yaml.SequenceNode):
            return tuple(self.text(Value(item, value.path)).value for item in value.node.value)
        return (self.text(value).value,)

    def mapping(self, value: Value) -> dict[str, Value]:
        """A mapping with its keys in order; a key that stands twice is a problem."""
        if not isinstance(value.node, yaml.MappingNode):
            self.add(
                value.at, value.path, "`key: value` lines are expected here", "здесь ожидаются строки `ключ: значение`"
            )
            return {}
        found: dict[str, Value] = {}
        for key, item in value.node.value:
            name = self.text(Value(key, value.path))
            path = f"{value.path}.{name.value}" if value.path else name.value
            if name.value in found:
                self.add(name.at, path, "this key stands here twice", "этот ключ указан дважды")
            found[name.value] = Value(item, path, key)
        return found

    def table(self, value: Value) -> dict[str, Text]:
        """A mapping of scalars."""
        return {key: self.text(item) for key, item in self.mapping(value).items()}

    def known(self, found: dict[str, Value], allowed: Iterable[str], needed: Iterable[str], at: Value) -> None:
        """Report keys that mean nothing here, with the nearest that does, and keys that are missing."""
        for key, item in found.items():
            if key not in allowed:
                self.add(item.key_at, item.path, *unknown("key", "ключ", key, allowed))
        for key in needed:
            if key not in found:
                self.add(at.at, at.path, f"`{key}` is missing", f"отсутствует `{key}`")


def unknown(what: str, russian: str, given: str, allowed: Iterable[str]) -> tuple[str, str]:
    """Two sentences about a word that is not in a list, with the one that was probably meant."""
    near = difflib.get_close_matches(given, list(allowed), n=1)
    english = f"unknown {what} `{given}`" + (f"; did you mean `{near[0]}`?" if near else "")
    return english, f"неизвестно: {russian} `{given}`" + (f"; возможно, `{near[0]}`?" if near else "")


def compose(text: str, problems: Problems) -> Value | None:
    """The root node of a YAML text; None and a problem where it is not YAML."""
    try:
        # The parser written in C is faster, and dies of a stack overflow on a file of opening brackets.
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        problems.add(at, "", f"this is not YAML: {error.problem}", "это не YAML")
        return None
    except RecursionError:
        problems.add((1, 1), "", "this is nested too deeply", "слишком глубокая вложенность")
        return None
    except yaml.YAMLError:
        problems.add((1, 1), "", "this is not YAML: a character is not allowed", "это не YAML: недопустимый символ")
        return None
    if root is None:
        problems.add((1, 1), "", "the profile is empty", "профиль пуст")
        return None
    return Value(root, "")
