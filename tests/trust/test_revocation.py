"""Lists and answers of CAs: what is believed, and everything that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509 import ReasonFlags
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import RevocationRefused
from gateway.trust import certificates, responders, revocation, revocation_lists

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SKEW = timedelta(minutes=5)
LIST = "http://crl.kaz.example/ca.crl"
OCSP = "http://ocsp.kaz.example/"
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def ca(authority):
    return authority("KAZ Root")


@pytest.fixture(scope="module")
def leaf(ca):
    return ca.issue("KAZ/MVD", key=KEY, lists=[LIST], responders=[OCSP])


@pytest.fixture(scope="module")
def place(ca, leaf):
    return revocation.places(leaf, ca.certificate, {})[0]


def read(data, place, ca, at=NOW):
    return revocation_lists.read(data, place, ca.certificate, at, SKEW)


def answered(data, leaf, ca, at=NOW):
    return responders.read(data, leaf, ca.certificate, at, SKEW)


def scope(**words):
    known = dict.fromkeys(("full_name", "relative_name", "only_some_reasons"))
    flags = dict.fromkeys(
        ("only_contains_user_certs", "only_contains_ca_certs", "indirect_crl", "only_contains_attribute_certs"), False
    )
    return x509.IssuingDistributionPoint(**{**known, **flags, **words})


def address(url: str) -> list[x509.GeneralName]:
    return [x509.UniformResourceIdentifier(url)]


# --- Where ----------------------------------------------------------------------------------------------


def test_a_certificate_is_asked_about_where_it_says(ca, leaf) -> None:
    issuer = certificates.key_id(ca.certificate)
    found = revocation.places(leaf, ca.certificate, {})
    serial = f"{leaf.serial_number:x}"
    assert [each.key for each in found] == [(LIST, "", issuer), (OCSP, serial, issuer)]
    assert [(each.address, each.trusted) for each in found] == [(LIST, False), (OCSP, False)]


def test_the_settings_put_a_mirror_in_the_place_of_an_address_or_name_one_where_none_is(ca, leaf) -> None:
    mirror = "http://10.0.0.5/ca.crl"
    first = revocation.places(leaf, ca.certificate, {LIST: mirror})[0]
    assert (first.url, first.address, first.trusted) == (LIST, mirror, True)
    silent, issuer = ca.issue("KAZ/MVD", key=KEY), certificates.key_id(ca.certificate)
    assert revocation.places(silent, ca.certificate, {}) == ()
    assert revocation.places(silent, ca.certificate, {issuer: "none"}) == ()
    named = revocation.places(silent, ca.certificate, {issuer: mirror})
    assert [(each.url, each.trusted, each.serial) for each in named] == [(mirror, True, "")]


@pytest.mark.parametrize(
    "url", ["ldap://ca/cn=x", "file:///etc/passwd", "http://", "http://user@ca/x", "http://ca:0/", "http://[", "x",
            "http://ca/" + "x" * 400, "gopher://ca/", "http://ca/\u00e9".encode("ascii", "replace").decode() + "\n"],
)  # fmt: skip
def test_nothing_but_plain_web_addresses_is_asked(ca, url: str) -> None:
    assert revocation.places(ca.issue("KAZ/MVD", key=KEY, lists=[url]), ca.certificate, {}) == ()


# --- Lists ----------------------------------------------------------------------------------------------


def test_a_list_says_who_is_revoked_since_when_and_why(ca, leaf, place) -> None:
    other = ca.issue("KAZ/KNB", key=KEY)
    lost = NOW - timedelta(days=3)
    data = ca.crl([leaf], at=NOW, reason=ReasonFlags.key_compromise, invalid=lost, number=7)
    said = read(data, place, ca)
    assert (said.this_update, said.next_update, said.number) == (NOW, NOW + timedelta(days=1), 7)
    end = revocation.revoked(said, leaf)
    assert (end.since, end.hold, end.reason) == (lost, False, "keyCompromise")
    assert revocation.revoked(said, other) is None
    plain = revocation.revoked(read(ca.crl([leaf], at=NOW), place, ca), leaf)
    assert (plain.since, plain.hold) == (NOW, False)
    held = revocation.revoked(read(ca.crl([leaf], at=NOW, reason=ReasonFlags.certificate_hold), place, ca), leaf)
    assert held.hold


def test_a_list_may_come_as_pem_and_from_a_ca_with_any_strong_key(authority, ca, place) -> None:
    crl = x509.load_der_x509_crl(ca.crl(at=NOW))
    read(crl.public_bytes(serialization.Encoding.PEM), place, ca)
    for key in (ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65_537, 2048)):
        strong = authority("Strong", key=key)
        read(strong.crl(at=NOW), place, strong)


def test_a_list_of_another_ca_or_another_key_is_refused(authority, ca, place) -> None:
    with pytest.raises(RevocationRefused, match="another CA"):
        read(authority("BLR Root").crl(at=NOW), place, ca)
    with pytest.raises(RevocationRefused, match="not signed"):
        read(authority("KAZ Root").crl(at=NOW), place, ca)
    mute = authority("Mute", uses=("key_cert_sign",))
    with pytest.raises(RevocationRefused, match="cRLSign"):
        read(mute.crl(at=NOW), place, mute)


@pytest.mark.parametrize(
    ("extension", "critical", "words"),
    [
        (scope(indirect_crl=True), True, "indirect"),
        (scope(indirect_crl=True), False, "indirect"),
        (scope(only_contains_attribute_certs=True), True, "attribute"),
        (scope(only_some_reasons=frozenset({ReasonFlags.key_compromise})), True, "some reasons"),
        (scope(full_name=address("http://crl.kaz.example/part2.crl")), True, "another place"),
        (x509.DeltaCRLIndicator(3), True, "delta"),
        (x509.DeltaCRLIndicator(3), False, "delta"),
        (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True, "critical"),
    ],
)
def test_a_list_that_is_not_the_whole_list_of_this_place_is_refused(ca, place, extension, critical, words) -> None:
    with pytest.raises(RevocationRefused, match=words):
        read(ca.crl(at=NOW, more=[(extension, critical)]), place, ca)


def test_a_list_of_this_place_or_of_users_only_speaks_of_a_user_and_not_of_a_ca(authority, ca, leaf, place) -> None:
    named = read(ca.crl(at=NOW, more=[(scope(full_name=address(LIST)), True)]), place, ca)
    assert revocation.covers(named, leaf)
    issuing = authority("Issuing", by=ca).certificate
    users = read(ca.crl(at=NOW, more=[(scope(only_contains_user_certs=True), True)]), place, ca)
    assert (revocation.covers(users, leaf), revocation.covers(users, issuing)) == (True, False)
    cas = read(ca.crl(at=NOW, more=[(scope(only_contains_ca_certs=True), True)]), place, ca)
    assert (revocation.covers(cas, leaf), revocation.covers(cas, issuing)) == (False, True)


def test_a_list_of_a_time_to_come_is_refused_and_a_clock_a_little_ahead_is_not(ca, place) -> None:
    read(ca.crl(at=NOW + timedelta(minutes=4)), place, ca)
    with pytest.raises(RevocationRefused, match="to come"):
        read(ca.crl(at=NOW + timedelta(minutes=6)), place, ca)


def test_no_list_takes_the_place_of_a_newer_one(ca, place) -> None:
    new = read(ca.crl(at=NOW, number=5), place, ca)
    revocation.check_newer(new, new)
    for data in (ca.crl(at=NOW, number=4), ca.crl(at=NOW - timedelta(hours=1), number=5)):
        with pytest.raises(RevocationRefused, match="older"):
            revocation.check_newer(read(data, place, ca), new)
    revocation.check_newer(read(ca.crl(at=NOW, number=6), place, ca), new)


@pytest.mark.parametrize("data", [b"", b"not a list", b"-----BEGIN X509 CRL-----\n", b"\x30\x80" * 99, b"<html>"])
def test_what_is_no_list_and_no_answer_is_refused(ca, leaf, place, data: bytes) -> None:
    with pytest.raises(RevocationRefused):
        read(data, place, ca)
    with pytest.raises(RevocationRefused):
        answered(data, leaf, ca)


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_bit_of_a_list_or_an_answer_can_be_changed(ca, leaf, place, position: int, bit: int) -> None:
    for good, reading in (
        (ca.crl([leaf], at=NOW), lambda data: read(data, place, ca)),
        (ca.answer(leaf, at=NOW, revoked=NOW), lambda data: answered(data, leaf, ca)),
    ):
        data = bytearray(good)
        data[position % len(data)] ^= 1 << bit
        try:
            said = reading(bytes(data))
        except RevocationRefused:
            continue
        assert revocation.revoked(said, leaf) is not None


# --- Answers --------------------------------------------------------------------------------------------


def test_the_ca_itself_or_a_responder_it_made_may_answer(authority, ca, leaf) -> None:
    said = answered(ca.answer(leaf, at=NOW), leaf, ca)
    assert (said.this_update, said.next_update, revocation.revoked(said, leaf)) == (NOW, NOW + timedelta(days=1), None)
    key = ec.generate_private_key(ec.SECP256R1())
    responder = ca.issue("Responder", key=key, purposes=[ExtendedKeyUsageOID.OCSP_SIGNING])
    end = revocation.revoked(
        answered(ca.answer(leaf, at=NOW, revoked=NOW - timedelta(days=1), by=(responder, key)), leaf, ca), leaf
    )
    assert (end.since, end.reason, end.hold) == (NOW - timedelta(days=1), "keyCompromise", False)
    assert answered(ca.answer(leaf, at=NOW, days=None), leaf, ca).until == NOW


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"purposes": [ExtendedKeyUsageOID.SERVER_AUTH]},
        {"purposes": [ExtendedKeyUsageOID.OCSP_SIGNING], "days": 0.5},
        {"purposes": [ExtendedKeyUsageOID.OCSP_SIGNING], "uses": ("key_encipherment",)},
    ],
)
def test_nobody_else_with_a_certificate_of_the_ca_may_answer(ca, leaf, wish) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    other = ca.issue("Somebody", key=key, **wish)
    with pytest.raises(RevocationRefused, match="not signed by the CA"):
        answered(ca.answer(leaf, at=NOW, by=(other, key)), leaf, ca)


def test_a_responder_of_another_ca_may_not_answer(authority, ca, leaf) -> None:
    stranger = authority("Stranger")
    key = ec.generate_private_key(ec.SECP256R1())
    responder = stranger.issue("Responder", key=key, purposes=[ExtendedKeyUsageOID.OCSP_SIGNING])
    with pytest.raises(RevocationRefused, match="not signed by the CA"):
        answered(ca.answer(leaf, at=NOW, by=(responder, key)), leaf, ca)


def test_an_answer_about_another_certificate_says_nothing_of_this_one(authority, ca, leaf) -> None:
    with pytest.raises(RevocationRefused, match="another certificate"):
        answered(ca.answer(ca.issue("KAZ/KNB", key=KEY), at=NOW), leaf, ca)
    # The same serial number under a CA of another key is another certificate, too.
    twin = authority("KAZ Root")
    with pytest.raises(RevocationRefused):
        answered(twin.answer(leaf, at=NOW), leaf, ca)


def test_an_answer_that_knows_nothing_or_is_of_a_time_to_come_is_refused(ca, leaf) -> None:
    with pytest.raises(RevocationRefused, match="does not know"):
        answered(ca.answer(leaf, at=NOW, unknown=True), leaf, ca)
    with pytest.raises(RevocationRefused, match="to come"):
        answered(ca.answer(leaf, at=NOW + timedelta(hours=1)), leaf, ca)
    busy = x509.ocsp.OCSPResponseBuilder.build_unsuccessful(x509.ocsp.OCSPResponseStatus.TRY_LATER)
    with pytest.raises(RevocationRefused, match="try_later"):
        answered(busy.public_bytes(serialization.Encoding.DER), leaf, ca)


def test_a_question_names_the_certificate_and_nothing_else(ca, leaf) -> None:
    asked = x509.ocsp.load_der_ocsp_request(responders.question(leaf, ca.certificate))
    assert asked.serial_number == leaf.serial_number


@pytest.mark.parametrize("reason", [7, 11, 127])
def test_a_reason_that_nobody_knows_revokes_all_the_same(ca, leaf, reason: int) -> None:
    said = answered(ca.answer_of_reason(leaf, at=NOW, reason=reason), leaf, ca)
    end = revocation.revoked(said, leaf)
    assert (end.since, end.hold, end.reason) == (NOW, False, "unreadable")
