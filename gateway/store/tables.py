"""All tables of a node, in one low module so that no domain has to import another to find a row.

Times are UTC. JSON columns hold small closed values that are never searched. What tells of a person is sealed or
hidden (gateway.store.columns, docs/at-rest.md says why for every column). The file is longer than others because
a reader looks for every table here and nowhere else.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from gateway.store.columns import Hidden, Sealed, SealedJson, SealedText

Serial = BigInteger().with_variant(Integer, "sqlite")
"""A growing number; SQLite only counts up by itself in a column of type INTEGER."""


_UNSETTLED = text("state IN ('waiting', 'sending')")
"""Messages still on their way: few rows ever are, so their index stays small."""
_WHOLE = text("erased IS NULL")
"""Rows whose content is still here: retention looks for the oldest of them, and never at what it has erased."""
_UNSEALED = text("sender IS NULL AND log_index IS NULL")
"""Refused bytes that no leaf of the log covers yet."""
_UNSTAMPED = text("token IS NULL")
"""Stamps that are still to be had."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, kept as UTC: SQLite forgets zones and PostgreSQL shifts them to the session's."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - given by SQLAlchemy
        """Refuse a naive time: nobody can tell later what it meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without zone must not reach the database")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - given by SQLAlchemy
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Table(DeclarativeBase):
    """The parent of every table: names of constraints follow one convention, so migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol for it
        datetime: UtcDateTime(),
        date: Date(),
        bytes: LargeBinary(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
        list[Any]: JSON(),
    }


# --- Partners, keys and what they may do ---------------------------------------------------------------


class Partner(Table):
    """Somebody we exchange with: another node, a foreign service, or an agency of our own state."""

    __tablename__ = "partner"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    """`STATE/AGENCY`, for example `KAZ/MVD`."""
    state: Mapped[str] = mapped_column(String(3))
    agency: Mapped[str] = mapped_column(String(32))
    agency_class: Mapped[str] = mapped_column(String(8))
    kind: Mapped[str] = mapped_column(String(8))
    """`node` (runs this gateway), `soap` or `rest` (knows nothing of it), `agency` (our own state's client)."""
    channel: Mapped[str] = mapped_column(String(8), default="rest")
    """How a node is spoken to: `rest` or `soap`."""
    endpoint: Mapped[str] = mapped_column(String(400), default="")
    profile: Mapped[str] = mapped_column(String(80), default="")
    """Mapping profile of a partner that knows nothing of this gateway."""
    status: Mapped[str] = mapped_column(String(12), default="proposed")
    """`proposed`, `active` or `suspended`."""
    created: Mapped[datetime]
    seen: Mapped[datetime | None]
    """When it last answered."""
    trouble: Mapped[str] = mapped_column(String(200), default="")
    """Code of its last failure, empty while it answers."""
    algorithms: Mapped[list[str]] = mapped_column(default=list)
    """Names of the signature algorithms agreed with it, some with their last day (`rsa2048:2026-12-31`); empty: every
    one that needs no agreement by name."""
    soap_security: Mapped[bool] = mapped_column(default=False)
    """Whether its SOAP envelopes carry WS-Security, and ours to it do."""
    tls_certificate: Mapped[str] = mapped_column(Text, default="")
    """PEM of the certificate it shows in TLS, which is never its signing key; empty: not bound."""


