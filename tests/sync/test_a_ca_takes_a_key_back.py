"""Two nodes, one with a certificate of its state's CA: revoked, unknown for too long, and known again.

The CA is real and so is its web server; a partner whose key nobody but itself has signed goes on throughout.
"""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ReasonFlags
from sqlalchemy import select, update

from gateway.errors import UnknownPartner
from gateway.exchange.receive import receive
from gateway.message.bodies import Ping
from gateway.message.body import write_ping
from gateway.message.envelope import Header, Kind, Party, write_message
from gateway.message.signature import sign
from gateway.partners import directory
from gateway.schedule import run_job
from gateway.settings import Job, Revocation
from gateway.store import tables
from gateway.sync import ping, revocation
from gateway.sync.revocation import Done, refresh_revocation
from gateway.trust import alarms, anchors, approvals, certificates, keyfiles, lifecycle

SERVED = ("BLR", "KAZ")
ROOT, ISSUING = "http://crl.kaz.example/root.crl", "http://crl.kaz.example/issuing.crl"
LIST = "/issuing.crl"
JOB = Job(name="revocation", kind="revocation", every=3600)


@pytest.fixture
def world_settings(ca_server) -> dict[str, object]:
    mirror = {url: ca_server.url + "/" + url.rpartition("/")[2] for url in (ROOT, ISSUING)}
    return {"revocation": Revocation(addresses=mirror, timeout=5)}


class StateCa:
    """KAZ's own CA: a root, an issuing CA below it, and the lists of both on a web server."""

    def __init__(self, world, server, authority) -> None:
        self.world, self.server, self._number = world, server, 0
        self.root = authority("KAZ Root")
        self.issuing = authority("KAZ Issuing", by=self.root, lists=[ROOT])
        self.publish()

    def publish(self, *revoked, **wish) -> None:
        """New lists; the issuing CA's says that these certificates are revoked."""
        self._number += 1
        now = self.world.clock()
        self.server.files["/root.crl"] = self.root.crl(at=now, number=self._number, days=30)
        self.server.files[LIST] = self.issuing.crl(revoked, **{"at": now, "number": self._number, **wish})

    def enrol(self, name: str = "KAZ/GATE"):
        """KAZ signs with a certificate of this CA from now on, and BLR has let CA and certificate in."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self.issuing.issue(name, key=key, lists=[ISSUING])
        chain, now = (self.issuing.certificate,), self.world.clock()
        sign_with(self.world.kaz, key, certificate)
        with self.world.blr.database.begin() as session:
            asked = anchors.propose(session, self.root.certificate, party=name, actor="anna", reason="treaty", now=now)
            approvals.approve(session, asked.id, actor="boris", reason="compared", now=now, acts=anchors.ACTS)
            kid = lifecycle.propose(session, certificate, party=name, actor="anna", now=now, chain=chain).kid
            lifecycle.activate(session, kid, actor="boris", now=now)
        return certificate


def sign_with(node, key, certificate) -> None:
    """Put a key with its certificate in the place of the key a node signs with."""
    kid = certificates.key_id(certificate)
    form = serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(node.settings.key_password())
    path = keyfiles.key_path(node.settings.directory, kid)
    path.touch(0o600)
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    with node.database.begin() as session:
        session.execute(update(tables.Key).where(tables.Key.own).values(status="retiring"))
        session.add(
            tables.Key(
                kid=kid, party=node.settings.node, own=True, algorithm="p256", status="active",
                certificate=certificates.pem(certificate), home=f"file:{kid}.pem", changed=node.clock(),
                not_before=certificate.not_valid_before_utc, not_after=certificate.not_valid_after_utc,
            )
        )  # fmt: skip
        lifecycle.touch(session)


@pytest.fixture
def ca(world, ca_server, authority) -> StateCa:
    return StateCa(world, ca_server, authority)


@pytest.fixture
def self_signed(world):
    """A partner of BLR whose key nobody but itself has signed; a function that sends a ping in its name."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = world.clock()
    holder = keyfiles.self_signed(key, party="UZB/GATE", now=now, until=now + timedelta(days=700))
    with world.blr.database.begin() as session:
        directory.propose(
            session, id="UZB/GATE", agency_class="MIG", kind="node", certificate=holder,
            endpoint="http://127.0.0.1:9", actor="anna", now=now,
        )  # fmt: skip
        directory.activate(session, "UZB/GATE", actor="boris", now=now)

    def send() -> str:
        at, name = world.clock(), str(uuid.uuid4())
        header = Header(
            message_id=name, conversation_id=name, kind=Kind.PING, sender=Party.of("UZB/GATE"),
            receiver=Party.of("BLR/GATE"), created=at, expires=at + timedelta(minutes=5), purpose="KEY_ADMIN",
            agreement="ping",
        )  # fmt: skip
        raw = sign(write_message(header, write_ping(Ping("test"))), keyfiles.signer(key, holder), at)
        return receive(world.blr, raw, channel="rest").code

    return send


