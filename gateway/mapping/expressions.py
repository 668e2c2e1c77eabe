"""Where a value stands in XML or JSON: the part of XPath and JMESPath that a profile may use.

An expression is compiled when its profile is checked. It can name places; it cannot open a document, call
out, look behind its row or run for long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import jmespath
from jmespath.exceptions import JMESPathError
from lxml import etree

SOAP: Final = "soap"
"""The prefix that stands for the envelope of SOAP 1.1 and of 1.2, whichever a message has."""
SOAP_NAMESPACES: Final = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")

_LONGEST: Final = 400
_PREDICATES: Final = 6
_FUNCTIONS: Final = frozenset(
    {
        *("text", "node", "local-name", "name", "string", "concat", "starts-with", "contains", "substring-before"),
        *("substring-after", "substring", "string-length", "normalize-space", "translate", "not", "true", "false"),
        *("boolean", "number", "sum", "floor", "ceiling", "round", "count", "position", "last"),
    }
)
"""Functions of XPath 1.0 itself, without those that look for identifiers or languages in the whole document."""
_LITERAL: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_CALL: Final = re.compile(r"([\w.:-]+)\s*\(")
_AXIS: Final = re.compile(r"([\w-]+)\s*::")
_AXES: Final = frozenset({"child", "descendant", "descendant-or-self", "self", "attribute"})
_PREFIX: Final = re.compile(r"([^\W\d][\w.-]*):(?![:])[^\W\d*]|([^\W\d][\w.-]*):\*")
_NAME: Final = r"(?:[^\W\d][\w.-]*:)?[^\W\d][\w.-]*"
_ROWS: Final = re.compile(rf"(//|/){_NAME}(?:/{_NAME})*")
_STEP: Final = re.compile(rf"({_NAME})((?:\[[^\[\]]+\])*)")
_TEST: Final = re.compile(rf"\[(?:(@?)({_NAME})\s*=\s*(\"[^\"]*\"|'[^']*')|(\d+))\]")
_KEYS: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


class Wrong(Exception):  # noqa: N818 - it is a remark about a profile, with a sentence in each language.
    """An expression that cannot be used: why, in English and in Russian."""

    def __init__(self, english: str, russian: str) -> None:
        super().__init__(english)
        self.english = english
        self.russian = russian


def _too_long() -> Wrong:
    return Wrong("the expression is too long to be quick", "выражение слишком сложное")


def _refuse_long(text: str) -> None:
    # Before any pattern looks at it, since patterns take their time over long texts.
    if len(text) > _LONGEST:
        raise _too_long()


@dataclass(frozen=True, slots=True)
class Step:
    """One element on the way to a value: its name as lxml writes it, and what tells it from its brothers."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = ()
    children: tuple[tuple[str, str], ...] = ()
    place: int = 1


def row_path(text: str, namespaces: Mapping[str, str]) -> tuple[bool, tuple[str, ...]]:
    """Whether rows may stand at any depth, and the names of the elements on the way to them."""
    _refuse_long(text)
    match = _ROWS.fullmatch(text)
    if match is None:
        raise Wrong(
            f"`{text}` — rows stand at a path of names such as `/r:list/r:person` or `//r:person`",
            f"`{text}` — строки задаются путём из имён, например `/r:list/r:person` или `//r:person`",
        )
    names = text.removeprefix(match[1]).split("/")
    return match[1] == "//", tuple(_expanded(name, namespaces) for name in names)


def xpath(text: str, namespaces: Mapping[str, str]) -> etree.XPath:
    """An expression ready to be applied to the element of a row; Wrong says why not."""
    _refuse_long(text)
    bare = _LITERAL.sub("''", text)
    foreign = sorted({name for name in _CALL.findall(bare) if name.rpartition("::")[2] not in _FUNCTIONS})
    if foreign:
        raise Wrong(f"`{foreign[0]}()` is not allowed here", f"`{foreign[0]}()` здесь не разрешается")
    axes = sorted(set(_AXIS.findall(bare)) - _AXES)
    if axes or ".." in bare or "$" in bare or bare.lstrip().startswith("/"):
        raise Wrong(
            f"`{text}` leads out of its row: only what stands below the row can be read",
            f"`{text}` выходит за пределы строки: читается только то, что вложено в неё",
        )
    if bare.count("[") > _PREDICATES or bare.count("//") + bare.count("descendant") > 1:
        raise _too_long()
    _prefixes(bare, namespaces)
    try:
        return etree.XPath(text, namespaces=dict(namespaces), regexp=False, smart_strings=False)
    except (etree.XPathError, ValueError, TypeError):
        raise Wrong(f"`{text}` is no XPath", f"`{text}` — не XPath") from None


