"""Chains up to an anchor of the party: what holds, and every bad shape with its own code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import (
    CertificateExpired,
    CertificateNotYetValid,
    CertificateUnknownAlgorithm,
    CertificateWeak,
    CertificateWrongUsage,
    ChainIncomplete,
    ChainInvalid,
    ChainNotAnchored,
    KeyUnusable,
)
from gateway.trust import certificates, chains

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture(scope="module")
def pki(authority):
    """A state's root, its issuing CA, and a certificate of one agency."""
    root = authority("KAZ Root")
    issuing = authority("KAZ Issuing", by=root)
    leaf = issuing.issue("KAZ/MVD", key=KEY)
    return SimpleNamespace(root=root, issuing=issuing, leaf=leaf, between=[issuing.certificate])


def check(leaf, between, *anchors, at=NOW):
    chains.check(leaf, list(between), [anchor.certificate for anchor in anchors], at)


def test_a_chain_to_the_root_holds_and_so_does_one_to_an_intermediate_that_is_the_anchor(pki) -> None:
    check(pki.leaf, pki.between, pki.root)
    check(pki.leaf, [pki.issuing.certificate, pki.root.certificate], pki.root)
    check(pki.leaf, [], pki.issuing)


@pytest.mark.parametrize(
    "key", [ec.generate_private_key(ec.SECP384R1()), ec.generate_private_key(ec.SECP521R1()),
            ed25519.Ed25519PrivateKey.generate(), rsa.generate_private_key(65_537, 2048)],
    ids=["p384", "p521", "ed25519", "rsa"],
)  # fmt: skip
def test_a_ca_may_have_any_key_of_strength(authority, key) -> None:
    root = authority("Root", key=key)
    check(root.issue("KAZ/MVD", key=KEY), [], root)


def test_a_self_signed_certificate_has_no_chain_and_needs_none(authority, certificates_of) -> None:
    check(certificates_of("KAZ/MVD"), [])
    # Its name alone does not make a certificate self-signed: another key of that name has signed this one.
    other = authority("KAZ/MVD")
    with pytest.raises(ChainNotAnchored):
        check(other.issue("KAZ/MVD", key=KEY), [])


def test_the_ca_of_one_state_vouches_for_no_other(authority, pki) -> None:
    blr = authority("BLR Root")
    with pytest.raises(ChainIncomplete):
        check(pki.leaf, pki.between, blr)
    with pytest.raises(ChainNotAnchored, match="KAZ Root"):
        check(pki.leaf, [pki.issuing.certificate, pki.root.certificate], blr)
    with pytest.raises(ChainNotAnchored, match="anchor add"):
        check(pki.leaf, pki.between)


def test_a_root_of_the_same_name_with_another_key_is_not_taken_for_the_anchor(authority, pki) -> None:
    with pytest.raises(ChainInvalid, match="has not signed"):
        check(pki.leaf, pki.between, authority("KAZ Root"))
    # Where both are anchors, as while a CA renews its key, the one that signed is found.
    check(pki.leaf, pki.between, authority("KAZ Root"), pki.root)


def test_a_certificate_without_its_chain_says_whose_is_missing(pki) -> None:
    with pytest.raises(ChainIncomplete, match="add the certificate of CN=KAZ Issuing"):
        check(pki.leaf, [], pki.root)


@pytest.mark.parametrize(
    ("days", "refusal"), [(-2, CertificateNotYetValid), (365, CertificateExpired), (4_000, CertificateExpired)]
)
def test_the_time_is_judged_at_every_step(pki, authority, days: int, refusal: type[KeyUnusable]) -> None:
    with pytest.raises(refusal):
        check(pki.leaf, pki.between, pki.root, at=NOW + timedelta(days=days))
    early = authority("Early", by=pki.root, days=10)
    leaf = early.issue("KAZ/MVD", key=KEY)
    check(leaf, [early.certificate], pki.root)
    with pytest.raises(CertificateExpired, match="CN=Early in the chain"):
        check(leaf, [early.certificate], pki.root, at=NOW + timedelta(days=11))
    old = authority("Old", days=0.5)
    with pytest.raises(CertificateExpired, match="CN=Old"):
        check(old.issue("KAZ/MVD", key=KEY), [], old)


@pytest.mark.parametrize(
    ("wish", "refusal", "words"),
    [
        ({"ca": False}, CertificateWrongUsage, "not a CA"),
        ({"ca": None}, CertificateWrongUsage, "not a CA"),
        ({"uses": ("crl_sign",)}, CertificateWrongUsage, "keyCertSign"),
        ({"uses": None}, CertificateWrongUsage, "keyCertSign"),
        ({"more": [(x509.NameConstraints([x509.DNSName("kz")], None), True)]}, ChainInvalid, "critical"),
        ({"more": [(x509.NameConstraints([x509.DNSName("kz")], None), False)]}, ChainInvalid, "limits names"),
        ({"more": [(x509.PolicyConstraints(0, None), True)]}, ChainInvalid, "critical"),
        ({"more": [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True)]},
         ChainInvalid, "1.2.3"),
        ({"key": rsa.generate_private_key(65_537, 1024)}, CertificateWeak, "1024"),  # noqa: S505 - the point of it
        ({"key": ec.generate_private_key(ec.SECP256K1())}, CertificateUnknownAlgorithm, "curve"),
    ],
)  # fmt: skip
def test_a_ca_that_may_not_issue_is_no_step(authority, pki, wish, refusal, words) -> None:
    bad = authority("Issuing", by=pki.root, **wish)
    with pytest.raises(refusal, match=words):
        check(bad.issue("KAZ/MVD", key=KEY), [bad.certificate], pki.root)


