"""The offline check of an exported log, which needs nothing but public keys.

The hash beside each leaf is the one the tree held: where a row was changed, removed or slipped in, it is the
first that no longer fits its content, and that is the position. Whoever changes the hashes too is caught by
the next checkpoint, and the position is then the stretch of leaves since the last good one. Whoever has the
signing key as well is caught by a checkpoint that a partner has countersigned.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from cryptography.x509 import Certificate
from cryptography.x509.oid import NameOID

from gateway.errors import InvalidRequest, Refusal, Unreadable
from gateway.findings import Finding, Severity
from gateway.ledger import checkpoint, sealed, witness
from gateway.ledger.export import FORMAT
from gateway.ledger.merkle import Growing, leaf_hash

MOST_FINDINGS = 100
"""A file that is not ours at all would otherwise give one finding a line."""

SENTENCES = {
    "LOG-POSITION": ("A leaf was removed or slipped in here.", "Здесь лист удалён или вставлен."),
    "LOG-LEAF": (
        "The leaf was changed, or everything from here on was moved.",
        "Лист изменён, либо все листья начиная с него сдвинуты.",
    ),
    "LOG-SUBJECT": (
        "The subject of the leaf is not the one its content names.",
        "Предмет листа не совпадает с указанным в его содержании.",
    ),
    "LOG-CHECKPOINT": (
        "The checkpoint is not signed by one of the given keys.",
        "Контрольная точка не подписана ни одним из указанных ключей.",
    ),
    "LOG-OTHER": ("The checkpoint speaks of another log.", "Контрольная точка относится к другому журналу."),
    "LOG-ROOT": (
        "Between this leaf and the checkpoint something was changed, removed or slipped in.",
        "Между этим листом и контрольной точкой что-то изменено, удалено или вставлено.",
    ),
    "LOG-WITNESS": (
        "A partner has countersigned another tree than this one.",
        "Партнёр подтвердил подписью другое дерево, не это.",
    ),
    "LOG-WITNESS-UNKNOWN": (
        "The countersignature is not by one of the given keys and proves nothing.",
        "Подтверждение не подписано ни одним из указанных ключей и ничего не доказывает.",
    ),
    "LOG-UNSIGNED-END": (
        "No checkpoint covers the leaves from here to the end.",
        "Листья отсюда до конца не подтверждены контрольной точкой.",
    ),
}


@dataclass(slots=True)
class Report:
    """What the check of an export found."""

    party: str = ""
    log: str = ""
    leaves: int = 0
    checkpoints: int = 0
    """Checkpoints whose signature and root hold."""
    proved: int = 0
    """Leaves covered by the last good checkpoint; those after it are only claimed."""
    witnesses: dict[str, int] = field(default_factory=dict)
    """Who has countersigned, and how many leaves of this very tree."""
    findings: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was changed, removed or slipped in."""
        return not any(finding.severity == "error" for finding in self.findings)


def verify_export(path: Path, certificates: Sequence[Certificate]) -> Report:
    """Check an export offline: every hash, the order, every signature, every root (Unreadable)."""
    known = {sealed.key_id(certificate): certificate for certificate in certificates}
    try:
        with path.open(encoding="utf-8") as file:
            return _Check(known).run(_objects(file, str(path)))
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable("The export of the log cannot be read.", where=str(path)) from error


