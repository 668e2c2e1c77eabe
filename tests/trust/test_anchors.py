"""Anchors belong to one party, and two people let each of them in or out."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives import serialization
from sqlalchemy import select

from gateway import audit
from gateway.errors import (
    ApprovalRequired,
    CertificateExpired,
    CertificateNotYetValid,
    CertificateWrongUsage,
    ChainNotAnchored,
    InvalidRequest,
    KeyUnusable,
    NotFound,
)
from gateway.settings import Revocation
from gateway.store.tables import Anchor, Audit
from gateway.trust import anchors, approvals, certificates, lifecycle
from gateway.trust.keyring import Keyring
from gateway.trust.standing import Standings


@pytest.fixture
def pki(authority, private_keys, database, clock, tmp_path):
    root = authority("KAZ Root")
    issuing = authority("KAZ Issuing", by=root)
    leaf = issuing.issue("KAZ/MVD", key=private_keys["p256"])
    publishes_nothing = {certificates.key_id(each.certificate): "none" for each in (root, issuing)}
    rules = Revocation(addresses=publishes_nothing)
    keyring = Keyring(database, tmp_path, b"", clock, revocation=rules)
    return SimpleNamespace(root=root, issuing=issuing, leaf=leaf, chain=[issuing.certificate], keyring=keyring)


@pytest.fixture
def enter(database, clock):
    """Enter an anchor and have it approved."""

    def entered(certificate, party: str = "KAZ/MVD") -> None:
        with database.begin() as session:
            asked = anchors.propose(session, certificate, party=party, actor="anna", reason="treaty", now=clock())
        with database.begin() as session:
            approvals.approve(session, asked.id, actor="boris", reason="compared", now=clock(), acts=anchors.ACTS)

    return entered


def propose(database, pki, clock, party: str = "KAZ/MVD") -> str:
    with database.begin() as session:
        key = lifecycle.propose(session, pki.leaf, party=party, actor="anna", now=clock(), chain=pki.chain)
        lifecycle.activate(session, key.kid, actor="boris", now=clock())
        return key.kid


def test_an_anchor_counts_once_a_second_person_has_approved_it(database, pki, clock) -> None:
    with database.begin() as session:
        asked = anchors.propose(
            session, pki.root.certificate, party="KAZ/MVD", actor="anna", reason="treaty", now=clock()
        )
    with pytest.raises(ChainNotAnchored):
        propose(database, pki, clock)
    with pytest.raises(ApprovalRequired), audit.keeping_traces(database) as session:
        approvals.approve(session, asked.id, actor="anna", reason="me too", now=clock(), acts=anchors.ACTS)
    with database.begin() as session:
        approvals.approve(session, asked.id, actor="boris", reason="compared", now=clock(), acts=anchors.ACTS)
    kid = propose(database, pki, clock)
    assert pki.keyring.trusted(kid, clock()).party == "KAZ/MVD"
    with database.read() as session:
        actions = list(session.scalars(select(Audit.action).where(Audit.action.startswith("anchor"))))
    assert actions == ["anchor-proposed", "anchor-approved"]


def test_an_anchor_of_one_party_is_nothing_to_another(database, pki, clock, enter) -> None:
    enter(pki.root.certificate, "KAZ/MVD")
    with pytest.raises(ChainNotAnchored):
        propose(database, pki, clock, "BLR/MVD")
    propose(database, pki, clock, "KAZ/MVD")


def test_without_its_anchor_a_key_is_refused_at_once_and_the_log_says_why(database, pki, clock, enter) -> None:
    enter(pki.root.certificate)
    kid = propose(database, pki, clock)
    assert [name for name, _ in pki.keyring.verifiers("KAZ/MVD", clock())] == [kid]
    with database.begin() as session:
        fingerprint = certificates.fingerprint(pki.root.certificate)[:29]
        asked = anchors.propose_removal(session, fingerprint, party="KAZ/MVD", actor="anna", reason="over", now=clock())
    assert pki.keyring.verifiers("KAZ/MVD", clock())
    with database.begin() as session:
        approvals.approve(session, asked.id, actor="boris", reason="yes", now=clock(), acts=anchors.ACTS)
        # In the very transaction that removes it the key counts no more, and nothing of it is kept if it is undone.
        assert pki.keyring.verifiers("KAZ/MVD", clock(), session) == []
    with pytest.raises(KeyUnusable) as refused:
        pki.keyring._keys(None).keys[kid].standing.check(clock())
    assert refused.value.code == "chain-not-anchored"
    assert pki.keyring.verifiers("KAZ/MVD", clock()) == []
    enter(pki.root.certificate)
    assert pki.keyring.verifiers("KAZ/MVD", clock())


def test_what_cannot_be_an_anchor_is_refused_before_anybody_votes(database, pki, clock, enter) -> None:
    wrong = {"party": "KAZ/MVD", "actor": "anna", "reason": "treaty", "now": clock()}
    with database.begin() as session, pytest.raises(CertificateWrongUsage):
        anchors.propose(session, pki.leaf, **wrong)
    enter(pki.root.certificate)
    with database.begin() as session, pytest.raises(InvalidRequest, match="already"):
        anchors.propose(session, pki.root.certificate, **wrong)
    with database.begin() as session, pytest.raises(NotFound):
        anchors.propose_removal(session, "00" * 8, **wrong)
    with database.begin() as session, pytest.raises(NotFound):
        anchors.propose_removal(session, "", **wrong)
    with database.read() as session:
        assert session.scalars(select(Anchor.status)).all() == ["active"]


@pytest.mark.parametrize(
    "data", [b"", b"x" * 70_000, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_is_no_certificate_is_refused(data: bytes, now) -> None:
    with pytest.raises(KeyUnusable):
        anchors.read(data, now)


def test_a_ca_is_read_from_pem_or_der_and_alone(pki, now, private_keys) -> None:
    text = certificates.pem(pki.root.certificate).encode()
    der = pki.root.certificate.public_bytes(serialization.Encoding.DER)
    assert anchors.read(text, now) == anchors.read(der, now) == pki.root.certificate
    with pytest.raises(KeyUnusable, match="by itself"):
        anchors.read(text * 2, now)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    with pytest.raises(KeyUnusable, match="private key"):
        anchors.read(text + private_keys["p256"].private_bytes(*form), now)


def test_a_judged_key_costs_a_message_next_to_nothing(database, pki, clock, enter) -> None:
    """No signature is checked again: the chain is kept, whatever changes about other keys."""
    enter(pki.root.certificate)
    kid = propose(database, pki, clock)
    first = pki.keyring._keys(None).keys[kid].standing
    with database.begin() as session:
        lifecycle.touch(session)
    second = pki.keyring._keys(None).keys[kid].standing
    assert second is not first
    (kept, _), (before, _) = second.paths[0], first.paths[0]
    assert kept is before


def test_a_key_ends_with_the_first_certificate_of_its_chain(database, pki, clock, enter, authority) -> None:
    """The window that messages are held against and the sentence for the log agree at both of its ends."""
    early = authority("Early", by=pki.root, days=10)
    leaf = early.issue("KAZ/MVD", key=pki.issuing.key, days=365)
    enter(pki.root.certificate)
    rules = Revocation(addresses={certificates.key_id(each.certificate): "none" for each in (pki.root, early)})
    with database.read() as session:
        text = certificates.pem(leaf, [early.certificate])
        standing = Standings(rules).of(session, [("kid", "KAZ/MVD", text)])["kid"]
    assert standing.ends == early.certificate.not_valid_after_utc
    for at, holds in ((clock(), True), (standing.ends - timedelta(seconds=1), True), (standing.ends, False)):
        assert standing.holds(at) is holds
    for days, refusal in ((-5, CertificateNotYetValid), (11, CertificateExpired)):
        with pytest.raises(refusal):
            standing.check(clock() + timedelta(days=days))
