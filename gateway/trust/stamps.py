"""Timestamps by other authorities (RFC 3161): what is asked of them, and when an answer is believed.

A signature says when its signer claims to have signed; a timestamp says by when it was there at the latest, in the
word of somebody who gains nothing by it. What is stamped of a message is its SignatureValue, as XAdES-T has it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from asn1crypto import cms, tsp
from cryptography import x509
from cryptography.x509 import Certificate
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from gateway.errors import KeyUnusable, Refusal
from gateway.trust.certificates import UNFIT

SKEW: Final = timedelta(minutes=5)
"""How far the clock of an authority may be from ours before its word is doubted."""


class StampInvalid(Refusal):
    """What an authority answered is not a timestamp of what was asked, or not by it."""

    code = "stamp-invalid"
    status = 502
    title_en = "The timestamp of the authority does not hold."
    title_ru = "Штамп времени службы недействителен."


@dataclass(frozen=True, slots=True)
class Stamped:
    """A timestamp that holds."""

    at: datetime
    """The time the authority states."""
    token: bytes
    """Its whole response (DER)."""


def anchors(path: Path) -> list[Certificate]:
    """The certificates an authority is held to, from a PEM file (KeyUnusable)."""
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, *UNFIT) as error:
        raise KeyUnusable(
            "The certificates of a timestamp authority cannot be read.", where=str(path), reason=str(error)
        ) from error
    return found


def request(data: bytes) -> TimeStampRequest:
    """What is sent to an authority: SHA-256 of the data and a nonce of its own; it never sees the data."""
    return TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()


def judge(
    answer: bytes, asked: TimeStampRequest, digest: bytes, roots: Sequence[Certificate], *, now: datetime
) -> Stamped:
    """The timestamp in an authority's answer to what was asked (StampInvalid)."""
    stamped = check(answer, digest, roots, nonce=asked.nonce)
    if abs(stamped.at - now) > SKEW:
        raise StampInvalid(reason=f"the clock of the authority is off by {stamped.at - now}")
    return stamped


def check(answer: bytes, digest: bytes, roots: Sequence[Certificate], *, nonce: int | None = None) -> Stamped:
    """A timestamp of something with this SHA-256, by an authority under one of the roots (StampInvalid).

    For one that is kept there is no nonce to compare any more; the authority's certificate has to have been good at
    the time it states, not today.
    """
    builder = VerifierBuilder(roots=list(roots), nonce=nonce)
    try:
        response = _read(answer)
        builder.build().verify(response, digest)
        at = response.tst_info.gen_time
    except (VerificationError, ValueError, TypeError, KeyError, AssertionError) as error:
        raise StampInvalid(reason=str(error)) from error
    return Stamped(at if at.tzinfo is not None else at.replace(tzinfo=UTC), answer)


def token(answer: bytes) -> bytes:
    """The token itself (CMS, DER) out of a response that was found good."""
    return _read(answer).time_stamp_token()


def _read(answer: bytes) -> TimeStampResponse:
    """The response in an authority's answer (ValueError)."""
    try:
        return decode_timestamp_response(answer)
    except ValueError:
        return decode_timestamp_response(_sorted(answer))


def _sorted(answer: bytes) -> bytes:
    """The answer with its certificates in the order of DER.

    OpenSSL puts the signer's first, whatever DER says of sets, and the reader is strict. The certificates of a token
    stand outside what its signature covers, so their order proves nothing.
    """
    response = tsp.TimeStampResp.load(answer, strict=True)
    signed = response["time_stamp_token"]["content"]
    found = signed["certificates"]
    signed["certificates"] = cms.CertificateSet(sorted(found, key=lambda each: bytes(each.dump())))
    return bytes(response.dump(force=True))