class Key(Table):
    """A signing key, ours or a partner's. Private parts live in files or tokens, never here."""

    __tablename__ = "key"

    kid: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the certificate (DER), hexadecimal."""
    party: Mapped[str] = mapped_column(String(40), index=True)
    """Partner id of the owner; our own keys carry this node's id."""
    own: Mapped[bool] = mapped_column(default=False)
    algorithm: Mapped[str] = mapped_column(String(16))
    """Name in the registry of algorithms, for example `p256`."""
    certificate: Mapped[str] = mapped_column(Text)
    """PEM, followed by the intermediate certificates of its chain where a state's CA issued it."""
    home: Mapped[str] = mapped_column(String(200), default="")
    """Where the private part of an own key is: `file:NAME` in the node's keys, or `pkcs11:…` (RFC 7512)."""
    status: Mapped[str] = mapped_column(String(12))
    """Own: `generated`, `certified`, `published`, `active`, `retiring`, `retired` or `revoked`; a partner's
    begins as `proposed`."""
    not_before: Mapped[datetime]
    not_after: Mapped[datetime]
    changed: Mapped[datetime]
    invalid_since: Mapped[datetime | None]
    """For a revoked key: messages signed since then are flagged."""
    serial: Mapped[int | None] = mapped_column(BigInteger)
    """Own: the first serial of our directory that showed it; a partner that has fetched that one knows the key."""
    entered: Mapped[datetime | None]
    """A partner's: when it came in."""
    vouched: Mapped[str] = mapped_column(String(64), default="")
    """A partner's: the key whose signature brought it in; empty where people compared its fingerprint."""


