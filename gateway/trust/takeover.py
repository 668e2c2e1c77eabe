"""What a partner says of its keys becomes our rows: in its directory, or in a signed notice.

A word is only taken once it is proved whose it is. Keys only move on, serials only grow, and a key that is
revoked takes with it what it may have brought in for a thief.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.x509 import Certificate, load_der_x509_certificate
from cryptography.x509.oid import NameOID
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway.errors import InvalidRequest, KeyUnusable
from gateway.ledger import log
from gateway.records.dates import in_utc
from gateway.store.tables import Approval, Bookmark, Key, Partner
from gateway.trust import alarms, anchors, certificates, chains, compromise, lifecycle

OURS = {"published": "active", "active": "active", "retiring": "retiring", "retired": "retired", "revoked": "revoked"}
"""What a partner's status means here. A key that its owner has published is taken from then on, or the first
message it signs after the change would be refused by everybody who has not looked again."""
ACCEPTED = ("active", "retiring")
"""The states in which a key that is new to us is entered, and in which its signatures are taken."""
RANK = {"proposed": 0, "active": 1, "retiring": 2, "retired": 3, "revoked": 4}
"""A key only moves on: no directory brings one back."""


MOST_OF_ONE: Final = 500
"""Most keys of one party that come in by its own word, in all its time: enough for a new one each week of ten years.
Rows of keys are never removed, and every change of any key reads them all."""
_CHAIN: Final = certificates.CHAIN_CERTIFICATES


@dataclass(frozen=True, slots=True)
class Word:
    """What a partner says of its keys, once it is proved that it was the partner who said it."""

    party: str
    signer: str
    """The key that signed it."""
    serial: int
    entries: list[dict[str, Any]]
    """`kid`, `status`, `x5c` and, for a revoked key, `invalid_since`, as in the published directory."""
    now: datetime


def take_over(session: Session, word: Word, content: str) -> list[str] | None:
    """Bring our rows to what the directory says; None where it says nothing new.

    `content` is the digest of a published directory, empty for a notice, which takes part of the same serials.
    """
    # 1. What revokes comes never too late.
    changed = _take_each(session, word, [entry for entry in word.entries if entry["status"] == "revoked"])
    # 2. Whoever signed it may have fallen with that: a key that revokes itself, or the one that brought it in,
    #    speaks its last word. A thief would go on to name a key of his own.
    if session.get_one(Key, word.signer).status not in ACCEPTED:
        return changed
    # 3. The serial only grows, and one serial has one content. What is listed moves on.
    if not _serial_is_new(session, word, content):
        return changed or None
    changed += _take_each(session, word, [entry for entry in word.entries if entry["status"] != "revoked"])
    # 4. What is no longer listed is over.
    stale = select(Key).where(
        Key.party == word.party,
        ~Key.own,
        Key.status.in_(ACCEPTED),
        Key.kid.not_in([entry["kid"] for entry in word.entries]),
    )
    for key in session.scalars(stale):
        key.status, key.changed = "retired", word.now
        changed.append(key.kid)
    if changed:
        lifecycle.touch(session)
    return changed


def _take_each(session: Session, word: Word, entries: Sequence[dict[str, Any]]) -> list[str]:
    changed = [entry["kid"] for entry in entries if _take(session, word, entry)]
    if changed:
        lifecycle.touch(session)
    return changed


def unfit(session: Session, word: Word) -> list[str]:
    """The keys that a word lists as its party's and that are not accepted here."""
    listed = [entry["kid"] for entry in word.entries if OURS[entry["status"]] in ACCEPTED]
    taken = set(session.scalars(select(Key.kid).where(Key.kid.in_(listed), Key.status.in_(ACCEPTED))))
    return [kid for kid in listed if kid not in taken]


def last_serial(session: Session, party: str, *, hold: bool = False) -> int:
    """The serial of the directory of a partner that was last taken over; -1 before the first.

    With `hold` nobody else takes over a word of this partner until the commit.
    """
    if hold:
        # The log's counter before the serial, as in a notice: taken crosswise, each would wait for the other.
        log.hold(session, "exchange")
    asked = select(Bookmark.value).where(Bookmark.name == f"directory:{party}")
    last = session.scalar(asked.with_for_update() if hold else asked)
    return -1 if last is None else int(last.partition(" ")[0])


def forget_serial(session: Session, party: str) -> None:
    """Take the next directory of a partner whatever its serial: people have compared one of its keys anew."""
    session.execute(delete(Bookmark).where(Bookmark.name == f"directory:{party}"))


def add_approved(session: Session, approval: Approval, actor: str, now: datetime) -> None:
    """The approved act `key-add`: payload `{"kid"}`; people have compared the fingerprint of a partner's key."""
    key = lifecycle.get(session, approval.payload["kid"])
    if key.own or key.status != "proposed":
        raise KeyUnusable(f"Only a proposed key of a partner is taken up; this one is {key.status}.", where=key.kid)
    lifecycle.activate(session, key.kid, actor=actor, now=now)
    key.vouched = ""
    # Whoever stole the key before it may have given its directory a serial that no later one reaches.
    forget_serial(session, key.party)


