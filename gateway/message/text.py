"""Text of elements and attributes, escaped as exclusive C14N writes it.

What is written here is signed byte for byte, so the escapes are those of Canonical XML 1.0, section 2.3, and
nothing else: a writer that escaped more, or less, would sign other bytes than a verifier computes.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from gateway.errors import InvalidRequest

_UNSUITED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even as references (production 2, Char)."""

_IN_TEXT = re.compile("[&<>\r]|" + _UNSUITED.pattern)
_IN_ATTRIBUTE = re.compile('[&<"\t\n\r]|' + _UNSUITED.pattern)

_ESCAPES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#x9;",
    "\n": "&#xA;",
    "\r": "&#xD;",
}


def text(value: str, field: str) -> str:
    """`value` as the content of the element `field`.

    Raises InvalidRequest naming the field when the value holds a character that XML cannot carry: to drop it
    would change a name or a number in silence.
    """
    # Letters and digits alone need no escape; this test is several times faster than the pattern.
    if value.isalnum() or _IN_TEXT.search(value) is None:
        return value
    return _IN_TEXT.sub(lambda match: _escape(match.group(), field), value)


def attribute(value: str, field: str) -> str:
    """`value` between the quotes of the attribute `field`; raises InvalidRequest as `text` does."""
    if value.isalnum() or _IN_ATTRIBUTE.search(value) is None:
        return value
    return _IN_ATTRIBUTE.sub(lambda match: _escape(match.group(), field), value)


def _escape(character: str, field: str) -> str:
    escaped = _ESCAPES.get(character)
    if escaped is None:
        raise InvalidRequest("the text holds a control character that XML cannot carry", where=field)
    return escaped


def moment(value: datetime, field: str) -> str:
    """An instant with its offset, `Z` for UTC; InvalidRequest for one without an offset in whole minutes."""
    offset = value.utcoffset()
    if offset is None or offset % timedelta(minutes=1):
        raise InvalidRequest("the time has no offset from UTC in whole minutes", where=field)
    if offset:
        return value.isoformat()
    return value.replace(tzinfo=None).isoformat() + "Z"


def instant(value: datetime, field: str) -> str:
    """An instant in UTC to the second, or to the millisecond where it has any; InvalidRequest without offset."""
    if value.tzinfo is None:
        raise InvalidRequest("the time has no offset from UTC", where=field)
    value = value.astimezone(UTC).replace(tzinfo=None)
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds") + "Z"
