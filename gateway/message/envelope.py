"""The envelope: who sends what to whom, when, and in answer to what."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from lxml import etree

from gateway.errors import SchemaInvalid, UnknownVersion
from gateway.message.parse import NS
from gateway.message.text import attribute, text
from gateway.records.value import quick

SCHEMA_VERSIONS = ("1.0",)
"""Versions of the exchange format that this program reads; it writes the last."""

PARTY: Final = re.compile(r"[A-Z]{3}/[A-Z0-9]{2,32}")
"""A party in one word: STATE/AGENCY."""
_BODY: Final = f"{{{NS}}}Body"
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)", re.ASCII)


class Kind(StrEnum):
    """What a message is; its body's only child bears the same name."""

    RECORD_BATCH = "RecordBatch"
    CORRECTION = "Correction"
    WITHDRAWAL = "Withdrawal"
    CHANGES_REQUEST = "ChangesRequest"
    CHANGE_BATCH = "ChangeBatch"
    PERSON_QUERY = "PersonQuery"
    PERSON_ANSWER = "PersonAnswer"
    WATCHLIST_QUERY = "WatchlistQuery"
    WATCHLIST_ANSWER = "WatchlistAnswer"
    STATISTICS_REPORT = "StatisticsReport"
    KEY_NOTICE = "KeyNotice"
    PING = "Ping"
    RECEIPT = "Receipt"


_KINDS: Final = {kind.value: kind for kind in Kind}


@quick
@dataclass(frozen=True, slots=True)
class Party:
    """A state's agency as it stands in a header."""

    state: str
    agency: str

    def __str__(self) -> str:
        return f"{self.state}/{self.agency}"

    @classmethod
    def of(cls, identifier: str) -> Party:
        """From `STATE/AGENCY`."""
        state, _, agency = identifier.partition("/")
        return cls(state, agency)


@quick
@dataclass(frozen=True, slots=True)
class Header:
    """The signed header of a message."""

    message_id: str
    conversation_id: str
    kind: Kind
    sender: Party
    receiver: Party
    created: datetime
    expires: datetime
    purpose: str
    agreement: str
    in_reply_to: str = ""
    request_digest: str = ""
    """Base64 SHA-256 of the answered message's signed content."""
    sequence: int | None = None
    """Number in the stream from sender to receiver; None on answers and pings."""
    priority: str = "B"
    """A border, B normal, C bulk."""
    version: str = SCHEMA_VERSIONS[-1]


def write_time(moment: datetime) -> str:
    """UTC with Z; milliseconds only where there are any. The moment has to know its zone."""
    moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond >= 1000 else "seconds") + "Z"


def read_time(text: str) -> datetime:
    """An xs:dateTime with zone, in UTC; ValueError for anything else."""
    # Python reads more than the schema allows: week dates, spaces, times without seconds.
    if _TIME.fullmatch(text) is None:
        raise ValueError("not a time with zone")
    try:
        moment = datetime.fromisoformat(text)
        return moment if text.endswith("Z") else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("a time beyond the calendar") from error


def write_message(header: Header, body: str) -> bytes:
    """The message without signature, in canonical form (exclusive C14N), so that it can be signed as it is.

    `body` is the canonical XML of the body's only child, which inherits the default namespace. Raises
    InvalidRequest for a character in the header that XML cannot carry.
    """
    identifier = attribute(f"m-{header.message_id}", "Id")
    return f'<Message xmlns="{NS}" Id="{identifier}">{_write_header(header)}<Body>{body}</Body></Message>'.encode()


def _write_header(header: Header) -> str:
    def part(name: str, value: str) -> str:
        return f"<{name}>{text(value, name)}</{name}>"

    def optional(name: str, value: str) -> str:
        return part(name, value) if value else ""

    def party(name: str, value: Party) -> str:
        return f"<{name}>{part('State', value.state)}{part('Agency', value.agency)}</{name}>"

    return (
        f"<Header>{part('MessageId', header.message_id)}{part('ConversationId', header.conversation_id)}"
        f"{optional('InReplyTo', header.in_reply_to)}{optional('RequestDigest', header.request_digest)}"
        f"{part('Kind', header.kind)}{party('Sender', header.sender)}{party('Receiver', header.receiver)}"
        f"{'' if header.sequence is None else part('Sequence', str(header.sequence))}"
        f"{part('Created', write_time(header.created))}{part('Expires', write_time(header.expires))}"
        f"{part('Purpose', header.purpose)}{part('Agreement', header.agreement)}"
        f"{part('SchemaVersion', header.version)}{part('Priority', header.priority)}</Header>"
    )


