"""The keys a running node works with: rotation with an overlap, revocation, and what a cache may keep."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from gateway.errors import KeyUnusable, NotFound, UnknownPartner
from gateway.ledger.sealed import signature_holds
from gateway.store.database import Database
from gateway.store.tables import Audit, Key
from gateway.trust import certificates, keyfiles, lifecycle
from gateway.trust.keyring import Keyring

NewKey = Callable[..., str]


@pytest.mark.parametrize("algorithm", ["p256", "p384", "rsa", "ed25519"])
def test_a_new_key_signs_and_its_certificate_verifies(
    sqlite: Database, tmp_path: Path, clock, new_key: NewKey, algorithm: str
) -> None:
    kid = new_key(sqlite, algorithm=algorithm)
    signer = Keyring(sqlite, tmp_path, b"correct horse", clock).signer()
    signature = signer.sign(b"text")
    assert (signer.kid, signer.algorithm) == (kid, algorithm)
    assert signature_holds(signer.certificate, b"text", signature)
    assert not signature_holds(signer.certificate, b"texts", signature)
    assert len(signature) == {"p256": 64, "p384": 96, "rsa": 384, "ed25519": 64}[algorithm]
    certificates.check(signer.certificate, clock())


def test_a_node_without_an_active_key_signs_nothing(database: Database, keyring: Keyring, new_key: NewKey) -> None:
    new_key(database, "published")
    with pytest.raises(KeyUnusable, match="no active key"):
        keyring.signer()


def test_a_rotation_signs_with_the_new_key_and_still_accepts_the_old_one(
    database: Database, keyring: Keyring, new_key: NewKey, now
) -> None:
    old = new_key(database)
    assert keyring.signer().kid == old
    new = new_key(database, "published")
    assert [kid for kid, _ in keyring.verifiers("BLR/GATE", now)] == [old]
    with database.begin() as session:
        lifecycle.activate(session, new, actor="anna", now=now)
    assert keyring.signer().kid == new
    assert {kid for kid, _ in keyring.verifiers("BLR/GATE", now)} == {old, new}
    with database.begin() as session:
        lifecycle.retire(session, old, actor="anna", now=now, reason="test")
    assert [kid for kid, _ in keyring.verifiers("BLR/GATE", now)] == [new]
    assert certificates.key_id(keyring.certificate(old)) == old


def test_a_revoked_key_is_refused_at_once_whatever_time_a_message_claims(
    database: Database, keyring: Keyring, certificates_of, now
) -> None:
    certificate = certificates_of("KAZ/MVD")
    with database.begin() as session:
        kid = lifecycle.propose(session, certificate, party="KAZ/MVD", actor="anna", now=now).kid
    assert keyring.verifiers("KAZ/MVD", now) == []
    with database.begin() as session:
        lifecycle.activate(session, kid, actor="boris", now=now)
    assert keyring.verifiers("KAZ/MVD", now) == [(kid, certificate)]
    since = now - timedelta(days=3)
    with database.begin() as session:
        lifecycle.revoke(session, kid, invalid_since=since, actor="boris", reason="lost", now=now)
    assert keyring.verifiers("KAZ/MVD", now) == []
    assert keyring.verifiers("KAZ/MVD", now - timedelta(days=10)) == []
    with database.read() as session:
        assert session.scalars(select(Key.invalid_since)).one() == since


def test_a_key_is_acceptable_only_within_its_certificate(
    sqlite: Database, tmp_path: Path, clock, new_key: NewKey, now
) -> None:
    keyring = Keyring(sqlite, tmp_path, b"correct horse", clock)
    kid = new_key(sqlite)
    assert keyring.verifiers("BLR/GATE", now - timedelta(hours=1)) == []
    assert [name for name, _ in keyring.verifiers("BLR/GATE", now)] == [kid]
    clock.advance(days=731)
    assert keyring.verifiers("BLR/GATE", clock()) == []
    with pytest.raises(KeyUnusable, match="expired"):
        keyring.signer()


def test_a_message_is_held_to_a_partners_approved_key_and_to_nothing_else(
    database: Database, keyring: Keyring, new_key: NewKey, certificates_of, clock
) -> None:
    own = new_key(database)
    certificate = certificates_of("KAZ/MVD")
    with database.begin() as session:
        kid = lifecycle.propose(session, certificate, party="KAZ/MVD", actor="anna", now=clock()).kid
    reasons = []
    for name in (kid, own, "ab" * 32):
        with pytest.raises(UnknownPartner) as raised:
            keyring.trusted(name, clock())
        assert raised.value.detail == ""
        reasons.append(raised.value.reason)
    assert reasons == [f"key {kid[:16]} is proposed", f"key {own[:16]} is active", "key abababababababab is not known"]
    with database.begin() as session:
        lifecycle.activate(session, kid, actor="boris", now=clock())
    assert keyring.trusted(kid, clock()).party == "KAZ/MVD"
    with pytest.raises(UnknownPartner):
        keyring.trusted(kid, clock.advance(days=366))


@pytest.mark.parametrize("name", ["ab" * 32, "", "zero\x00"])
def test_a_key_nobody_entered_cannot_be_moved(database: Database, now, name: str) -> None:
    with database.begin() as session, pytest.raises(NotFound):
        lifecycle.retire(session, name, actor="anna", now=now)


def test_an_unknown_key_is_not_found(keyring: Keyring) -> None:
    with pytest.raises(NotFound):
        keyring.certificate("ab" * 32)
    assert keyring.verifiers("KAZ/MVD", keyring._clock()) == []


def test_a_keyring_that_may_be_a_second_old_looks_again_after_a_second(
    sqlite: Database, tmp_path: Path, clock, new_key: NewKey
) -> None:
    keyring = Keyring(sqlite, tmp_path, b"correct horse", clock, fresh=1.0)
    first = new_key(sqlite)
    assert keyring.signer().kid == first
    second = new_key(sqlite)
    assert keyring.signer().kid == first
    clock.advance(seconds=1)
    assert keyring.signer().kid == second
    clock.advance(seconds=-30)
    third = new_key(sqlite)
    assert keyring.signer().kid == third, "a clock that was set back must not freeze the cache"


def test_a_change_that_is_undone_never_stays_in_the_cache(
    sqlite: Database, tmp_path: Path, clock, new_key: NewKey, now
) -> None:
    keyring = Keyring(sqlite, tmp_path, b"correct horse", clock)
    old, new = new_key(sqlite), new_key(sqlite, "published")

    def change() -> None:
        with sqlite.begin() as session:
            lifecycle.activate(session, new, actor="anna", now=now)
            assert keyring.signer(session).kid == new
            raise KeyError

    with pytest.raises(KeyError):
        change()
    assert keyring.signer().kid == old
    with sqlite.begin() as session:
        assert keyring.signer(session).kid == old


def test_many_threads_share_one_keyring(database: Database, keyring: Keyring, new_key: NewKey, now) -> None:
    kid = new_key(database)
    seen: set[str] = set()

    def work() -> None:
        for _ in range(10):
            seen.add(keyring.signer().kid)
            seen.update(name for name, _ in keyring.verifiers("BLR/GATE", now))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {kid}


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("generated", lifecycle.retire),
        ("generated", lifecycle.publish),
        ("certified", lifecycle.certify),
        ("active", lifecycle.publish),
        ("published", lifecycle.retire),
    ],
)
def test_a_key_skips_no_state(sqlite: Database, new_key: NewKey, now, state: str, act) -> None:
    kid = new_key(sqlite, state)
    with sqlite.begin() as session, pytest.raises(KeyUnusable, match="cannot become"):
        act(session, kid, actor="anna", now=now)


def test_our_own_key_must_be_published_before_it_signs(sqlite: Database, new_key: NewKey, now) -> None:
    kid = new_key(sqlite, "certified")
    with sqlite.begin() as session, pytest.raises(KeyUnusable, match="Publish the key first"):
        lifecycle.activate(session, kid, actor="anna", now=now)


def test_an_expired_key_is_not_activated(sqlite: Database, new_key: NewKey, clock) -> None:
    kid = new_key(sqlite, "published")
    with sqlite.begin() as session, pytest.raises(KeyUnusable, match="expired"):
        lifecycle.activate(session, kid, actor="anna", now=clock.advance(days=731))


def test_a_partners_key_is_not_published_by_us(sqlite: Database, certificates_of, now) -> None:
    with sqlite.begin() as session:
        kid = lifecycle.propose(session, certificates_of("KAZ/MVD"), party="KAZ/MVD", actor="anna", now=now).kid
        with pytest.raises(KeyUnusable, match="no key of this node"):
            lifecycle.publish(session, kid, actor="anna", now=now)


def test_one_certificate_belongs_to_one_party_once(sqlite: Database, certificates_of, now) -> None:
    certificate = certificates_of("KAZ/MVD")
    with sqlite.begin() as session:
        key = lifecycle.propose(session, certificate, party="KAZ/MVD", actor="anna", now=now)
        lifecycle.activate(session, key.kid, actor="boris", now=now)
    with sqlite.begin() as session, pytest.raises(KeyUnusable, match="already entered"):
        lifecycle.propose(session, certificate, party="UZB/MVD", actor="anna", now=now)


def test_a_key_cannot_be_invalid_since_tomorrow(sqlite: Database, new_key: NewKey, now) -> None:
    kid = new_key(sqlite)
    with sqlite.begin() as session, pytest.raises(KeyUnusable, match="time to come"):
        lifecycle.revoke(session, kid, invalid_since=now + timedelta(days=1), actor="anna", reason="lost", now=now)


def test_every_step_in_the_life_of_a_key_is_audited(sqlite: Database, new_key: NewKey, now) -> None:
    kid = new_key(sqlite)
    with sqlite.begin() as session:
        lifecycle.revoke(session, kid, invalid_since=now, actor="boris", reason="lost", now=now)
    with sqlite.read() as session:
        rows = session.execute(select(Audit.action, Audit.actor, Audit.subject).order_by(Audit.id)).all()
    assert rows == [
        ("key-generated", "anna", kid),
        ("key-certified", "anna", kid),
        ("key-published", "anna", kid),
        ("key-activated", "anna", kid),
        ("key-revoked", "boris", kid),
        ("alarm-raised", "system", f"key-revoked {kid}"),
    ]


def test_a_partners_key_is_found_by_what_its_certificate_says_if_it_is_the_only_one(
    database: Database, keyring: Keyring, new_key: NewKey, now
) -> None:
    new_key(database)
    with pytest.raises(UnknownPartner):
        keyring.find(lambda _certificate: True, now)  # Our own keys are nobody's signature to us.
    certificates_of = {}
    for party in ("KAZ/MVD", "UZB/MVD"):
        key = ec.generate_private_key(ec.SECP256R1())
        made = keyfiles.self_signed(key, party=party, now=now, until=now + timedelta(days=9))
        with database.begin() as session:
            kid = lifecycle.propose(session, made, party=party, actor="anna", now=now).kid
            lifecycle.activate(session, kid, actor="boris", now=now)
        certificates_of[party] = made
    found = keyring.find(lambda certificate: certificate == certificates_of["UZB/MVD"], now)
    assert found.party == "UZB/MVD"
    for fits in (lambda _certificate: False, lambda _certificate: True):
        with pytest.raises(UnknownPartner):
            keyring.find(fits, now)
    with pytest.raises(UnknownPartner):
        keyring.find(lambda certificate: certificate == certificates_of["UZB/MVD"], now + timedelta(days=10))
