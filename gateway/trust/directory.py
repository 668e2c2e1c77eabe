"""The directory of keys: a signed, numbered list that partners fetch from `GET /v1/keys`.

It has the form of a JWKS (RFC 7517), so any JOSE library finds the keys, with three members more for each
key (`nbf`, `exp`, `status`) and a signature over the whole. The serial only grows: an older list, by which
somebody might bring back a key that was revoked, is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import Certificate, load_pem_x509_certificate
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import InvalidRequest, KeyUnusable, Refusal, SignatureInvalid
from gateway.ledger import sealed
from gateway.ledger.sealed import Signer
from gateway.store.tables import Bookmark, Counter, Key
from gateway.trust import certificates, lifecycle

SHOWN = ("published", "active", "retiring", "revoked")
"""What partners have to know of; a revoked key is named so that they stop trusting it."""
OURS = {"published": "active", "active": "active", "retiring": "retiring", "retired": "retired", "revoked": "revoked"}
"""What a partner's status means here. A key that its owner has published is taken from then on, or the first
message it signs after the change would be refused by everybody who has not looked again."""
ACCEPTED = ("active", "retiring")
"""The states in which a key that is new to us is entered."""
RANK = {"proposed": 0, "active": 1, "retiring": 2, "retired": 3, "revoked": 4}
"""A key only moves on: no directory brings one back."""
ALGORITHMS = {"p256": "ES256", "rsa": "RS256", "ed25519": "EdDSA"}
"""Names of RFC 7518 and RFC 8037 for our kinds of key."""
KID = re.compile("[0-9a-f]{64}")
"""The form of a key's name."""
MOST_KEYS = 50
"""More keys than any partner has at one time."""


def directory(session: Session, *, party: str, signer: Signer, now: datetime) -> dict[str, Any]:
    """This node's directory as it stands, signed with its active key."""
    serial = session.scalar(select(Counter.value).where(Counter.name == lifecycle.CHANGES)) or 0
    query = select(Key).where(Key.own, Key.status.in_(SHOWN)).order_by(Key.not_before, Key.kid)
    keys = [_entry(key) for key in session.scalars(query)]
    return sealed.seal({"party": party, "serial": serial, "issued": _text(now), "keys": keys}, signer)


def accept_directory(
    session: Session,
    document: Mapping[str, Any],
    *,
    party: str,
    known: Mapping[str, Certificate],
    now: datetime,
    actor: str = "sync",
) -> list[str]:
    """Take over a partner's directory; returns the names of the keys that changed here.

    `known` are the keys of the partner that are acceptable now (Keyring.verifiers). Raises InvalidRequest,
    SignatureInvalid, or KeyUnusable for a serial that went back; nothing is changed then, and the attempt is
    audited: call it inside `audit.keeping_traces`.
    """
    try:
        with session.begin_nested():
            serial, entries = _proved(document, party, known)
            changed = _take_over(session, party, serial, entries, now)
    except Refusal as refusal:
        reason = {"reason": refusal.reason}
        _audit(session, Action.DIRECTORY_REFUSED, party, actor=actor, now=now, outcome=refusal.code, detail=reason)
        raise
    if changed is None:
        return []
    detail = {"serial": serial, "changed": changed}
    _audit(session, Action.DIRECTORY_ACCEPTED, party, actor=actor, now=now, outcome=audit.DONE, detail=detail)
    return changed


def public_jwk(certificate: Certificate) -> dict[str, Any]:
    """The public key as a JWK (RFC 7517)."""
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        return dict(RSAAlgorithm.to_jwk(key, as_dict=True))
    if isinstance(key, ec.EllipticCurvePublicKey):
        return dict(ECAlgorithm.to_jwk(key, as_dict=True))
    if isinstance(key, ed25519.Ed25519PublicKey):
        return dict(OKPAlgorithm.to_jwk(key, as_dict=True))
    raise KeyUnusable("A key of this kind has no place in the directory.")


def _entry(key: Key) -> dict[str, Any]:
    certificate = load_pem_x509_certificate(key.certificate.encode())
    der = certificate.public_bytes(serialization.Encoding.DER)
    jwk = public_jwk(certificate)
    entry = {
        **{name: value for name, value in jwk.items() if name != "key_ops"},
        "kid": key.kid,
        "use": "sig",
        "alg": ALGORITHMS[key.algorithm],
        "x5c": [base64.b64encode(der).decode()],
        "nbf": int(key.not_before.timestamp()),
        "exp": int(key.not_after.timestamp()),
        "status": key.status,
    }
    return entry if key.invalid_since is None else {**entry, "invalid_since": _text(key.invalid_since)}


def _proved(
    document: Mapping[str, Any], party: str, known: Mapping[str, Certificate]
) -> tuple[int, list[dict[str, Any]]]:
    """Serial and keys of a directory that this party signed as its own."""
    serial, entries = _form(document)
    certificate = known.get(document["kid"])
    if certificate is None:
        raise SignatureInvalid(reason=f"the directory of {party} is not signed by a key we accept")
    sealed.check(document, certificate)
    if document["party"] != party:
        raise SignatureInvalid(reason=f"a directory signed by {party} speaks of another party")
    return serial, entries