def read_header(content: bytes) -> Header:
    """The header of a message in canonical form, read from the very bytes that are signed.

    Raises UnknownVersion before anything else is judged, SchemaInvalid where a part is missing, doubled, out
    of place or unreadable: the XSD says it in more detail, but the header is needed before the XSD is asked.
    """
    # The second `Header>` ends it; a batch of a hundred megabytes behind it is not decoded here.
    end = content.find(b"Header>", content.find(b"Header>") + 1) + len(b"Header>")
    head = content[:end].decode()
    found = _HEADER.fullmatch(head)
    version = found or _VERSION.search(head)
    if version is not None and version["SchemaVersion"].strip() not in SCHEMA_VERSIONS:
        raise UnknownVersion(
            f"This node reads version {', '.join(SCHEMA_VERSIONS)} of the format.",
            where="/Message/Header/SchemaVersion",
        )
    if found is None:
        raise SchemaInvalid("The header lacks a part, or has one out of place.", where="/Message/Header")
    try:
        return _header(*map(_plain if "&" in head else str.strip, found.groups("")[1:]))
    except (KeyError, ValueError) as error:
        raise SchemaInvalid("The header cannot be read.", where="/Message/Header", reason=str(error)) from error


def _header(*texts: str) -> Header:
    """The header of its texts, in the order in which they stand in it."""
    message_id, conversation, reply_to, request_digest, kind, from_state, from_agency, to_state, to_agency, *rest = (
        texts
    )
    sequence, created, expires, purpose, agreement, version, priority = rest
    return Header(
        message_id,
        conversation,
        _KINDS[kind],
        Party(from_state, from_agency),
        Party(to_state, to_agency),
        read_time(created),
        read_time(expires),
        purpose,
        agreement,
        reply_to,
        request_digest,
        int(sequence) if sequence else None,
        priority,
        version,
    )


def _header_shape() -> re.Pattern[str]:
    """A canonical message up to the end of its header: what we write, with any prefix and white space."""
    name, space = "[A-Za-z_][A-Za-z0-9_.-]*+", r"[ \t\n]*+"

    def part(tag: str, group: str = "", value: str = "[^<]*+") -> str:
        return f"{space}<(?P=p){tag}>(?P<{group or tag}>{value})</(?P=p){tag}>"

    def party(tag: str) -> str:
        inner = part("State", f"{tag}State") + part("Agency", f"{tag}Agency")
        return f"{space}<(?P=p){tag}>{inner}{space}</(?P=p){tag}>"

    return re.compile(
        f'<(?P<p>(?:{name}:)?)Message xmlns(?::{name})?="{NS}" Id="[^"]*+">{space}<(?P=p)Header>'
        f"{part('MessageId')}{part('ConversationId')}(?:{part('InReplyTo')})?(?:{part('RequestDigest')})?"
        f"{part('Kind')}{party('Sender')}{party('Receiver')}(?:{part('Sequence', value='[1-9][0-9]{0,17}+')})?"
        f"{part('Created')}{part('Expires')}{part('Purpose')}{part('Agreement')}{part('SchemaVersion')}"
        f"{part('Priority')}{space}</(?P=p)Header>"
    )


_HEADER: Final = _header_shape()
_VERSION: Final = re.compile(r"<(?:[^<>/:]*:)?SchemaVersion>(?P<SchemaVersion>[^<]*+)<")


def _plain(canonical: str) -> str:
    """The text of an element from its canonical form, which escapes four characters."""
    plain = canonical.strip()
    return plain.replace("&#xD;", "\r").replace("&gt;", ">").replace("&lt;", "<").replace("&amp;", "&")


def body_of(root: etree._Element) -> etree._Element:
    """The body's only child (SchemaInvalid where it is missing or has company)."""
    body = root.find(_BODY)
    if body is None or len(body) != 1:
        raise SchemaInvalid("The body has to hold exactly one element.", where="/Message/Body")
    return body[0]
