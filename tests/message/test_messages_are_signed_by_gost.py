"""A message signed by GOST R 34.10-2012: the same closed profile, with Streebog in every reference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.algorithms import gost, registry
from gateway.errors import KeyUnusable, Refusal, SignatureInvalid, UnknownPartner
from gateway.message import profile, signature
from gateway.message.envelope import Kind
from gateway.message.signature import TrustedKey
from gateway.trust import keyfiles

pytestmark = [pytest.mark.tool, pytest.mark.skipif(bool(gost.missing()), reason=gost.missing())]

BOTH = pytest.mark.parametrize("name", gost.NAMES)
LIMIT = 1_000_000
PASSWORD = b"a password of its own"


@pytest.fixture(scope="module")
def signers(tmp_path_factory):
    now, place = datetime(2026, 3, 2, 9, 0, tzinfo=UTC), tmp_path_factory.mktemp("keys")
    made = {}
    for name in gost.NAMES:
        certificate = keyfiles.create(place, party="BLR/GATE", algorithm=name, password=PASSWORD, now=now)
        path = keyfiles.key_path(place, keyfiles.key_id(certificate))
        made[name] = keyfiles.open_signer(path, certificate, PASSWORD)
    return made


def trusting(signer, party="BLR/GATE"):
    def find(kid):
        if kid != signer.kid:
            raise UnknownPartner(reason="no such key")
        return TrustedKey(kid, party, registry.of_certificate(signer.certificate))

    return find


@BOTH
@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_message_is_signed_and_verified(name, kind, signers, unsigned, now):
    content = unsigned(kind)
    raw = signature.sign(content, signers[name], now)
    verified = signature.verify(raw, trusting(signers[name]), limit=LIMIT)
    assert verified.content == content
    assert verified.algorithm == registry.get(name).uri
    # Receipts and books name a message by SHA-256, whatever signs it.
    assert verified.digest == profile.sha256_base64(content)
    text = raw.decode()
    assert text.count(f'DigestMethod Algorithm="{registry.get(name).digest.uri}"') == 3
    assert "sha256" not in text.partition("<ds:Signature")[2]


@BOTH
@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_any_changed_byte_is_refused_or_leaves_the_content_as_it_was(name, data, signers, unsigned, now):
    signer, content = signers[name], unsigned()
    raw = signature.sign(content, signer, now)
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = raw[:at] + bytes([raw[at] ^ data.draw(st.integers(1, 255))]) + raw[at + 1 :]
    try:
        verified = signature.verify(changed, trusting(signer), limit=LIMIT)
    except Refusal:
        return
    assert verified.content == content


@BOTH
def test_the_digest_of_another_algorithm_is_refused(name, signers, unsigned, now):
    raw = signature.sign(unsigned(), signers[name], now)
    for other in registry.DIGESTS:
        if other == registry.get(name).digest.uri:
            continue
        changed = raw.replace(registry.get(name).digest.uri.encode(), other.encode())
        with pytest.raises(SignatureInvalid):
            signature.verify(changed, trusting(signers[name]), limit=LIMIT)


def test_the_two_lengths_are_two_algorithms(signers, unsigned, now):
    short, long = signers["gost2012-256"], signers["gost2012-512"]
    raw = signature.sign(unsigned(), short, now)
    changed = raw.replace(registry.get(short.algorithm).uri.encode(), registry.get(long.algorithm).uri.encode())
    with pytest.raises(SignatureInvalid):
        signature.verify(changed, trusting(short), limit=LIMIT)
    with pytest.raises(UnknownPartner):
        signature.verify(raw, trusting(long), limit=LIMIT)


@BOTH
def test_a_key_file_is_the_nodes_alone_and_opens_with_its_password(name, tmp_path: Path, now):
    certificate = keyfiles.create(tmp_path, party="RUS/МВД", algorithm=name, password=PASSWORD, now=now)
    path = keyfiles.key_path(tmp_path, keyfiles.key_id(certificate))
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert certificate.not_valid_after_utc == (now + timedelta(days=730)).replace(microsecond=0)
    other = keyfiles.create(tmp_path, party="RUS/МВД", algorithm=name, password=PASSWORD, now=now)
    for wrong, password, what in (
        (certificate, b"wrong", "does not open"),
        (other, PASSWORD, "does not belong"),
    ):
        with pytest.raises(KeyUnusable, match=what):
            keyfiles.open_signer(path, wrong, password)
    path.chmod(0o644)
    with pytest.raises(KeyUnusable, match="Others can read"):
        keyfiles.open_signer(path, certificate, PASSWORD)
