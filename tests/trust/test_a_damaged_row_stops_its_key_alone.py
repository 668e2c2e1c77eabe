"""A certificate in the database that cannot be read any more is refused alone: everybody else's messages go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, update

from gateway.errors import KeyUnusable, UnknownPartner
from gateway.settings import Revocation, Settings
from gateway.store.tables import Alarm, Anchor, Key
from gateway.trust import (
    alarms,
    anchors,
    approvals,
    certificates,
    certify,
    damaged,
    expiry_warnings,
    keyfiles,
    lifecycle,
)
from gateway.trust.standing import Standings

DAMAGES = {
    "nothing": "",
    "half of it": None,
    "no base64": "-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n",
    "no certificate": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
}


def enter(database, party: str, now) -> tuple[str, object]:
    """A partner's key that is approved: its name and certificate."""
    made = keyfiles.self_signed(ec.generate_private_key(ec.SECP256R1()), party=party, now=now,
                                until=now + timedelta(days=200))  # fmt: skip
    with database.begin() as session:
        kid = lifecycle.propose(session, made, party=party, actor="anna", now=now).kid
        lifecycle.activate(session, kid, actor="boris", now=now)
    return kid, made


def write(database, kid: str, text: str | None) -> str:
    """Put something else in the place of a key's certificate, or half of it; what was there before."""
    with database.begin() as session:
        before = session.scalars(select(Key.certificate).where(Key.kid == kid)).one()
        text = before[: len(before) // 2] if text is None else text
        session.execute(update(Key).where(Key.kid == kid).values(certificate=text))
    return before


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_partners_damaged_key_is_refused_and_all_others_are_taken(database, keyring, new_key, now, damage) -> None:
    own = new_key(database)
    bad, holder = enter(database, "KAZ/MVD", now)
    good, _ = enter(database, "UZB/MVD", now)
    before = write(database, bad, damage)
    assert (keyring.signer().kid, keyring.trusted(good, now).kid) == (own, good)
    with pytest.raises(UnknownPartner) as refused:
        keyring.trusted(bad, now)
    assert refused.value.reason == f"key {bad[:16]} has a damaged row"
    assert keyring.verifiers("KAZ/MVD", now) == []
    with pytest.raises(KeyUnusable, match="damaged"):
        keyring.certificate(bad)
    # Whoever mends the row need not start the node again.
    write(database, bad, before)
    assert keyring.trusted(bad, now).certificate == holder


def test_a_certificate_of_another_key_is_nobodys(database, keyring, now) -> None:
    kid, _ = enter(database, "KAZ/MVD", now)
    thief = keyfiles.self_signed(ec.generate_private_key(ec.SECP256R1()), party="KAZ/MVD", now=now,
                                 until=now + timedelta(days=9))  # fmt: skip
    write(database, kid, certificates.pem(thief))
    with pytest.raises(UnknownPartner):
        keyring.trusted(kid, now)


def test_an_old_key_of_ours_that_is_damaged_does_not_stop_the_new_one(database, keyring, new_key, now) -> None:
    old = new_key(database)
    new = new_key(database)
    write(database, old, None)
    assert keyring.signer().kid == new
    with pytest.raises(KeyUnusable, match="damaged"):
        keyring.opened(old)
    assert [kid for kid, _ in keyring.verifiers("BLR/GATE", now)] == [new]
    with database.read() as session, pytest.raises(KeyUnusable, match="another key than any"):
        certify.take_in(session, certificates.pem(enter(database, "KAZ/MVD", now)[1]).encode(), actor="anna", now=now)


def test_where_our_own_key_is_damaged_nothing_is_signed_and_partners_are_still_believed(
    database, keyring, new_key, now
) -> None:
    own = new_key(database)
    good, _ = enter(database, "UZB/MVD", now)
    write(database, own, None)
    with pytest.raises(KeyUnusable, match="damaged") as refused:
        keyring.signer()
    assert refused.value.where == own
    assert keyring.trusted(good, now).kid == good


def test_one_damaged_row_does_not_keep_the_cas_from_being_asked_about_the_others(
    database, now, certificates_of
) -> None:
    bad, _ = enter(database, "KAZ/MVD", now)
    before = write(database, bad, None)
    standings = Standings(Revocation())
    with database.read() as session:
        assert standings.of(session, [(bad, "KAZ/MVD", before[: len(before) // 2])]) == {}


def test_at_a_damaged_anchor_no_chain_ends_and_the_others_hold(database, now, authority, tmp_path) -> None:
    roots = [authority(f"Root {number}").certificate for number in (1, 2)]
    for root in roots:
        with database.begin() as session:
            asked = anchors.propose(session, root, party="KAZ/MVD", actor="anna", reason="treaty", now=now)
            approvals.approve(session, asked.id, actor="boris", reason="compared", now=now, acts=anchors.ACTS)
    fingerprint = certificates.key_id(roots[0])
    with database.begin() as session:
        session.execute(update(Anchor).where(Anchor.fingerprint == fingerprint).values(certificate="gone"))
    with database.read() as session:
        settings = Settings(state="BLR", directory=tmp_path)
        ends = [term.subject for term in expiry_warnings.terms(session, settings) if term.kind == "anchor"]
        assert ends == [f"anchor KAZ/MVD {certificates.key_id(roots[1])[:16]}"]
        assert anchors.active(session) == {"KAZ/MVD": (roots[1],)}
        told = {row["fingerprint"]: row["subject"] for row in map(anchors.shown, anchors.listed(session))}
        assert told == {fingerprint: "", certificates.key_id(roots[1]): "CN=Root 2"}
        assert list(damaged.rows(session)) == [f"anchor KAZ/MVD {fingerprint[:16]}"]


def test_whoever_looks_is_told_until_the_row_is_mended(database, now) -> None:
    kid, _ = enter(database, "KAZ/MVD", now)

    def look() -> list[str]:
        with database.begin() as session:
            damaged.warn(session, now)
            return [row.subject for row in alarms.open_alarms(session, alarms.Code.ROW_DAMAGED)]

    assert look() == []
    before = write(database, kid, None)
    with database.read() as session:
        assert not damaged.nothing_to_say(session)
        assert lifecycle.shown(session.get_one(Key, kid))["fingerprint"] == certificates.print_of(kid)
    assert (look(), look()) == ([f"key {kid}"], [f"key {kid}"])
    write(database, kid, before)
    assert look() == []
    with database.read() as session:
        assert damaged.nothing_to_say(session)
        assert session.scalars(select(Alarm.cleared)).one() == now


def test_the_fingerprint_of_a_key_follows_from_its_name(certificates_of) -> None:
    holder = certificates_of("KAZ/MVD")
    assert certificates.print_of(certificates.key_id(holder)) == certificates.fingerprint(holder)
