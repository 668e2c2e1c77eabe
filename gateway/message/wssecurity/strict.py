"""Elements read strictly: nothing stands in them but what is asked for."""

from __future__ import annotations

import binascii
from collections.abc import Collection
from typing import Final

from lxml import etree

from gateway.message.profile import DS, base64_of
from gateway.message.wssecurity.names import refuse

CHILDREN: Final = 64
"""Most children of any part; a stranger must not make us look at a million of them."""


def expect(element: etree._Element, names: tuple[str | None, ...]) -> list[etree._Element]:
    """The children, which have to be exactly these of XML-DSig; None stands for any element."""
    found = children(element)
    if len(found) != len(names) or any(
        name is not None and child.tag != f"{{{DS}}}{name}" for child, name in zip(found, names, strict=True)
    ):
        refuse(f"{element.tag} does not hold what it should")
    return found


def children(element: etree._Element) -> list[etree._Element]:
    """The child elements, between which only white space may stand."""
    if len(element) > CHILDREN:
        refuse(f"{element.tag} holds more than any of its kind")
    found = list(element)
    for text in (element.text, *(child.tail for child in found)):
        if text and text.strip(" \t\r\n"):
            refuse(f"text inside {element.tag}")
    return found


def leaf(element: etree._Element) -> str:
    """The text of an element without children."""
    if len(element):
        refuse(f"elements inside {element.tag}")
    return (element.text or "").strip(" \t\r\n")


def attributes(element: etree._Element, allowed: Collection[str]) -> None:
    """Refuse an attribute that is not allowed here."""
    for name in element.attrib:
        if name not in allowed:
            refuse(f"the attribute {str(name)!r} on {element.tag}")


def unbase64(element: etree._Element) -> bytes:
    """Strict base64, in which white space may stand: decoders pass over what does not belong."""
    return decode(leaf(element))


def decode(text: str) -> bytes:
    """The same of a text."""
    solid = text.translate({ord(space): None for space in " \t\r\n"})
    try:
        data = binascii.a2b_base64(solid.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        refuse("not base64")
    if not data or base64_of(data) != solid:
        refuse("base64 that is empty or not canonical")
    return data
