"""A node whose signing key lives in a real token exchanges signed messages with one whose key is a file."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pkcs11
import pytest
from cryptography.x509 import BasicConstraints, KeyUsage, SubjectKeyIdentifier
from cryptography.x509.extensions import Extension

from gateway.errors import KeyUnusable
from gateway.exchange.receive import receive
from gateway.founding import make_node, open_node, starting_settings, token_settings
from gateway.ledger import sealed
from gateway.message.body import read_receipt
from gateway.message.envelope import Header, Kind, Party, body_of, write_message
from gateway.message.signature import sign, verify
from gateway.partners import directory
from gateway.settings import load
from gateway.store.tables import Key
from gateway.trust import certificates, keyfiles, lifecycle
from gateway.trust.certify import request
from gateway.trust.directory import directory as key_directory
from gateway.trust.tokenkeys import token_of

pytestmark = pytest.mark.tool
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


every_kind = pytest.mark.parametrize("pair", ["p256", "p384", "rsa", "ed25519"], indirect=True)


@pytest.fixture
def pair(request, softhsm, tmp_path):
    """BLR, whose key lives in a token, and KAZ, whose key is a file, enrolled with each other."""
    label = f"node {uuid.uuid4().hex[:8]}"
    table = token_settings(module=softhsm.module, label=label, pin_file=str(softhsm.token(label)))
    nodes = {}
    for state, more, algorithm in (("BLR", table, getattr(request, "param", "p256")), ("KAZ", "", "p256")):
        place = tmp_path / state.lower()
        text = starting_settings(state=state, agency="GATE", host="127.0.0.1", port=8080) + more
        make_node(place, text, algorithm=algorithm, now=START)
        nodes[state] = open_node(load(place / "gateway.toml"), lambda: START)
    for state, other in (("BLR", "KAZ"), ("KAZ", "BLR")):
        with nodes[state].database.begin() as session:
            directory.propose(
                session, id=f"{other}/GATE", agency_class="MIG", kind="node", endpoint="http://127.0.0.1:1",
                certificate=nodes[other].keyring.signer().certificate, actor="anna", now=START,
            )  # fmt: skip
            directory.activate(session, f"{other}/GATE", actor="boris", now=START)
    yield nodes
    for node in nodes.values():
        node.database.close()


def ping(node: Any, sender: str, receiver: str) -> bytes:
    message_id = str(uuid.uuid4())
    header = Header(
        message_id, message_id, Kind.PING, Party(sender, "GATE"), Party(receiver, "GATE"), START,
        START + timedelta(hours=1), "KEY_ADMIN", "test",
    )  # fmt: skip
    return sign(write_message(header, "<Ping></Ping>"), node.keyring.signer(), START)


@every_kind
def test_messages_and_receipts_pass_both_ways(pair) -> None:
    blr, kaz = pair["BLR"], pair["KAZ"]
    for node, other, sender, receiver in ((blr, kaz, "BLR", "KAZ"), (kaz, blr, "KAZ", "BLR")):
        answer = receive(other, ping(node, sender, receiver), channel="rest")
        receipt = read_receipt(body_of(verify(answer.content, node.trusted, limit=100_000).root))
        assert (answer.code, receipt.verdict) == ("", "ACCEPTED")


@every_kind
def test_nothing_private_lies_on_the_disk_and_the_token_gives_nothing_out(pair, softhsm) -> None:
    node = pair["BLR"]
    place = node.settings.directory
    assert not [path for path in place.rglob("*.pem") if b"PRIVATE" in path.read_bytes()]
    with node.database.read() as session:
        home = session.query(Key).filter(Key.own).one().home
    assert home.startswith("pkcs11:token=")
    token = pkcs11.lib(softhsm.module).get_token(token_label=node.settings.token.label)
    (key,) = token.open().get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY})
    secret = pkcs11.Attribute.PRIVATE_EXPONENT if key.key_type is pkcs11.KeyType.RSA else pkcs11.Attribute.VALUE
    with pytest.raises(pkcs11.exceptions.AttributeSensitive):
        _ = key[secret]


@every_kind
def test_its_certificate_is_like_one_of_a_key_in_a_file(pair) -> None:
    def form(extension: Extension) -> Any:
        return (extension.oid, extension.critical)

    ours, theirs = (pair[state].keyring.signer().certificate for state in ("BLR", "KAZ"))
    assert sorted(map(form, ours.extensions), key=str) == sorted(map(form, theirs.extensions), key=str)
    for kind in (KeyUsage, BasicConstraints):
        one, other = (each.extensions.get_extension_for_class(kind).value for each in (ours, theirs))
        assert one == other
    identifier = ours.extensions.get_extension_for_class(SubjectKeyIdentifier).value
    assert identifier == SubjectKeyIdentifier.from_public_key(ours.public_key())
    assert (ours.not_valid_before_utc, ours.not_valid_after_utc) == (
        theirs.not_valid_before_utc,
        theirs.not_valid_after_utc,
    )
    assert ours.subject.rfc4514_string() == "CN=BLR/GATE"
    ours.verify_directly_issued_by(ours)
    certificates.check(ours, START)


def test_documents_and_requests_for_certificates_are_signed_too(pair) -> None:
    node = pair["BLR"]
    signer = node.keyring.signer()
    with node.database.read() as session:
        document = key_directory(session, party="BLR/GATE", signer=signer, now=START)
    sealed.check(document, signer.certificate)
    assert b"CERTIFICATE REQUEST" in request(signer, "BLR/GATE")


def test_a_key_in_a_token_is_rotated_by_one_in_a_file_and_back(pair) -> None:
    node = pair["BLR"]
    first = node.keyring.signer().kid
    kids = [first]
    for token in (None, token_of(node.settings)):
        with node.database.begin() as session:
            made = lifecycle.generate(
                session, node.settings.directory, party="BLR/GATE", algorithm="p256", actor="anna", now=START,
                password=node.settings.key_password(), token=token,
            )  # fmt: skip
            lifecycle.certify(session, made.kid, actor="anna", now=START)
            lifecycle.publish(session, made.kid, actor="anna", now=START)
            lifecycle.activate(session, made.kid, actor="anna", now=START, reason="test")
            signer = node.keyring.signer(session)
        assert sealed.signature_holds(signer.certificate, b"text", signer.sign(b"text"))
        kids.append(signer.kid)
    assert len(set(kids)) == 3


def test_a_node_whose_settings_lost_the_token_says_so(pair) -> None:
    settings = pair["BLR"].settings.model_copy(update={"token": None})
    with pytest.raises(KeyUnusable, match=r"add the table \[token\]"):
        open_node(settings, lambda: START).keyring.signer()


def test_a_key_of_another_certificate_is_refused(pair) -> None:
    node = pair["BLR"]
    with node.database.begin() as session:
        row = session.query(Key).filter(Key.own).one()
        made = lifecycle.generate(
            session, node.settings.directory, party="BLR/GATE", algorithm=row.algorithm, actor="anna", now=START,
            password=b"", token=token_of(node.settings),
        )  # fmt: skip
        row.home = made.home
    with pytest.raises(KeyUnusable, match="does not belong to the certificate"):
        open_node(node.settings, lambda: START).keyring.signer()


def test_a_pin_file_that_others_can_read_is_refused(pair, tmp_path) -> None:
    node = pair["BLR"]
    pin = tmp_path / "open.pin"
    pin.write_text("1234")
    pin.chmod(0o644)
    named = node.settings.token.model_copy(update={"pin_file": pin})
    pkcs11.lib(named.module).reinitialize()
    with pytest.raises(KeyUnusable, match="Others can read the PIN of the token"):
        open_node(node.settings.model_copy(update={"token": named}), lambda: START).keyring.signer()
    assert keyfiles.read_private(node.settings.token.pin_file) == b"1234\n"
