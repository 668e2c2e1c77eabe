"""Partners: proposed with their certificate, believed only once approved, out at once when suspended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from gateway.errors import ApprovalClosed, InvalidRequest, KeyUnusable, UnknownPartner
from gateway.partners import directory
from gateway.store.database import Database
from gateway.store.tables import Audit, Key, Partner
from gateway.trust import approvals, certificates, keyfiles, lifecycle
from gateway.trust.keyring import Keyring

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def certificate():
    key = ec.generate_private_key(ec.SECP256R1())
    return keyfiles.self_signed(key, party="KAZ/MVD", now=START, until=START + timedelta(days=365))


@pytest.fixture
def propose(database: Database, certificate, now):
    """A function that proposes KAZ/MVD, with whatever a test changes about it."""

    def run(**changes) -> None:
        values = {
            "id": "KAZ/MVD", "agency_class": "INT", "kind": "node", "certificate": certificate,
            "endpoint": "https://kaz.example", "actor": "anna", "now": now, **changes,
        }  # fmt: skip
        with database.begin() as session:
            directory.propose(session, **values)

    return run


@pytest.fixture
def ask(database: Database, now):
    """A function that asks for a partner to be taken up as it was proposed, and returns the name of the request."""

    def run(name: str = "KAZ/MVD") -> str:
        with database.begin() as session:
            what = directory.proposal(session, name)
            asked = approvals.request(session, "partner-add", name, what, actor="anna", reason="treaty", now=now)
            return str(asked.id)

    return run


def somebodys():
    key = ec.generate_private_key(ec.SECP256R1())
    return keyfiles.self_signed(key, party="KAZ/MVD", now=START, until=START + timedelta(days=365))


def reject(database: Database, name: str, now: datetime) -> None:
    with database.begin() as session:
        approvals.reject(session, name, actor="boris", reason="the fingerprint is another", now=now)


def test_a_proposed_partner_is_not_believed(database: Database, propose, tmp_path, clock) -> None:
    propose()
    with database.read() as session:
        assert directory.active(session) == []
        with pytest.raises(UnknownPartner) as raised:
            directory.get(session, "KAZ/MVD")
    assert (raised.value.detail, raised.value.reason) == ("", "the partner is proposed")
    assert Keyring(database, tmp_path, b"", clock).verifiers("KAZ/MVD", clock()) == []


def test_an_approved_partner_is_active_with_its_key(database: Database, propose, certificate, tmp_path, clock) -> None:
    propose()
    with database.begin() as session:
        directory.activate(session, "KAZ/MVD", actor="boris", now=clock())
    with database.read() as session:
        partner = directory.get(session, "KAZ/MVD")
        assert (partner.state, partner.agency, partner.agency_class, partner.channel) == ("KAZ", "MVD", "INT", "rest")
        assert [row.id for row in directory.active(session)] == ["KAZ/MVD"]
    keyring = Keyring(database, tmp_path, b"", clock)
    assert [found for _, found in keyring.verifiers("KAZ/MVD", clock())] == [certificate]


def test_the_whole_enrolment_by_four_eyes(database: Database, propose, now) -> None:
    propose()
    with database.begin() as session:
        name = approvals.request(session, "partner-add", "KAZ/MVD", {}, actor="anna", reason="new treaty", now=now).id
    with database.begin() as session:
        approvals.approve(session, name, actor="boris", reason="fingerprint read", now=now, acts=directory.ACTS)
    with database.read() as session:
        assert directory.get(session, "KAZ/MVD").status == "active"
        rows = session.execute(select(Audit.action, Audit.actor, Audit.subject).order_by(Audit.id)).all()
    assert [(action, actor) for action, actor, _ in rows] == [
        ("key-proposed", "anna"),
        ("partner-proposed", "anna"),
        ("approval-requested", "anna"),
        ("key-activated", "boris"),
        ("partner-approved", "boris"),
        ("approval-approved", "boris"),
        ("approval-executed", "boris"),
    ]


def test_a_suspended_partner_is_out_at_once_and_can_come_back(database: Database, propose, now) -> None:
    propose()
    with database.begin() as session:
        directory.activate(session, "KAZ/MVD", actor="boris", now=now)
        name = approvals.request(session, "partner-suspend", "KAZ/MVD", {}, actor="anna", reason="leak", now=now).id
        approvals.approve(session, name, actor="boris", reason="yes", now=now, acts=directory.ACTS)
    with database.read() as session, pytest.raises(UnknownPartner) as raised:
        directory.get(session, "KAZ/MVD")
    assert raised.value.reason == "the partner is suspended"
    with database.begin() as session:
        directory.activate(session, "KAZ/MVD", actor="boris", now=now)
        assert directory.get(session, "KAZ/MVD").status == "active"
        assert session.scalars(select(Key.status)).all() == ["active"]


def test_who_resumes_a_partner_vouches_for_no_key_that_came_meanwhile(database: Database, propose, now) -> None:
    propose()
    with database.begin() as session:
        directory.activate(session, "KAZ/MVD", actor="boris", now=now)
        key = ec.generate_private_key(ec.SECP256R1())
        other = keyfiles.self_signed(key, party="KAZ/MVD", now=START, until=START + timedelta(days=365))
        kid = lifecycle.propose(session, other, party="KAZ/MVD", actor="mallory", now=now).kid
        directory.suspend(session, "KAZ/MVD", actor="anna", reason="leak", now=now)
        name = approvals.request(session, "partner-resume", "KAZ/MVD", {}, actor="anna", reason="over", now=now).id
        approvals.approve(session, name, actor="boris", reason="yes", now=now, acts=directory.ACTS)
        assert directory.get(session, "KAZ/MVD").status == "active"
        assert session.get_one(Key, kid).status == "proposed"


def test_an_old_approval_of_a_partner_does_not_lift_its_suspension(database: Database, propose, now) -> None:
    propose()
    with database.begin() as session:
        one, two = (
            approvals.request(session, "partner-add", "KAZ/MVD", {}, actor="anna", reason="treaty", now=now).id
            for _ in range(2)
        )
        approvals.approve(session, one, actor="boris", reason="yes", now=now, acts=directory.ACTS)
        directory.suspend(session, "KAZ/MVD", actor="vera", reason="leak", now=now)
    with database.begin() as session, pytest.raises(InvalidRequest, match="is suspended"):
        approvals.approve(session, two, actor="boris", reason="yes", now=now, acts=directory.ACTS)
    with database.read() as session, pytest.raises(UnknownPartner):
        directory.get(session, "KAZ/MVD")


def test_a_foreign_service_needs_no_certificate(database: Database, propose) -> None:
    propose(id="KGZ/SMS", kind="soap", certificate=None, profile="kgz-sms", endpoint="http://127.0.0.1:9/ws?wsdl")
    with database.read() as session:
        assert session.get_one(Partner, "KGZ/SMS").profile == "kgz-sms"
        assert session.scalars(select(Key)).all() == []


def test_an_agency_of_our_own_needs_no_endpoint(propose) -> None:
    propose(id="BLR/MIG", kind="agency", endpoint="")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"id": "kaz/mvd"}, "id"),
        ({"id": "KAZ"}, "id"),
        ({"id": "KAZ/MVD/X"}, "id"),
        ({"id": "KAZ/MVD\n"}, "id"),
        ({"agency_class": "KGB"}, "agency_class"),
        ({"kind": "fax"}, "kind"),
        ({"certificate": None}, "certificate"),
        ({"endpoint": ""}, "endpoint"),
        ({"endpoint": "ftp://kaz.example"}, "endpoint"),
        ({"endpoint": "https://"}, "endpoint"),
        ({"endpoint": "https://kaz.example:99999"}, "endpoint"),
        ({"endpoint": "https://[kaz"}, "endpoint"),
        ({"endpoint": "https://kaz..example"}, "endpoint"),
        ({"endpoint": f"https://{'k' * 64}.example"}, "endpoint"),
        ({"endpoint": "https://kaz.example/" + "x" * 400}, "endpoint"),
    ],
)
def test_a_partner_is_entered_completely_or_not_at_all(database: Database, propose, changes: dict, where: str) -> None:
    with pytest.raises(InvalidRequest) as raised:
        propose(**changes)
    assert raised.value.where == where
    with database.read() as session:
        assert session.scalars(select(Partner)).all() == []


@pytest.mark.parametrize("approved", [False, True])
def test_a_partner_or_a_certificate_is_entered_once(database: Database, propose, ask, now, *, approved: bool) -> None:
    propose()
    name = ask()
    if approved:
        with database.begin() as session:
            approvals.approve(session, name, actor="boris", reason="compared", now=now, acts=directory.ACTS)
    with pytest.raises(InvalidRequest, match="already entered"):
        propose()
    with pytest.raises(KeyUnusable, match="already entered"):
        propose(id="UZB/MVD")
    with database.read() as session:
        assert session.scalars(select(Partner.id)).all() == ["KAZ/MVD"]


def test_a_partner_that_was_rejected_is_proposed_anew_without_the_key_of_before(
    database: Database, propose, ask, certificate, now
) -> None:
    propose(certificate=somebodys(), endpoint="https://elsewhere.example")
    reject(database, ask(), now)
    propose()
    name = ask()
    with database.begin() as session:
        approvals.approve(session, name, actor="boris", reason="compared", now=now, acts=directory.ACTS)
    with database.read() as session:
        assert directory.get(session, "KAZ/MVD").endpoint == "https://kaz.example"
        assert session.execute(select(Key.kid, Key.status)).all() == [(certificates.key_id(certificate), "active")]


def test_a_request_that_nobody_answered_is_made_again_and_the_old_one_opens_nothing(
    database: Database, propose, ask, now
) -> None:
    propose()
    old, later = ask(), now + approvals.LIFETIME
    propose(now=later, endpoint="https://other.example")
    with database.begin() as session, pytest.raises(ApprovalClosed, match="expired"):
        approvals.approve(session, old, actor="boris", reason="compared", now=later, acts=directory.ACTS)


def test_a_certificate_that_was_rejected_under_the_wrong_name_is_proposed_under_the_right_one(
    database: Database, propose, ask, certificate, now
) -> None:
    propose(id="KAZ/MID")
    reject(database, ask("KAZ/MID"), now)
    propose()
    with database.read() as session:
        assert session.execute(select(Key.party, Key.status)).all() == [("KAZ/MVD", "proposed")]


def test_a_key_that_is_doubted_is_nobody_elses(database: Database, propose, ask, now) -> None:
    propose()
    with database.begin() as session:
        directory.activate(session, "KAZ/MVD", actor="boris", now=now)
        key = session.scalars(select(Key)).one()
        key.status, key.vouched = "proposed", "ab" * 32
    with pytest.raises(KeyUnusable, match="already entered"):
        propose(id="UZB/MVD")


def test_an_expired_certificate_is_not_entered(propose, now) -> None:
    with pytest.raises(KeyUnusable, match="expired"):
        propose(now=now + timedelta(days=366))


@pytest.mark.parametrize("name", ["UZB/MVD", "", "KAZ/MVD\x00", "x" * 1000])
def test_an_unknown_partner_is_refused_like_any_other(database: Database, name: str, now) -> None:
    with database.begin() as session:
        with pytest.raises(UnknownPartner):
            directory.get(session, name)
        with pytest.raises(InvalidRequest):
            directory.activate(session, name, actor="boris", now=now)


def test_a_proposed_partner_is_not_suspended_to_be_resumed_uncompared(database: Database, propose, now) -> None:
    propose()
    with database.begin() as session, pytest.raises(InvalidRequest, match="only proposed"):
        directory.suspend(session, "KAZ/MVD", actor="anna", reason="leak", now=now)
    with database.read() as session:
        assert session.get_one(Partner, "KAZ/MVD").status == "proposed"


@pytest.mark.parametrize("profile", ["x" * 81, "kgz\0sms", "two\nlines"])
def test_a_profile_that_has_no_such_name_is_refused(propose, profile) -> None:
    with pytest.raises(InvalidRequest):
        propose(id="KGZ/SMS", kind="soap", certificate=None, profile=profile)
