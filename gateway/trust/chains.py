"""The chain of a certificate that a CA has issued, up to an anchor that was approved for its owner.

A subset of RFC 5280, section 6, for signing certificates; what it does not process it refuses (0019). The
certificates between come with the signing certificate and are never fetched. A chain proves nothing about
who may speak for a partner: that is the approval of the one certificate. It ties the certificate to a CA
that can take it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import BasicConstraints, Certificate, KeyUsage, NameConstraints, PolicyConstraints
from cryptography.x509.oid import ExtensionOID

from gateway.errors import (
    CertificateUnknownAlgorithm,
    CertificateWeak,
    CertificateWrongUsage,
    ChainIncomplete,
    ChainInvalid,
    ChainNotAnchored,
    KeyUnusable,
)
from gateway.trust import certificates
from gateway.trust.certificates import UNFIT, extension

LONGEST: Final = 5
"""Certificates in a chain, with the signing one and the anchor: a state's PKI has three or four."""
_SIGNATURES: Final = 40
"""Signatures checked while one chain is looked for: certificates of one name could be tried in every order."""
_PROCESSED: Final = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        # Any policy is taken, as RFC 5280 has it for a user who asks for none.
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.CRL_DISTRIBUTION_POINTS,
        ExtensionOID.AUTHORITY_INFORMATION_ACCESS,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.ISSUER_ALTERNATIVE_NAME,
    }
)
"""Extensions that may be critical; the names in two of them say nothing that is believed here."""
_CURVES: Final = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)


@dataclass(frozen=True, slots=True)
class Chain:
    """Certificates from the signing one to the anchor, each issued by the next, and found good but for the time."""

    certificates: tuple[Certificate, ...]

    @property
    def steps(self) -> Iterator[tuple[Certificate, Certificate]]:
        """Each certificate with its issuer's; the anchor has none that is asked."""
        return zip(self.certificates, self.certificates[1:], strict=False)

    @property
    def starts(self) -> datetime:
        """When the last of its certificates begins."""
        return max(each.not_valid_before_utc for each in self.certificates)

    @property
    def ends(self) -> datetime:
        """When the first of its certificates ends."""
        return min(each.not_valid_after_utc for each in self.certificates)

    def check_time(self, at: datetime) -> None:
        """Refuse it outside the validity of any of its certificates (CertificateExpired, …)."""
        for place, certificate in enumerate(self.certificates):
            what = "certificate" if place == 0 else f"certificate of {name(certificate)} in the chain"
            certificates.check_time(certificate, at, what)


def check(
    certificate: Certificate, between: Sequence[Certificate], anchors: Sequence[Certificate], at: datetime
) -> None:
    """Refuse a certificate that a CA has issued and that has no good chain at `at` (KeyUnusable).

    One that its own key has signed has no chain: the approval of its fingerprint is all there is.
    """
    if is_self_signed(certificate):
        return
    refusal: KeyUnusable | None = None
    for chain in find(certificate, between, anchors):
        try:
            chain.check_time(at)
        except KeyUnusable as error:
            refusal = refusal or error
        else:
            return
    if refusal is not None:
        raise refusal


def is_self_signed(certificate: Certificate) -> bool:
    """Whether nobody but its own key stands behind a certificate.

    A self-signature under an algorithm that the library does not know is taken for one: it would prove
    nothing anyway, and there is nobody else to ask.
    """
    try:
        if certificate.issuer != certificate.subject:
            return False
        certificate.verify_directly_issued_by(certificate)
    except (InvalidSignature, ValueError):
        return False
    except (UnsupportedAlgorithm, TypeError):
        return True
    return True


def find(certificate: Certificate, between: Sequence[Certificate], anchors: Sequence[Certificate]) -> list[Chain]:
    """Every good chain, whatever the time; at least one, or the reason why there is none (KeyUnusable)."""
    for each in (certificate, *between):
        certificates.check_readable(each)
    found, refusals = [], []
    search = _Search(between, anchors)
    for path in search.paths((certificate,)):
        try:
            _check_path(path)
        except KeyUnusable as error:
            refusals.append(error)
        else:
            found.append(Chain(path))
    if not found:
        raise refusals[0] if refusals else search.reason(certificate)
    return found


def check_anchor(certificate: Certificate, at: datetime) -> None:
    """Refuse a certificate that cannot be an anchor: no CA, weak, or outside its time (KeyUnusable)."""
    certificates.check_readable(certificate)
    _check_ca(certificate, anchor=True)
    certificates.check_time(certificate, at, "certificate of the CA")


def name(certificate: Certificate) -> str:
    """The subject of a certificate, as far as it fits into a sentence."""
    return certificate.subject.rfc4514_string()[:80]


