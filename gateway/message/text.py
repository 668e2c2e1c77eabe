"""Text of elements and attributes, escaped as exclusive C14N writes it.

What is written here is signed byte for byte, so the escapes are those of Canonical XML 1.0, section 2.3, and
nothing else: a writer that escaped more, or less, would sign other bytes than a verifier computes.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from functools import lru_cache

from gateway.errors import InvalidRequest
from gateway.records.dates import in_utc

_UNSUITED = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even as references (production 2, Char)."""


def text(value: str, field: str) -> str:
    """`value` as the content of the element `field`.

    Raises InvalidRequest naming the field when the value holds a character that XML cannot carry: to drop it
    would change a name or a number in silence.
    """
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value:
        value = value.replace("<", "&lt;")
    if ">" in value:
        value = value.replace(">", "&gt;")
    # Printable text holds no control character at all; this test is far faster than the pattern.
    if value.isprintable():
        return value
    return _carried(value, field).replace("\r", "&#xD;")


def attribute(value: str, field: str) -> str:
    """`value` between the quotes of the attribute `field`; raises InvalidRequest as `text` does."""
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value:
        value = value.replace("<", "&lt;")
    if '"' in value:
        value = value.replace('"', "&quot;")
    if value.isprintable():
        return value
    return _carried(value, field).replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")


def _carried(value: str, field: str) -> str:
    if _UNSUITED.search(value) is not None:
        raise InvalidRequest("the text holds a control character that XML cannot carry", where=field)
    return value


def moment(value: datetime, field: str) -> str:
    """An instant with its offset, `Z` for UTC; InvalidRequest for one without an offset in whole minutes.

    The calendar has to have it in UTC as well, where it is kept: no year before the first, nor after the last.
    """
    if value.tzinfo is UTC:
        return _in_utc(value)
    if value.year in (MINYEAR, MAXYEAR) and value.tzinfo is not None:
        try:
            in_utc(value)
        except ValueError as error:
            raise InvalidRequest("the time lies beyond the calendar", where=field) from error
    written = value.isoformat()
    if written.endswith("+00:00"):
        return written[:-6] + "Z"
    # Only an offset in hours and minutes puts its sign there; no offset, or one with seconds, does not.
    if written[-6] not in "+-":
        raise InvalidRequest("the time has no offset from UTC in whole minutes", where=field)
    return written


@lru_cache(maxsize=64)
def _in_utc(value: datetime) -> str:
    """The last few are remembered, for the records of one file are all made at one time.

    Only of times in UTC: one with another offset may be equal to it, and is written otherwise.
    """
    return value.isoformat()[:-6] + "Z"


def instant(value: datetime, field: str) -> str:
    """An instant in UTC to the second, or to the millisecond where it has any; InvalidRequest without offset."""
    if value.tzinfo is None:
        raise InvalidRequest("the time has no offset from UTC", where=field)
    value = value.astimezone(UTC).replace(tzinfo=None)
    return value.isoformat(timespec="milliseconds" if value.microsecond else "seconds") + "Z"
