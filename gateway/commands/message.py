"""`gateway validate`, `sign`, `verify`: messages by hand, without a node."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from gateway.algorithms.registry import REGISTRY
from gateway.clock import utc_now
from gateway.commands import keyholder, trusted
from gateway.commands.findings import report
from gateway.commands.terminal import (
    AsJson,
    as_json,
    pick,
    read_file,
    say,
    tell,
    write_file,
)
from gateway.errors import Misuse, Refusal, SchemaInvalid
from gateway.findings import Finding
from gateway.message.parse import parse
from gateway.message.profile import sha256_base64
from gateway.message.rules import check_records, examine, split
from gateway.message.schema import validate
from gateway.message.signature import canonical, sign, verify
from gateway.records.dates import in_utc

MOST_BYTES = 1024**3
_LINE: Final = re.compile(r"\bline ([0-9]{1,9})\b")
"""Where the parser says that a document breaks off."""


def validate_files(files: Annotated[list[Path], typer.Argument(metavar="FILE…")], json: AsJson = False) -> None:
    """XSD and business rules, with path and line. / Проверить по XSD и правилам."""
    found: list[tuple[str, list[Finding]]] = [(str(path), _findings(path)) for path in files]
    if json:
        as_json([{"file": name, **item.as_dict()} for name, items in found for item in items])
    else:
        for name, items in found:
            report(items, json=False, file=name)
    raise typer.Exit(1 if any(item.severity == "error" for _, items in found for item in items) else 0)


def _findings(path: Path) -> list[Finding]:
    raw = read_file(path, MOST_BYTES)
    try:
        root = parse(raw, limit=MOST_BYTES)
    except Refusal as refusal:
        line = _LINE.search(refusal.detail)
        return [Finding(refusal.code, "error", refusal.where or "/", int(line[1]) if line else 0,
                        f"{refusal.title_en} {refusal.detail}", f"{refusal.title_ru} {refusal.detail}")]  # fmt: skip
    findings = examine(root, protection=True)
    if not split(findings)[0]:
        findings += check_records(root)
    return findings


def sign_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An unsigned message. / Неподписанное сообщение.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The signed message. / Подписанное сообщение.")],
    key: Annotated[Path, typer.Option("--key", help="Private key, PEM. / Закрытый ключ.")],
    certificate: Annotated[Path, typer.Option("--cert", help="Its certificate, PEM. / Сертификат.")],
    json: AsJson = False,
) -> None:
    """Sign a message with a key file. / Подписать сообщение."""
    now = utc_now()
    signer = keyholder.signer(key, certificate, now)
    content = canonical(read_file(file, MOST_BYTES), limit=MOST_BYTES)
    if validate_first(content):
        raise SchemaInvalid("The message is not valid; `gateway validate` names every place.", where=str(file))
    write_file(output, sign(content, signer, now))
    tell(
        {"algorithm": REGISTRY[signer.algorithm].uri, "kid": signer.kid, "digest": sha256_base64(content)},
        f"Signed with {signer.algorithm}, key {signer.kid[:16]}.",
        f"Подписано: {signer.algorithm}, {signer.kid[:16]}.",
        json=json,
    )


def validate_first(content: bytes) -> list[Finding]:
    """The errors for which a message must not be signed."""
    return [item for item in validate(parse(content, limit=MOST_BYTES), protection=True) if item.severity == "error"]


def verify_file(
    file: Annotated[Path, typer.Argument(metavar="FILE")],
    trust: Annotated[Path, typer.Option("--trust", help="Partners' certificates, PEM. / Сертификаты партнёров.")],
    at: Annotated[str, typer.Option("--at", help="As of this time, ISO 8601. / На момент времени.")] = "",
    json: AsJson = False,
) -> None:
    """Say whether a message is exactly what an approved partner signed. / Проверить подпись."""
    answer = {"valid": False, "code": "", "reason": "", "signer": "", "algorithm": "", "message_id": "", "digest": ""}
    moment, raw = _moment(at), read_file(file, MOST_BYTES)
    holders = trusted.read(trust)
    try:
        message = verify(raw, trusted.keys(holders, moment), limit=MOST_BYTES)
    except Refusal as refusal:
        answer |= {"code": refusal.code, "reason": refusal.reason or refusal.title_en}
    else:
        answer |= {
            "valid": True,
            "code": "valid",
            # The certificate's word, not the header's: nobody vouches for the sender that a message names.
            "signer": trusted.name(message.signer.kid, holders),
            "algorithm": message.algorithm,
            "message_id": message.header.message_id,
            "digest": message.digest,
        }
    if json:
        as_json(answer)
    else:
        word = pick("valid", "действительна") if answer["valid"] else pick("NOT valid", "НЕ действительна")
        said = answer["signer"] or f"{answer['code']}: {answer['reason']}"
        say(f"{word}: {said}", f"{word}: {said}")
    raise typer.Exit(0 if answer["valid"] else 1)


def _moment(at: str) -> datetime:
    """A time as people write it; without a zone it is taken as UTC (Misuse)."""
    try:
        return in_utc(datetime.fromisoformat(at)) if at else utc_now()
    except ValueError as error:
        raise Misuse("The time is not ISO 8601, for example 2026-11-23T10:00:00Z.", where="--at") from error
