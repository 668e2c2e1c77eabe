"""`gateway sign` and `verify` with keys and certificates as the real openssl makes and leaves them."""

from __future__ import annotations

import base64
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from gateway.message import signature
from gateway.trust import certificates, keyfiles

FIELDS = ["valid", "code", "reason", "signer", "algorithm", "message_id", "digest"]
URIS = {
    "p256": "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
    "rsa": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "ed25519": "http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519",
}
MESSAGE_ID = "3fe2ab3d-bd1c-5085-abe4-28a1cc77bcf0"


@pytest.fixture
def sign(gateway, message, leftovers):
    def call(pair, source=message, output="signed.xml", *options):
        return gateway("sign", source, "-o", output, "--key", pair.key, "--cert", pair.certificate, *options)

    return call


def shell(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True)


@pytest.mark.parametrize("algorithm", list(URIS))
def test_a_plain_key_signs_and_its_certificate_verifies(gateway, openssl, sign, algorithm) -> None:
    pair = openssl(algorithm)
    signed = sign(pair, output="signed.xml")
    assert (signed.status, signed.err) == (0, "")
    # The key lies beside the certificate, as openssl leaves them; it is passed over with a word.
    checked = gateway("verify", "signed.xml", "--trust", pair.folder, "--json")
    assert list(checked.json) == FIELDS
    assert checked.json | {"digest": ""} == {
        "valid": True,
        "code": "valid",
        "reason": "",
        "signer": "CN=somebody",
        "algorithm": URIS[algorithm],
        "message_id": MESSAGE_ID,
        "digest": "",
    }
    assert len(base64.b64decode(checked.json["digest"])) == 32
    assert checked.status == 0
    assert "key.pem" in checked.err


def test_what_sign_reports_is_what_verify_finds(gateway, openssl, sign, message) -> None:
    pair = openssl("p256")
    told = sign(pair, message, "signed.xml", "--json").json
    found = gateway("verify", "signed.xml", "--trust", pair.folder, "--json").json
    assert (told["digest"], told["algorithm"]) == (found["digest"], found["algorithm"])


@pytest.mark.parametrize(
    ("subject", "signer"),
    [
        ("/CN=BLR\\/MVD", "BLR/MVD"),
        ("/C=KZ/O=МВД РК/CN=Шлюз миграции", "CN=Шлюз миграции,O=МВД РК,C=KZ"),
        ("/O=No common name", "O=No common name"),
    ],
)
def test_any_subject_will_do_and_the_signer_is_what_the_certificate_says(
    gateway, openssl, sign, subject, signer
) -> None:
    pair = openssl("p256", subject=subject)
    assert sign(pair).status == 0
    assert gateway("verify", "signed.xml", "--trust", pair.folder, "--json").json["signer"] == signer


def test_a_certificate_made_out_to_a_partner_signs_for_nobody_else(gateway, openssl, sign) -> None:
    pair = openssl("p256", subject="/CN=KAZ\\/MVD")
    assert sign(pair).status == 0
    refused = gateway("verify", "signed.xml", "--trust", pair.folder, "--json")
    assert (refused.status, refused.json["valid"], refused.json["code"]) == (1, False, "signature-invalid")


@pytest.mark.parametrize("kind", ["p256 pkcs8", "p256 traditional", "rsa pkcs8", "rsa traditional"])
def test_an_encrypted_key_opens_with_its_password_only(gateway, openssl, sign, monkeypatch, kind) -> None:
    algorithm, form = kind.split()
    pair = openssl(algorithm)
    locked = Path("locked.pem")
    if form == "pkcs8":
        shell("openssl", "pkcs8", "-topk8", "-in", pair.key, "-out", locked, "-passout", "pass:слово", "-v2", "aes256")
    else:
        old = ["rsa", "-traditional"] if algorithm == "rsa" else ["ec"]
        shell("openssl", old[0], "-in", pair.key, "-aes256", *old[1:], "-passout", "pass:слово", "-out", locked)
    given = type(pair)(locked, pair.certificate, pair.folder)
    without = sign(given)
    assert (without.status, without.err.split(":")[0]) == (1, "key-unusable")
    assert "GATEWAY_KEY_PASSWORD" in without.err
    monkeypatch.setenv("GATEWAY_KEY_PASSWORD", "другое")
    wrong = sign(given)
    assert (wrong.status, wrong.err.split(":")[0]) == (1, "key-unusable")
    assert not Path("signed.xml").exists()
    monkeypatch.setenv("GATEWAY_KEY_PASSWORD", "слово")
    assert sign(given).status == 0
    assert gateway("verify", "signed.xml", "--trust", pair.folder, "--json").json["valid"] is True


