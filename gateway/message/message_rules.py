"""The business rules of a message as a whole (BR-30 to BR-49), judged on a schema-valid tree.

Header and body are read by element here, because these rules come before anything is believed of a message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from lxml import etree

from gateway.errors import Unreadable
from gateway.findings import Finding
from gateway.message.elements import QUALIFIED, SCHEMA_SPACE, moment, texts
from gateway.message.parse import local
from gateway.message.places import line_of
from gateway.message.rulebook import breach
from gateway.records.category import FIGURES
from gateway.records.record import DETAIL_OF

_Element = etree._Element  # noqa: SLF001 - lxml names its public element type with an underscore.

_ANSWERS: Final = frozenset({"ChangeBatch", "PersonAnswer", "WatchlistAnswer", "Receipt"})
_RECORD_ID: Final = f"{QUALIFIED}RecordId"
_CATEGORY: Final = f"{QUALIFIED}Category"

_FAMILIES: Final = {category.value: QUALIFIED + detail.__name__ for category, detail in DETAIL_OF.items()}
"""Category to the tag of the family's element, which bears the name of its value class."""

_DIGITS: Final = 17
"""A position has fewer digits (PositiveType); Python refuses to read a number of thousands of them."""

_BANDS: Final = ("NO_HIT", "POSSIBLE", "HIT")

Found = tuple[str, str, _Element]
"""The number of the rule that is broken, the path of the place, and the element whose line is shown."""


def check_message(root: _Element) -> list[Finding]:
    """What the business rules say of a message whose records, changes or withdrawals alone may break the schema.

    A finding about one of these bears its path. What else stands in a record is judged by check_record.
    Raises Unreadable on a message that breaks the schema elsewhere.
    """
    try:
        header = root[0]
        body = root[1][0]
        return [
            breach(number, path, line_of(element))
            for number, path, element in (*_header(header, local(body)), *_body(body))
        ]
    except (IndexError, KeyError, ValueError) as error:
        raise Unreadable("the message does not follow the schema", where="Message", reason=repr(error)) from error


def _header(header: _Element, body: str) -> Iterator[Found]:
    fields = texts(header)
    kind = fields["Kind"]
    if kind != body:
        yield "BR-30", f"/Message/Body/{body}", header
    if moment(fields["Expires"]) <= moment(fields["Created"]):
        yield "BR-31", "/Message/Header/Expires", header
    sender, receiver = header.iterchildren(f"{QUALIFIED}Sender", f"{QUALIFIED}Receiver")
    if texts(sender) == texts(receiver):
        yield "BR-32", "/Message/Header/Receiver", header
    if kind in _ANSWERS and not ("InReplyTo" in fields and "RequestDigest" in fields):
        yield "BR-33", "/Message/Header", header
    if "Sequence" in fields and (kind in _ANSWERS or kind == "Ping"):
        yield "BR-34", "/Message/Header/Sequence", header


def _body(body: _Element) -> Iterator[Found]:
    check = _BODIES.get(local(body))
    return iter(()) if check is None else check(body)


def _records(body: _Element) -> Iterator[Found]:
    seen: set[str] = set()
    records = list(body)
    for index, record in enumerate(records, start=1):
        identity = _head(record).get(_RECORD_ID) or ""
        if identity in seen:
            yield "BR-35", f"/Message/Body/{local(body)}/Record{_position(index, records)}/RecordId", record
        if identity:
            seen.add(identity)
        if _misfiled(record):
            yield "BR-02", f"/Message/Body/{local(body)}/Record{_position(index, records)}/Category", record


def _report(body: _Element) -> Iterator[Found]:
    yield from _records(body)
    records = list(body)
    for index, record in enumerate(records, start=1):
        category = _head(record).get(_CATEGORY)
        if category is not None and category not in FIGURES:
            yield "BR-37", f"/Message/Body/StatisticsReport/Record{_position(index, records)}/Category", record


