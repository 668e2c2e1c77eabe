"""Mapped rows into messages: judged before they are written, cut to a set size, signed where there is a key.

Every record is judged by the business rules and, as it is written, by the schema: most by their shape alone
(shapes.py), the others by the XSD itself. What breaks either is taken out with its finding; the good rows beside it
are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO, Final
from uuid import uuid4

from gateway.errors import Refusal, SchemaInvalid
from gateway.findings import Finding
from gateway.mapping.convert import Mapped
from gateway.mapping.streams import Stream, around, key
from gateway.mapping.words import finding
from gateway.message.body import write_record
from gateway.message.envelope import Header
from gateway.message.parse import parse
from gateway.message.rulebook import breach
from gateway.message.rules import check_record, examine, split
from gateway.message.schema import validate
from gateway.message.shapes import follows
from gateway.message.signature import Signer
from gateway.records.value import quick

MOST_BYTES: Final = 64 << 20
"""Bytes of records in one message: what every receiver reads, in bytes and in the number of tags."""

_SLICE: Final = 50
"""Rows that go through each step together. A step at a time for some rows is a sixth faster than a row at a time
through all steps, since a processor's cache holds the code of one step; it has to hold the rows as well."""

_CHECKED: Final = 50
"""Of so many slices one is shown to the schema although every record in it has a shape that is valid."""


@quick
@dataclass(frozen=True, slots=True)
class _Written:
    """A row with its canonical `<Record>`, which is empty where the row has none."""

    item: Mapped
    xml: str


class Batches:
    """Writes the records of one national file as RecordBatch messages, each as it grows.

    `new_file` opens the file of the next message. `most` bounds the records of a message, 0 leaves only
    MOST_BYTES (and not even this where `bounded` is False, which is for a pipe). Every message has the header
    given, but an id of its own; the conversation tells that they belong together.
    """

    def __init__(
        self,
        header: Header,
        new_file: Callable[[], BinaryIO],
        *,
        most: int = 0,
        bounded: bool = True,
        signer: Signer | None = None,
    ) -> None:
        self.count = 0
        """Messages begun so far."""
        self.header = header
        self._new_file = new_file
        self._most = most
        self._most_bytes = MOST_BYTES if bounded else 0
        self._signer = signer
        self._around = around(header)
        self._parts = 0
        self._open: Stream | None = None

    def write(self, rows: Iterable[Mapped]) -> Iterator[Mapped]:
        """Every row as it ended, in its order. SchemaInvalid where the header breaks a rule.

        The messages are whole when the last row was given.
        """
        remaining = iter(rows)
        while mapped := list(islice(remaining, _SLICE)):
            checked = [_checked(item) for item in mapped]
            part = [_written(item) for item in checked]
            del mapped, checked
            ended = self._place(*self._judged(part))
            # Let go before the next rows are read: nothing is gained by holding two lots.
            del part
            yield from ended
            del ended
        if self._open is not None:
            self._open.close(self.header.created)

    def _judged(self, part: list[_Written]) -> tuple[list[_Written], bytes]:
        """The rows without the records that break the schema, and the bytes of the others.

        What follows the schema by its shape needs no further judge. The first rows are shown to the schema all the
        same, for the sake of the header, and so are some later on, lest a fault of the short way stays unseen.
        """
        whole = not self.count or self._parts % _CHECKED == 0
        self._parts += 1
        asked = [place for place, row in enumerate(part) if row.xml and (whole or not _follows(row))]
        if asked:
            for number, remarks in self._asked([part[place].xml for place in asked]).items():
                part[asked[number]] = _Written(_rejected(part[asked[number]].item, remarks), "")
        return part, "".join([row.xml for row in part]).encode()

    def _asked(self, records: list[str]) -> dict[int, list[Finding]]:
        """The schema's errors, by the index of the record."""
        opening, closing = self._around
        message = b"".join((opening, "".join(records).encode(), closing))
        root = parse(message, limit=len(message))
        # The rules of a message look at its header, which all messages share, and for records that stand in it
        # twice, for which the place in a message is needed: _place looks for them.
        findings = validate(root, protection=True) if self.count else examine(root, protection=True)
        about_all, about = split(item for item in findings if item.severity == "error" and item.code != "BR-35")
        if about_all:
            raise SchemaInvalid(about_all[0].message_en, where=about_all[0].path)
        return about

    def _place(self, part: list[_Written], body: bytes) -> list[Mapped]:
        """Put judged rows into messages: all at once where they fit, one by one where they do not."""
        ids = [key(row.item.record.record_id) for row in part if row.item.record is not None and row.xml]
        if not ids:
            return [row.item for row in part]
        message = self._open or self._begin()
        new = set(ids)
        once = len(new) == len(ids) and message.ids.keys().isdisjoint(new)
        if once and self._has_room(message, len(ids), len(body)):
            message.add(ids, body)
            return [row.item for row in part]
        return [self._place_one(row) for row in part]

    def _place_one(self, row: _Written) -> Mapped:
        record = row.item.record
        if record is None or not row.xml:
            return row.item
        body, ids = row.xml.encode(), [key(record.record_id)]
        message = self._open or self._begin()
        if message.ids and not self._has_room(message, 1, len(body)):
            message.close(self.header.created)
            message = self._begin()
        if ids[0] in message.ids:
            return _rejected(row.item, [breach("BR-35", "/RecordId")])
        message.add(ids, body)
        return row.item

    def _has_room(self, message: Stream, records: int, size: int) -> bool:
        """Whether so many records of this size fit into the message; a bound of 0 bounds nothing."""
        if self._most and len(message.ids) + records > self._most:
            return False
        return not self._most_bytes or message.size + size <= self._most_bytes

    def _begin(self) -> Stream:
        header = self.header if self.count == 0 else replace(self.header, message_id=str(uuid4()))
        self.count += 1
        self._open = Stream(self._new_file(), header, self._signer)
        return self._open


def _checked(item: Mapped) -> Mapped:
    """A row, rejected where its record breaks a rule."""
    if item.record is None or not (broken := check_record(item.record, path="")):
        return item
    if errors := [remark for remark in broken if remark.severity == "error"]:
        return _rejected(item, errors)
    return Mapped(item.row, item.record, item.findings + _of_row(item.row, broken))


def _written(item: Mapped) -> _Written:
    """A row with its XML."""
    if item.record is None:
        return _Written(item, "")
    try:
        return _Written(item, write_record(item.record))
    except Refusal as refusal:
        # A character that XML cannot carry, or a time without zone; the refusal names the element.
        unfit = finding("MAP-ENCODING", "error", refusal.where, item.row)
        return _Written(Mapped(item.row, None, (*item.findings, unfit)), "")


def _follows(row: _Written) -> bool:
    return row.item.record is not None and follows(type(row.item.record.detail).__name__, row.xml)


def _rejected(item: Mapped, remarks: Iterable[Finding]) -> Mapped:
    return Mapped(item.row, None, item.findings + _of_row(item.row, remarks))


def _of_row(row: int, remarks: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings about a record as findings about its row: the path begins at the record, the line is the row."""
    return tuple(replace(remark, path=_within(remark.path), line=row) for remark in remarks)


def _within(path: str) -> str:
    """A path as it goes on inside the record."""
    *_, inner = path.partition("/Message/Body/RecordBatch/Record")
    if not inner:
        return path or "/Record"
    _, slash, rest = inner.partition("/")
    return slash + rest or "/Record"