@pytest.mark.parametrize("command", [["ecparam", "-name", "prime256v1", "-genkey"], ["genrsa", "-traditional", "2048"]])
def test_the_older_forms_of_key_files_and_modes_are_read(gateway, sign, openssl, tmp_path, command) -> None:
    key, certificate = tmp_path / "k.pem", tmp_path / "c.crt"
    shell("openssl", *command[:-1], "-out", key, command[-1]) if command[0] == "genrsa" else shell(
        "openssl", *command, "-out", key
    )
    key.chmod(0o644)
    shell("openssl", "req", "-new", "-x509", "-key", key, "-out", certificate, "-subj", "/CN=old", "-days", "5")
    text = tmp_path / "text.pem"
    shell("openssl", "x509", "-in", certificate, "-text", "-out", text)
    pair = type(openssl())(key, text, tmp_path)
    assert sign(pair).status == 0
    assert gateway("verify", "signed.xml", "--trust", tmp_path, "--json").json["valid"] is True


def test_a_certificate_without_any_extension_is_accepted(gateway, sign, openssl, tmp_path) -> None:
    bare = tmp_path / "bare.cnf"
    bare.write_text("[req]\ndistinguished_name=dn\n[dn]\n")
    key, certificate = tmp_path / "k.pem", tmp_path / "c.pem"
    shell("openssl", "req", "-x509", "-config", bare, "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc",
          "-keyout", key, "-out", certificate, "-subj", "/CN=bare", "-days", "5")  # fmt: skip
    text = subprocess.run(["openssl", "x509", "-in", certificate, "-noout", "-text"], capture_output=True, check=True)
    assert b"Key Usage" not in text.stdout
    assert sign(type(openssl())(key, certificate, tmp_path)).status == 0
    assert gateway("verify", "signed.xml", "--trust", tmp_path, "--json").json["valid"] is True


def test_a_certificate_under_an_authority_is_trusted_for_itself(gateway, sign, openssl, tmp_path) -> None:
    authority = openssl("rsa", subject="/CN=authority")
    key, request, certificate = tmp_path / "k.pem", tmp_path / "r.csr", tmp_path / "c.pem"
    shell("openssl", "req", "-new", "-newkey", "rsa:2048", "-noenc", "-keyout", key, "-out", request, "-subj", "/CN=x")
    shell("openssl", "x509", "-req", "-in", request, "-CA", authority.certificate, "-CAkey", authority.key,
          "-CAcreateserial", "-CAserial", tmp_path / "serial", "-out", certificate, "-days", "5")  # fmt: skip
    assert sign(type(authority)(key, certificate, tmp_path)).status == 0
    trust = tmp_path / "trust"
    trust.mkdir()
    bundle = authority.certificate.read_bytes() + certificate.read_bytes()
    (trust / "bundle.pem").write_bytes(bundle)
    assert gateway("verify", "signed.xml", "--trust", trust, "--json").json["valid"] is True
    (trust / "bundle.pem").write_bytes(authority.certificate.read_bytes())
    unknown = gateway("verify", "signed.xml", "--trust", trust, "--json")
    assert (unknown.status, unknown.json["code"]) == (1, "unknown-partner")


def test_a_key_of_another_certificate_is_refused(sign, openssl) -> None:
    pair, other = openssl("p256"), openssl("rsa")
    mixed = sign(type(pair)(pair.key, other.certificate, pair.folder))
    assert (mixed.status, mixed.err.split(":")[0]) == (1, "key-unusable")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ((b"<State>BLR", b"<State>KAZ"), "signature-invalid"),
        ((b"<ds:SignatureValue>", b"<ds:SignatureValue>AAAA"), "signature-invalid"),
        ((b"urn:cis:migration-exchange:1", b"urn:cis:migration-exchange:9"), "unknown-version"),
        ((b"</Message>", b""), "malformed-xml"),
    ],
)
def test_a_changed_message_is_not_valid_and_says_why(gateway, sign, openssl, change, code) -> None:
    pair = openssl("p256")
    sign(pair)
    raw = Path("signed.xml").read_bytes()
    assert change[0] in raw
    Path("changed.xml").write_bytes(raw.replace(*change, 1))
    checked = gateway("verify", "changed.xml", "--trust", pair.folder, "--json")
    assert list(checked.json) == FIELDS
    assert (checked.status, checked.json["valid"], checked.json["code"]) == (1, False, code)
    assert checked.json["reason"]
    assert all(checked.json[name] == "" for name in ("signer", "algorithm", "message_id", "digest"))
    spoken = gateway("verify", "changed.xml", "--trust", pair.folder)
    assert (spoken.status, "NOT valid" in spoken.out) == (1, True)


def test_an_unsigned_message_is_not_valid(gateway, message, openssl) -> None:
    checked = gateway("verify", message, "--trust", openssl().folder, "--json")
    assert (checked.status, checked.json["code"]) == (1, "signature-invalid")


def test_a_stranger_is_not_valid_and_an_empty_folder_knows_nobody(gateway, sign, openssl, tmp_path) -> None:
    sign(openssl("p256"))
    for folder in (openssl("rsa").folder, tmp_path / "empty"):
        folder.mkdir(exist_ok=True)
        checked = gateway("verify", "signed.xml", "--trust", folder, "--json")
        assert (checked.status, checked.json["code"]) == (1, "unknown-partner")


def test_no_folder_is_wrong_use(gateway, message) -> None:
    wrong = gateway("verify", message, "--trust", "no/such/folder", "--json")
    assert (wrong.status, wrong.out, wrong.err.split(":")[0]) == (2, "", "misuse")


