"""The envelope: who sends what to whom, when, and in answer to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from xml.sax.saxutils import escape

from lxml import etree

from gateway.errors import SchemaInvalid, UnknownVersion
from gateway.message.parse import NS, local

SCHEMA_VERSIONS = ("1.0",)
"""Versions of the exchange format that this program reads; it writes the last."""


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
    KEY_NOTICE = "KeyNotice"
    PING = "Ping"
    RECEIPT = "Receipt"


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
    """UTC with Z; milliseconds only where there are any."""
    moment = moment.astimezone(UTC)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{moment.microsecond // 1000:03d}Z" if moment.microsecond >= 1000 else f"{text}Z"


def read_time(text: str) -> datetime:
    """A time with zone; ValueError for anything else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without zone")
    return moment


def write_message(header: Header, body: str) -> bytes:
    """The message without signature, in canonical form (exclusive C14N), so that it can be signed as it is.

    `body` is the canonical XML of the body's only child, which inherits the default namespace.
    """
    return (
        f'<Message xmlns="{NS}" Id="m-{header.message_id}">{_write_header(header)}<Body>{body}</Body></Message>'
    ).encode()


def _write_header(header: Header) -> str:
    def optional(name: str, value: object) -> str:
        return f"<{name}>{escape(str(value))}</{name}>" if value not in ("", None) else ""

    def party(name: str, value: Party) -> str:
        return f"<{name}><State>{escape(value.state)}</State><Agency>{escape(value.agency)}</Agency></{name}>"

    return "".join(
        (
            "<Header>",
            f"<MessageId>{escape(header.message_id)}</MessageId>",
            f"<ConversationId>{escape(header.conversation_id)}</ConversationId>",
            optional("InReplyTo", header.in_reply_to),
            optional("RequestDigest", header.request_digest),
            f"<Kind>{header.kind}</Kind>",
            party("Sender", header.sender),
            party("Receiver", header.receiver),
            optional("Sequence", header.sequence),
            f"<Created>{write_time(header.created)}</Created>",
            f"<Expires>{write_time(header.expires)}</Expires>",
            f"<Purpose>{escape(header.purpose)}</Purpose>",
            f"<Agreement>{escape(header.agreement)}</Agreement>",
            f"<SchemaVersion>{escape(header.version)}</SchemaVersion>",
            f"<Priority>{escape(header.priority)}</Priority>",
            "</Header>",
        )
    )


def read_header(root: etree._Element) -> Header:
    """The header of a message whose version is known.

    Raises UnknownVersion before anything else is looked at, SchemaInvalid where a part is missing or
    cannot be read: the XSD says it in more detail, but the header is needed before the XSD is asked.
    """
    header = root.find(f"{{{NS}}}Header")
    if header is None:
        raise SchemaInvalid("The message has no Header.", where="/Message/Header")
    parts = {local(child): child for child in header}

    def text(name: str) -> str:
        element = parts.get(name)
        return (element.text or "").strip() if element is not None else ""

    def party(name: str) -> Party:
        element = parts.get(name)
        inner = {local(child): (child.text or "").strip() for child in element} if element is not None else {}
        return Party(inner.get("State", ""), inner.get("Agency", ""))

    version = text("SchemaVersion")
    if version not in SCHEMA_VERSIONS:
        raise UnknownVersion(
            f"This node reads version {', '.join(SCHEMA_VERSIONS)} of the format.",
            where="/Message/Header/SchemaVersion",
        )
    try:
        sequence = text("Sequence")
        return Header(
            message_id=_required(text("MessageId"), "MessageId"),
            conversation_id=text("ConversationId"),
            in_reply_to=text("InReplyTo"),
            request_digest=text("RequestDigest"),
            kind=Kind(text("Kind")),
            sender=party("Sender"),
            receiver=party("Receiver"),
            sequence=int(sequence) if sequence else None,
            created=read_time(text("Created")),
            expires=read_time(text("Expires")),
            purpose=text("Purpose"),
            agreement=text("Agreement"),
            version=version,
            priority=text("Priority"),
        )
    except ValueError as error:
        raise SchemaInvalid("The header cannot be read.", where="/Message/Header", reason=str(error)) from error


def _required(value: str, name: str) -> str:
    if not value:
        raise ValueError(f"{name} is missing")
    return value


def body_of(root: etree._Element) -> etree._Element:
    """The body's only child (SchemaInvalid where it is missing or has company)."""
    body = root.find(f"{{{NS}}}Body")
    if body is None or len(body) != 1:
        raise SchemaInvalid("The body has to hold exactly one element.", where="/Message/Body")
    return body[0]
