"""XML: rows at a path, columns at XPaths below each; namespaces by the prefixes that the profile declares."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any, BinaryIO, Final

from lxml import etree

from gateway.errors import Unreadable
from gateway.mapping import encodings, expressions
from gateway.mapping.declaration import Profile
from gateway.mapping.sources.rows import Broken, Cells, Numbered, Row, Rows
from gateway.mapping.sources.xml_pull import forget, pieces, pull

_ELEMENTS: Final = 2_000
"""Elements of one row; a row with more is rejected, and the next one is read."""
_NIL: Final = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def read(profile: Profile, file: BinaryIO, name: str) -> Rows:
    """The elements at the profile's path, one at a time; the first is row 1."""
    reader = Reader(profile, name)
    return Rows(reader.columns, reader.rows(pieces(file, profile.source.encoding, name)), file=file, raw=file)


class Reader:
    """One profile, ready to take rows out of documents."""

    def __init__(self, profile: Profile, name: str) -> None:
        form = profile.source
        self.name = name
        self.path = form.rows
        self.anywhere, self.steps = expressions.row_path(form.rows, form.namespaces)
        self.columns = profile.columns
        self.ways = [expressions.xpath(form.columns[column], form.namespaces) for column in self.columns]
        separators = {item.column: item.separator for item in profile.fields}
        self.separators = [separators.get(column, "") for column in self.columns]
        self.foreign: str | None = None
        """Namespace of an element that has the right name otherwise."""

    def rows(self, text: Iterable[str], start: int = 1) -> Numbered:
        """The rows of one document, numbered from `start`; a Refusal where it has no place for rows at all."""
        number = start - 1
        stack: list[str] = []
        inside = elements = 0
        placed = False
        for event, element in pull(text, self.name):
            if event == "start":
                stack.append(element.tag)
                if inside:
                    elements += 1
                elif self._is_row(stack):
                    inside, elements = len(stack), 0
                else:
                    placed = placed or self._leads(stack)
                continue
            depth = len(stack)
            stack.pop()
            if depth == inside:
                number += 1
                inside = 0
                yield number, Broken("MAP-COLUMNS") if elements > _ELEMENTS else self._cells(element)
                forget(element)
            elif not inside or elements > _ELEMENTS:
                forget(element)
        if number < start and not placed:
            raise self._nothing()

    def _is_row(self, stack: list[str]) -> bool:
        length = len(self.steps)
        if stack[-1] != self.steps[-1]:
            self._note(stack[-1], self.steps[-1])
            return False
        return (self.anywhere or len(stack) == length) and tuple(stack[-length:]) == self.steps

    def _leads(self, stack: list[str]) -> bool:
        """Whether rows could stand right below: a list that happens to be empty is no mistake."""
        above = self.steps[:-1]
        if len(stack) <= len(above) and len(stack) and not self.anywhere:
            self._note(stack[-1], above[len(stack) - 1])
            if stack[-1] != above[len(stack) - 1] and len(stack) == 1:
                raise self._nothing()
        return bool(above) and tuple(stack[-len(above) :]) == above

    def _note(self, found: str, wanted: str) -> None:
        if self.foreign is None and found != wanted and _local(found) == _local(wanted):
            self.foreign = found.rpartition("}")[0].removeprefix("{")

    def _nothing(self) -> Unreadable:
        if self.foreign is None:
            said = f"{self.name} has no element at {self.path}"
        elif self.foreign:
            said = (
                f"{self.name} has the elements of {self.path} in the namespace {self.foreign[:200]}, "
                "which is not the one that the profile declares for them"
            )
        else:
            said = f"{self.name} has the elements of {self.path} in no namespace, unlike the profile"
        return Unreadable(said, where=self.name)

    def _cells(self, element: etree._Element) -> Cells | Broken:
        cells: list[str | None] = []
        for place, way in enumerate(self.ways):
            try:
                found: Any = way(element)
                # Nearly every cell is one element or one attribute.
                one = type(found) is list and len(found) == 1
                cells.append(_plain(found[0]) if one else _text(found, self.separators[place]))
            except (TypeError, etree.XPathError):
                return Broken("MAP-NESTED", self.columns[place])
        return cells


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _text(found: Any, separator: str) -> str | None:
    """What an XPath gave, as the text of a cell; TypeError where it is no single plain value."""
    if isinstance(found, list):
        if found and not separator:
            raise TypeError("several")
        return separator.join(filter(None, map(_plain, found))) if found else None
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, float):
        if math.isnan(found) or math.isinf(found):
            return None
        return str(int(found)) if found.is_integer() else str(found)
    return str(found)


def _plain(item: Any) -> str | None:
    if isinstance(item, str):
        return item
    if len(item):
        raise TypeError("nested")
    return item.text or (None if item.get(_NIL) in {"true", "1"} else "")


# --- The way back ------------------------------------------------------------------------------------------


def document(profile: Profile, rows: Iterable[Row]) -> str:
    """The rows as one document, without an XML declaration."""
    form = profile.source
    anywhere, steps = expressions.row_path(form.rows, form.namespaces)
    above = ("rows",) if anywhere and len(steps) == 1 else steps[:-1]
    ways = {column: expressions.way_in(text, form.namespaces) for column, text in form.columns.items()}
    tags = above or (steps[-1],)
    root = parent = etree.Element(tags[0], nsmap=form.namespaces)
    for tag in above[1:]:
        parent = etree.SubElement(parent, tag)
    for row in rows:
        element = etree.SubElement(parent, steps[-1]) if above else root
        for column in form.columns:
            way = ways[column]
            if way is not None and row.get(column):
                _put(element, way, _UNWRITABLE.sub("\ufffd", row[column]))
    return etree.tostring(root, encoding="unicode")


def _put(element: etree._Element, way: tuple[tuple[expressions.Step, ...], str], text: str) -> None:
    steps, attribute = way
    for step in steps:
        element = _child(element, step)
    if attribute:
        element.set(attribute, text)
    else:
        element.text = text


def _child(parent: etree._Element, step: expressions.Step) -> etree._Element:
    """The child that a step leads to, made where it is not there yet."""
    fitting = [
        child
        for child in parent.findall(step.tag)
        if all(child.get(name) == value for name, value in step.attributes)
        and all(child.findtext(name) == value for name, value in step.children)
    ]
    while len(fitting) < step.place:
        child = etree.SubElement(parent, step.tag, dict(step.attributes))
        for name, value in step.children:
            etree.SubElement(child, name).text = value
        fitting.append(child)
    return fitting[step.place - 1]


def write(profile: Profile, rows: Iterable[Row]) -> bytes:
    """The rows as the register's own document; what its encoding lacks is written as a character reference."""
    encoding = encodings.known(profile.source.encoding) or "utf-8"
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n{document(profile, rows)}\n'
    return text.encode(encoding, "xmlcharrefreplace")