class _Search:
    """The way up from a certificate: by names, and by signatures that hold."""

    def __init__(self, between: Sequence[Certificate], anchors: Sequence[Certificate]) -> None:
        # An anchor that came along with the certificate is found among the anchors.
        self._between = [each for each in between if each not in anchors]
        self._anchors = anchors
        self._left = _SIGNATURES
        self._broken: KeyUnusable | None = None
        self._last: Certificate | None = None

    def paths(self, path: tuple[Certificate, ...]) -> Iterator[tuple[Certificate, ...]]:
        """Every chain of signatures from a beginning to an anchor, the shortest first at each step."""
        self._last = path[-1]
        for anchor in self._anchors:
            if len(path) < LONGEST and self._issued(path[-1], anchor):
                yield (*path, anchor)
        for issuer in self._between:
            if len(path) < LONGEST - 1 and issuer not in path and self._issued(path[-1], issuer):
                yield from self.paths((*path, issuer))

    def reason(self, certificate: Certificate) -> KeyUnusable:
        """Why no chain was found, after a search."""
        if self._broken is not None:
            return self._broken
        if not self._anchors:
            return ChainNotAnchored("No CA was approved for the owner: run `gateway partner anchor add` first.")
        last = self._last or certificate
        if last is not certificate and is_self_signed(last):
            return ChainNotAnchored(f"The chain ends at {name(last)}, which was not approved for the owner.")
        issuer = last.issuer.rfc4514_string()[:80]
        return ChainIncomplete(
            f"The issuer of {name(last)} is neither an anchor of the owner nor among the certificates that came "
            f"along: add the certificate of {issuer} behind it in the file.",
        )

    def _issued(self, certificate: Certificate, issuer: Certificate) -> bool:
        if certificate.issuer != issuer.subject:
            return False
        if self._left == 0:
            self._broken = self._broken or ChainInvalid("Too many certificates of one name came along.")
            return False
        self._left -= 1
        try:
            certificate.verify_directly_issued_by(issuer)
        except InvalidSignature:
            self._broken = ChainInvalid(f"{name(issuer)} has not signed the certificate of {name(certificate)}.")
            return False
        except (UnsupportedAlgorithm, TypeError, ValueError) as error:
            self._broken = CertificateUnknownAlgorithm(
                f"The signature of {name(issuer)} is of a kind this node cannot check.", reason=str(error)
            )
            return False
        return True


def _check_path(path: tuple[Certificate, ...]) -> None:
    """The rules of RFC 5280, section 6.1, that do not depend on the time."""
    # 1. The signing certificate signs messages, and nothing else.
    _check_readable(path[0])
    basic = extension(path[0], BasicConstraints)
    if basic is not None and basic.ca:
        raise CertificateWrongUsage("The certificate is that of a CA, which signs certificates and no messages.")
    # 2. Everybody above it is a CA that may issue.
    for place, authority in enumerate(path[1:], start=1):
        _check_ca(authority, anchor=place == len(path) - 1)
    # 3. No CA stands further above than it may; one that only renews its own key is not counted.
    below = 0
    for authority in path[1:]:
        basic = extension(authority, BasicConstraints)
        if basic is not None and basic.path_length is not None and below > basic.path_length:
            raise ChainInvalid(f"The chain below {name(authority)} is longer than that CA allows (pathLen).")
        below += authority.issuer != authority.subject


def _check_ca(certificate: Certificate, *, anchor: bool) -> None:
    """A CA that may issue certificates, with a key that is worth its signature."""
    who = name(certificate)
    _check_readable(certificate)
    basic, usage = extension(certificate, BasicConstraints), extension(certificate, KeyUsage)
    if basic is None or not basic.ca:
        raise CertificateWrongUsage(f"{who} is not a CA: its certificate lacks the basic constraint CA.")
    # Old roots come without KeyUsage, and are approved by hand; an intermediate has to say it.
    if (usage is None and not anchor) or (usage is not None and not usage.key_cert_sign):
        raise CertificateWrongUsage(f"{who} may not issue certificates: its KeyUsage lacks keyCertSign.")
    if any(extension(certificate, kind) is not None for kind in (NameConstraints, PolicyConstraints)):
        raise ChainInvalid(f"{who} limits names or policies, which this node does not judge.")
    # The signature on an anchor is never checked: it was approved as it is.
    if not anchor and isinstance(certificate.signature_hash_algorithm, certificates.WEAK_HASHES):
        raise CertificateWeak(f"The certificate of {who} is signed with MD5 or SHA-1.")
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey):
        certificates.check_rsa(key)
    elif not isinstance(key, ed25519.Ed25519PublicKey) and not (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, _CURVES)
    ):
        raise CertificateUnknownAlgorithm(f"The key of {who} is of a kind or on a curve that this node does not take.")


def _check_readable(certificate: Certificate) -> None:
    """Every part can be read, and nothing is critical that is not processed (RFC 5280, section 4.2)."""
    try:
        unknown = [each.oid.dotted_string for each in certificate.extensions if each.critical]
        _ = certificate.public_key(), certificate.signature_hash_algorithm
    except UNFIT as error:
        raise CertificateUnknownAlgorithm(
            f"The certificate of {name(certificate)} holds a key or an extension this node cannot read.",
            reason=str(error),
        ) from error
    unknown = [oid for oid in unknown if oid not in _PROCESSED_OIDS]
    if unknown:
        raise ChainInvalid(
            f"The certificate of {name(certificate)} has a critical extension this node does not process: {unknown[0]}."
        )


_PROCESSED_OIDS: Final = frozenset(oid.dotted_string for oid in _PROCESSED)
