"""Timestamps of RFC 3161 by real authorities (`openssl ts`), in the background, with an alarm when they lag."""

from __future__ import annotations

import base64
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import xmlsec
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree
from sqlalchemy import LargeBinary, type_coerce, update

from gateway.errors import Refusal
from gateway.ledger import checkpoint, sealed
from gateway.message.timestamped import stamped_part, with_timestamps
from gateway.settings import Stamps, TimestampAuthority
from gateway.store import tables
from gateway.sync.push import push
from gateway.sync.stamping import stamp_due, stamp_now
from gateway.trust import alarms, stamps

pytestmark = pytest.mark.tool

CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = {name}
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
authorityKeyIdentifier = keyid
[plain]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
[ts]
default_tsa = service
[service]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """A timestamp authority: openssl answers, a small server carries questions and answers on loopback."""

    def __init__(self, folder: Path, name: str, *, extensions: str = "tsa") -> None:
        self.folder, self.name, self.asked = folder, name, 0
        self.trouble: Callable[[bytes], bytes | None] = lambda answer: answer
        folder.mkdir()
        (folder / "serial").write_text("01")
        (folder / "openssl.cnf").write_text(CONFIG.format(name=name, folder=folder))
        curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self.openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-extensions", "ca")
        self.openssl("req", "-new", *curve, "-keyout", "tsa.key", "-out", "tsa.csr")
        self.openssl(
            "x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "30", "-set_serial", "7",
            "-extfile", "openssl.cnf", "-extensions", extensions, "-out", "tsa.pem", config=False,
        )  # fmt: skip
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = self.rfile.read(int(self.headers["Content-Length"]))
                answer = authority.trouble(authority.answer(asked))
                self.send_response(200 if answer is not None else 503)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.end_headers()
                self.wfile.write(answer or b"")

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def openssl(self, *arguments: str, config: bool = True) -> None:
        tail = ("-config", "openssl.cnf") if config else ()
        subprocess.run(["openssl", *arguments, *tail], cwd=self.folder, check=True, capture_output=True)

    def answer(self, asked: bytes) -> bytes:
        self.asked += 1
        query, reply = self.folder / f"{self.asked}.tsq", self.folder / f"{self.asked}.tsr"
        query.write_bytes(asked)
        self.openssl("ts", "-reply", "-queryfile", str(query), "-section", "service", "-out", str(reply))
        return reply.read_bytes()

    @property
    def settings(self) -> TimestampAuthority:
        url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        return TimestampAuthority(name=self.name, url=url, trust=self.folder / "ca.pem")

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Callable[..., Authority]]:
    """authority(name): a running one."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    made: list[Authority] = []

    def make(name: str, **options: Any) -> Authority:
        made.append(Authority(tmp_path / name, name, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def stamping(node: Any, *authorities: Authority, late: float = 3600) -> None:
    """Let a node be stamped by these authorities."""
    chosen = Stamps(authorities=tuple(each.settings for each in authorities), late=late)
    object.__setattr__(node, "settings", node.settings.model_copy(update={"stamps": chosen}))


def exchange(world: Any) -> Any:
    """BLR has sent a batch to KAZ and has its receipt, at the time that the authorities read from the machine."""
    world.clock.now = datetime.now(UTC)
    world.permits(3)
    assert push(world.blr, "KAZ/GATE") == 3
    return world


@pytest.fixture
def exchanged(world: Any) -> Any:
    return exchange(world)


def test_what_was_sent_received_and_acknowledged_is_stamped_by_every_authority(either_world, authority) -> None:
    world, (one, two) = exchange(either_world), (authority("one"), authority("two"))
    for node in (world.blr, world.kaz):
        stamping(node, one, two)
        done = stamp_due(node)
        assert done.failed == 0
    sent = [str(row.id) for row in world.rows(world.blr, tables.Outbox)]
    stamped = {(row.kind, row.subject, row.authority) for row in world.rows(world.blr, tables.Stamp)}
    assert stamped >= {(kind, row, name) for kind in ("sent", "receipt") for row in sent for name in ("one", "two")}
    journal = world.rows(world.kaz, tables.Journal, tables.Journal.kind == "RecordBatch")[-1]
    received = world.rows(world.kaz, tables.Stamp, tables.Stamp.kind == "received")
    assert str(journal.id) in {row.subject for row in received}
    roots = stamps.anchors(one.folder / "ca.pem")
    for row in world.rows(world.kaz, tables.Stamp, tables.Stamp.authority == "one"):
        assert stamps.check(row.token, bytes.fromhex(row.digest), roots).at == row.stamped
    assert stamp_due(world.kaz).entered == 0, "nothing is stamped twice"
    batch = world.rows(world.blr, tables.Outbox, tables.Outbox.kind == "RecordBatch")[-1]
    assert stamped_part(journal.raw) == stamped_part(batch.raw)


def test_a_token_of_another_nonce_another_digest_or_another_authority_is_not_believed(authority) -> None:
    one, stranger = authority("one"), authority("stranger")
    asked, other = stamps.request(b"signed"), stamps.request(b"other")
    roots = stamps.anchors(one.folder / "ca.pem")
    now, digest = datetime.now(UTC), sha256(b"signed").digest()
    good = one.answer(asked.as_bytes())
    assert stamps.judge(good, asked, digest, roots, now=now).token == good
    replayed = stamps.request(b"signed")
    for answer, question, root in (
        (good, replayed, roots),
        (one.answer(other.as_bytes()), other, roots),
        (stranger.answer(asked.as_bytes()), asked, roots),
        (good[:-1] + bytes([good[-1] ^ 1]), asked, roots),
        (good[:40], asked, roots),
        (b"", asked, roots),
        (b"<html>", asked, roots),
    ):
        with pytest.raises(stamps.StampInvalid):
            stamps.judge(answer, question, digest, root, now=now)


def test_an_authority_whose_clock_is_off_is_not_believed(authority) -> None:
    one = authority("one")
    asked, digest = stamps.request(b"signed"), sha256(b"signed").digest()
    answer = one.answer(asked.as_bytes())
    roots = stamps.anchors(one.folder / "ca.pem")
    with pytest.raises(stamps.StampInvalid, match="clock"):
        stamps.judge(answer, asked, digest, roots, now=datetime(2026, 3, 2, tzinfo=UTC))


def test_an_authority_that_fails_holds_up_no_other_and_its_lag_is_an_alarm_until_it_is_back(
    exchanged, authority
) -> None:
    world, (bad, good) = exchanged, (authority("bad"), authority("good"))
    bad.trouble = lambda _answer: None
    stamping(world.blr, bad, good, late=30)
    done = stamp_due(world.blr)
    number = done.stamped
    assert number >= 2
    assert done.failed == min(number, 3), "an authority that fails three times in a row is left alone for a while"
    waiting = world.rows(world.blr, tables.Stamp, tables.Stamp.token.is_(None))
    assert {row.authority for row in waiting} == {"bad"}
    assert {row.trouble.partition(":")[0] for row in waiting if row.tried} == {"unavailable"}
    with world.blr.database.read() as session:
        assert alarms.open_alarms(session) == []
    world.clock.advance(seconds=61)
    stamp_due(world.blr)
    with world.blr.database.read() as session:
        (alarm,) = alarms.open_alarms(session)
        assert (alarm.code, alarm.subject, alarm.detail["waiting"]) == ("stamps-late", "bad", number)
    bad.trouble = lambda answer: answer
    world.clock.advance(seconds=61)
    assert stamp_due(world.blr).stamped == number
    with world.blr.database.read() as session:
        assert alarms.open_alarms(session) == []


def try_everything(node: Any) -> None:
    """Let the job run until it leaves every row alone for a minute."""
    for _ in range(20):
        if not stamp_due(node).failed:
            return
    pytest.fail("the job asks again at once for what has failed")


def test_who_asks_by_hand_does_not_wait_for_what_has_just_failed(exchanged, authority) -> None:
    world, bad = exchanged, authority("bad")
    bad.trouble = lambda _answer: None
    stamping(world.blr, bad)
    assert stamp_due(world.blr).failed > 0
    try_everything(world.blr)
    assert stamp_due(world.blr).failed == 0
    assert stamp_now(world.blr).failed > 0


def test_what_failed_under_a_clock_that_was_ahead_does_not_wait_for_it(exchanged, authority) -> None:
    world, bad = exchanged, authority("bad")
    bad.trouble = lambda _answer: None
    stamping(world.blr, bad)
    assert stamp_due(world.blr).failed > 0
    world.clock.advance(days=300)
    try_everything(world.blr)
    world.clock.advance(days=-300)
    bad.trouble = lambda answer: answer
    assert stamp_now(world.blr).stamped == len(world.rows(world.blr, tables.Stamp))


def test_an_authority_whose_file_is_gone_holds_up_no_other(exchanged, authority) -> None:
    lost, good = authority("lost"), authority("good")
    (lost.folder / "ca.pem").unlink()
    stamping(exchanged.blr, lost, good, late=30)
    done = stamp_due(exchanged.blr)
    assert done.stamped >= 2
    assert lost.asked == 0
    exchanged.clock.advance(seconds=61)
    stamp_due(exchanged.blr)
    assert late(exchanged.blr) == ["lost"]


def test_the_alarm_of_an_authority_ends_when_it_is_taken_out_of_the_settings(exchanged, authority) -> None:
    bad = authority("bad")
    bad.trouble = lambda _answer: None
    stamping(exchanged.blr, bad, late=30)
    for _ in range(2):
        stamp_due(exchanged.blr)
        exchanged.clock.advance(seconds=61)
    assert late(exchanged.blr) == ["bad"]
    stamping(exchanged.blr)
    stamp_due(exchanged.blr)
    assert late(exchanged.blr) == []


def test_a_few_that_always_fail_do_not_keep_the_others_from_their_turn(exchanged, authority) -> None:
    one = authority("one")
    stamping(exchanged.blr, one)
    one.trouble = lambda _answer: None
    done = stamp_due(exchanged.blr)
    assert (done.stamped, done.failed) == (0, 3)
    tried = exchanged.rows(exchanged.blr, tables.Stamp, tables.Stamp.tried.is_not(None))
    exchanged.clock.advance(seconds=61)
    untried = exchanged.rows(exchanged.blr, tables.Stamp, tables.Stamp.tried.is_(None))
    one.trouble = lambda answer: answer if one.asked <= 3 + len(untried) else None
    done = stamp_due(exchanged.blr)
    assert (done.stamped, done.failed) == (len(untried), len(tried))
    waiting = exchanged.rows(exchanged.blr, tables.Stamp, tables.Stamp.token.is_(None))
    assert {row.id for row in waiting} == {row.id for row in tried}


def test_rows_of_a_foreign_register_are_passed_over_and_stop_nothing(exchanged, authority) -> None:
    one = authority("one")
    stamping(exchanged.kaz, one)
    with exchanged.kaz.database.begin() as session:
        row = session.query(tables.Journal).filter(tables.Journal.sender.is_not(None)).first()
        session.add(
            tables.Journal(sender="BLR/GATE", message_id="rows", kind="rows", channel="soap", digest="00",
                           raw=b'{"rows": []}', received=row.received, state="accepted", log_index=row.log_index)
        )  # fmt: skip
    done = stamp_due(exchanged.kaz)
    assert done.stamped >= 2
    assert done.failed == 0


def test_the_timestamp_of_a_checkpoint_is_about_our_tree_and_outlives_a_new_signature(either_world, authority) -> None:
    world, one = exchange(either_world), authority("one")
    stamping(world.blr, one)
    point = sign_log(world)
    with world.blr.database.begin() as session:
        # A partner's log may have as many leaves as ours.
        session.add(tables.LogCheckpoint(party="KAZ/GATE", size=point.size, root="00" * 32,
                                         at=world.clock.advance(seconds=1), signed="{}"))  # fmt: skip
    stamp_due(world.blr)
    world.clock.advance(minutes=1)
    again = sign_log(world)
    assert (again.size, again.root) == (point.size, point.root)
    assert again.document != point.document
    stamp_due(world.blr)
    (row,) = world.rows(world.blr, tables.Stamp, tables.Stamp.kind == "checkpoint")
    tree = {"party": "BLR/GATE", "log": "exchange", "size": point.size, "root": point.root.hex()}
    digest = sha256(sealed.canonical(tree)).digest()
    assert stamps.check(row.token, digest, stamps.anchors(one.folder / "ca.pem")).at == row.stamped


def sign_log(world: Any) -> checkpoint.Checkpoint:
    with world.blr.database.begin() as session:
        signer = world.blr.keyring.signer(session)
        return checkpoint.issue(session, party="BLR/GATE", log="exchange", signer=signer, now=world.clock())


def late(node: Any) -> list[str]:
    with node.database.read() as session:
        return [row.subject for row in alarms.open_alarms(session)]


def test_what_retention_has_erased_meanwhile_waits_no_longer(exchanged, authority) -> None:
    bad = authority("bad")
    bad.trouble = lambda _answer: None
    stamping(exchanged.blr, bad)
    stamp_due(exchanged.blr)
    with exchanged.blr.database.begin() as session:
        for row in session.query(tables.Outbox):
            row.raw, row.receipt = b"", None
    exchanged.clock.advance(seconds=120)
    stamp_due(exchanged.blr)
    assert exchanged.rows(exchanged.blr, tables.Stamp) == []


def test_a_message_with_its_timestamps_is_xades_t_and_its_signature_still_holds(exchanged, authority, tmp_path) -> None:
    one = authority("one")
    stamping(exchanged.blr, one)
    stamp_due(exchanged.blr)
    row = exchanged.rows(exchanged.blr, tables.Stamp, tables.Stamp.kind == "sent")[0]
    raw = exchanged.rows(exchanged.blr, tables.Outbox, tables.Outbox.id == int(row.subject))[0].raw
    whole = with_timestamps(raw, [stamps.token(row.token)])
    root = etree.fromstring(whole)
    xmlsec.tree.add_ids(root, ["Id"])
    context = xmlsec.SignatureContext()
    pem = exchanged.blr.keyring.signer().certificate.public_bytes(Encoding.PEM)
    context.key = xmlsec.Key.from_memory(pem, xmlsec.KeyFormat.CERT_PEM, None)
    context.verify(root[-1])
    (token,) = root.iter("{http://uri.etsi.org/01903/v1.3.2#}EncapsulatedTimeStamp")
    (tmp_path / "token.der").write_bytes(base64.b64decode(token.text))
    (tmp_path / "part").write_bytes(stamped_part(raw))
    of = ("-in", "token.der", "-token_in", "-data", "part", "-CAfile", f"{one.folder}/ca.pem")
    said = subprocess.run(
        ["openssl", "ts", "-verify", *of],
        cwd=tmp_path, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert "Verification: OK" in said.stdout, said.stderr


def test_a_message_that_is_not_signed_has_nothing_to_stamp() -> None:
    with pytest.raises(Refusal):
        stamped_part(b'<Message xmlns="urn:cis:migration-exchange:1"/>')


def damage(world: Any, *columns: str, number: int) -> None:
    """Change stored values of the outbox behind the node's back."""
    world.honest = False
    with world.blr.database.begin() as session:
        table = tables.Outbox.__table__
        for column in columns:
            session.execute(update(table).where(table.c.id == number).values({column: type_coerce(b"x", LargeBinary)}))


