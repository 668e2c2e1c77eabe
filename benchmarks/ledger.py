"""The tamper-evident log at a million leaves: appending, proving, and verifying a whole export offline.

SQLite in a file as the node runs it. Appending counts CPU per leaf within batches of 500, the statements of
the database and its commits included; its floor is the hashing that no RFC 6962 tree can leave out: one leaf
and one inner node for each leaf. A proof is asked for at leaves drawn by lot; its floor is the one query by which
SQLite gives the same rows when it is called without any toolkit. Verifying counts CPU for the whole file; its floor is
reading every line as JSON and hashing the tree.
"""

from __future__ import annotations

import hashlib
import json
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from benchmarks.report import Row, row
from gateway.ledger import checkpoint, log, merkle
from gateway.ledger.check import verify_export
from gateway.ledger.export import export
from gateway.store.database import Database
from gateway.store.vault import Vault, new_keys
from gateway.trust import keyfiles

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARTY = "BLR/GATE"
LEAVES = 1_000_000
BATCH = 500
PROOFS = 400
CHECKPOINTS = 200


def measure(scale: float) -> list[Row]:
    """Rows of `var/bench.json`; the scale changes the number of leaves."""
    leaves = max(BATCH, int(LEAVES * scale) // BATCH * BATCH)
    with tempfile.TemporaryDirectory(prefix="gw-ledger-") as folder:
        database = Database(f"sqlite:///{folder}/gateway.sqlite", Vault(new_keys(NOW)))
        database.upgrade()
        signer = _signer()
        append, hashing = _append(database, signer, leaves)
        proof, bare = _prove(database, Path(folder), leaves)
        file = Path(folder) / "log.jsonl"
        with database.read() as session, file.open("w", encoding="utf-8") as out:
            export(session, out, party=PARTY, log="exchange")
        database.close()
        verify, reading = _verify(file, signer, leaves)
    return [
        row("log-append-1m", "µs CPU", round(append, 2), round(hashing, 2)),
        row("log-proof-1m", "µs", round(proof, 1), round(bare, 1)),
        row("log-verify-1m", "s CPU", round(verify, 2), round(reading, 2)),
    ]


def _append(database: Database, signer: keyfiles.Signer, leaves: int) -> tuple[float, float]:
    """Microseconds of CPU per leaf, ours and hashing alone, measured in turn."""
    ours = floor = 0.0
    every = max(1, leaves // BATCH // CHECKPOINTS)
    for number, entries in enumerate(_batches(leaves)):
        started = time.process_time()
        with database.begin() as session:
            log.append_all(session, "exchange", entries)
        ours += time.process_time() - started
        started = time.process_time()
        _hash(entry.content for entry in entries)
        floor += time.process_time() - started
        if number % every == every - 1 or (number + 1) * BATCH == leaves:
            with database.begin() as session:
                checkpoint.issue(session, party=PARTY, log="exchange", signer=signer, now=NOW)
    return ours / leaves * 1e6, floor / leaves * 1e6


def _hash(contents: Iterator[str]) -> None:
    inner = b"\1" + bytes(64)
    for content in contents:
        hashlib.sha256(b"\0" + content.encode()).digest()
        hashlib.sha256(inner).digest()


def _batches(leaves: int) -> Iterator[list[log.Entry]]:
    draw = random.Random(20260302)
    for _ in range(leaves // BATCH):
        names = [f"{draw.getrandbits(128):032x}" for _ in range(BATCH)]
        ids = [f"{name[:8]}-{name[8:12]}-{name[12:16]}-{name[16:20]}-{name[20:]}" for name in names]
        digest = "nTDtZ0rPQlBbfjTEoBnbU5pKIQ0gFhIxSNkwPOzYVuE="
        yield [log.message_entry(each, digest, "ACCEPTED") for each in ids]


def _prove(database: Database, folder: Path, leaves: int) -> tuple[float, float]:
    """Median microseconds of one inclusion proof, ours and the bare query for its rows."""
    draw, ours, floor = random.Random(1), [], []
    bare = sqlite3.connect(folder / "gateway.sqlite")
    with database.read() as session:
        for _ in range(PROOFS):
            index = draw.randrange(leaves)
            started = time.perf_counter()
            log.inclusion(session, "exchange", index, leaves)
            ours.append(time.perf_counter() - started)
            wanted = [place for span in merkle.inclusion_spans(index, leaves) for place in merkle.positions(span)]
            spelled = " OR ".join(f"(log='exchange' AND level={level} AND \"index\"={at})" for level, at in wanted)
            started = time.perf_counter()
            bare.execute(f'SELECT level, "index", hash FROM log_node WHERE {spelled}').fetchall()  # noqa: S608 - numbers
            floor.append(time.perf_counter() - started)
    bare.close()
    return median(ours) * 1e6, median(floor) * 1e6


def _verify(file: Path, signer: keyfiles.Signer, leaves: int) -> tuple[float, float]:
    started = time.process_time()
    report = verify_export(file, [signer.certificate])
    ours = time.process_time() - started
    if not report.holds or report.proved != leaves:
        raise RuntimeError(f"the export does not hold: {report.findings[:3]}")
    started = time.process_time()
    with file.open(encoding="utf-8") as lines:
        _hash(str(json.loads(line).get("content")) for line in lines)
    return ours, time.process_time() - started


def _signer() -> keyfiles.Signer:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = keyfiles.self_signed(key, party=PARTY, now=NOW, until=NOW + timedelta(days=365))
    der = certificate.public_bytes(Encoding.DER)
    return keyfiles.Signer(keyfiles.key_id(certificate), "p256", certificate, der, key)
