"""Private keys in files: encrypted PKCS#8, readable by the node's own user only, opened with suspicion."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID

from gateway.algorithms import registry
from gateway.algorithms.entry import Form
from gateway.algorithms.token import TokenKey
from gateway.errors import KeyUnusable
from gateway.trust.certificates import algorithm_of, key_id, pem
from gateway.trust.selfsigned import HEAD_START

Algorithm = str
"""Name in the registry of algorithms."""
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Signer:
    """A key of this node, open and ready to sign."""

    kid: str
    algorithm: str
    """Name in the registry of algorithms."""
    certificate: Certificate
    certificate_der: bytes
    _key: Any
    """What the algorithm's provider signs with."""

    def sign(self, data: bytes) -> bytes:
        """The raw signature of the data, as the algorithm makes it (KeyUnusable for a token that fails)."""
        if isinstance(self._key, TokenKey):
            return self._key.sign(data)
        return registry.REGISTRY[self.algorithm].sign(self._key, data)


def create(
    directory: Path, *, party: str, algorithm: Algorithm, password: bytes, now: datetime, years: int = 2
) -> Certificate:
    """Make a key pair: `keys/<kid>.pem` (encrypted, 0600) and `keys/<kid>.crt.pem` in the node's directory."""
    if not password:
        raise KeyUnusable("A private key needs a password.")
    lifetime = years_of(years)
    entry, key = _new_key(algorithm, now)
    certificate = self_signed(key, party=party, now=now, until=now + lifetime, form=entry.form)
    folder = directory / "keys"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        write_new(key_path(directory, key_id(certificate)), _encrypted(key, password, entry.form), 0o600)
        write_new(folder / f"{key_id(certificate)}.crt.pem", pem(certificate).encode(), 0o644)
    except OSError as error:
        raise KeyUnusable("The key cannot be written.", where=str(folder), reason=str(error)) from error
    return certificate


def years_of(count: int) -> timedelta:
    """How long a new signing key lives (KeyUnusable for a number of years that makes no sense)."""
    if not 1 <= count <= 10:
        raise KeyUnusable("A signing key lives for 1 to 10 years.", where="years")
    return timedelta(days=365 * count)


def key_path(directory: Path, kid: str) -> Path:
    """Where a new private key of that name is put in a node's directory."""
    return directory / "keys" / f"{kid}.pem"


def path_of(directory: Path, home: str) -> Path:
    """The file of a key's home, `file:NAME` (KeyUnusable for any other place)."""
    kind, _, name = home.partition(":")
    if kind != "file" or not name or name != Path(name).name:
        raise KeyUnusable("The home of the key is no file of this node.", where=home)
    return directory / "keys" / name


def open_signer(path: Path, certificate: Certificate, password: bytes) -> Signer:
    """Open the private key of a certificate (KeyUnusable says what is wrong with the file)."""
    # 1. Only this user may read it: a key that others can read is not ours alone any more.
    data = read_private(path)
    # 2. It has to be encrypted, with this password.
    _check_encrypted(data, path)
    key = opened(data, password, certificate, where=str(path))
    # 3. It has to be the key of this certificate, or we would sign what nobody can verify.
    check_belongs(key, certificate, where=str(path))
    return signer(key, certificate)


def check_belongs(key: Any, certificate: Certificate, *, where: str) -> None:
    """Refuse a private key whose public half is not that of the certificate (KeyUnusable)."""
    form = _form(certificate)
    if form is None:
        written = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        own = key.public_key().public_bytes(*written)
        same = own == certificate.public_key().public_bytes(*written)
    else:
        same = form.spki(key) == registry.spki(certificate)
    if not same:
        raise KeyUnusable("The private key does not belong to the certificate.", where=where)