def test_a_row_that_does_not_open_keeps_no_other_from_its_timestamp(either_world, authority) -> None:
    world, one = exchange(either_world), authority("one")
    letters = world.rows(world.blr, tables.Outbox)
    damage(world, "raw", number=letters[0].id)
    stamping(world.blr, one)
    done = stamp_due(world.blr)
    assert done.failed == 0
    stamped = {(row.kind, row.subject) for row in world.rows(world.blr, tables.Stamp) if row.token}
    assert ("sent", str(letters[0].id)) not in stamped
    assert {("sent", str(each.id)) for each in letters[1:]} | {("receipt", str(each.id)) for each in letters} <= stamped


def test_rows_that_were_damaged_while_they_waited_hold_up_nobody_and_become_an_alarm(either_world, authority) -> None:
    world, one = exchange(either_world), authority("one")
    stamping(world.blr, one, late=300)
    one.trouble = lambda _answer: None
    stamp_due(world.blr)
    waiting = world.rows(world.blr, tables.Stamp)
    letters = world.rows(world.blr, tables.Outbox)
    damage(world, "raw", "receipt", number=letters[0].id)
    one.trouble = lambda answer: answer
    for _ in range(6):
        world.clock.advance(seconds=61)
        stamp_due(world.blr)
    left = [row for row in world.rows(world.blr, tables.Stamp) if row.token is None]
    assert len(waiting) > 2
    assert {(row.kind, row.subject) for row in left} == {(kind, str(letters[0].id)) for kind in ("sent", "receipt")}
    assert {row.trouble for row in left} == {"data-damaged: outbox.raw", "data-damaged: outbox.receipt"}
    with world.blr.database.read() as session:
        assert [row.code for row in alarms.open_alarms(session)] == ["stamps-late"]
