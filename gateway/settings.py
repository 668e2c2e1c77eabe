"""Every option of a node, described. Read once at start, passed in, never changed."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from gateway.errors import KeyUnusable, Misuse

StateCode = Annotated[str, Field(pattern="^[A-Z]{3}$")]
AgencyCode = Annotated[str, Field(pattern="^[A-Z0-9]{2,32}$")]
PartnerId = Annotated[str, Field(pattern="^[A-Z]{3}/[A-Z0-9]{2,32}$")]

_STRICT: Final = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
_WEB: Final = re.compile(r"https?://[^\s/@]+(/\S*)?")
_PARTNER: Final = re.compile("[A-Z]{3}/[A-Z0-9]{2,32}")
_FINGERPRINT: Final = re.compile("[0-9a-f]{64}")
OVERRIDES: Final = ("database_url", "host", "port", "public_url")
"""Options that an environment variable GATEWAY_… may override, for containers."""


class Job(BaseModel):
    """One scheduled job."""

    model_config = _STRICT

    name: str = Field(pattern="^[a-z0-9-]{1,60}$", description="Unique name, for example pull-kaz.")
    kind: Literal[
        "pull",
        "push",
        "deliver",
        "keys",
        "checkpoint",
        "witness",
        "reconcile",
        "retention",
        "revocation",
        "stamps",
        "relink",
    ] = Field(description="What it does.")
    partner: str = Field(
        default="",
        pattern="^([A-Z]{3}/[A-Z0-9]{2,32})?$",
        description="Partner id; empty for jobs about every partner.",
    )
    every: float = Field(gt=0, le=86_400 * 31, description="Seconds from one start to the next.")


class Limits(BaseModel):
    """Bounds on what comes in; each is refused with `too-large` before it costs anything."""

    model_config = _STRICT

    message_bytes: int = Field(default=100 * 1024 * 1024, gt=0, description="Size of one message.")
    upload_bytes: int = Field(default=1024 * 1024 * 1024, gt=0, description="Size of one national file.")
    query_bytes: int = Field(default=64 * 1024, gt=0, description="Size of one JSON query.")
    batch_records: int = Field(default=500, gt=0, le=100_000, description="Records in one message we send.")
    changes: int = Field(default=1_000, gt=0, le=10_000, description="Changes in one answer to a pull.")


class Retention(BaseModel):
    """How long messages are kept once they are settled; records have periods of their own."""

    model_config = _STRICT

    journal_days: float = Field(default=30, gt=0, le=3_660, description="Days the bytes of received messages are kept.")
    outbox_days: float = Field(default=7, gt=0, le=3_660, description="Days the bytes of delivered messages are kept.")
    runs_days: float = Field(default=30, gt=0, le=3_660, description="Days the runs of jobs are listed.")


class TimestampAuthority(BaseModel):
    """One authority that says when a signature was there at the latest (RFC 3161)."""

    model_config = _STRICT

    name: str = Field(pattern="^[a-z0-9-]{1,60}$", description="Unique name, for example tsa-almaty.")
    url: str = Field(pattern=r"^https?://[^\s/]\S*$", description="Where it is asked, by HTTP POST.")
    trust: Path = Field(description="PEM file with the certificates it is held to, from the directory.")


class Stamps(BaseModel):
    """Timestamps of signatures and checkpoints, had in the background by a job of kind `stamps`."""

    model_config = _STRICT

    authorities: tuple[TimestampAuthority, ...] = Field(default=(), description="Everything is stamped by each.")
    of: tuple[Literal["received", "sent", "receipt", "checkpoint"], ...] = Field(
        default=("received", "sent", "receipt", "checkpoint"), description="What is stamped."
    )
    late: float = Field(default=3_600.0, gt=0, description="Seconds after which a missing timestamp is an alarm.")


class Tls(BaseModel):
    """The node on the wire: TLS 1.3, and each partner under the certificate it is pinned to (docs/tls.md)."""

    model_config = _STRICT

    certificate: Path = Field(
        default=Path("tls/tls.crt.pem"), description="Our TLS certificate, PEM, from the directory."
    )
    key: Path = Field(default=Path("tls/tls.pem"), description="Its private key, encrypted, 0600, from the directory.")
    ends_at: Literal["node", "proxy"] = Field(
        default="node", description="Who speaks TLS with those who call: the node itself, or a proxy before it."
    )
    proxies: tuple[str, ...] = Field(
        default=("127.0.0.1", "::1"),
        description="Addresses of the proxy; only from them the header X-SSL-Client-Cert is believed.",
    )
    clients: Literal["asked", "required"] = Field(
        default="asked",
        description="Whether a caller without certificate gets as far as HTTP: clerks and their console need it.",
    )
    unbound: Literal["refused", "accepted"] = Field(
        default="refused", description="Messages and tokens of partners for whom no TLS certificate was entered."
    )


class Token(BaseModel):
    """The token in which new signing keys of the node are made and live (docs/tokens.md)."""

    model_config = _STRICT

    module: str = Field(min_length=1, max_length=400, description="File of the token's PKCS#11 module.")
    label: str = Field(min_length=1, max_length=32, description="Label of the token.")
    pin_file: Path = Field(description="File (0600) with the PIN of its user, from the directory.")


class Revocation(BaseModel):
    """How CAs are asked which of their certificates they have revoked, ahead of need."""

    model_config = _STRICT

    stale: float = Field(
        default=86_400.0,
        ge=0,
        le=86_400 * 366,
        description="Seconds a CA's last word still counts after its next one was due; then its keys are refused.",
    )
    timeout: float = Field(default=15.0, gt=0, le=600, description="Seconds a CA may take to answer.")
    answer_bytes: int = Field(default=16 * 1024 * 1024, gt=0, description="Size of one list or answer of a CA.")
    addresses: dict[str, str] = Field(
        default={},
        description="Another address for one that certificates name; or, by the SHA-256 of a CA, one for certificates "
        'that name none, or "none" where that CA publishes nothing.',
    )

    @field_validator("addresses")
    @classmethod
    def _check_addresses(cls, addresses: dict[str, str]) -> dict[str, str]:
        for name, address in addresses.items():
            if not (_WEB.fullmatch(name) or _FINGERPRINT.fullmatch(name)):
                raise ValueError(f"{name} is neither an http address nor a SHA-256 in hexadecimal")
            if not _WEB.fullmatch(address) and not (address == "none" and _FINGERPRINT.fullmatch(name)):
                raise ValueError(f"{address} is no http address")
        return addresses


class Settings(BaseModel):
    """One node."""

    model_config = _STRICT

    state: StateCode = Field(description="The member state that runs the node, ISO 3166-1 alpha-3.")
    agency: AgencyCode = Field(default="GATE", description="The agency the node itself signs as.")
    directory: Path = Field(description="Where database, keys and logs of the node live.")
    database_url: str = Field(default="", description="Empty for SQLite in the directory.")
    host: str = Field(default="127.0.0.1", pattern="^[A-Za-z0-9._:%-]+$", description="Address to listen on.")
    port: int = Field(default=8080, ge=1, le=65_535, description="Port for REST, SOAP and the console.")
    public_url: str = Field(
        default="",
        pattern=r"^(https?://[^\s/]\S*)?$",
        description="How partners reach the node; empty for host and port.",
    )
    contact: str = Field(default="", max_length=80, description="Whom to call about a hit.")
    key_password_file: Path | None = Field(
        default=None,
        description="File (0600) with the password of the private keys; else GATEWAY_KEY_PASSWORD is read.",
    )
    clock_skew: float = Field(default=60.0, ge=0, le=300, description="Seconds a partner's clock may be off.")
    message_lifetime: float = Field(
        default=7 * 86_400.0, gt=0, le=86_400 * 366, description="Seconds until what we send expires."
    )
    key_overlap: float = Field(
        default=7 * 86_400.0,
        ge=0,
        le=86_400 * 366,
        description="Seconds that an old key stays acceptable after a new one took its place.",
    )
    delivery_attempts: int = Field(default=12, gt=0, le=1_000, description="Tries before a message is a dead letter.")
    delivery_timeout: float = Field(
        default=60.0, gt=0, le=600, description="Seconds a partner may take to answer one message."
    )
    delivery_backoff: float = Field(
        default=2.0, gt=0, le=86_400, description="Seconds before the second try; then doubled."
    )
    delivery_backoff_most: float = Field(
        default=900.0, gt=0, le=86_400 * 31, description="Seconds of the longest wait between two tries."
    )
    answer_bucket: float = Field(
        default=0.05,
        ge=0,
        le=10,
        description="Answers to partners' questions leave at multiples of this many seconds: time tells nothing.",
    )
    lease: float = Field(default=15.0, gt=0, le=3_600, description="Seconds after which a silent leader is replaced.")
    approvals: int = Field(
        default=1, ge=1, le=10, description="How many other people have to agree to what one person asks for."
    )
    administrators: tuple[str, ...] = Field(
        default=(), description="Agencies of our own state whose keys may use /v1/admin; empty: nobody may."
    )
    reviewers: tuple[str, ...] = Field(
        default=(),
        description="Agencies of our own state whose keys may use /v1/links; empty: nobody may.",
    )
    tls: Tls | None = Field(default=None, description="TLS and client certificates; without it the node speaks HTTP.")
    stamps: Stamps = Field(default=Stamps(), description="Timestamps by other authorities.")
    token: Token | None = Field(
        default=None, description="A PKCS#11 token for signing keys; without it they are files."
    )
    limits: Limits = Field(default=Limits(), description="Bounds on what comes in.")
    retention: Retention = Field(default=Retention(), description="How long settled messages are kept.")
    revocation: Revocation = Field(default=Revocation(), description="How CAs are asked about revoked certificates.")
    jobs: tuple[Job, ...] = Field(default=(), description="What runs on a schedule.")

    @model_validator(mode="after")
    def _check_roles(self) -> Self:
        for role, names in (("administers", self.administrators), ("reviews at", self.reviewers)):
            for name in names:
                if not _PARTNER.fullmatch(name) or not name.startswith(f"{self.state}/") or name == self.node:
                    raise ValueError(f"{name} is no agency of {self.state}: nobody else {role} this node")
        if both := set(self.administrators) & set(self.reviewers):
            raise ValueError(f"{min(both)} cannot both administer and review: who keeps keys reads no records")
        return self

    @property
    def node(self) -> str:
        """Partner id of this node, `STATE/AGENCY`."""
        return f"{self.state}/{self.agency}"

    @property
    def url(self) -> str:
        """How others reach the node."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "https" if self.tls is not None and self.tls.ends_at == "node" else "http"
        return self.public_url or f"{scheme}://{host}:{self.port}"

    @property
    def database(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.directory / 'gateway.sqlite'}"

    def key_password(self) -> bytes:
        """The password of the node's private keys (Misuse when there is none, KeyUnusable where others can read it)."""
        path = self.key_password_file
        if path is not None:
            try:
                with path.open("rb") as file:
                    mode, password = os.fstat(file.fileno()).st_mode & 0o777, file.read()
            except OSError as error:
                raise Misuse("The file with the key password cannot be read.", where=str(path)) from error
            if mode & 0o077:
                raise KeyUnusable(
                    f"Others can read the key password (mode {mode:04o}): run chmod 600 on the file, and replace the "
                    "keys if anybody had the chance to copy it and them.",
                    where=str(path),
                )
            return password.strip()
        word = os.environ.get("GATEWAY_KEY_PASSWORD", "")
        if not word:
            raise Misuse("Set GATEWAY_KEY_PASSWORD or key_password_file: the node's keys are encrypted.")
        return word.encode()


