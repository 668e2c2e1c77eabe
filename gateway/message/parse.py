"""Bytes → one safe tree: the only XML parser of the program.

Message-security rules 1, 2 and 12: UTF-8 only, decided from the bytes; no DTD, no entity, no CDATA, no
comment, no processing instruction. With these gone, what a reader sees and what C14N digests are the same.
"""

from __future__ import annotations

import re
import threading

from lxml import etree

from gateway.errors import MalformedXml, TooLarge

NS = "urn:cis:migration-exchange:1"
"""Namespace of the exchange format, version 1."""

DEPTH = 256
"""Deepest nesting of elements that libxml2 reads without `huge_tree`; the format itself needs 12."""

TAGS = 6_000_000
"""Most tags in one document: an element costs far more memory than its bytes, so bytes alone bound nothing."""

_DECLARATION = re.compile(
    rb"<\?xml[ \t\r\n]+version=[\"']1\.0[\"'](?:[ \t\r\n]+encoding=[\"']([A-Za-z0-9_.-]+)[\"'])?[^<>?]*\?>"
)
_BOM = b"\xef\xbb\xbf"
_threads = threading.local()


def parse(raw: bytes, *, limit: int) -> etree._Element:
    """Read a document of at most `limit` bytes; MalformedXml or TooLarge say why not."""
    if len(raw) > limit:
        raise TooLarge(f"The document has {len(raw)} bytes; at most {limit} are read.")
    if raw.count(b"<") > TAGS:
        raise TooLarge(f"The document has more than {TAGS} tags.")
    _refuse_markup(raw)
    try:
        return etree.fromstring(raw, _parser())
    except etree.XMLSyntaxError as error:
        # libxml2's own words quote the input, so they stay inside.
        line, column = error.position
        if "depth" in str(error).lower():
            raise TooLarge(f"Elements are nested deeper than {DEPTH}.", reason=str(error)) from error
        raise MalformedXml(f"Not well-formed at line {line}, column {column}.", reason=str(error)) from error
    except ValueError as error:
        raise MalformedXml("Not well-formed XML.", reason=str(error)) from error


def _refuse_markup(raw: bytes) -> None:
    if not raw.strip():
        raise MalformedXml("The document is empty.")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedXml(f"The document is not UTF-8 (byte {error.start}).") from error
    start = len(_BOM) if raw.startswith(_BOM) else 0
    declaration = _DECLARATION.match(raw, start)
    if declaration is not None:
        encoding = declaration.group(1)
        if encoding is not None and encoding.upper() != b"UTF-8":
            raise MalformedXml("The document declares another encoding than UTF-8.")
        start = declaration.end()
    if raw.find(b"<?", start) >= 0:
        raise MalformedXml("Processing instructions are not accepted.")
    if raw.find(b"<!", start) >= 0:
        raise MalformedXml("DTDs, entities, CDATA sections and comments are not accepted.")


def _parser() -> etree.XMLParser:
    """The parser of this thread: libxml2 parsers carry state, and sharing one makes threads wait."""
    parser: etree.XMLParser | None = getattr(_threads, "parser", None)
    if parser is None:
        parser = etree.XMLParser(
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