ACTS: Final = {"key-add": add_approved}
"""What an approval can set in motion here, by its action."""


def _serial_is_new(session: Session, word: Word, content: str) -> bool:
    name = f"directory:{word.party}"
    last = session.get(Bookmark, name, with_for_update=True, populate_existing=True)
    if last is None:
        try:
            with session.begin_nested():
                session.add(Bookmark(name=name, value=f"{word.serial} {content}", updated=word.now))
        except IntegrityError:
            # The partner's notice and its directory came at the same moment, each of them as the first word.
            last = session.get_one(Bookmark, name, with_for_update=True, populate_existing=True)
        else:
            return True
    text, _, seen = last.value.partition(" ")
    before = int(text)
    if not content and word.serial <= before:
        return False
    if word.serial < before:
        raise KeyUnusable(
            f"The directory has serial {word.serial}, but {before} was accepted before: an old list is never taken.",
            where="serial",
        )
    if word.serial == before and seen and content != seen:
        raise KeyUnusable("Two directories with one serial differ; ask the partner.", where="serial")
    last.value, last.updated = f"{word.serial} {content}", word.now
    return word.serial > before or not seen


def _certificates(
    session: Session, entry: Mapping[str, Any], party: str, now: datetime
) -> tuple[Certificate, list[Certificate]] | None:
    """The certificate of one entry and its chain; None for a key that cannot be used, which holds up no other key."""
    try:
        first, *others = [base64.b64decode(each, validate=True) for each in entry["x5c"][:_CHAIN]]
    except (TypeError, ValueError, LookupError) as error:
        raise InvalidRequest("A key of the directory has no certificate (x5c).", where=entry["kid"]) from error
    if hashlib.sha256(first).hexdigest() != entry["kid"]:
        raise InvalidRequest("A key of the directory is named after another certificate.", where=entry["kid"])
    try:
        certificate = certificates.from_der(first, now)
        chain = [load_der_x509_certificate(each) for each in others]
        anchors.check(session, certificate, chain, party=party, at=now)
    except (KeyUnusable, *certificates.UNFIT):
        return None
    return certificate, chain


def _take(session: Session, word: Word, entry: Mapping[str, Any]) -> bool:
    """Enter or move on one key; whether anything changed."""
    status = OURS[entry["status"]]
    key = session.get(Key, entry["kid"])
    if key is None:
        return status in ACCEPTED and _enter(session, word, entry, status)
    if key.party != word.party or key.own:
        raise KeyUnusable("The directory names a key that belongs to somebody else.", where=key.kid)
    if RANK[status] <= RANK[key.status]:
        return False
    if key.status == "proposed" and status in ACCEPTED:
        key.entered, key.vouched = word.now, word.signer
    key.status, key.changed = status, word.now
    if status == "revoked":
        key.invalid_since = _since(entry, word.now)
        compromise.take_effect(session, key, word.now)
    return True


def _enter(session: Session, word: Word, entry: Mapping[str, Any], status: str) -> bool:
    found = _certificates(session, entry, word.party, word.now)
    if found is None:
        return False
    certificate, chain = found
    if _names_another(session, certificate, word.party) or _too_many(session, word):
        return False
    key = Key(
        kid=entry["kid"],
        party=word.party,
        own=False,
        algorithm=certificates.algorithm_of(certificate),
        certificate=certificates.pem(certificate, chain),
        status=status,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        changed=word.now,
        entered=word.now,
        vouched=word.signer,
    )
    session.add(key)
    session.flush()
    return True


def _names_another(session: Session, certificate: Certificate, party: str) -> bool:
    """Whether a certificate that only its own key has signed names another partner: it was that one who said so.

    Whoever lists a neighbour's new key before the neighbour's own word comes would keep that word from being taken.
    """
    named = [str(each.value) for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    others = [name for name in named if name != party and name.isprintable()]
    if not others or not chains.is_self_signed(certificate):
        return False
    return session.scalar(select(Partner.id).where(Partner.id.in_(others)).limit(1)) is not None


def _too_many(session: Session, word: Word) -> bool:
    """Whether a party has brought in more keys than anybody needs; people hear of it, and may still enter one."""
    kept = session.scalar(select(func.count()).select_from(Key).where(Key.party == word.party, Key.vouched != ""))
    if (kept or 0) < MOST_OF_ONE:
        return False
    # The partners' tree first, as an alarm is written into the other.
    log.hold(session, "exchange")
    alarms.raise_alarm(session, alarms.Code.KEYS_TOO_MANY, word.party, word.now, {"most": MOST_OF_ONE})
    return True


def _since(entry: Mapping[str, Any], now: datetime) -> datetime:
    """From when a revoked key is invalid; now, where its owner does not say."""
    try:
        since = datetime.fromisoformat(entry["invalid_since"])
        return min(in_utc(since), now) if since.tzinfo is not None else now
    except (KeyError, TypeError, ValueError):
        return now
