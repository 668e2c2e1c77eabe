"""A document that travels as a string inside a SOAP envelope: as text with escapes, as CDATA, or as it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final

from lxml import etree

from gateway.errors import TooLarge, Unreadable
from gateway.mapping import encodings, expressions
from gateway.mapping.declaration import Profile
from gateway.mapping.sources.rows import Numbered, Row, Rows
from gateway.mapping.sources.xml_pull import forget, pieces, pull, undeclared
from gateway.mapping.sources.xml_rows import Reader, document

_LARGEST: Final = 64 << 20
"""Bytes of a message; the string inside it can have ten million characters, as libxml2 counts."""
_PIECE: Final = 64 * 1024


def read(profile: Profile, file: BinaryIO, name: str) -> Rows:
    """The rows of the document within an envelope of SOAP 1.1 or 1.2; `xsi:type` says nothing here."""
    file.seek(0)
    if len(file.read(_LARGEST + 1)) > _LARGEST:
        raise TooLarge(f"{name} is larger than {_LARGEST} bytes", where=name)
    reader = Reader(profile, name)
    return Rows(reader.columns, _rows(profile, reader, file, name), file=file, raw=file)


def _rows(profile: Profile, reader: Reader, file: BinaryIO, name: str) -> Numbered:
    number = 0
    payloads = 0
    for text in _payloads(profile, file, name):
        payloads += 1
        for row, cells in reader.rows(_cut(text), number + 1):
            number = row
            yield row, cells
    if not payloads:
        raise Unreadable(f"{name} has no element at {profile.source.payload}", where=name)


def _cut(text: str) -> Iterator[str]:
    """A string in pieces, without the declaration of an encoding that it no longer has."""
    text = undeclared(text)
    return (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))


def _payloads(profile: Profile, file: BinaryIO, name: str) -> Iterator[str]:
    form = profile.source
    wanted = expressions.envelope_path(form.payload, form.namespaces)
    stack: list[str] = []
    inside = 0
    for event, element in pull(pieces(file, form.encoding, name), name):
        if event == "start":
            if not stack:
                # A tag that was cut off may hold anything, so it is looked at as a text.
                envelope = str(element.tag).removeprefix("{").removesuffix("}Envelope")
                if envelope not in expressions.SOAP_NAMESPACES or not str(element.tag).endswith("}Envelope"):
                    raise Unreadable(f"{name} is no SOAP envelope", where=name)
                old = f"{{{expressions.SOAP_NAMESPACES[0]}}}"
                wanted = tuple(tag.replace(old, f"{{{envelope}}}") for tag in wanted)
            stack.append(element.tag)
            if len(stack) == 3 and element.tag == wanted[0].replace("Envelope", "Fault"):
                raise Unreadable(f"{name} is an answer with a SOAP fault: it holds no rows", where=name)
            if not inside and tuple(stack) == wanted:
                inside = len(stack)
            continue
        if len(stack) == inside:
            yield _inner(element, name)
            inside = 0
        stack.pop()
        if not inside:
            forget(element)


def _inner(element: etree._Element, name: str) -> str:
    if not len(element):
        text = element.text or ""
        if not text.strip():
            raise Unreadable(f"{name}: the document within the envelope is empty", where=name)
        return text
    if len(element) > 1:
        raise Unreadable(f"{name}: the envelope holds several documents in one place", where=name)
    return etree.tostring(element[0], encoding="unicode", with_tail=False)


def write(profile: Profile, rows: Iterable[Row]) -> bytes:
    """An envelope of SOAP 1.1 with the document as an escaped string."""
    form = profile.source
    encoding = encodings.known(form.encoding) or "utf-8"
    root = element = etree.Element("placeholder")
    for tag in expressions.envelope_path(form.payload, form.namespaces):
        element = etree.SubElement(element, tag, nsmap={expressions.SOAP: expressions.SOAP_NAMESPACES[0]})
    element.text = document(profile, rows)
    text = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n'
    text += etree.tostring(root[0], encoding="unicode") + "\n"
    return text.encode(encoding, "xmlcharrefreplace")