def knock(world) -> str:
    """KAZ's ping to BLR: the code that KAZ sees, empty where all is well."""
    world.clock.advance(seconds=5)
    return str(ping.test(world.kaz, "BLR/GATE").get("detail", "")).removeprefix("The partner answers ").rstrip(".")


def reason(world) -> str:
    """What BLR's own journal says of the last message."""
    with world.blr.database.read() as session:
        return session.scalar(select(tables.Journal.reason).order_by(tables.Journal.id.desc()).limit(1))


def alarm(world) -> list[str]:
    with world.blr.database.read() as session:
        return [row.code for row in alarms.open_alarms(session)]


def test_a_ca_that_is_down_stops_its_own_keys_only_when_its_word_is_too_old(world, ca, ca_server, self_signed) -> None:
    ca.enrol()
    # 1. Nothing is known yet: closed. Once the CA was asked it is open.
    assert (knock(world), "revocation-unknown" in reason(world)) == ("unknown-partner", True)
    assert refresh_revocation(world.blr) == Done(asked=2, failed=0, revoked=0)
    assert (knock(world), self_signed(), alarm(world)) == ("", "", [])
    # 2. The CA is down. Its list was good for a day, and a day more is allowed.
    ca_server.down = True
    world.clock.advance(hours=35)
    assert refresh_revocation(world.blr).failed == 2
    assert (knock(world), alarm(world)) == ("", [])
    # 3. Before that is over somebody is told.
    world.clock.advance(hours=2)
    refresh_revocation(world.blr)
    assert (knock(world), alarm(world)) == ("", ["revocation-late"])
    # 4. Then the keys of this CA are closed, whether or not a job runs; others go on.
    world.clock.advance(hours=12)
    assert knock(world) == "unknown-partner"
    assert "revocation-unknown: The last word of CN=KAZ Issuing was good until 2026-03-03 09:00 UTC" in reason(world)
    assert self_signed() == ""
    refresh_revocation(world.blr)
    assert alarm(world) == ["revocation-stale"]
    with world.blr.database.read() as session:
        troubles = set(session.scalars(select(tables.RevocationSource.trouble)))
    assert {trouble.partition(":")[0] for trouble in troubles} == {"unavailable"}
    # 5. The CA is back.
    ca_server.down = False
    ca.publish()
    assert refresh_revocation(world.blr).failed == 0
    assert (knock(world), self_signed(), alarm(world)) == ("", "", [])