def _take_over(
    session: Session, party: str, serial: int, entries: list[dict[str, Any]], now: datetime
) -> list[str] | None:
    """Bring our rows to what the directory says; None where it says nothing new."""
    # 1. The serial only grows, and one serial has one content.
    if not _serial_is_new(session, party, serial, entries, now):
        return None
    # 2. What is listed moves on.
    changed = [entry["kid"] for entry in entries if _take(session, party, entry, now)]
    # 3. What is no longer listed is over.
    stale = select(Key).where(
        Key.party == party,
        ~Key.own,
        Key.status.in_(("active", "retiring")),
        Key.kid.not_in([entry["kid"] for entry in entries]),
    )
    for key in session.scalars(stale):
        key.status, key.changed = "retired", now
        changed.append(key.kid)
    if changed:
        lifecycle.touch(session)
    return changed


def _form(document: Mapping[str, Any]) -> tuple[int, list[dict[str, Any]]]:
    """Serial and keys of a document that has the form of a directory (InvalidRequest)."""
    wanted = {"party": str, "serial": int, "issued": str, "keys": list, "kid": str, "algorithm": str, "signature": str}
    if not isinstance(document, Mapping) or set(document) != set(wanted):
        raise InvalidRequest("A directory has exactly the members " + ", ".join(sorted(wanted)) + ".")
    for name, kind in wanted.items():
        if type(document[name]) is not kind:
            raise InvalidRequest("A member of the directory is of the wrong type.", where=name)
    if not 0 <= document["serial"] < 1 << 63:
        raise InvalidRequest("The serial of a directory is a whole number.", where="serial")
    entries = document["keys"]
    if not 0 < len(entries) <= MOST_KEYS:
        raise InvalidRequest(f"A directory names 1 to {MOST_KEYS} keys.", where="keys")
    for entry in entries:
        named = isinstance(entry, dict) and isinstance(entry.get("kid"), str) and KID.fullmatch(entry["kid"])
        if not named or not isinstance(entry.get("status"), str) or entry["status"] not in OURS:
            raise InvalidRequest("A key of the directory needs kid and a known status.", where="keys")
    if len({entry["kid"] for entry in entries}) != len(entries):
        raise InvalidRequest("The directory names a key twice.", where="keys")
    return document["serial"], entries


def _serial_is_new(session: Session, party: str, serial: int, entries: list[dict[str, Any]], now: datetime) -> bool:
    content = hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()
    name = f"directory:{party}"
    last = session.get(Bookmark, name, with_for_update=True, populate_existing=True)
    if last is None:
        session.add(Bookmark(name=name, value=f"{serial} {content}", updated=now))
        return True
    before, _, seen = last.value.partition(" ")
    if serial < int(before):
        raise KeyUnusable(
            f"The directory has serial {serial}, but {before} was accepted before: an old list is never taken.",
            where="serial",
        )
    if serial == int(before) and content != seen:
        raise KeyUnusable("Two directories with one serial differ; ask the partner.", where="serial")
    last.value, last.updated = f"{serial} {content}", now
    return serial > int(before)


def _certificate(entry: Mapping[str, Any], now: datetime) -> Certificate | None:
    """The certificate of one entry; None for a key that cannot be used now, which holds up no other key."""
    try:
        der = base64.b64decode(entry["x5c"][0], validate=True)
    except (TypeError, ValueError, LookupError) as error:
        raise InvalidRequest("A key of the directory has no certificate (x5c).", where=entry["kid"]) from error
    if hashlib.sha256(der).hexdigest() != entry["kid"]:
        raise InvalidRequest("A key of the directory is named after another certificate.", where=entry["kid"])
    try:
        return certificates.from_der(der, now)
    except KeyUnusable:
        return None


def _take(session: Session, party: str, entry: Mapping[str, Any], now: datetime) -> bool:
    """Enter or move on one key; whether anything changed."""
    status = OURS[entry["status"]]
    key = session.get(Key, entry["kid"])
    if key is None:
        return status in ACCEPTED and _enter(session, party, entry, status, now)
    if key.party != party or key.own:
        raise KeyUnusable("The directory names a key that belongs to somebody else.", where=key.kid)
    if RANK[status] <= RANK[key.status]:
        return False
    key.status, key.changed = status, now
    if status == "revoked":
        key.invalid_since = _since(entry, now)
    return True


def _enter(session: Session, party: str, entry: Mapping[str, Any], status: str, now: datetime) -> bool:
    certificate = _certificate(entry, now)
    if certificate is None:
        return False
    key = Key(
        kid=entry["kid"],
        party=party,
        own=False,
        algorithm=certificates.algorithm_of(certificate),
        certificate=certificates.pem(certificate),
        status=status,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        changed=now,
    )
    session.add(key)
    session.flush()
    return True


def _since(entry: Mapping[str, Any], now: datetime) -> datetime:
    """From when a revoked key is invalid; now, where its owner does not say."""
    try:
        since = datetime.fromisoformat(entry["invalid_since"])
    except (KeyError, TypeError, ValueError):
        return now
    return min(since, now) if since.tzinfo is not None else now


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _audit(
    session: Session, action: Action, party: str, *, actor: str, now: datetime, outcome: str, detail: dict[str, Any]
) -> None:
    audit.write(session, action, actor=actor, subject=party, outcome=outcome, at=now, detail=detail)
