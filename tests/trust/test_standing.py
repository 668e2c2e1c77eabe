"""How a key stands: what its CAs have said counts, for as long as it may, and closes it where nobody can say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ReasonFlags
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import CertificateRevoked, RevocationUnknown
from gateway.settings import Revocation
from gateway.store.tables import Anchor, RevocationSource
from gateway.trust import certificates, revocation
from gateway.trust.standing import Standing, Standings, after

LIST, ROOT = "http://crl.kaz.example/ca.crl", "http://crl.kaz.example/root.crl"
KEY = ec.generate_private_key(ec.SECP256R1())
RULES = Revocation(stale=3_600)


@pytest.fixture
def state(sqlite, authority, clock):
    """A root that is an anchor of KAZ/MVD, an issuing CA below it, and what both have said."""
    root = authority("KAZ Root")
    issuing = authority("KAZ Issuing", by=root, lists=[ROOT])

    def anchor(ca) -> None:
        with sqlite.begin() as session:
            text, name = certificates.pem(ca.certificate), certificates.key_id(ca.certificate)
            session.add(Anchor(party="KAZ/MVD", fingerprint=name, certificate=text, status="active", changed=clock()))

    def said(ca, url: str, content: bytes) -> None:
        with sqlite.begin() as session:
            name = certificates.key_id(ca.certificate)
            session.merge(
                RevocationSource(url=url, serial="", issuer=name, content=content, fetched=clock(), trouble="")
            )

    def stands(leaf, *between, rules: Revocation = RULES) -> Standing:
        with sqlite.read() as session:
            text = certificates.pem(leaf, [each.certificate for each in between])
            return Standings(rules).of(session, [("kid", "KAZ/MVD", text)])["kid"]

    anchor(root)
    said(root, ROOT, root.crl(at=clock()))
    said(issuing, LIST, issuing.crl(at=clock()))
    return SimpleNamespace(root=root, issuing=issuing, anchor=anchor, said=said, stands=stands)


def test_a_word_counts_until_the_next_is_due_and_a_little_longer(state, now) -> None:
    standing = state.stands(state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST]), state.issuing)
    end = now + timedelta(days=1, hours=1)
    standing.check(now)
    assert standing.holds(end - timedelta(seconds=1))
    assert not standing.holds(end)
    with pytest.raises(RevocationUnknown, match="The last word of CN=KAZ"):
        standing.check(end)


def test_a_certificate_that_names_no_place_is_closed_until_the_settings_speak_of_its_ca(state, now) -> None:
    leaf = state.issuing.issue("KAZ/MVD", key=KEY)
    with pytest.raises(RevocationUnknown, match="has not yet said"):
        state.stands(leaf, state.issuing).check(now)
    issuer = certificates.key_id(state.issuing.certificate)
    for word in ("none", LIST):
        state.stands(leaf, state.issuing, rules=Revocation(addresses={issuer: word})).check(now)


def test_a_revocation_holds_however_old_the_list_is(state, now) -> None:
    leaf = state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST])
    state.said(state.issuing, LIST, state.issuing.crl([leaf], at=now - timedelta(days=300)))
    standing = state.stands(leaf, state.issuing)
    with pytest.raises(CertificateRevoked):
        standing.check(now)
    assert standing.revoked.since == now - timedelta(days=300)


def test_a_key_with_two_chains_ends_with_the_second(state, authority, now) -> None:
    """As while one CA takes over from another: both have signed the same issuing key."""
    other = authority("KAZ New root")
    cross = authority("KAZ Issuing", by=other, key=state.issuing.key, lists=[ROOT])
    leaf = state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST])
    state.anchor(other)
    state.said(other, ROOT, other.crl(at=now))
    state.said(cross, LIST, cross.crl(at=now))
    state.said(state.root, ROOT, state.root.crl([state.issuing.certificate], at=now))
    standing = state.stands(leaf, state.issuing, cross)
    assert len(standing.paths) == 2
    standing.check(now)
    assert standing.revoked is None
    state.said(other, ROOT, other.crl([cross.certificate], at=now, since=now - timedelta(days=2)))
    standing = state.stands(leaf, state.issuing, cross)
    assert standing.revoked.since == now
    assert not standing.holds(now)


def test_a_key_begins_with_the_first_chain_that_it_has(state, authority, now) -> None:
    leaf = state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST])
    later = authority("KAZ Issuing", by=state.root, key=state.issuing.key, lists=[ROOT], start=now - timedelta(hours=1))
    assert state.stands(leaf, later).starts == now - timedelta(hours=1)
    assert state.stands(leaf, later, state.issuing).starts == leaf.not_valid_before_utc
    assert state.stands(leaf).starts is None


def test_a_hold_is_no_end(state, now) -> None:
    leaf = state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST])
    state.said(state.issuing, LIST, state.issuing.crl([leaf], at=now, reason=ReasonFlags.certificate_hold))
    standing = state.stands(leaf, state.issuing)
    assert (standing.holds(now), standing.revoked) == (False, None)


@pytest.mark.parametrize("content", [b"", b"damaged", b"\x30\x03\x02\x01\x01"])
def test_a_damaged_row_closes_the_key_and_breaks_nothing(state, now, content: bytes) -> None:
    state.said(state.issuing, LIST, content)
    with pytest.raises(RevocationUnknown):
        state.stands(state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST]), state.issuing).check(now)


def test_a_list_of_another_issuer_of_that_name_in_the_row_closes_the_key(state, authority, now) -> None:
    state.said(state.issuing, LIST, authority("KAZ Issuing").crl(at=now))
    with pytest.raises(RevocationUnknown):
        state.stands(state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST]), state.issuing).check(now)


def test_a_ca_may_promise_its_next_list_for_the_end_of_time(state, now) -> None:
    state.said(state.issuing, LIST, state.issuing.crl(at=now, days=2_900_000))
    leaf = state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST])
    assert state.stands(leaf, state.issuing, rules=Revocation(stale=86_400 * 366)).holds(now)


@given(at=st.datetimes(timezones=st.just(UTC)), seconds=st.floats(0, 1e9))
def test_a_time_later_is_never_earlier_and_never_an_error(at: datetime, seconds: float) -> None:
    assert after(at, seconds) >= at


def test_what_the_library_cannot_read_of_one_key_closes_that_key_alone(state, sqlite, monkeypatch, now) -> None:
    good = state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST])
    bad = state.issuing.issue("KAZ/MVD", key=KEY, lists=[LIST])
    covers = revocation.covers

    def late(statement, certificate):
        if certificate == bad:
            raise ValueError
        return covers(statement, certificate)

    monkeypatch.setattr(revocation, "covers", late)
    rows = [(name, "KAZ/MVD", certificates.pem(each, [state.issuing.certificate]))
            for name, each in (("bad", bad), ("good", good))]  # fmt: skip
    with sqlite.read() as session:
        found = Standings(RULES).of(session, rows)
    assert (found["good"].holds(now), found["bad"].holds(now), found["bad"].revoked) == (True, False, None)
    with pytest.raises(RevocationUnknown, match="cannot be read"):
        found["bad"].check(now)
