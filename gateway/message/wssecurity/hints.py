"""How a signature names the key that made it: only a hint by which an approved key is found."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes


@dataclass(frozen=True, slots=True)
class Hint:
    """How a signature names its key. It only helps to find an approved key, and is never trusted."""

    kind: str
    """`certificate` or `thumbprint` (SHA-256 or SHA-1 of the certificate, DER), or `subject-key`."""
    value: bytes


def fits(hint: Hint, certificate: x509.Certificate) -> bool:
    """Whether the hint names this certificate."""
    if hint.kind == "certificate":
        return certificate.fingerprint(hashes.SHA256()) == hint.value
    if hint.kind == "thumbprint":
        # The profile knows only SHA-1 here. It proves nothing: the signature is checked with the approved key.
        return certificate.fingerprint(hashes.SHA1()) == hint.value  # noqa: S303 - see above
    try:
        known = certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    return known.digest == hint.value
