"""The npm `soap` client as a partner of today's Node.js uses it: without WS-Security, and with both of its kinds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from lxml import etree

from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Kind
from gateway.message.parse import NS
from gateway.message.wssecurity.names import WSSE, WSSE11
from gateway.partners import directory
from gateway.store import tables
from gateway.trust import certificates, keyfiles, lifecycle

pytestmark = pytest.mark.tool
SERVICE = f"{NS}:soap"
VERSION = "1.13.0"
SCRIPT = Path(__file__).with_name("node_soap_client.js")


@pytest.fixture(scope="session")
def package(tmp_path_factory):
    """The folder of the npm package, fetched by npm as it is set up on this machine."""
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        pytest.skip("Node.js or npm is not installed")
    place = tmp_path_factory.mktemp("npm")
    command = [npm, "install", f"soap@{VERSION}", "--no-save", "--no-audit", "--no-fund", "--prefix", str(place)]
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=120, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm did not fetch the soap package within two minutes")
    folder = place / "node_modules" / "soap"
    if done.returncode or not folder.is_dir():
        pytest.skip(f"npm could not fetch the soap package: {done.stderr.strip()[-200:]}")
    return folder


@pytest.fixture(scope="module")
def keys(world):
    """A key of KAZ's Node.js system, approved at BLR: PEM of the key and of its certificate."""
    key, now = rsa.generate_private_key(65537, 2048), world.clock()
    certificate = keyfiles.self_signed(key, party="KAZ/GATE", now=now, until=now.replace(year=now.year + 1))
    with world.blr.database.begin() as session:
        kid = lifecycle.propose(session, certificate, party="KAZ/GATE", actor="anna", now=now).kid
        lifecycle.activate(session, kid, actor="boris", now=now)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return {"key": key.private_bytes(*form).decode(), "certificate": certificates.pem(certificate)}


@pytest.fixture
def call(world, package, keys):
    """call(security, …): one call; what node-soap got, and what it sent."""

    def run(security="", *, port="Soap11", operation="SubmitMessage", message=None, headers=()):
        options = keys | {
            "soap": str(package), "url": world.url, "now": int(world.clock().timestamp() * 1000), "port": port,
            "operation": operation, "security": security, "headers": list(headers),
            "message": (message or world.ping()).decode(),
        }  # fmt: skip
        done = subprocess.run(
            ["node", "--no-deprecation", str(SCRIPT)],
            input=json.dumps(options), capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def message_in(world, answer):
    assert not answer["failed"], answer["content"]
    found = etree.fromstring(answer["content"].encode()).find(f".//{{{NS}}}Message")
    return world.read(etree.tostring(found, method="c14n", exclusive=True))


def code_in(answer):
    assert answer["failed"]
    return re.search("<x:Code>(.*)</x:Code>", answer["content"])[1]


@pytest.mark.parametrize("port", ["Soap11", "Soap12"])
def test_it_needs_nothing_but_the_wsdl(world, call, port):
    assert message_in(world, call(port=port)).header.kind is Kind.RECEIPT


@pytest.mark.parametrize("port", ["Soap11", "Soap12"])
@pytest.mark.parametrize("security", ["WSSecurityCert", "WSSecurityCertWithToken"])
def test_its_signed_envelopes_are_read_and_answered_with_signed_ones(world, call, security, port):
    with world.blr.database.begin() as session:
        directory.secure_soap(session, "KAZ/GATE", on=True, actor="anna", reason="test", now=world.clock())
    answer = call(security, port=port)
    assert message_in(world, answer).header.kind is Kind.RECEIPT
    envelope = etree.fromstring(answer["content"].encode())
    value = re.search("<SignatureValue>([^<]+)<", answer["sent"])[1]
    assert envelope.find(f".//{{{WSSE}}}Security/{{{WSSE11}}}SignatureConfirmation").get("Value") == value
    with world.blr.database.begin() as session:
        directory.secure_soap(session, "KAZ/GATE", on=False, actor="anna", reason="test", now=world.clock())


def test_a_question_is_asked_with_it(world, call):
    asked = world.message(
        Kind.CHANGES_REQUEST, body.write_changes_request(ChangesRequest(0, 10)), purpose="STAY_CONTROL"
    )
    answer = call("WSSecurityCert", operation="GetChanges", message=asked)
    assert message_in(world, answer).header.kind is Kind.CHANGE_BATCH


def test_its_defaults_are_refused_and_the_log_says_what_to_change(world, call):
    assert code_in(call("as it comes")) == "ws-security-invalid"
    assert "Transforms" in world.rows(tables.Journal)[-1].reason


def test_a_header_that_it_did_not_sign_is_refused(world, call):
    header = '<wsa:To xmlns:wsa="http://www.w3.org/2005/08/addressing">http://www.w3.org/2005/08/addressing/anonymous</wsa:To>'
    assert code_in(call("WSSecurityCert", headers=[header])) == "ws-security-invalid"
    assert world.rows(tables.Journal)[-1].reason.startswith("not signed: ")