def test_a_key_that_its_ca_revokes_is_revoked_here_since_the_day_the_ca_states(
    either_world, ca_server, authority
) -> None:
    world = either_world
    ca = StateCa(world, ca_server, authority)
    certificate = ca.enrol()
    refresh_revocation(world.blr)
    assert knock(world) == ""
    lost = world.clock() - timedelta(days=2)
    ca.publish(certificate, reason=ReasonFlags.key_compromise, invalid=lost)
    assert run_job(world.blr, JOB, "test") == "done"
    with world.blr.database.read() as session:
        key = session.get_one(tables.Key, certificates.key_id(certificate))
        audited = session.scalars(
            select(tables.Audit).where(tables.Audit.action == "key-revoked", tables.Audit.subject == key.kid)
        ).one()
        outcome = session.scalars(select(tables.JobRun.outcome)).one()
    assert (key.status, key.invalid_since) == ("revoked", lost)
    assert (audited.actor, audited.detail["reason"]) == ("revocation", "revoked by its CA: keyCompromise")
    assert outcome == "2 asked, 0 failed, 1 revoked"
    assert (knock(world), "is revoked" in reason(world)) == ("unknown-partner", True)
    # A list that no longer names it brings nothing back.
    ca.publish()
    assert refresh_revocation(world.blr) == Done(0, 0, 0)
    assert knock(world) == "unknown-partner"


def test_a_key_on_hold_is_refused_while_the_hold_lasts(world, ca) -> None:
    certificate = ca.enrol()
    ca.publish(certificate, reason=ReasonFlags.certificate_hold)
    assert refresh_revocation(world.blr).revoked == 0
    assert knock(world) == "unknown-partner"
    assert "certificate-revoked: CN=KAZ Issuing has put on hold" in reason(world)
    assert alarm(world) == ["chain-refused"]
    ca.publish()
    refresh_revocation(world.blr)
    assert (knock(world), alarm(world)) == ("", [])


def test_a_revoked_ca_takes_every_key_below_it_along(world, ca, ca_server) -> None:
    certificate = ca.enrol()
    refresh_revocation(world.blr)
    now = world.clock()
    ca_server.files["/root.crl"] = ca.root.crl([ca.issuing.certificate], at=now, number=9)
    assert refresh_revocation(world.blr).revoked == 1
    with world.blr.database.read() as session:
        key = session.get_one(tables.Key, certificates.key_id(certificate))
    assert (key.status, key.invalid_since) == ("revoked", now)


def test_our_own_key_stops_when_our_ca_revokes_it(world, ca) -> None:
    """That too little is known of it is an alarm only: partners judge it themselves."""
    key = ec.generate_private_key(ec.SECP256R1())
    own = ca.issuing.issue("BLR/GATE", key=key, lists=[ISSUING])
    sign_with(world.blr, key, own)
    now = world.clock()
    with world.blr.database.begin() as session:
        anchor = ca.issuing.certificate
        asked = anchors.propose(session, anchor, party="BLR/GATE", actor="anna", reason="ours", now=now)
        approvals.approve(session, asked.id, actor="boris", reason="ours", now=now, acts=anchors.ACTS)
    world.clock.advance(days=5)
    ca.server.down = True
    refresh_revocation(world.blr)
    assert (world.blr.keyring.signer().certificate, alarm(world)) == (own, ["revocation-stale"])
    ca.server.down = False
    ca.publish(own)
    assert refresh_revocation(world.blr).revoked == 1
    world.clock.advance(seconds=5)
    assert ping.test(world.blr, "KAZ/GATE")["part"] == "own key"


def test_an_older_list_never_undoes_a_newer_one(world, ca, ca_server) -> None:
    certificate = ca.enrol()
    early = ca_server.files[LIST]
    world.clock.advance(hours=1)
    ca.publish(certificate, reason=ReasonFlags.certificate_hold)
    refresh_revocation(world.blr)
    ca_server.files[LIST] = early
    assert refresh_revocation(world.blr).failed == 1
    assert knock(world) == "unknown-partner"
    with world.blr.database.read() as session:
        trouble = session.scalar(select(tables.RevocationSource.trouble).where(tables.RevocationSource.url == ISSUING))
    assert trouble.startswith("revocation-refused: The CA's statement is older")


def redirect(handler) -> None:
    handler.send_response(302)
    handler.send_header("Location", "/other.crl")
    handler.end_headers()


