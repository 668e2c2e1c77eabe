"""An envelope signed by GOST R 34.10-2012, whose references stay SHA-256, as WS-Security has them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from lxml import etree

from gateway.algorithms import gost, registry
from gateway.errors import UnknownPartner
from gateway.message.signature import TrustedKey
from gateway.message.wssecurity.hints import fits
from gateway.message.wssecurity.names import DS, SOAP11, SecurityHeaderInvalid
from gateway.message.wssecurity.sign import sign
from gateway.message.wssecurity.verify import read_envelope, verify
from gateway.trust import keyfiles

pytestmark = [pytest.mark.tool, pytest.mark.skipif(bool(gost.missing()), reason=gost.missing())]
BOTH = pytest.mark.parametrize("name", gost.NAMES)
PASSWORD = b"a password of its own"


@pytest.fixture
def signer(name, tmp_path, now):
    certificate = keyfiles.create(tmp_path, party="BLR/GATE", algorithm=name, password=PASSWORD, now=now)
    path = keyfiles.key_path(tmp_path, keyfiles.key_id(certificate))
    return keyfiles.open_signer(path, certificate, PASSWORD)


@pytest.fixture
def sealed(signer, now):
    text = f'<s:Envelope xmlns:s="{SOAP11}"><s:Body><a>text</a></s:Body></s:Envelope>'
    return sign(etree.fromstring(text), signer, now).content


def check(raw, signer, now):
    def find(hint):
        if not fits(hint, signer.certificate):
            raise UnknownPartner(reason="no such key")
        return TrustedKey(signer.kid, "BLR/GATE", registry.of_certificate(signer.certificate))

    return verify(read_envelope(raw, limit=1_000_000), find, now=now, skew=timedelta(seconds=60))


@BOTH
def test_it_is_verified(name, signer, sealed, now):
    proof = check(sealed, signer, now)
    assert proof.body.findtext("a") == "text"
    assert proof.algorithm == registry.get(name).uri
    assert len(proof.value) == {"gost2012-256": 64, "gost2012-512": 128}[name]


@BOTH
@pytest.mark.usefixtures("name")
def test_what_was_changed_is_refused(signer, sealed, now):
    root = etree.fromstring(sealed)
    value = root.find(f".//{{{DS}}}SignatureValue").text
    swapped = value[:8] + ("A" if value[8] != "A" else "B") + value[9:]
    for old, new in (
        (b">text<", b">other<"),
        (value.encode(), swapped.encode()),
        (value.encode(), b"AAAA"),
        (b"gostr34102012-gostr34112012", b"gostr34102001-gostr3411"),
    ):
        assert old in sealed
        with pytest.raises(SecurityHeaderInvalid):
            check(sealed.replace(old, new, 1), signer, now)