def _changes(body: _Element) -> Iterator[Found]:
    fields = texts(body)
    last = int(fields["After"])
    changes = list(body.iterchildren(f"{QUALIFIED}Change"))
    for index, change in enumerate(changes, start=1):
        path = f"/Message/Body/ChangeBatch/Change{_position(index, changes)}"
        position = change.findtext(f"{QUALIFIED}Position", "").strip(SCHEMA_SPACE)
        # A position that is no number is the schema's finding, and no reason to judge the others by it.
        if position.isascii() and position.isdecimal() and len(position) < _DIGITS:
            if int(position) <= last:
                yield "BR-36", f"{path}/Position", change
            last = max(last, int(position))
        for record in change.iterchildren(f"{QUALIFIED}Record"):
            if _misfiled(record):
                yield "BR-02", f"{path}/Record/Category", record
    if last != int(fields["Last"]):
        yield "BR-36", "/Message/Body/ChangeBatch/Last", body


def _matches(body: _Element) -> Iterator[Found]:
    matches = list(body.iterchildren(f"{QUALIFIED}Match"))
    for outer, match in enumerate(matches, start=1):
        records = list(match)
        for inner, record in enumerate(records, start=1):
            if _misfiled(record):
                place = f"Match{_position(outer, matches)}/Record{_position(inner, records)}"
                yield "BR-02", f"/Message/Body/PersonAnswer/{place}/Category", record


def _misfiled(record: _Element) -> bool:
    """BR-02 on the element, before a category that is not known could stop the reading of the record."""
    category = _head(record).get(_CATEGORY)
    return category is not None and _FAMILIES.get(category) != record[-1].tag


def _head(record: _Element) -> dict[str, str | None]:
    """The first three elements of a record: its id, version and category where it follows the schema."""
    return {child.tag: child.text for child in islice(record, 3)}


def _query(body: _Element) -> Iterator[Found]:
    if not {"Name", "Identifier", "Document"}.intersection(map(local, body[0])):
        yield "BR-40", f"/Message/Body/{local(body)}/Subject", body[0]


def _watchlist(body: _Element) -> Iterator[Found]:
    bands = [_BANDS.index(texts(hit)["Band"]) for hit in body.iterchildren(f"{QUALIFIED}Hit")]
    if _BANDS.index(texts(body)["Band"]) != max(bands, default=0) or 0 in bands:
        yield "BR-41", "/Message/Body/WatchlistAnswer/Band", body


def _receipt(body: _Element) -> Iterator[Found]:
    fields = texts(body)
    logged = [name for name in ("LogIndex", "LogSize", "LogRoot", "LogProof") if name in fields]
    if logged and (len(logged) < 4 or int(fields["LogIndex"]) >= int(fields["LogSize"])):
        yield "BR-42", f"/Message/Body/Receipt/{logged[0]}", body
    verdicts = [texts(child) for child in body.iterchildren(f"{QUALIFIED}RecordVerdict")]
    refused = [verdict for verdict in verdicts if verdict["Verdict"] == "REFUSED"]
    silent = fields["Verdict"] == "REFUSED" and "Code" not in fields
    if silent or (fields["Verdict"] == "ACCEPTED" and refused) or any("Code" not in each for each in refused):
        yield "BR-43", "/Message/Body/Receipt/Verdict", body
    for gap in body.iterchildren(f"{QUALIFIED}Missing"):
        if int(gap[0].text or "") > int(gap[1].text or ""):
            yield "BR-44", "/Message/Body/Receipt/Missing", gap


_BODIES: Final[dict[str, Callable[[_Element], Iterator[Found]]]] = {
    "RecordBatch": _records,
    "Correction": _records,
    "StatisticsReport": _report,
    "ChangeBatch": _changes,
    "PersonAnswer": _matches,
    "PersonQuery": _query,
    "WatchlistQuery": _query,
    "WatchlistAnswer": _watchlist,
    "Receipt": _receipt,
}


def _position(index: int, siblings: list[_Element]) -> str:
    """The position in a path as schema findings write it: only where there are several."""
    return f"[{index}]" if len(siblings) > 1 else ""