def endless(handler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(64):
            handler.wfile.write(bytes(1 << 20))
    except OSError:
        return


def broken_off(handler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    handler.wfile.write(b"\x30")


@pytest.mark.parametrize(
    ("answer", "code"),
    [(redirect, "unavailable"), (endless, "too-large"), (broken_off, "unavailable"), (b"", "revocation-refused"),
     (b"<html>maintenance</html>", "revocation-refused"), (None, "unavailable")],
)  # fmt: skip
def test_a_bad_answer_is_noted_and_what_was_known_still_counts(world, ca, ca_server, answer, code: str) -> None:
    ca.enrol()
    refresh_revocation(world.blr)
    ca_server.files["/other.crl"] = ca_server.files[LIST]
    ca_server.files[LIST] = answer
    assert refresh_revocation(world.blr) == Done(asked=2, failed=1, revoked=0)
    with world.blr.database.read() as session:
        row = session.scalars(select(tables.RevocationSource).where(tables.RevocationSource.url == ISSUING)).one()
    assert row.trouble.partition(":")[0] == code
    assert knock(world) == ""
    assert [path for _, path, _ in ca_server.seen if path == "/other.crl"] == []


def test_an_address_on_this_machine_is_asked_only_where_the_settings_say_so(world, ca, ca_server) -> None:
    """A certificate must not make a node ask itself, whatever name it gives the place."""
    key, inner = ec.generate_private_key(ec.SECP256R1()), ca_server.url.replace("127.0.0.1", "localhost") + LIST
    certificate = ca.issuing.issue("KAZ/MVD", key=key, lists=[inner])
    ca.enrol()
    with world.blr.database.begin() as session:
        now = world.clock()
        asked = anchors.propose(
            session, ca.issuing.certificate, party="KAZ/MVD", actor="anna", reason="treaty", now=now
        )
        approvals.approve(session, asked.id, actor="boris", reason="compared", now=now, acts=anchors.ACTS)
        kid = lifecycle.propose(session, certificate, party="KAZ/MVD", actor="anna", now=now).kid
        lifecycle.activate(session, kid, actor="boris", now=now)
    ca_server.seen.clear()
    assert refresh_revocation(world.blr, "KAZ/MVD") == Done(asked=1, failed=1, revoked=0)
    assert ca_server.seen == []
    with pytest.raises(UnknownPartner, match="revocation-unknown"):
        world.blr.keyring.trusted(kid, world.clock())


def test_nobody_is_asked_about_a_certificate_without_an_anchor(world, ca, ca_server) -> None:
    ca.enrol()
    with world.blr.database.begin() as session:
        session.execute(update(tables.Anchor).values(status="removed"))
        anchors.touch(session)
    assert refresh_revocation(world.blr) == Done(0, 0, 0)
    assert ca_server.seen == []
    assert (knock(world), "chain-not-anchored" in reason(world)) == ("unknown-partner", True)


def test_a_responder_is_enough_where_the_list_is_out_of_reach(world, ca, ca_server, authority) -> None:
    issuing = authority("KAZ Online", by=ca.root, lists=[ROOT])
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = issuing.issue("KAZ/MVD", key=key, lists=["http://crl.kaz.example/none.crl"], responders=[ISSUING])
    with world.blr.database.begin() as session:
        now = world.clock()
        asked = anchors.propose(session, issuing.certificate, party="KAZ/MVD", actor="anna", reason="treaty", now=now)
        approvals.approve(session, asked.id, actor="boris", reason="compared", now=now, acts=anchors.ACTS)
        kid = lifecycle.propose(session, certificate, party="KAZ/MVD", actor="anna", now=now).kid
        lifecycle.activate(session, kid, actor="boris", now=now)
    ca_server.files[LIST] = issuing.answer(certificate, at=world.clock())
    assert refresh_revocation(world.blr, "KAZ/MVD") == Done(asked=2, failed=1, revoked=0)
    assert ca_server.seen[-1][0] == "POST"
    world.clock.advance(seconds=5)
    assert world.blr.keyring.trusted(kid, world.clock()).party == "KAZ/MVD"
    ca_server.files[LIST] = issuing.answer(certificate, at=world.clock(), revoked=world.clock())
    assert refresh_revocation(world.blr, "KAZ/MVD").revoked == 1


def test_what_no_certificate_names_any_more_is_dropped(world, ca) -> None:
    certificate = ca.enrol()
    refresh_revocation(world.blr)
    with world.blr.database.begin() as session:
        lifecycle.retire(session, retiring(session, certificate), actor="anna", now=world.clock())
    refresh_revocation(world.blr)
    with world.blr.database.read() as session:
        assert session.scalars(select(tables.RevocationSource.url)).all() == []


def retiring(session, certificate) -> str:
    key = session.get_one(tables.Key, certificates.key_id(certificate))
    key.status = "retiring"
    session.flush()
    return key.kid


def test_a_place_that_no_host_can_have_keeps_no_cas_word_from_taking_effect(world, ca, ca_server) -> None:
    certificate = ca.enrol()
    refresh_revocation(world.blr)
    ca.publish(certificate, reason=ReasonFlags.key_compromise)
    addresses = world.blr.settings.revocation.addresses | {ROOT: "http://xn--/root.crl"}
    rules = world.blr.settings.revocation.model_copy(update={"addresses": addresses})
    object.__setattr__(world.blr, "settings", world.blr.settings.model_copy(update={"revocation": rules}))
    assert refresh_revocation(world.blr) == Done(asked=2, failed=1, revoked=1)
    assert knock(world) == "unknown-partner"


def test_a_bug_at_one_question_keeps_no_cas_word_from_taking_effect(world, ca, monkeypatch) -> None:
    certificate = ca.enrol()
    refresh_revocation(world.blr)
    ca.publish(certificate, reason=ReasonFlags.key_compromise)
    real = revocation.fetch

    def broken(place, *more):
        if place.url == ROOT:
            raise ZeroDivisionError
        return real(place, *more)

    monkeypatch.setattr(revocation, "fetch", broken)
    assert run_job(world.blr, JOB, "test") == "failed"
    assert knock(world) == "unknown-partner"
    assert "is revoked" in reason(world)


def test_a_cas_odd_answer_ends_its_own_key_and_nobody_elses_messages(either_world, ca_server, authority) -> None:
    world, responder = either_world, "http://ocsp.kaz.example/"
    ca = StateCa(world, ca_server, authority)
    key = ec.generate_private_key(ec.SECP256R1())
    holder = ca.issuing.issue("UZB/GATE", key=key, responders=[responder])
    addresses = world.blr.settings.revocation.addresses | {responder: ca_server.url + "/ocsp"}
    rules = world.blr.settings.revocation.model_copy(update={"addresses": addresses})
    object.__setattr__(world.blr, "settings", world.blr.settings.model_copy(update={"revocation": rules}))
    world.blr.keyring._standings.rules = rules
    now = world.clock()
    with world.blr.database.begin() as session:
        asked = anchors.propose(session, ca.root.certificate, party="UZB/GATE", actor="anna", reason="treaty", now=now)
        approvals.approve(session, asked.id, actor="boris", reason="compared", now=now, acts=anchors.ACTS)
        chain = (ca.issuing.certificate,)
        kid = lifecycle.propose(session, holder, party="UZB/GATE", actor="anna", now=now, chain=chain).kid
        lifecycle.activate(session, kid, actor="boris", now=now)
    ca_server.files["/ocsp"] = ca.issuing.answer_of_reason(holder, at=now, reason=7)
    assert refresh_revocation(world.blr).revoked == 1
    assert knock(world) == ""
    with world.blr.database.read() as session:
        assert session.get_one(tables.Key, kid).status == "revoked"
