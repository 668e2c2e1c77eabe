"""Bytes → one safe tree: the only XML parser of the program.

Message-security rules 1, 2 and 12: UTF-8 only, decided from the bytes; no DTD, no entity, no CDATA, no
comment, no processing instruction. With these gone, what a reader sees and what C14N digests are the same.
"""

from __future__ import annotations

import re
import threading
from typing import Final

from lxml import etree

from gateway.errors import MalformedXml, TooLarge

NS: Final = "urn:cis:migration-exchange:1"
"""Namespace of the exchange format, version 1."""

DEPTH: Final = 256
"""Deepest nesting of elements that libxml2 reads without `huge_tree`; the format itself needs 12."""

TAGS: Final = 6_000_000
"""Most tags in one document: an element costs far more memory than its bytes, so bytes alone bound nothing."""

TAG_BYTES: Final = 2048
"""Longest tag: C14N sorts the attributes of an element in quadratic time, so 3 MB of them would take minutes."""

_BOM: Final = b"\xef\xbb\xbf"
_DECLARED: Final = re.compile(rb"<\?xml[ \t\r\n]")
_DECLARATION: Final = re.compile(
    rb"""<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*["']1\.0["']"""
    rb"""(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*["'][Uu][Tt][Ff]-8["'])?"""
    rb"""(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*["'](?:yes|no)["'])?[ \t\r\n]*\?>"""
)
_TAG: Final = re.compile(rb"""<[^<>"']*+(?:(?:"[^<"]*+"|'[^<']*+')[^<>"']*+)*+>""")
_threads = threading.local()


def parse(raw: bytes, *, limit: int) -> etree._Element:
    """Read a document of at most `limit` bytes; MalformedXml or TooLarge say why not."""
    if len(raw) > limit:
        raise TooLarge(f"The document has {len(raw)} bytes; at most {limit} are read.")
    if len(raw) > TAGS and raw.count(b"<") > TAGS:
        raise TooLarge(f"The document has more than {TAGS} tags.")
    _refuse_markup(raw)
    _refuse_long_tags(raw)
    try:
        return etree.fromstring(raw, _parser())
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _refusal(raw, error) from error


def _refuse_markup(raw: bytes) -> None:
    # UTF-16 and UTF-32 hide markup from a search of bytes, and need no byte-order mark to be recognised.
    if b"\0" in raw:
        raise MalformedXml("The document is not UTF-8: it contains zero bytes.")
    start = len(_BOM) if raw.startswith(_BOM) else 0
    if _DECLARED.match(raw, start) is not None:
        declaration = _DECLARATION.match(raw, start)
        if declaration is None:
            raise MalformedXml("The XML declaration has to say version 1.0 and no other encoding than UTF-8.")
        start = declaration.end()
    # The first half of each test is twenty times faster and nearly always settles the matter.
    if raw.find(b"?", start) >= 0 and raw.find(b"<?", start) >= 0:
        raise MalformedXml("Processing instructions are not accepted.")
    if raw.find(b"!", start) >= 0 and raw.find(b"<!", start) >= 0:
        raise MalformedXml("DTDs, entities, CDATA sections and comments are not accepted.")


def _refuse_long_tags(raw: bytes) -> None:
    """Look for a tag longer than TAG_BYTES by leaps of that length from one `<` to a later one.

    No attribute value holds a `<`, so a tag ends before the next one begins; only where none begins for a
    whole leap is the tag itself measured, because then it may be the text behind it that is long.
    """
    position = max(raw.find(b"<"), 0)
    while len(raw) - position > TAG_BYTES:
        following = raw.rfind(b"<", position + 1, position + TAG_BYTES + 1)
        if following < 0:
            if _TAG.match(raw, position, position + TAG_BYTES) is None:
                raise TooLarge(f"A tag is longer than {TAG_BYTES} bytes, or not closed.")
            following = raw.find(b"<", position + 1)
            if following < 0:
                return
        position = following


def _refusal(raw: bytes, error: etree.XMLSyntaxError | ValueError) -> MalformedXml | TooLarge:
    """The refusal for what libxml2 found. Its own words quote the input, so they stay inside."""
    reason = str(error)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as undecodable:
        return MalformedXml(f"The document is not UTF-8 (byte {undecodable.start}).", reason=reason)
    if not raw.strip():
        return MalformedXml("The document is empty.", reason=reason)
    if "Excessive depth" in reason:
        return TooLarge(f"Elements are nested deeper than {DEPTH}.", reason=reason)
    if "XML_PARSE_HUGE" in reason:
        return TooLarge("A name or a text is longer than the parser reads (10 million bytes).", reason=reason)
    line, column = error.position if isinstance(error, etree.XMLSyntaxError) else (0, 0)
    return MalformedXml(f"Not well-formed at line {line}, column {column}.", reason=reason)


def _parser() -> etree.XMLParser:
    """The parser of this thread: libxml2 parsers carry state, and sharing one makes threads wait."""
    parser: etree.XMLParser | None = getattr(_threads, "parser", None)
    if parser is None:
        parser = etree.XMLParser(
            encoding="utf-8",  # whatever the bytes say; libxml2 then refuses each byte that is not UTF-8
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            attribute_defaults=False,
            huge_tree=False,
            remove_blank_text=False,
            collect_ids=False,
        )
        _threads.parser = parser
    return parser


def local(element: etree._Element) -> str:
    """The element's name without namespace."""
    tag = element.tag
    return tag[tag.rfind("}") + 1 :] if isinstance(tag, str) else ""
