"""A foreign system's answer, distrusted: bounded in size and time, then read along the configured paths."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

import httpx

from gateway.errors import TooLarge, Unavailable, Unreadable
from gateway.partners.connector import Delivered, Options, Page, RefusedRow, Row

UNREACHED: Final = (httpx.HTTPError, httpx.InvalidURL, UnicodeError)
"""What a call over HTTP raises where nobody answers; UnicodeError for a name no host can have, as `kaz..example`."""


class Deadline:
    """The time one whole call may take; a timeout per read alone lets a slow dripper hold us for ever."""

    def __init__(self, seconds: float, where: str) -> None:
        self._end = time.monotonic() + seconds
        self._where = where

    def check(self) -> None:
        """Unavailable once the time is over."""
        if time.monotonic() > self._end:
            raise Unavailable("The partner's system did not finish its answer in time.", where=self._where)


def bounded(chunks: Iterable[bytes], most: int, deadline: Deadline, where: str) -> bytes:
    """All chunks as one, or TooLarge, or Unavailable when they come too slowly."""
    parts: list[bytes] = []
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise TooLarge(f"The partner's system answered with more than {most} bytes.", where=where)
        deadline.check()
        parts.append(chunk)
    return b"".join(parts)


def read_page(options: Options, answer: Any, bookmark: str, limit: int, where: str) -> Page:
    """The page an answer to a pull holds; Unreadable where a configured path is not there."""
    rows = [flat(row, where) for row in _rows(options.rows, answer, where)]
    if options.next:
        following = _text(_at(options.next, answer, where), options.next, where) or bookmark
    else:
        following = str(_counted(bookmark, where) + len(rows))
    if options.more:
        more = _text(_at(options.more, answer, where), options.more, where) in {"true", "1"}
    else:
        more = bool(rows) and len(rows) >= limit
    if any("\ud800" <= letter <= "\udfff" for letter in following):
        # Half of a character: JSON can hold it, and neither a database nor the next question can.
        raise Unreadable("The partner's system gives a bookmark that is no text.", where=where)
    if more and following == bookmark:
        # Such a system would be asked for the same page for ever.
        raise Unreadable("The partner's system promises more rows but does not move its bookmark.", where=where)
    return Page(rows, following, more)


def read_delivered(options: Options, answer: Any, sent: int, where: str) -> Delivered:
    """What an answer to a delivery says of `sent` rows; Unreadable where it cannot be right."""
    refused = tuple(_refusal(options, entry, where) for entry in _rows(options.refused, answer, where))
    accepted = sent - len(refused)
    if options.accepted:
        text = _text(_at(options.accepted, answer, where), options.accepted, where)
        accepted = int(text) if text.isdecimal() else -1
    if accepted + len(refused) != sent or any(not 0 <= refusal.row < sent for refusal in refused):
        raise Unreadable("The partner's acknowledgement does not add up to the rows delivered.", where=where)
    receipt = _text(_at(options.receipt, answer, where), options.receipt, where) if options.receipt else ""
    return Delivered(accepted, refused, receipt)


def _refusal(options: Options, entry: Any, where: str) -> RefusedRow:
    fields = flat(entry, where)
    position = fields.get(options.refused_row, "")
    if not position.isdecimal():
        raise Unreadable("The partner's acknowledgement does not say which row it refuses.", where=where)
    return RefusedRow(int(position) - options.refused_first, fields.get(options.refused_reason, "")[:200])


def flat(value: Any, where: str) -> Row:
    """A nested object as one flat row of texts; Unreadable where it is no object."""
    if not isinstance(value, Mapping):
        raise Unreadable("The partner's system gave a row that is not an object.", where=where)
    row: Row = {}
    try:
        _flatten("", value, row)
    except RecursionError as error:
        raise Unreadable("The partner's system gave a row that is nested too deeply.", where=where) from error
    return row


def _flatten(name: str, value: Any, row: Row) -> None:
    if isinstance(value, Mapping):
        for key, part in value.items():
            _flatten(f"{name}.{key}" if name else str(key), part, row)
    elif isinstance(value, list | tuple):
        for at, part in enumerate(value):
            _flatten(f"{name}.{at}", part, row)
    elif value is not None:
        row[name] = plain(value)


def nested(row: Row) -> dict[str, Any]:
    """The way back: `host.name` becomes a field of an object again."""
    whole: dict[str, Any] = {}
    for name, value in row.items():
        *path, last = name.split(".")
        place = whole
        for part in path:
            place = place.setdefault(part, {})
        place[last] = value
    return whole


def plain(value: Any) -> str:
    """One value as text, in the form XML Schema would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value)


def _rows(path: str, answer: Any, where: str) -> list[Any]:
    if not path:
        return []
    value = _at(path, answer, where)
    if value is None:
        return []
    if not isinstance(value, list):
        raise Unreadable(f"The partner's answer has no list at {path}.", where=where)
    return value


def _at(path: str, answer: Any, where: str) -> Any:
    """The value at the path; None where an optional part on the way is empty."""
    value = answer
    for part in path.split("."):
        if value is None:
            return None
        if not isinstance(value, Mapping) or part not in value:
            raise Unreadable(f"The partner's answer has no {path}.", where=where)
        value = value[part]
    return value


def _text(value: Any, path: str, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping | list):
        raise Unreadable(f"The partner's answer has no plain value at {path}.", where=where)
    return plain(value)


def _counted(bookmark: str, where: str) -> int:
    if bookmark and not bookmark.isdecimal():
        raise Unreadable("The bookmark is not a number, but this partner's rows are counted.", where=where)
    return int(bookmark or 0)