def test_bad_files_in_the_folder_do_not_hide_the_good_ones(gateway, sign, openssl, tmp_path) -> None:
    pair = openssl("p256")
    sign(pair)
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "a-garbage.pem").write_bytes(b"\xff\x00 not a certificate")
    (trust / "b-empty.crt").touch()
    (trust / "c-folder.pem").mkdir()
    (trust / "d-torn.pem").write_bytes(pair.certificate.read_bytes()[:200])
    (trust / "readme.txt").write_text("not looked at")
    shutil.copy(pair.certificate, trust / "z.pem")
    checked = gateway("verify", "signed.xml", "--trust", trust, "--json")
    assert checked.json["valid"] is True
    named = [line for line in checked.err.splitlines() if line.startswith("warning:")]
    assert [line.rsplit("/", 1)[1] for line in named] == ["a-garbage.pem]", "b-empty.crt]", "c-folder.pem]",
                                                          "d-torn.pem]"]  # fmt: skip


def test_a_certificate_is_judged_at_the_time_that_is_asked_for(gateway, sign, openssl, tmp_path) -> None:
    pair = openssl("p256")
    sign(pair)
    for moment, code in (
        ("2001-01-01T00:00:00Z", "certificate-not-yet-valid"),
        ("2001-01-01", "certificate-not-yet-valid"),
        ("2099-01-01T00:00:00+05:00", "certificate-expired"),
        ("", "valid"),
    ):
        checked = gateway("verify", "signed.xml", "--trust", pair.folder, "--json", *(["--at", moment] * bool(moment)))
        assert checked.json["code"] == code, moment
        assert checked.status == (0 if code == "valid" else 1)
    wrong = gateway("verify", "signed.xml", "--trust", pair.folder, "--at", "yesterday")
    assert (wrong.status, wrong.err.split(":")[0]) == (2, "misuse")


def test_an_expired_certificate_verifies_what_it_signed_in_its_time(gateway, openssl, message, tmp_path) -> None:
    """Made by openssl for a past year, so the message is signed below with the parts of the program."""
    key, certificate = tmp_path / "k.pem", tmp_path / "c.pem"
    pair = openssl("p256")
    request = tmp_path / "r.csr"
    shell("openssl", "req", "-new", "-key", pair.key, "-out", request, "-subj", "/CN=past")
    (tmp_path / "index").touch()
    (tmp_path / "ca.cnf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\ndatabase={tmp_path}/index\nserial={tmp_path}/sn\nnew_certs_dir={tmp_path}\n"
        "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
    )
    (tmp_path / "sn").write_text("01\n")
    shell("openssl", "ca", "-batch", "-selfsign", "-config", tmp_path / "ca.cnf", "-keyfile", pair.key, "-in", request,
          "-out", certificate, "-startdate", "20200101000000Z", "-enddate", "20210101000000Z", "-notext")  # fmt: skip
    shutil.copy(pair.key, key)
    holder = certificates.load(certificate.read_text())
    signer = keyfiles.signer(load_pem_private_key(key.read_bytes(), None), holder)
    at = datetime(2020, 6, 1, tzinfo=UTC)
    Path("old.xml").write_bytes(signature.sign(signature.canonical(message.read_bytes(), limit=1 << 20), signer, at))
    today = gateway("verify", "old.xml", "--trust", tmp_path, "--json")
    assert (today.status, today.json["code"]) == (1, "certificate-expired")
    assert "expired" in today.json["reason"]
    assert gateway("verify", "old.xml", "--trust", tmp_path, "--at", "2020-06-01T00:00:00Z", "--json").status == 0
    refused = gateway("sign", message, "-o", "new.xml", "--key", key, "--cert", certificate)
    assert (refused.status, refused.err.split(":")[0]) == (1, "certificate-expired")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["req", "-x509", "-newkey", "rsa:1024", "-noenc"], "certificate-weak"),
        (
            ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:secp521r1", "-noenc"],
            "certificate-unknown-algorithm",
        ),
        (["req", "-x509", "-newkey", "rsa:2048", "-noenc", "-sha1"], "certificate-weak"),
    ],
)
def test_a_weak_or_foreign_key_is_refused(gateway, message, command, code, leftovers) -> None:
    key, certificate = Path("k.pem"), Path("c.pem")
    shell("openssl", *command, "-keyout", key, "-out", certificate, "-subj", "/CN=weak")
    refused = gateway("sign", message, "-o", "signed.xml", "--key", key, "--cert", certificate)
    assert (refused.status, refused.err.split(":")[0]) == (1, code)
    assert not Path("signed.xml").exists()


def test_a_message_that_is_not_valid_or_is_signed_already_is_not_signed(gateway, sign, openssl, message) -> None:
    pair = openssl("p256")
    invalid = sign(pair, message.parents[1] / "invalid" / "sex-by-a-national-letter.xml")
    assert (invalid.status, invalid.err.split(":")[0]) == (1, "schema-invalid")
    sign(pair)
    again = sign(pair, "signed.xml", "twice.xml")
    assert (again.status, again.err.split(":")[0]) == (1, "malformed-xml")
    assert not Path("twice.xml").exists()