class _Check:
    """One pass over an export. Memory does not grow with the file."""

    def __init__(self, certificates: Mapping[str, Certificate]) -> None:
        self.certificates = certificates
        self.report = Report()
        self.tree = Growing()
        self.out_of_step = False
        """Set at the first leaf that is out of place; what follows is only a consequence of it."""

    def run(self, lines: Iterable[tuple[int, dict[str, Any]]]) -> Report:
        report = self.report
        for number, line in lines:
            if number == 1:
                self._head(line)
            elif "checkpoint" in line:
                self._checkpoint(number, line["checkpoint"])
            elif "witness" in line:
                self._witness(number, line["witness"])
            else:
                self._leaf(number, line)
            if len(report.findings) >= MOST_FINDINGS:
                break
        if not report.log:
            raise Unreadable("The file is not an export of a log: its first line is missing.")
        if report.proved < report.leaves and report.holds:
            self._find("LOG-UNSIGNED-END", 0, report.proved, severity="warning")
        return report

    def _head(self, line: Mapping[str, Any]) -> None:
        if line.get("format") != FORMAT or not all(isinstance(line.get(name), str) for name in ("party", "log")):
            raise Unreadable(f"The file is not an export of a log in the form {FORMAT}.")
        self.report.party, self.report.log = line["party"], line["log"]

    def _leaf(self, number: int, line: Mapping[str, Any]) -> None:
        position, content, subject = self.tree.size, line.get("content"), line.get("subject")
        text = content if isinstance(content, str) and content.isprintable() else ""
        value = leaf_hash(text)
        self.tree.add(value)
        self.report.leaves += 1
        if self.out_of_step:
            return
        if line.get("index") != position:
            self.out_of_step = True
            self._find("LOG-POSITION", number, position)
        elif not text or line.get("hash") != value.hex():
            self._find("LOG-LEAF", number, position)
        elif text.split(" ", 1)[0] != subject:
            self._find("LOG-SUBJECT", number, position)

    def _checkpoint(self, number: int, document: Any) -> None:
        try:
            statement = self._verified(document)
        except Refusal:
            self._find("LOG-CHECKPOINT", number, self.tree.size)
            return
        if (statement.party, statement.log) != (self.report.party, self.report.log):
            self._find("LOG-OTHER", number, self.tree.size)
        elif statement.size != self.tree.size or statement.root != self.tree.root():
            self._find("LOG-ROOT", number, self.report.proved)
        else:
            self.report.checkpoints += 1
            self.report.proved = statement.size

    def _verified(self, document: Any) -> checkpoint.Checkpoint:
        return checkpoint.verify(document, self._certificate(document, self.report.party))

    def _witness(self, number: int, document: Any) -> None:
        try:
            by = str(document.get("by")) if isinstance(document, dict) else ""
            statement = witness.verify(document, self._certificate(document, by))
        except Refusal:
            self._find("LOG-WITNESS-UNKNOWN", number, self.tree.size, severity="warning")
            return
        try:
            point = self._verified(statement.checkpoint.document)
        except Refusal:
            # The witness may have seen anything: only what the log's own node has signed is held against it.
            self._find("LOG-WITNESS-UNKNOWN", number, self.tree.size, severity="warning")
            return
        if (point.party, point.log) != (self.report.party, self.report.log):
            self._find("LOG-OTHER", number, self.tree.size)
        elif point.size != self.tree.size or point.root != self.tree.root():
            self._find("LOG-WITNESS", number, self.report.proved)
        else:
            self.report.witnesses[statement.by] = max(point.size, self.report.witnesses.get(statement.by, 0))

    def _certificate(self, document: Any, party: str) -> Certificate:
        """The certificate that a document names, of this party as far as its name tells (InvalidRequest)."""
        certificate = self.certificates.get(str(document.get("kid"))) if isinstance(document, dict) else None
        if certificate is None or holder(certificate) not in ("", party):
            raise InvalidRequest(reason="signed by a key that is not known, or not of this party")
        return certificate

    def _find(self, code: str, line: int, position: int, *, severity: Severity = "error") -> None:
        english, russian = SENTENCES[code]
        path = f"{self.report.log}[{position}]"
        self.report.findings.append(Finding(code, severity, path, line, english, russian))


def holder(certificate: Certificate) -> str:
    """Whose key it is, where the common name has the form STATE/AGENCY; a state's CA may write it otherwise."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    name = str(names[0].value) if names else ""
    return name if len(name.split("/")) == 2 and len(name.split("/")[0]) == 3 else ""


def _objects(file: TextIO, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, text in enumerate(file, 1):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"Line {number} is not JSON.", where=name) from error
        if not isinstance(value, dict):
            raise Unreadable(f"Line {number} is not a JSON object.", where=name)
        yield number, value