def self_signed(key: Any, *, party: str, now: datetime, until: datetime, form: Form | None = None) -> Certificate:
    """A certificate of the key by itself: for signing only, named after the party."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, party)])
    usage = x509.KeyUsage(
        digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    constraints = x509.BasicConstraints(ca=False, path_length=None)
    if form is not None:
        return form.self_signed(key, name, (now - HEAD_START, until), [(usage, True), (constraints, True)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - HEAD_START)
        .not_valid_after(until)
        .add_extension(usage, critical=True)
        .add_extension(constraints, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return builder.sign(key, None)
    return builder.sign(key, hashes.SHA384() if key.key_size == 384 else hashes.SHA256())


def _new_key(algorithm: str, now: datetime) -> tuple[registry.Algorithm, Any]:
    if algorithm in registry.REGISTRY:
        # Where a provider is missing, it says so itself.
        registry.proved(algorithm)
    entry = registry.REGISTRY.get(algorithm)
    if entry is None or entry.generate is None or not registry.usable(algorithm, "sign", now):
        raise KeyUnusable("New keys are made with " + ", ".join(registry.makeable(now)) + ".", where="algorithm")
    return entry, entry.generate()


def _encrypted(key: Any, password: bytes, form: Form | None) -> bytes:
    if form is not None:
        return form.encrypted(key, password)
    best = serialization.BestAvailableEncryption(password)
    pkcs8: bytes = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, best)
    return pkcs8


def _form(certificate: Certificate) -> Form | None:
    """How the key of a certificate is written where `cryptography` does not know its kind; else None."""
    if not registry.is_foreign(certificate):
        return None
    return registry.proved(algorithm_of(certificate)).form


def write_new(path: Path, data: bytes, mode: int) -> None:
    """Write a file that was not there, and that is never readable by others, not even for a moment."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def write_pair(key: Path, secret: bytes, certificate: Path, shown: bytes) -> None:
    """Write a private key and its certificate, both or neither (FileExistsError); whole files, the certificate last.

    Whoever finds the certificate finds its key beside it. What a run that was killed has left is put away: a key
    that has no certificate yet is given up where it is this function's own, and never where somebody put it there.
    """
    parts = [each.with_name(f"{each.name}.part") for each in (key, certificate)]
    if parts[0].exists() and key.exists() and not certificate.exists() and parts[0].samefile(key):
        key.unlink()
    for part in parts:
        part.unlink(missing_ok=True)
    for path in (key, certificate):
        if path.exists():
            raise FileExistsError(path)
    write_new(parts[0], secret, 0o600)
    write_new(parts[1], shown, 0o644)
    # A second name for the file, and not a new one for it: until the end it can be told whose the key is.
    os.link(parts[0], key)
    os.link(parts[1], certificate)
    for part in parts:
        part.unlink()


def check_private(path: Path) -> None:
    """Refuse a private key that others can read (KeyUnusable)."""
    read_private(path)


def _at_once(path: str, flags: int) -> int:
    """Without waiting, so that a pipe in the place of a key is refused and holds nobody up."""
    return os.open(path, flags | os.O_NONBLOCK)


def read_private(path: Path, what: str = "private key") -> bytes:
    """The content of a file that only this user may read (KeyUnusable): a private key, or what opens one."""
    try:
        with open(path, "rb", opener=_at_once) as file:
            facts = os.fstat(file.fileno())
            if not stat.S_ISREG(facts.st_mode) or facts.st_uid not in (os.geteuid(), 0):
                raise KeyUnusable(f"The {what} is not a file of the user who runs the node.", where=str(path))
            if facts.st_mode & 0o077:
                raise KeyUnusable(
                    f"Others can read the {what} (mode {facts.st_mode & 0o777:04o}): run chmod 600 on it, "
                    "and replace it if anybody had the chance to copy it.",
                    where=str(path),
                )
            return file.read(64 * 1024)
    except FileNotFoundError as error:
        raise KeyUnusable(f"The file of the {what} is missing.", where=str(path)) from error
    except OSError as error:
        raise KeyUnusable(f"The file of the {what} cannot be read.", where=str(path), reason=str(error)) from error


def _check_encrypted(data: bytes, path: Path) -> None:
    if b"ENCRYPTED" not in data:
        what = "The private key is not encrypted." if b"PRIVATE KEY-----" in data else "The file is not a private key."
        raise KeyUnusable(what, where=str(path))


def opened(data: bytes, password: bytes | None, certificate: Certificate, *, where: str) -> Any:
    """The private key in a PEM file, opened as the kind of key that the certificate has (KeyUnusable)."""
    form = _form(certificate)
    if form is not None:
        try:
            return form.open(data, password)
        except KeyUnusable as refusal:
            raise KeyUnusable(refusal.detail, where=where, reason=refusal.reason) from refusal
    try:
        key = serialization.load_pem_private_key(data, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(
            "The private key does not open: the password is wrong or the file is damaged.",
            where=where,
            reason=type(error).__name__,
        ) from error
    if not isinstance(key, PrivateKey):
        raise KeyUnusable("The private key is neither RSA, nor on a curve of NIST, nor Ed25519.", where=where)
    return key


def signer(key: Any, certificate: Certificate) -> Signer:
    """A signer of a key that somebody else has opened and found to belong to the certificate."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    return Signer(key_id(certificate), algorithm_of(certificate), certificate, der, key)
