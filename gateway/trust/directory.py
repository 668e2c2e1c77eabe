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
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import Certificate
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway import audit
from gateway.algorithms import registry
from gateway.audit import Action
from gateway.errors import InvalidRequest, KeyUnusable, Refusal, SignatureInvalid
from gateway.ledger import sealed
from gateway.ledger.sealed import Signer
from gateway.store.tables import Counter, Key
from gateway.trust import certificates, fetched, lifecycle, takeover

SHOWN = ("published", "active", "retiring", "revoked")
"""What partners have to know of; a revoked key is named so that they stop trusting it."""
KID = re.compile("[0-9a-f]{64}")
"""The form of a key's name."""
MOST_KEYS = 50
"""More keys than any partner has at one time."""


def directory(session: Session, *, party: str, signer: Signer, now: datetime) -> dict[str, Any]:
    """This node's directory as it stands, signed with its active key."""
    serial, keys = shown(session)
    listed = [_entry(key) for key in keys]
    return sealed.seal({"party": party, "serial": serial, "issued": _text(now), "keys": listed}, signer)


def shown(session: Session) -> tuple[int, Sequence[Key]]:
    """The serial of our directory and the keys in it, both of one moment."""
    query = select(Key).where(Key.own, Key.status.in_(SHOWN), Key.serial.is_not(None))
    query = query.order_by(Key.not_before, Key.kid).execution_options(populate_existing=True)
    serial = _serial(session)
    while True:
        keys = session.scalars(query).all()
        # A change that was committed between the two reads would give one serial two contents.
        before, serial = serial, _serial(session)
        if serial == before:
            return serial, keys


def known(session: Session) -> dict[str, Any]:
    """Which partner has which version of our directory, and which published keys wait to be known, plainly."""
    serial, keys = shown(session)
    return {
        "serial": serial,
        "partners": [{"partner": name, "serial": number, "at": at} for name, number, at in fetched.seen(session)],
        "waiting": [{"kid": key.kid, "serial": key.serial or 0} for key in keys if key.status == "published"],
    }


def _serial(session: Session) -> int:
    return session.scalar(select(Counter.value).where(Counter.name == lifecycle.CHANGES)) or 0


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
            changed = takeover.take_over(
                session, takeover.Word(party, document["kid"], serial, entries, now), _content(entries)
            )
    except Refusal as refusal:
        reason = {"reason": refusal.reason}
        _audit(session, Action.DIRECTORY_REFUSED, party, actor=actor, now=now, outcome=refusal.code, detail=reason)
        raise
    if changed is None:
        return []
    detail = {"serial": serial, "changed": changed}
    _audit(session, Action.DIRECTORY_ACCEPTED, party, actor=actor, now=now, outcome=audit.DONE, detail=detail)
    return changed


def take_notice(session: Session, word: takeover.Word, *, actor: str) -> list[str]:
    """Take over the directory that a partner sent us in a signed message; returns the keys that changed here.

    A notice that a newer directory has overtaken still revokes, and does nothing else.
    """
    changed = takeover.take_over(session, word, "")
    if changed:
        detail = {"serial": word.serial, "changed": changed, "notice": True}
        _audit(
            session, Action.DIRECTORY_ACCEPTED, word.party, actor=actor, now=word.now, outcome=audit.DONE, detail=detail
        )
    return changed or []


def public_jwk(certificate: Certificate) -> dict[str, Any]:
    """The public key as a JWK (RFC 7517)."""
    known = registry.of_certificate(certificate)
    if not known.algorithm.jose:
        # JOSE has no form for this kind of key: readers pass over a `kty` they do not know (RFC 7517, section 5),
        # and ours take the key from its certificate.
        return {"kty": known.algorithm.name}
    key = known.material
    if isinstance(key, rsa.RSAPublicKey):
        return dict(RSAAlgorithm.to_jwk(key, as_dict=True))
    if isinstance(key, ec.EllipticCurvePublicKey):
        return dict(ECAlgorithm.to_jwk(key, as_dict=True))
    if isinstance(key, ed25519.Ed25519PublicKey):
        return dict(OKPAlgorithm.to_jwk(key, as_dict=True))
    raise KeyUnusable("A key of this kind has no place in the directory.")


def x5c(key: Key) -> list[str]:
    """A certificate and those of its chain as a JWK shows them: base64 of each DER, the key's own first."""
    chain = certificates.load_all(key.certificate)
    return [base64.b64encode(each.public_bytes(serialization.Encoding.DER)).decode() for each in chain]


def _entry(key: Key) -> dict[str, Any]:
    certificate = certificates.load(key.certificate)
    jwk = public_jwk(certificate)
    entry = {
        **{name: value for name, value in jwk.items() if name != "key_ops"},
        "kid": key.kid,
        "use": "sig",
        "alg": registry.get(key.algorithm).jose or key.algorithm,
        "x5c": x5c(key),
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
        if not named or not isinstance(entry.get("status"), str) or entry["status"] not in takeover.OURS:
            raise InvalidRequest("A key of the directory needs kid and a known status.", where="keys")
    if len({entry["kid"] for entry in entries}) != len(entries):
        raise InvalidRequest("The directory names a key twice.", where="keys")
    return document["serial"], entries


def _content(entries: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(entries, sort_keys=True).encode()).hexdigest()


def _text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _audit(
    session: Session, action: Action, party: str, *, actor: str, now: datetime, outcome: str, detail: dict[str, Any]
) -> None:
    audit.write(session, action, actor=actor, subject=party, outcome=outcome, at=now, detail=detail)
