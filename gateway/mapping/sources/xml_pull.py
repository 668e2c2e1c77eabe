"""XML of a register, pulled through a parser piece by piece: no DTD, no entity, no network, flat memory."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO, Final

from lxml import etree

from gateway.errors import TooLarge, Unreadable
from gateway.mapping import encodings

_CHUNK: Final = 64 * 1024
_TAGS: Final = 4_000
"""Different names of elements and attributes; the parser never forgets one, and no schema has so many."""
_ATTRIBUTES: Final = 256
_DECLARATION: Final = re.compile(r"<\?xml\b[^>]{0,200}\?>")
_DECLARED: Final = re.compile(rb"\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_FORBIDDEN: Final = ("<!DOCTYPE", "<!ENTITY")
_MIME: Final = (b"--", b"mime-version", b"content-type", b"content-id")
_OVERLAP: Final = max(map(len, _FORBIDDEN)) - 1


def pieces(file: BinaryIO, declared: str, name: str) -> Iterator[str]:
    """The text of a document in the encoding that it declares itself, or else the profile does."""
    file.seek(0)
    start = file.read(512)
    stated = _DECLARED.match(start)
    if start.lstrip()[:12].lower().startswith(_MIME):
        raise Unreadable(f"{name} is a MIME message with attachments (MTOM): hand over its XML part", where=name)
    if start[:3] == b"\xef\xbb\xbf":
        declared = "utf-8"
    elif start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        declared = "utf-16"
    elif start[:2] in {b"<\0", b"\0<"}:
        declared = "utf-16-le" if start[:1] == b"<" else "utf-16-be"
    elif stated:
        declared = stated[1].decode("ascii", "replace")
    if encodings.known(declared) is None:
        raise Unreadable(f"{name} declares the encoding {declared[:40]}, which is not known here", where=name)
    decoder = codecs.getincrementaldecoder(encodings.opening(declared, file, name))()
    first = True
    while raw := file.read(_CHUNK):
        try:
            piece = decoder.decode(raw)
        except UnicodeDecodeError as error:
            raise Unreadable(f"{name} is not written in {declared}", where=name) from error
        yield undeclared(piece) if first else piece
        first = False


def undeclared(text: str) -> str:
    """A text without its XML declaration, whose encoding it no longer has, and without spaces in front."""
    text = text.lstrip(" \t\r\n\ufeff")
    # Anchored, because to look for spaces from every place is slow where there are many.
    declaration = _DECLARATION.match(text)
    return text[declaration.end() :] if declaration else text


def pull(pieces_of_text: Iterable[str], name: str) -> Iterator[tuple[str, etree._Element]]:
    """`start` and `end` of every element; whoever takes them clears what he no longer needs.

    Unreadable or TooLarge where it is no XML that we read, after the events of what was good.
    """
    return chain.from_iterable(_in_portions(pieces_of_text, name))


def _in_portions(pieces_of_text: Iterable[str], name: str) -> Iterator[list[tuple[str, etree._Element]]]:
    """The events of a piece at a time, since there are many to a row and each step of Python costs."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    names: set[str] = set()
    tail = ""
    error: etree.XMLSyntaxError | None = None
    for piece in pieces_of_text:
        refuse_markup(tail + piece, name)
        tail = piece[-_OVERLAP:]
        try:
            parser.feed(piece.encode("utf-8", "surrogatepass"))
        except etree.XMLSyntaxError as caught:
            error = caught
        yield _events(parser, names, name)
        if error:
            raise syntax(error, name)
    try:
        parser.close()
    except etree.XMLSyntaxError as caught:
        error = caught
    yield _events(parser, names, name)
    if error:
        raise syntax(error, name)


def _events(parser: etree.XMLPullParser, names: set[str], name: str) -> list[tuple[str, etree._Element]]:
    # The stubs forget that these two events always come with an element.
    events: list[Any] = list(parser.read_events())
    for event, element in events:
        if event == "start" and (element.tag not in names or element.attrib):
            attributes = element.keys()
            names.add(element.tag)
            names.update(attributes)
            if len(attributes) > _ATTRIBUTES:
                raise TooLarge(f"{name} has an element with more than {_ATTRIBUTES} attributes", where=name)
            if len(names) > _TAGS:
                raise TooLarge(f"{name} has more than {_TAGS} different names", where=name)
    return events


def refuse_markup(text: str, name: str) -> None:
    """Unreadable where a document type is declared: entities are how XML is made to explode or to read files."""
    for word in _FORBIDDEN:
        if word in text:
            raise Unreadable(f"{name} declares a document type or an entity ({word}), which is refused", where=name)


def syntax(error: etree.XMLSyntaxError, name: str) -> Unreadable | TooLarge:
    """The refusal for what libxml2 found. Its own words quote the input, so they stay inside."""
    reason = str(error)
    if "depth" in reason:
        return TooLarge(f"{name}: elements are nested too deeply", where=name, reason=reason)
    if "huge" in reason.lower() or "too long" in reason or "limit" in reason.lower():
        return TooLarge(f"{name}: a name or a text is longer than is read", where=name, reason=reason)
    line, column = error.position
    said = f"{name} is not well-formed or was cut off, at line {line}, column {column}"
    return Unreadable(said, where=name, reason=reason)


def forget(element: Any) -> None:
    """Give back the memory of an element that has ended and of its elder brothers.

    The element itself stays where it is: its tail may still be on the way.
    """
    element.clear(keep_tail=True)
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