def load(path: Path) -> Settings:
    """Read a node's settings file (TOML); GATEWAY_DATABASE_URL, _HOST, _PORT, _PUBLIC_URL override it."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise Misuse(
            "There is no settings file; make a node with `gateway init --state BLR --dir DIR`.",
            where=str(path),
        ) from error
    except UnicodeDecodeError as error:
        raise Misuse("The settings file is not UTF-8.", where=str(path)) from error
    except OSError as error:
        raise Misuse("The settings file cannot be read.", where=str(path), reason=str(error)) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Misuse(f"The settings file is not TOML: {error}.", where=str(path)) from error
    for name in OVERRIDES:
        override = os.environ.get(f"GATEWAY_{name.upper()}")
        if override:
            values[name] = override
    # Relative paths in the file are meant from where the file lies, wherever the program is started.
    values.setdefault("directory", ".")
    for name in ("directory", "key_password_file"):
        if isinstance(values.get(name), str):
            values[name] = _beside(path, values[name])
    return parse(values, where=str(path))


def _beside(path: Path, name: str) -> str:
    try:
        return str((path.parent / name).resolve())
    except (OSError, ValueError, RuntimeError) as error:
        raise Misuse("A path in the settings cannot be followed.", where=str(path), reason=str(error)) from error


def parse(values: dict[str, object], *, where: str) -> Settings:
    """Settings from plain values; Misuse names every option that does not fit."""
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}" for problem in error.errors()
        )
        raise Misuse(f"The settings do not fit: {wrong}.", where=where) from error
    names = [job.name for job in settings.jobs]
    if len(names) != len(set(names)):
        raise Misuse("Two jobs have the same name.", where=where)
    return settings