def test_an_end_users_certificate_issues_nothing(authority, pki) -> None:
    """The classic: whoever has a certificate of the CA makes another one with its key."""
    thief = authority("KAZ/MVD", by=pki.issuing, ca=False, uses=("digital_signature",))
    with pytest.raises(CertificateWrongUsage, match="not a CA"):
        check(thief.issue("KAZ/KNB", key=KEY), [thief.certificate, *pki.between], pki.root)


def test_a_certificate_that_signs_no_messages_is_refused(authority, pki) -> None:
    with pytest.raises(CertificateWrongUsage, match="that of a CA"):
        check(pki.issuing.certificate, [], pki.root)
    for wish in ({"uses": ("key_encipherment",)}, {"purposes": [ExtendedKeyUsageOID.CLIENT_AUTH]}):
        with pytest.raises(CertificateWrongUsage):
            certificates.check(pki.issuing.issue("KAZ/MVD", key=KEY, **wish), NOW)
    both = [ExtendedKeyUsageOID.CLIENT_AUTH, x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")]
    certificates.check(pki.issuing.issue("KAZ/MVD", key=KEY, purposes=both), NOW)
    unknown = [(x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True)]
    with pytest.raises(ChainInvalid, match="critical"):
        check(pki.issuing.issue("KAZ/MVD", key=KEY, more=unknown), pki.between, pki.root)


def test_no_chain_is_longer_than_its_cas_allow(authority) -> None:
    root = authority("Root", path_length=1)
    first = authority("First", by=root)
    second = authority("Second", by=first)
    check(first.issue("KAZ/MVD", key=KEY), [first.certificate], root)
    leaf = second.issue("KAZ/MVD", key=KEY)
    with pytest.raises(ChainInvalid, match="below CN=Root"):
        check(leaf, [second.certificate, first.certificate], root)
    check(leaf, [second.certificate], first)


def test_a_chain_has_at_most_five_certificates(authority) -> None:
    lines = [authority("0")]
    for number in range(1, 5):
        lines.append(authority(str(number), by=lines[-1]))
    between = [each.certificate for each in lines[1:]]
    check(lines[3].issue("KAZ/MVD", key=KEY), between, lines[0])
    with pytest.raises(KeyUnusable):
        check(lines[4].issue("KAZ/MVD", key=KEY), between, lines[0])


def test_the_order_of_what_came_along_and_strangers_among_it_change_nothing(authority) -> None:
    root = authority("Root")
    first = authority("First", by=root)
    second = authority("Second", by=first)
    leaf = second.issue("KAZ/MVD", key=KEY)
    for between in permutations([first.certificate, second.certificate, authority("Stranger").certificate, leaf]):
        check(leaf, between, root)


def test_certificates_of_one_name_cost_a_bounded_search(authority) -> None:
    root = authority("Same")
    crowd = [authority("Same", by=root).certificate for _ in range(30)]
    with pytest.raises(KeyUnusable):
        check(root.issue("KAZ/MVD", key=KEY), crowd, authority("Same"))


def test_what_is_no_ca_is_no_anchor(authority, pki, certificates_of) -> None:
    chains.check_anchor(pki.root.certificate, NOW)
    chains.check_anchor(authority("Old root", uses=None).certificate, NOW)
    with pytest.raises(CertificateWrongUsage):
        chains.check_anchor(certificates_of("KAZ/MVD"), NOW)
    with pytest.raises(CertificateExpired):
        chains.check_anchor(pki.root.certificate, NOW + timedelta(days=5_000))


def test_a_file_may_hold_the_chain_behind_the_certificate(pki) -> None:
    text = certificates.pem(pki.leaf, pki.between).encode()
    assert certificates.read_chain(text, NOW) == (pki.leaf, tuple(pki.between))
    with pytest.raises(CertificateWrongUsage):
        certificates.read_chain(certificates.pem(pki.between[0], [pki.leaf]).encode(), NOW)
    with pytest.raises(KeyUnusable, match="more than 8"):
        certificates.read_chain(text * 5, NOW)


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), which=st.sampled_from(["leaf", "issuing"]))
def test_no_bit_of_a_certificate_in_the_chain_can_be_changed(pki, place: int, bit: int, which: str) -> None:
    whole = pki.leaf if which == "leaf" else pki.issuing.certificate
    der = bytearray(whole.public_bytes(certificates.serialization.Encoding.DER))
    der[place % len(der)] ^= 1 << bit
    try:
        changed = x509.load_der_x509_certificate(bytes(der))
        leaf, between = (changed, pki.between) if which == "leaf" else (pki.leaf, [changed])
        certificates.check(leaf, NOW)
        check(leaf, between, pki.root)
    except (*certificates.UNFIT, KeyUnusable):
        return
    # What is left are two spellings of the same certificate, which have to say the same.
    assert changed.tbs_certificate_bytes == whole.tbs_certificate_bytes
