"""Sixty, thirty, fourteen, seven days and one day before a key or certificate ends, and once it has: said once each."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gateway.ledger import log
from gateway.settings import Settings, Tls
from gateway.store.database import Database
from gateway.store.tables import Alarm, Audit, Key, Partner
from gateway.trust import alarms, anchors, approvals, certificates, expiry_warnings, lifecycle, tls
from gateway.trust.alarms import Code
from gateway.trust.expiry_warnings import Term

START = datetime.fromisoformat("2026-03-02T09:00:00+00:00")


def node(directory: Path, **changes: object) -> Settings:
    return Settings(state="BLR", directory=directory, **changes)


def partner_key(database: Database, certificates_of, days: int) -> str:
    with database.begin() as session:
        session.add(Partner(id="KAZ/GATE", state="KAZ", agency="GATE", agency_class="MIG", kind="node",
                            status="active", created=START))  # fmt: skip
        key = lifecycle.propose(
            session, certificates_of("KAZ/GATE", days=days), party="KAZ/GATE", actor="anna", now=START
        )
        lifecycle.activate(session, key.kid, actor="boris", now=START)
        return key.kid


def warn(database: Database, settings: Settings, now: datetime) -> list[Term]:
    with database.begin() as session:
        return expiry_warnings.warn(session, settings, now)


def told(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        query = select(Audit).where(Audit.action == "key-expires").order_by(Audit.id)
        return [(row.subject, row.outcome) for row in session.scalars(query)]


def held(database: Database) -> list[tuple[str, int]]:
    with database.read() as session:
        return [(row.subject, row.detail["step"]) for row in alarms.open_alarms(session, Code.KEY_EXPIRES)]


def test_each_step_is_audited_once_however_often_somebody_looks(database, tmp_path, certificates_of) -> None:
    kid = partner_key(database, certificates_of, days=100)
    for half_day in range(210):
        warn(database, node(tmp_path), START + timedelta(hours=12 * half_day))
    assert told(database) == [(kid, f"{step} days") for step in (60, 30, 14, 7, 1, 0)]
    assert held(database) == [(kid, 0)]


def test_nothing_is_said_of_a_key_whose_end_is_far(database, tmp_path, certificates_of) -> None:
    partner_key(database, certificates_of, days=100)
    settings = node(tmp_path)
    assert warn(database, settings, START + timedelta(days=39)) == []
    with database.read() as session:
        assert expiry_warnings.nothing_to_say(session, settings, START + timedelta(days=39))
        assert not expiry_warnings.nothing_to_say(session, settings, START + timedelta(days=40))
    assert told(database) == []


def test_a_node_that_was_off_says_the_step_it_wakes_up_at(database, tmp_path, certificates_of) -> None:
    kid = partner_key(database, certificates_of, days=100)
    (term,) = warn(database, node(tmp_path), START + timedelta(days=90))
    assert (term.subject, term.party, term.kind, term.days_left(START + timedelta(days=90))) == (
        kid, "KAZ/GATE", "key", 10,
    )  # fmt: skip
    assert told(database) == [(kid, "14 days")]


def test_the_alarm_ends_when_another_key_takes_over(database, tmp_path, clock, new_key) -> None:
    old, settings = new_key(database), node(tmp_path)
    clock.now = clock() + timedelta(days=720)
    warn(database, settings, clock())
    assert held(database) == [(old, 14)]
    fresh = new_key(database)
    warn(database, settings, clock())
    assert held(database) == []
    with database.read() as session:
        assert session.get_one(Key, old).status == "retiring"
        assert session.get_one(Key, fresh).status == "active"


def test_an_alarm_that_a_person_has_cleared_comes_back_and_the_step_is_not_audited_again(
    database, tmp_path, certificates_of
) -> None:
    kid = partner_key(database, certificates_of, days=100)
    warn(database, node(tmp_path), START + timedelta(days=71))
    with database.begin() as session:
        alarms.dismiss(session, Code.KEY_EXPIRES, kid, actor="anna", reason="known", now=START + timedelta(days=71))
    warn(database, node(tmp_path), START + timedelta(days=72))
    assert held(database) == [(kid, 30)]
    assert told(database) == [(kid, "30 days")]


def test_tls_certificates_of_both_sides_are_watched(database, tmp_path, certificates_of) -> None:
    partner_key(database, certificates_of, days=3_000)
    settings = node(tmp_path, tls=Tls())
    for party, folder in (("BLR/GATE", tmp_path), ("KAZ/GATE", tmp_path / "kaz")):
        tls.create(folder, party=party, hosts=["localhost"], password=b"x", now=START)
    pem = (tmp_path / "kaz" / "tls" / "tls.crt.pem").read_text()
    with database.begin() as session:
        session.get_one(Partner, "KAZ/GATE").tls_certificate = pem
    late = START + timedelta(days=340)
    warn(database, settings, late)
    assert held(database) == [("tls BLR/GATE", 30), ("tls KAZ/GATE", 30)]
    # The old and the new one are pinned together while one replaces the other.
    tls.create(tmp_path / "new", party="KAZ/GATE", hosts=["localhost"], password=b"x", now=late)
    with database.begin() as session:
        session.get_one(Partner, "KAZ/GATE").tls_certificate = (
            pem + (tmp_path / "new" / "tls" / "tls.crt.pem").read_text()
        )
    warn(database, settings, late)
    assert held(database) == [("tls BLR/GATE", 30)]


def test_a_chain_that_ends_before_its_key_is_what_counts(database, tmp_path, certificates_of) -> None:
    kid = partner_key(database, certificates_of, days=100)
    above = certificates_of("Test CA", days=20)
    with database.begin() as session:
        key = session.get_one(Key, kid)
        key.certificate = certificates.pem(x509.load_pem_x509_certificate(key.certificate.encode()), (above,))
    (term,) = warn(database, node(tmp_path), START)
    assert (term.kind, term.step(START)) == ("chain", 30)


def test_a_ca_at_which_chains_end_is_warned_of_too(database, tmp_path, authority) -> None:
    root = authority("KAZ Root", days=20)
    ends = root.certificate.not_valid_after_utc
    with database.begin() as session:
        asked = [
            anchors.propose(session, root.certificate, party=party, actor="anna", reason="protocol 12", now=START)
            for party in ("KAZ/GATE", "KAZ/MVD", "UZB/GATE")
        ]
        for request in asked[:2]:
            approvals.approve(session, request.id, actor="boris", reason="compared", now=START, acts=anchors.ACTS)
    found = warn(database, node(tmp_path), ends - timedelta(days=14))
    assert [(term.kind, term.party, term.ends, term.step(ends - timedelta(days=14))) for term in found] == [
        ("anchor", "KAZ/GATE", ends, 14),
        ("anchor", "KAZ/MVD", ends, 14),
    ]
    fingerprint = certificates.key_id(root.certificate)[:16]
    assert held(database) == [(f"anchor KAZ/GATE {fingerprint}", 14), (f"anchor KAZ/MVD {fingerprint}", 14)]
    with database.begin() as session:
        for row in anchors.listed(session):
            row.status = "removed"
    warn(database, node(tmp_path), ends)
    assert held(database) == []


def test_a_warning_is_no_act_of_anybody_and_partners_do_not_see_it(database, tmp_path, certificates_of) -> None:
    partner_key(database, certificates_of, days=10)
    with database.read() as session:
        before = log.size(session, "exchange")
    warn(database, node(tmp_path), START)
    with database.read() as session:
        assert log.size(session, "exchange") == before
        assert session.scalars(select(Alarm)).one().cleared is None


@given(hours=st.integers(-1_000, 5_000))
def test_the_step_is_the_smallest_that_the_days_left_do_not_exceed(hours: int) -> None:
    term = Term("k", "KAZ/GATE", "key", START + timedelta(hours=hours))
    step = term.step(START)
    if step is None:
        assert hours > 60 * 24
    else:
        assert hours <= step * 24
        assert all(hours > smaller * 24 for smaller in expiry_warnings.STEPS if smaller < step)
