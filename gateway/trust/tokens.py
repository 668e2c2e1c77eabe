"""Access tokens for machines: OAuth 2.0 client credentials with a signed assertion (RFC 6749, RFC 7523).

A client is a partner. It proves itself with the key its certificate is entered for, gets a token for five
minutes signed by the node, and may be suspended in between: state and agency class are looked up at every
use and never read from the token.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import jwt
from cryptography.x509 import Certificate
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import audit
from gateway.algorithms import registry
from gateway.audit import Action
from gateway.errors import KeyUnusable, NotAuthenticated, Refusal, SignatureInvalid
from gateway.ledger.sealed import Signer
from gateway.store.tables import Partner, SpentToken

ASSERTION_LIFETIME: Final = timedelta(minutes=5)
"""The longest time a client's assertion may be valid for."""
TOKEN_LIFETIME: Final = timedelta(minutes=5)
"""How long an access token opens the door (design, interfaces)."""
SKEW: Final = timedelta(seconds=60)
"""How far a client's clock may be off (message-security rule 16)."""
TOKEN_BYTES: Final = 8 * 1024
"""No token of ours or of a client comes near this size."""

Certificates = Callable[[str], Sequence[tuple[str, Certificate]]]
"""The acceptable keys of a party: name and certificate (Keyring.verifiers at the present time)."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who calls, once a token has proved it."""

    id: str
    """`STATE/AGENCY`."""
    state: str
    agency: str
    agency_class: str


@dataclass(frozen=True, slots=True)
class AccessToken:
    """The answer of the token endpoint."""

    token: str
    expires_in: int
    """Seconds."""
    client: Client


def assertion(signer: Signer, client: str, *, audience: str, now: datetime) -> str:
    """Our own proof of being `client`, for the token endpoint of somebody else; usable once."""
    claims = {
        "iss": client,
        "sub": client,
        "aud": audience,
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIFETIME).timestamp()),
        "jti": str(uuid4()),
    }
    return _signed(claims, signer, "JWT")


def exchange(
    session: Session,
    client_assertion: str,
    *,
    audience: str,
    issuer: str,
    signer: Signer,
    certificates_of: Certificates,
    now: datetime,
    check: Callable[[str], None] = lambda _client: None,
) -> AccessToken:
    """Turn a client's assertion into an access token (NotAuthenticated; the reason stays inside).

    `audience` is the address of the token endpoint, `issuer` this node's id, `check` may refuse the proved client
    for how it has come. What is turned away is audited: call it inside `audit.keeping_traces`.
    """
    claimed = ""
    try:
        claimed = _text(_claims(client_assertion).get("iss"), "iss")
        client = _proved(
            session, client_assertion, claimed=claimed, audience=audience, keys=certificates_of(claimed), now=now
        )
        check(client.id)
    except Refusal as refusal:
        audit.write(
            session,
            Action.TOKEN_DENIED,
            actor=claimed,
            subject=issuer,
            outcome=refusal.code,
            at=now,
            detail={"reason": refusal.reason},
        )
        raise
    token = _access_token(client, issuer=issuer, signer=signer, now=now)
    audit.write(session, Action.TOKEN_ISSUED, actor=client.id, subject=issuer, outcome=audit.DONE, at=now)
    return token


def authenticate(session: Session, token: str, *, issuer: str, certificates_of: Certificates, now: datetime) -> Client:
    """Who holds this access token (NotAuthenticated). `issuer` is this node's id."""
    claims = _verified(token, certificates_of(issuer), timedelta(), now, kind="at+jwt")
    if claims.get("iss") != issuer or issuer not in _audiences(claims):
        raise NotAuthenticated(reason="the token is not one of ours")
    return _client(session, _text(claims.get("sub"), "sub"))


def _proved(
    session: Session,
    client_assertion: str,
    *,
    claimed: str,
    audience: str,
    keys: Sequence[tuple[str, Certificate]],
    now: datetime,
) -> Client:
    """The client an assertion proves, which is used up by it."""
    # 1. Only a key of the client that is named, and its kind of algorithm.
    claims = _verified(client_assertion, keys, SKEW, now)
    # 2. The client speaks for itself, to us, and for a short time.
    if claims.get("sub") != claimed:
        raise NotAuthenticated(reason="the assertion speaks about somebody else (iss is not sub)")
    if audience not in _audiences(claims):
        raise NotAuthenticated(reason="the assertion is meant for another endpoint")
    expires = _time(claims, "exp")
    if expires > now + ASSERTION_LIFETIME + SKEW:
        raise NotAuthenticated(reason="the assertion is valid for more than five minutes")
    # 3. The client is a partner in good standing.
    client = _client(session, claimed)
    # 4. Each assertion opens the door once.
    _spend(session, client.id, _text(claims.get("jti"), "jti"), expires, now)
    return client


def _access_token(client: Client, *, issuer: str, signer: Signer, now: datetime) -> AccessToken:
    claims = {
        "iss": issuer,
        "sub": client.id,
        "client_id": client.id,
        "aud": issuer,
        "iat": int(now.timestamp()),
        "exp": int((now + TOKEN_LIFETIME).timestamp()),
        "jti": str(uuid4()),
    }
    return AccessToken(_signed(claims, signer, "at+jwt"), int(TOKEN_LIFETIME.total_seconds()), client)