def envelope_path(text: str, namespaces: Mapping[str, str]) -> tuple[str, ...]:
    """The names on the way from the envelope to the string inside it; Wrong where it is no such path."""
    _refuse_long(text)
    if not text.startswith("/soap:Envelope/soap:Body/") or _ROWS.fullmatch(text) is None:
        raise Wrong(
            "the payload stands at a path of names that begins with `/soap:Envelope/soap:Body/`",
            "путь к вложенному документу начинается с `/soap:Envelope/soap:Body/`",
        )
    known = {**namespaces, SOAP: SOAP_NAMESPACES[0]}
    return tuple(_expanded(name, known) for name in text[1:].split("/"))


def _prefixes(bare: str, namespaces: Mapping[str, str]) -> None:
    for first, second in _PREFIX.findall(bare):
        if (first or second) not in namespaces:
            raise Wrong(
                f"prefix `{first or second}` is not declared under `namespaces`",
                f"префикс `{first or second}` не объявлен в `namespaces`",
            )


def _expanded(name: str, namespaces: Mapping[str, str]) -> str:
    prefix, colon, local = name.rpartition(":")
    if colon:
        _prefixes(name, namespaces)
        return f"{{{namespaces[prefix]}}}{local}"
    return name


def way_in(text: str, namespaces: Mapping[str, str]) -> tuple[tuple[Step, ...], str] | None:
    """How to write what an expression reads: the steps, and the attribute or nothing; None where nobody can."""
    head, at, attribute = f"/{text.removeprefix('./')}".removesuffix("/text()").partition("/@")
    head = head.removeprefix("/")
    steps = []
    for part in head.split("/") if head else []:
        match = _STEP.fullmatch(part)
        if match is None:
            return None
        step = _step(_expanded(match[1], namespaces), match[2], namespaces)
        if step is None:
            return None
        steps.append(step)
    if at and re.fullmatch(_NAME, attribute) is None:
        return None
    return (tuple(steps), _expanded(attribute, namespaces) if attribute else "") if steps or attribute else None


def _step(tag: str, tests: str, namespaces: Mapping[str, str]) -> Step | None:
    attributes: list[tuple[str, str]] = []
    children: list[tuple[str, str]] = []
    place, done = 1, 0
    for match in _TEST.finditer(tests):
        done += len(match[0])
        if match[4]:
            place = int(match[4])
        else:
            (attributes if match[1] else children).append((_expanded(match[2], namespaces), match[3][1:-1]))
    return Step(tag, tuple(attributes), tuple(children), place) if done == len(tests) and place <= 100 else None


def json_path(text: str) -> Callable[[Any], Any]:
    """A function from an object to what stands at a path of keys or at a JMESPath; Wrong says why not."""
    _refuse_long(text)
    keys = json_keys(text)
    if keys is not None:
        return partial(_walk, keys)
    try:
        compiled = jmespath.compile(text)
    except JMESPathError:
        raise Wrong(f"`{text}` is no JMESPath", f"`{text}` — не JMESPath") from None
    except RecursionError:
        raise Wrong("the expression is nested too deeply", "слишком глубокая вложенность") from None

    def search(value: Any) -> Any:
        try:
            return compiled.search(value)
        except JMESPathError:
            # A function was given a value of a type it does not take: such a row has nothing there.
            return None

    return search


def json_keys(text: str) -> tuple[str, ...] | None:
    """The keys of a plain dotted path; None for anything that JMESPath has to work out."""
    return tuple(text.split(".")) if _KEYS.fullmatch(text) else None


def json_roots(text: str) -> frozenset[str]:
    """Names of the keys that an expression speaks of, so that they do not count as unknown."""
    keys = json_keys(text)
    return frozenset([keys[0]] if keys else re.findall(r"[^\W\d]\w*", _LITERAL.sub("", text.replace('"', " "))))


def _walk(keys: tuple[str, ...], value: Any) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