class Anchor(Table):
    """A certificate that the chains of one partner's keys may end at, or of our own; nobody else's may."""

    __tablename__ = "anchor"

    party: Mapped[str] = mapped_column(String(40), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the certificate (DER), hexadecimal."""
    certificate: Mapped[str] = mapped_column(Text)
    """PEM."""
    status: Mapped[str] = mapped_column(String(12), default="proposed")
    """`proposed`, `active` or `removed`."""
    changed: Mapped[datetime]


class RevocationSource(Table):
    """What one CA last said about its revoked certificates, fetched ahead of need."""

    __tablename__ = "revocation_source"

    url: Mapped[str] = mapped_column(String(400), primary_key=True)
    """Address of the list, or of the responder."""
    serial: Mapped[str] = mapped_column(String(64), primary_key=True, default="")
    """OCSP: serial number of the certificate asked about, hexadecimal; empty for a list."""
    issuer: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of the issuer's certificate (DER), hexadecimal: nobody else's certificate can spoil its row."""
    content: Mapped[bytes]
    """The signed list or response (DER) that was last found good; empty while there is none."""
    this_update: Mapped[datetime | None]
    next_update: Mapped[datetime | None]
    fetched: Mapped[datetime | None]
    """When it was last fetched and found good."""
    tried: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(String(200), default="")
    """Code of the last failure, empty while it is good."""


class DirectoryFetch(Table):
    """Which version of our directory of keys a partner is proved to have."""

    __tablename__ = "directory_fetch"

    partner: Mapped[str] = mapped_column(String(40), primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class Approval(Table):
    """An administrative act that waits for a second person."""

    __tablename__ = "approval"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(80))
    payload: Mapped[dict[str, Any]]
    """What is carried out once it is approved."""
    reason: Mapped[str] = mapped_column(String(400))
    requested_by: Mapped[str] = mapped_column(String(80))
    requested: Mapped[datetime]
    expires: Mapped[datetime]
    needed: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(String(12), default="open")
    """`open`, `approved`, `rejected` or `expired`."""


class ApprovalVote(Table):
    """One person's word on an approval; nobody votes twice, nobody on their own request."""

    __tablename__ = "approval_vote"

    approval_id: Mapped[str] = mapped_column(ForeignKey("approval.id"), primary_key=True)
    actor: Mapped[str] = mapped_column(String(80), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime]


class Agreement(Table):
    """What may pass between this state and another, in one direction, under one instrument."""

    __tablename__ = "agreement"

    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    instrument: Mapped[str] = mapped_column(String(200))
    partner_state: Mapped[str] = mapped_column(String(3), index=True)
    direction: Mapped[str] = mapped_column(String(3))
    """`out`: what we disclose; `in`: what we accept."""
    categories: Mapped[list[str]]
    purposes: Mapped[list[str]]
    agency_classes: Mapped[list[str]]
    """Classes of the receiving agency (out) or of the sending one (in)."""
    withheld_fields: Mapped[list[str]]
    """Fields of the record this agreement does not cover, for example `Person/BirthPlace`."""
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    retention_days: Mapped[int | None]
    """In: days after which what came under it is erased here, where that is earlier than its own end."""


# --- Messages -------------------------------------------------------------------------------------------


class Journal(Table):
    """Every message that came in, with its original bytes, what became of it and what we answered."""

    __tablename__ = "journal"
    __table_args__ = (
        UniqueConstraint("sender", "message_id"),
        Index("ix_journal_received", "received"),
        Index("ix_journal_whole", "received", sqlite_where=_WHOLE, postgresql_where=_WHOLE),
        Index("ix_journal_unsealed", "id", sqlite_where=_UNSEALED, postgresql_where=_UNSEALED),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    sender: Mapped[str | None] = mapped_column(String(40))
    """None until a signature has proved it: an unproved claim must never occupy a message id."""
    message_id: Mapped[str | None] = mapped_column(String(36))
    claimed: Mapped[str] = mapped_column(String(120), default="")
    """What an unproved message says of itself, for the trace only; `cut DIGEST` where only its first bytes are kept."""
    kind: Mapped[str] = mapped_column(String(20), default="")
    channel: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(String(64), index=True)
    """SHA-256 of the original bytes, hexadecimal."""
    raw: Mapped[bytes] = mapped_column(Sealed("journal.raw"))
    """Empty once its time is over; the digest stays."""
    received: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    """`accepted`, `partly` or `refused`."""
    code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(SealedText("journal.reason"), default="")
    """The exact reason of a refusal; stays inside."""
    kid: Mapped[str] = mapped_column(String(64), default="", index=True)
    """The key that signed it; empty for what nobody is proved to have signed."""
    signed: Mapped[datetime | None]
    """Its signing time, as its sender says."""
    flag: Mapped[str] = mapped_column(String(24), default="")
    """`key-revoked` for what was signed since its key was invalid; the message stays, a human looks at it."""
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    stored: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    withheld: Mapped[int] = mapped_column(default=0)
    log_index: Mapped[int | None] = mapped_column(BigInteger)
    """Its leaf in the exchange tree; what nobody is proved to have sent shares one with its like."""
    receipt: Mapped[bytes | None] = mapped_column(Sealed("journal.receipt"))
    erased: Mapped[datetime | None]
    """When the original bytes, and an answer that held records, were erased."""


class Stream(Table):
    """How far a stream of messages between us and one partner has come, in one direction."""

    __tablename__ = "stream"

    partner: Mapped[str] = mapped_column(String(40), primary_key=True)
    direction: Mapped[str] = mapped_column(String(3), primary_key=True)
    last: Mapped[int] = mapped_column(BigInteger, default=0)
    """Out: the last number given. In: the highest number seen."""
    missing: Mapped[list[Any]]
    """In: closed ranges `[from, to]` below `last` that have not arrived; at most `stream.MOST_GAPS` of them."""


class Outbox(Table):
    """A signed message on its way to a partner, kept with its receipt."""

    __tablename__ = "outbox"
    __table_args__ = (
        # A claim looks for the first message of a partner that is not settled yet.
        Index(
            "ix_outbox_unsettled",
            "partner",
            "priority",
            "id",
            sqlite_where=_UNSETTLED,
            postgresql_where=_UNSETTLED,
        ),
        Index("ix_outbox_state", "state", "partner"),
        Index("ix_outbox_delivered", "delivered"),
        Index("ix_outbox_whole", "delivered", sqlite_where=_WHOLE, postgresql_where=_WHOLE),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    message_id: Mapped[str] = mapped_column(String(36), unique=True)
    partner: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    priority: Mapped[str] = mapped_column(String(1), default="B")
    sequence: Mapped[int | None] = mapped_column(BigInteger)
    records: Mapped[int] = mapped_column(default=0)
    raw: Mapped[bytes] = mapped_column(Sealed("outbox.raw"))
    kid: Mapped[str] = mapped_column(String(64), default="")
    """The key that signed it."""
    digest: Mapped[str] = mapped_column(String(64))
    """Digest the receipt has to name: SHA-256 of the signed content, base64."""
    created: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    """`waiting`, `sending`, `delivered`, `refused` or `dead`."""
    attempts: Mapped[int] = mapped_column(default=0)
    attempted: Mapped[datetime | None]
    """When it was first handed to the network: since then the partner may have it, and its bytes stay."""
    first_position: Mapped[int | None] = mapped_column(BigInteger)
    """The disclosures it carries, as a closed range of the partner's positions."""
    last_position: Mapped[int | None] = mapped_column(BigInteger)
    next_at: Mapped[datetime]
    claimed_by: Mapped[str] = mapped_column(String(80), default="")
    claimed_until: Mapped[datetime | None]
    code: Mapped[str] = mapped_column(String(40), default="")
    """Code of the last failure or refusal."""
    receipt: Mapped[bytes | None] = mapped_column(Sealed("outbox.receipt"))
    delivered: Mapped[datetime | None]
    erased: Mapped[datetime | None]
    """When the message itself was erased; digest and receipt stay."""
    stored: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    withheld: Mapped[int] = mapped_column(default=0)


# --- Records and persons --------------------------------------------------------------------------------


class Record(Table):
    """One version of one record, or its withdrawal, as canonical XML of the exchange format.

    `id` grows in commit order (see gateway.store.numbers), so a reader of changes never misses one.
    """

    __tablename__ = "record"
    __table_args__ = (
        UniqueConstraint("record_id", "version"),
        Index("ix_record_person", "person_id"),
        Index("ix_record_owner", "owner_state", "id"),
        Index("ix_record_whole", "retention_until", sqlite_where=_WHOLE, postgresql_where=_WHOLE),
        Index(
            "ix_record_decision",
            "decision",
            sqlite_where=text("decision <> ''"),
            postgresql_where=text("decision <> ''"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    record_id: Mapped[str] = mapped_column(Hidden("record_id"))
    """Hidden, because whoever knows the number of a register's row can compute it."""
    version: Mapped[int]
    category: Mapped[str] = mapped_column(String(40))
    owner_state: Mapped[str] = mapped_column(String(3))
    owner_agency: Mapped[str] = mapped_column(String(32))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None for a record about nobody, and once the description of the person is erased."""
    status: Mapped[str] = mapped_column(String(40))
    """A state of the family's lifecycle, or `WITHDRAWN`."""
    current: Mapped[bool] = mapped_column(default=True)
    """False once a higher version is here."""
    payload: Mapped[str] = mapped_column(SealedText("record.payload"))
    """Canonical XML of the Record element, or of the Withdraw element."""
    digest: Mapped[str] = mapped_column(SealedText("record.digest"))
    """SHA-256 of what it says, hexadecimal; sealed, because whoever guesses a record can compute it."""
    created: Mapped[datetime]
    stored: Mapped[datetime]
    journal_id: Mapped[int | None] = mapped_column(BigInteger)
    """The message that brought it; None for records of our own state."""
    retention_until: Mapped[date | None]
    """The last day on which this version is kept (gateway.disclosure.retention)."""
    decision: Mapped[str] = mapped_column(Hidden("record.decision"), default="")
    """Number of the group decision, of the group itself and of each member; empty for everything else."""
    erased: Mapped[datetime | None]
    """When it became a tombstone: since then only ids, digest, dates and the reason are here."""
    erasure: Mapped[str] = mapped_column(String(16), default="")
    """Why: `WITHDRAWN` or `RETENTION`."""
    profile: Mapped[str] = mapped_column(String(80), default="")
    """Name of the mapping profile that made it, without its version; empty where none is told."""


class Person(Table):
    """A person as one register of one state describes one; people are linked, never merged."""

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("state", "agency", "system", "ref"),
        # The protected are few, and every question about a traveller asks for them.
        Index("ix_person_protected", "id", sqlite_where=text("protected"), postgresql_where=text("protected")),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    state: Mapped[str] = mapped_column(String(3))
    agency: Mapped[str] = mapped_column(String(32))
    system: Mapped[str] = mapped_column(String(64))
    ref: Mapped[str] = mapped_column(Hidden("person.ref"))
    """The register's own number of the person."""
    comparable: Mapped[str] = mapped_column(SealedText("person.comparable"), default="")
    """The person made comparable, compact JSON (gateway.matching.normalise)."""
    protected: Mapped[bool] = mapped_column(default=False)
    """An active protection record speaks of this person."""
    states: Mapped[list[str]] = mapped_column(SealedJson("person.states"))
    """Every state the description ties the person to, ISO 3166-1 alpha-3; the firewall's risk set comes from it."""
    updated: Mapped[datetime]


class PersonKey(Table):
    """Keyed 64-bit hashes by which candidates are found (linkage.md, design 3)."""

    __tablename__ = "person_key"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own protocol for it

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("person.id"), primary_key=True, autoincrement=False, index=True
    )


class Link(Table):
    """A judgement on two person descriptions; appended and retracted, never changed or deleted."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_left", "left_id"), Index("ix_link_right", "right_id"))

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    left_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    """The smaller id of the two."""
    right_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[str] = mapped_column(String(12))
    """`positive`, `negative`, `unsure` or `candidate`."""
    colour: Mapped[str] = mapped_column(String(8))
    """`white`, `yellow` or `green` (linkage.md)."""
    weight: Mapped[float] = mapped_column(Float)
    """Bits of evidence."""
    evidence: Mapped[list[Any]] = mapped_column(SealedJson("link.evidence"))
    model: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(80))
    """`matcher`, or the person who judged."""
    reason: Mapped[str] = mapped_column(SealedText("link.reason"), default="")
    protected: Mapped[bool] = mapped_column(default=False)
    """Across the asylum firewall: seen by the owner only and never part of an identity (R6)."""
    created: Mapped[datetime]
    retracted: Mapped[datetime | None]
    retracted_by: Mapped[str] = mapped_column(String(80), default="")


class LinkModel(Table):
    """Weights of evidence that this node has learned; the one of this program's version is in the program."""

    __tablename__ = "link_model"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    content: Mapped[str] = mapped_column(SealedText("link_model.content"))
    """Its JSON (gateway.matching.model); sealed, since it counts the words of names."""
    state: Mapped[str] = mapped_column(String(10))
    """`candidate`, `active` (one at most; without one the shipped model matches), `retired` or `rejected`."""
    created: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(80))
    trained_on: Mapped[dict[str, Any]]
    """How many descriptions and human verdicts it was learned from."""
    activated: Mapped[datetime | None]


class Relink(Table):
    """One run that links the population again under another model."""

    __tablename__ = "relink"

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    model: Mapped[str] = mapped_column(ForeignKey("link_model.name"))
    state: Mapped[str] = mapped_column(String(10))
    """`learning`, `scoring`, `resolving`, `ready` (people decide), `accepted`, `switching`, `done` or `rejected`."""
    started: Mapped[datetime]
    started_by: Mapped[str] = mapped_column(String(80))
    reason: Mapped[str] = mapped_column(SealedText("relink.reason"))
    upto: Mapped[int] = mapped_column(BigInteger)
    """The last person there was when it started."""
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    """The last person that the present stage is done with: a run that died goes on behind."""
    since: Mapped[int] = mapped_column(BigInteger)
    """The last record there was when it started: whoever came or changed later is matched anew at the switch."""
    until: Mapped[int | None] = mapped_column(BigInteger)
    """The last record there was when the new model took over."""
    approval: Mapped[str] = mapped_column(String(36), default="")
    """What the decision waits for."""
    counts: Mapped[dict[str, Any]]
    """What was found: pairs, splits, merges and their sizes."""
    finished: Mapped[datetime | None]
    holder: Mapped[str] = mapped_column(String(80), default="")
    """The process that is at it, until `held_until`."""
    held_until: Mapped[datetime | None]


class RelinkPair(Table):
    """What a run says of one pair, beside the links in force; gone once the run is over."""

    __tablename__ = "relink_pair"
    __table_args__ = (UniqueConstraint("relink_id", "right_id", "left_id"), Index("ix_relink_pair_left", "left_id"))

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    relink_id: Mapped[int] = mapped_column(ForeignKey("relink.id"))
    left_id: Mapped[int] = mapped_column(BigInteger)
    """The smaller id of the two."""
    right_id: Mapped[int] = mapped_column(BigInteger)
    weight: Mapped[float] = mapped_column(Float)
    """Bits of evidence."""
    evidence: Mapped[list[Any]] = mapped_column(SealedJson("relink_pair.evidence"))
    verdict: Mapped[str] = mapped_column(String(12), default="")
    """`positive` or `candidate`; empty where the pair is not to be linked, or not judged yet."""
    reason: Mapped[str] = mapped_column(SealedText("relink_pair.reason"), default="")
    protected: Mapped[bool] = mapped_column(default=False)


class RelinkChange(Table):
    """One identity that a run would split, or some that it would merge."""

    __tablename__ = "relink_change"
    __table_args__ = (Index("ix_relink_change_kind", "relink_id", "kind", "size"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    relink_id: Mapped[int] = mapped_column(ForeignKey("relink.id"))
    kind: Mapped[str] = mapped_column(String(8))
    """`split` or `merge`."""
    size: Mapped[int]
    """Descriptions that it is about."""
    groups: Mapped[list[Any]] = mapped_column(SealedJson("relink_change.groups"))
    """The descriptions of each part that an identity falls into, or of each identity that is joined."""


class Membership(Table):
    """Which identity a person description belongs to, with its history."""

    __tablename__ = "membership"
    __table_args__ = (
        Index("ix_membership_identity", "identity_id"),
        Index("ix_membership_person", "person_id", "until"),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    identity_id: Mapped[str] = mapped_column(String(36))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    since: Mapped[datetime]
    until: Mapped[datetime | None]


class Review(Table):
    """Something a human has to look at."""

    __tablename__ = "review"
    __table_args__ = (UniqueConstraint("kind", "subject"), Index("ix_review_due", "due"))

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(24))
    """`link`, `protected-link`, `interlock`, `record`, `lifecycle`, `rectify`, `withdrawal`, `deadline`,
    `retention` or `held-description`."""
    subject: Mapped[str] = mapped_column(Hidden("review.subject"))
    due: Mapped[date | None]
    """The day by which, or on which, something has to be done; None where no day is set."""
    detail: Mapped[dict[str, Any]] = mapped_column(SealedJson("review.detail"))
    protected: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(8), default="open")
    created: Mapped[datetime]
    decided: Mapped[datetime | None]
    decided_by: Mapped[str] = mapped_column(String(80), default="")
    verdict: Mapped[str] = mapped_column(String(24), default="")


class WatchlistEntry(Table):
    """An entry ban made searchable; the index in memory follows `changed`."""

    __tablename__ = "watchlist_entry"

    record_id: Mapped[str] = mapped_column(Hidden("record_id"), primary_key=True)
    changed: Mapped[int] = mapped_column(BigInteger, index=True)
    """Number of the record row that last changed it."""
    owner_state: Mapped[str] = mapped_column(String(3))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """None once nothing but the fact that an entry ended is left."""
    active: Mapped[bool]
    action: Mapped[str] = mapped_column(String(24))
    reference: Mapped[str] = mapped_column(SealedText("watchlist_entry.reference"))
    contact: Mapped[str] = mapped_column(String(80))
    territory: Mapped[str] = mapped_column(String(16))
    ban_from: Mapped[date]
    ban_to: Mapped[date | None]
    subject: Mapped[dict[str, Any]] = mapped_column(SealedJson("watchlist_entry.subject"))
    """Names, birth date, sex, citizenships, documents and identifiers, as gateway.watchlist.entries reads them."""


# --- Disclosure -----------------------------------------------------------------------------------------


class Disclosure(Table):
    """One record version disclosed to one recipient, at the recipient's own gapless position.

    A position is given only to what is disclosed, so that no gap can tell of what was withheld (R4).
    """

    __tablename__ = "disclosure"
    __table_args__ = (UniqueConstraint("recipient", "record_row"),)

    recipient: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    record_row: Mapped[int] = mapped_column(ForeignKey("record.id"))
    agreement: Mapped[str] = mapped_column(String(60))
    purpose: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    handed: Mapped[bool] = mapped_column(default=False)
    """False while it waits in the outbox and nothing of it has left the node."""


class Feed(Table):
    """How far the changes of this node have been looked through for one recipient."""

    __tablename__ = "feed"

    recipient: Mapped[str] = mapped_column(String(40), primary_key=True)
    scanned: Mapped[int] = mapped_column(BigInteger, default=0)
    """Highest record row decided on."""
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    """Last position given."""
    pushed: Mapped[int] = mapped_column(BigInteger, default=0)
    """Last position put into the outbox, where we push."""
    taken: Mapped[int] = mapped_column(BigInteger, default=0)
    """Last position the recipient has said to have, by asking for what follows it."""


class Audit(Table):
    """Who did or read what, with which purpose and result. Appended only."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_at", "at"), Index("ix_audit_subject", "subject"))

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(32), default="")
    outcome: Mapped[str] = mapped_column(String(40))
    detail: Mapped[dict[str, Any]]
    log_index: Mapped[int] = mapped_column(BigInteger)
    """Leaf in the node's own audit tree, which is never shown to partners."""


# --- The tamper-evident log -----------------------------------------------------------------------------


class LogLeaf(Table):
    """A leaf of one of the node's Merkle trees: digests and verdicts only."""

    __tablename__ = "log_leaf"
    __table_args__ = (Index("ix_log_leaf_found", "block", "subject"), {"sqlite_with_rowid": False})

    log: Mapped[str] = mapped_column(String(8), primary_key=True)
    """`exchange` (shown to partners), `audit` (the node's own) or `rows` (what guards rows)."""
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    block: Mapped[int] = mapped_column(default=0)
    """`index` divided by 4096. Message ids are random: an index of them alone would be written to all over for
    every leaf, which costs more than the tree; by block, only its newest part is."""
    subject: Mapped[str] = mapped_column(String(80))
    """First word of the content: a message id, an audited action, or a table whose rows it tells of."""
    # SQLite minds no length, and would copy the whole table to forget it.
    content: Mapped[str] = mapped_column(String(400).with_variant(Text(), "postgresql"))
    """The text whose RFC 6962 leaf hash is in the tree."""
    seal: Mapped[str] = mapped_column(String(16))
    """Shows that this node has put this content at this place (gateway.ledger.log.seal); no part of the tree."""


class LogNode(Table):
    """The hash of one complete subtree: level 0 are leaf hashes, `index` counts from the left."""

    __tablename__ = "log_node"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own protocol for it

    log: Mapped[str] = mapped_column(String(8), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class RowDigest(Table):
    """What a row has to be that is written every few seconds for ever: a keyed digest of it (gateway.ledger.rows)."""

    __tablename__ = "row_digest"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy's own protocol for it

    of: Mapped[str] = mapped_column(String(16), primary_key=True)
    """The table of the row."""
    key: Mapped[str] = mapped_column(String(160), primary_key=True)
    """Its primary key as leaves spell it."""
    digest: Mapped[str] = mapped_column(String(22))


class LogCheckpoint(Table):
    """A signed statement of a tree's size and root, ours or a partner's that we have seen and checked."""

    __tablename__ = "log_checkpoint"

    party: Mapped[str] = mapped_column(String(48), primary_key=True)
    """Whose log; our own `audit` tree is kept under `<node>#audit`."""
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    signed: Mapped[str] = mapped_column(Text)
    """The checkpoint document with its signature, as published."""


class Witness(Table):
    """A partner's countersignature of a checkpoint of ours, or ours of a partner's."""

    __tablename__ = "witness"

    party: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Whose log."""
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    by: Mapped[str] = mapped_column(String(40), primary_key=True)
    """Who countersigned."""
    at: Mapped[datetime]
    signed: Mapped[str] = mapped_column(Text)
    """The countersignature as published."""


class Stamp(Table):
    """A timestamp token (RFC 3161) of one authority over one signature or checkpoint; a row waits until it has one."""

    __tablename__ = "stamp"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "authority"),
        Index("ix_stamp_waiting", "created", sqlite_where=_UNSTAMPED, postgresql_where=_UNSTAMPED),
    )

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(12))
    """`received`, `sent`, `receipt` (for a message that was sent) or `checkpoint`."""
    subject: Mapped[str] = mapped_column(String(80))
    """Row of the journal or the outbox; size of the exchange tree."""
    authority: Mapped[str] = mapped_column(String(60))
    """Name of the authority in the settings."""
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what is stamped, hexadecimal."""
    created: Mapped[datetime]
    token: Mapped[bytes | None]
    """The response of the authority (DER)."""
    stamped: Mapped[datetime | None]
    """The time the token states."""
    tried: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(String(200), default="")


class Alarm(Table):
    """Something that administrators must see until it is over: one row for each thing and subject."""

    __tablename__ = "alarm"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    """For example `log-fork`, `stamps-late`, `key-expires`, `revocation-stale`."""
    subject: Mapped[str] = mapped_column(String(120), primary_key=True)
    raised: Mapped[datetime]
    seen: Mapped[datetime]
    """When it was last found to hold."""
    cleared: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]]


# --- Work -----------------------------------------------------------------------------------------------


class Counter(Table):
    """A number that grows in commit order: whoever takes one holds the row until the commit."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger, default=0)


class Lease(Table):
    """Who leads (the scheduler) until when; taken by compare-and-set."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(80))
    until: Mapped[datetime]


class JobRun(Table):
    """One run of a scheduled job; a run whose holder died is seen and marked, and the job runs again."""

    __tablename__ = "job_run"
    __table_args__ = (Index("ix_job_run_job", "job", "started"),)

    id: Mapped[int] = mapped_column(Serial, primary_key=True, autoincrement=True)
    job: Mapped[str] = mapped_column(String(80))
    holder: Mapped[str] = mapped_column(String(80))
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(8))
    """`running`, `done`, `failed` or `died`."""
    outcome: Mapped[str] = mapped_column(SealedText("job_run.outcome"), default="")


class Bookmark(Table):
    """How far a pull from one partner has come."""

    __tablename__ = "bookmark"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[str] = mapped_column(Hidden("bookmark.value"))
    """The partner's own word for it, which may be a number of its register."""
    updated: Mapped[datetime]


class SpentToken(Table):
    """Client assertions that were used: each opens the door once (RFC 7523)."""

    __tablename__ = "spent_token"

    jti: Mapped[str] = mapped_column(String(120), primary_key=True)
    expires: Mapped[datetime]