def _verified(
    token: str, keys: Sequence[tuple[str, Certificate]], skew: timedelta, now: datetime, *, kind: str = ""
) -> dict[str, Any]:
    """The claims of a token that one of these keys signed and that is valid now."""
    header = _header(token)
    if kind and header.get("typ") != kind:
        raise NotAuthenticated(reason="the token is of another kind than is asked for here")
    if "kid" in header:
        keys = [(kid, certificate) for kid, certificate in keys if kid == header["kid"]]
    if not keys:
        raise NotAuthenticated(reason="no acceptable key of that name is known for the one who is claimed")
    for _, certificate in keys:
        try:
            key = registry.of_certificate(certificate)
            if not key.algorithm.jose:
                claims = _verified_by(key, token, header)
                _check_times(claims, skew, now)
                return claims
            # The key's names in JOSE: the header chooses only among these (RFC 7518, RFC 8037).
            names = [key.algorithm.jose, *key.algorithm.jose_also]
            claims = jwt.decode(
                token,
                key.material,
                algorithms=names,
                # Times are checked below against the clock that was handed in, the audience by the caller.
                options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "verify_aud": False,
                         "verify_sub": False, "verify_jti": False, "verify_iss": False},
            )  # fmt: skip
        except (jwt.InvalidTokenError, KeyUnusable, SignatureInvalid):
            continue
        _check_times(claims, skew, now)
        return claims
    raise NotAuthenticated(reason="the signature does not hold, or its algorithm is not one of the key's")


def _verified_by(key: registry.PublicKey, token: str, header: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of a token under an algorithm that JOSE has no name for (SignatureInvalid)."""
    body, _, value = token.rpartition(".")
    # Nothing that would have to be understood to read it; and one spelling of the value only.
    if header.get("alg") != key.algorithm.uri or not {"crit", "b64", "zip"}.isdisjoint(header):
        raise SignatureInvalid(reason="the token names another algorithm than the key's")
    signature = base64.urlsafe_b64decode(value.encode("ascii", "replace") + b"=" * (-len(value) % 4))
    if _base64url(signature).decode() != value:
        raise SignatureInvalid(reason="the signature of the token is not strict base64url")
    registry.verify(key.algorithm, key.material, signature, body.encode())
    return _claims(token)


def _check_times(claims: Mapping[str, Any], skew: timedelta, now: datetime) -> None:
    if now >= _time(claims, "exp") + skew:
        raise NotAuthenticated(reason="the token has expired")
    for name in ("nbf", "iat"):
        if name in claims and _time(claims, name) > now + SKEW:
            raise NotAuthenticated(reason="the token is from the future: compare the clocks")


def _spend(session: Session, client: str, jti: str, expires: datetime, now: datetime) -> None:
    """Remember an assertion until it would be refused anyway; forget those whose time is over."""
    session.execute(delete(SpentToken).where(SpentToken.expires < now - SKEW))
    # Two clients may use the same jti, and it may be longer than a column: a digest of both names it.
    name = hashlib.sha256(f"{client}\n{jti}".encode(errors="surrogatepass")).hexdigest()
    try:
        with session.begin_nested():
            session.add(SpentToken(jti=name, expires=expires))
    except IntegrityError as error:
        raise NotAuthenticated(reason="the assertion was used before") from error


def _client(session: Session, name: str) -> Client:
    partner = session.get(Partner, name) if name.isprintable() else None
    if partner is None or partner.status != "active":
        raise NotAuthenticated(reason="the client is not an active partner")
    return Client(partner.id, partner.state, partner.agency, partner.agency_class)


def _claims(token: str) -> dict[str, Any]:
    """What a token claims, unproved; only used to find the keys it has to be checked with."""
    if len(token) > TOKEN_BYTES:
        raise NotAuthenticated(reason="the token is too long")
    try:
        return dict(jwt.decode(token, options={"verify_signature": False}))
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise NotAuthenticated(reason="the token is not a JWT") from error


def _header(token: str) -> dict[str, Any]:
    if len(token) > TOKEN_BYTES:
        raise NotAuthenticated(reason="the token is too long")
    try:
        return dict(jwt.get_unverified_header(token))
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise NotAuthenticated(reason="the token is not a JWT") from error


def _audiences(claims: Mapping[str, Any]) -> list[Any]:
    audience = claims.get("aud")
    return audience if isinstance(audience, list) else [audience]


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise NotAuthenticated(reason=f"the claim {name} is missing or not a text")
    return value


def _time(claims: Mapping[str, Any], name: str) -> datetime:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1 << 33:
        raise NotAuthenticated(reason=f"the claim {name} is missing or not a time")
    return datetime.fromtimestamp(value, UTC)


def _signed(claims: Mapping[str, Any], signer: Signer, kind: str) -> str:
    """A compact JWS (RFC 7515): our signers give raw signatures, which is what JOSE wants."""
    algorithm = registry.get(signer.algorithm)
    # Where JOSE has no name, one that nobody else gives to another algorithm (RFC 7515, section 4.1.1).
    header = {"alg": algorithm.jose or algorithm.uri, "kid": signer.kid, "typ": kind}
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in (header, claims)]
    body = b".".join(_base64url(part) for part in parts)
    return (body + b"." + _base64url(signer.sign(body))).decode()


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
