"""The directory of keys: partners learn of a rotation in time, and no old list brings a key back."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from gateway import audit
from gateway.errors import InvalidRequest, KeyUnusable, SignatureInvalid
from gateway.ledger import sealed
from gateway.store.database import Database
from gateway.store.tables import Audit, Key
from gateway.store.tables import Partner as PartnerRow
from gateway.trust import alarms, directory, keyfiles, lifecycle, takeover

KAZ = "KAZ/MVD"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Partner:
    """A partner's directory as it publishes it, made by hand so that it can also be wrong."""

    def __init__(self, database: Database, clock, signer_of) -> None:
        self.database, self.clock = database, clock
        self.signer = signer_of(KAZ)
        self.next = signer_of(KAZ, "ed25519")
        with database.begin() as session:
            lifecycle.propose(session, self.signer.certificate, party=KAZ, actor="anna", now=clock())
            lifecycle.activate(session, self.signer.kid, actor="boris", now=clock())

    def entry(self, signer, status: str = "active", **changes) -> dict:
        x5c = [base64.b64encode(signer.certificate_der).decode()]
        return {"kid": signer.kid, "status": status, "x5c": x5c, **changes}

    def document(self, serial: int, *entries: dict, signer=None, changes: dict | None = None) -> dict:
        body = {"party": KAZ, "serial": serial, "issued": "2026-03-02T09:00:00.000Z", "keys": list(entries)} | (
            changes or {}
        )
        return sealed.seal(body, signer or self.signer)

    def accept(self, document: dict) -> list[str]:
        known = {self.signer.kid: self.signer.certificate}
        with audit.keeping_traces(self.database) as session:
            return directory.accept_directory(session, document, party=KAZ, known=known, now=self.clock())

    def states(self) -> dict[str, str]:
        with self.database.read() as session:
            return dict(session.execute(select(Key.kid, Key.status)).all())


@pytest.fixture
def partner(database: Database, clock, signer_of) -> Partner:
    return Partner(database, clock, signer_of)


def test_our_directory_shows_what_partners_have_to_know(sqlite: Database, new_key, clock, tmp_path) -> None:
    from gateway.trust.keyring import Keyring  # noqa: PLC0415

    old = new_key(sqlite)
    new = new_key(sqlite, "published", "rsa")
    new_key(sqlite, "certified", "ed25519")
    signer = Keyring(sqlite, tmp_path, b"correct horse", clock).signer()
    with sqlite.begin() as session:
        document = directory.directory(session, party="BLR/GATE", signer=signer, now=clock())
        lifecycle.activate(session, new, actor="anna", now=clock())
        lifecycle.revoke(session, old, invalid_since=clock(), actor="anna", reason="lost", now=clock())
        later = directory.directory(session, party="BLR/GATE", signer=signer, now=clock())
    sealed.check(document, signer.certificate)
    assert {key["kid"]: (key["status"], key["alg"], key["kty"]) for key in document["keys"]} == {
        old: ("active", "ES256", "EC"),
        new: ("published", "RS256", "RSA"),
    }
    assert later["serial"] > document["serial"]
    revoked = next(key for key in later["keys"] if key["kid"] == old)
    assert (revoked["status"], revoked["invalid_since"]) == ("revoked", "2026-03-02T09:00:00.000Z")


def test_any_jose_library_reads_the_directory_as_a_key_set(sqlite: Database, new_key, clock, tmp_path) -> None:
    from gateway.trust.keyring import Keyring  # noqa: PLC0415

    for algorithm in ("rsa", "ed25519", "p256"):
        new_key(sqlite, "active", algorithm)
    signer = Keyring(sqlite, tmp_path, b"correct horse", clock).signer()
    with sqlite.read() as session:
        document = directory.directory(session, party="BLR/GATE", signer=signer, now=clock())
    keys = jwt.PyJWKSet.from_dict({"keys": document["keys"]}).keys
    assert {key.key_id for key in keys} == {entry["kid"] for entry in document["keys"]}
    assert len(keys) == 3


def test_a_key_a_partner_has_published_is_taken_before_it_signs(partner: Partner) -> None:
    document = partner.document(5, partner.entry(partner.signer), partner.entry(partner.next, "published"))
    assert partner.accept(document) == [partner.next.kid]
    assert partner.states() == {partner.signer.kid: "active", partner.next.kid: "active"}


def test_a_key_that_retires_is_taken_until_it_is_no_longer_listed(partner: Partner) -> None:
    partner.accept(partner.document(5, partner.entry(partner.signer, "retiring"), partner.entry(partner.next)))
    assert partner.states()[partner.signer.kid] == "retiring"
    assert partner.accept(partner.document(6, partner.entry(partner.next))) == [partner.signer.kid]
    assert partner.states() == {partner.signer.kid: "retired", partner.next.kid: "active"}


@pytest.mark.parametrize(
    ("since", "expected"),
    [("2026-03-01T00:00:00+00:00", -33), ("2027-01-01T00:00:00+00:00", 0), ("soon", 0), (None, 0), ("2026-03-01", 0)],
)
def test_a_revoked_key_carries_since_when_it_is_invalid(partner: Partner, now, since, expected: int) -> None:
    partner.accept(partner.document(5, partner.entry(partner.signer), partner.entry(partner.next)))
    listed = partner.entry(partner.next, "revoked", invalid_since=since)
    partner.accept(partner.document(6, partner.entry(partner.signer), listed))
    with partner.database.read() as session:
        key = session.get_one(Key, partner.next.kid)
        assert (key.status, key.invalid_since) == ("revoked", now + timedelta(hours=expected))


def test_no_directory_brings_a_key_back(partner: Partner) -> None:
    partner.accept(partner.document(5, partner.entry(partner.signer), partner.entry(partner.next, "revoked")))
    assert partner.next.kid not in partner.states(), "a key that was over before we met it is not entered"
    partner.accept(partner.document(6, partner.entry(partner.signer), partner.entry(partner.next)))
    partner.accept(partner.document(7, partner.entry(partner.signer), partner.entry(partner.next, "revoked")))
    partner.accept(partner.document(8, partner.entry(partner.signer), partner.entry(partner.next, "active")))
    assert partner.states()[partner.next.kid] == "revoked"


def test_the_same_directory_again_changes_nothing_and_leaves_no_trace(partner: Partner) -> None:
    document = partner.document(5, partner.entry(partner.signer), partner.entry(partner.next))
    partner.accept(document)
    assert partner.accept(document) == []
    with partner.database.read() as session:
        actions = session.scalars(select(Audit.action)).all()
    assert actions.count("directory-accepted") == 1


def test_a_smaller_serial_or_one_serial_with_two_contents_is_refused(partner: Partner) -> None:
    partner.accept(partner.document(5, partner.entry(partner.signer)))
    before = partner.states()
    with pytest.raises(KeyUnusable, match="serial 4, but 5"):
        partner.accept(partner.document(4, partner.entry(partner.signer), partner.entry(partner.next)))
    with pytest.raises(KeyUnusable, match="one serial differ"):
        partner.accept(partner.document(5, partner.entry(partner.signer), partner.entry(partner.next)))
    assert partner.states() == before
    with partner.database.read() as session:
        rows = session.scalars(select(Audit).where(Audit.action == "directory-refused")).all()
        assert [row.outcome for row in rows] == ["key-unusable", "key-unusable"]


def test_a_directory_that_is_refused_changes_nothing_at_all(partner: Partner, signer_of) -> None:
    other = signer_of("UZB/MVD", "rsa")
    with partner.database.begin() as session:
        lifecycle.propose(session, other.certificate, party="UZB/MVD", actor="anna", now=partner.clock())
    entries = partner.entry(partner.signer), partner.entry(partner.next), partner.entry(other)
    with pytest.raises(KeyUnusable, match="belongs to somebody else"):
        partner.accept(partner.document(9, *entries))
    assert partner.next.kid not in partner.states()
    assert partner.accept(partner.document(5, partner.entry(partner.signer))) == []


def test_a_directory_by_a_key_we_do_not_accept_is_refused(partner: Partner, signer_of) -> None:
    with pytest.raises(SignatureInvalid):
        partner.accept(partner.document(5, partner.entry(partner.signer), signer=signer_of(KAZ, "rsa")))
    forged = {**partner.document(5, partner.entry(partner.signer)), "serial": 6}
    with pytest.raises(SignatureInvalid):
        partner.accept(forged)
    with pytest.raises(SignatureInvalid) as raised:
        partner.accept(partner.document(5, partner.entry(partner.signer), changes={"party": "UZB/MVD"}))
    assert raised.value.detail == ""


def test_a_key_that_cannot_be_used_now_holds_up_no_other_key(partner: Partner, signer_of) -> None:
    expired = signer_of(KAZ, "rsa", days=1)
    partner.clock.advance(days=2)
    document = partner.document(5, partner.entry(partner.signer), partner.entry(expired), partner.entry(partner.next))
    assert partner.accept(document) == [partner.next.kid]


@pytest.mark.parametrize(
    "change",
    [
        {"keys": []},
        {"keys": "none"},
        {"keys": [7]},
        {"keys": [{"kid": "ab" * 32, "status": "lost"}]},
        {"keys": [{"kid": "ab" * 32, "status": ["active"]}]},
        {"keys": [{"kid": "short", "status": "active"}]},
        {"keys": [{"kid": "ab" * 32, "status": "active"}] * 2},
        {"keys": [{"kid": "ab" * 32, "status": "active"}]},
        {"keys": [{"kid": "ab" * 32, "status": "active", "x5c": []}]},
        {"keys": [{"kid": "ab" * 32, "status": "active", "x5c": [7]}]},
        {"keys": [{"kid": "ab" * 32, "status": "active", "x5c": ["!!"]}]},
        {"keys": [{"kid": "ab" * 32, "status": "active", "x5c": ["AAAA"]}]},
        {"serial": True},
        {"serial": "7"},
        {"serial": -1},
        {"serial": 1 << 63},
        {"more": 1},
    ],
)
def test_a_directory_of_another_form_is_refused(partner: Partner, change: dict) -> None:
    with pytest.raises(InvalidRequest):
        partner.accept(partner.document(5, changes=change))


def test_what_is_not_an_object_is_refused(partner: Partner) -> None:
    with pytest.raises(InvalidRequest):
        partner.accept([])  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest):
        partner.accept({**partner.document(5, partner.entry(partner.signer)), "issued": 7})


def test_a_key_of_another_kind_has_no_place_in_a_directory() -> None:
    key = ed448.Ed448PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "KAZ/MVD")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, START, START + timedelta(days=30))
    with pytest.raises(KeyUnusable):
        directory.public_jwk(builder.sign(key, None))


def test_keys_that_a_partner_brings_in_without_end_take_bounded_room(
    partner: Partner, monkeypatch: pytest.MonkeyPatch, certificates_of
) -> None:
    monkeypatch.setattr(takeover, "MOST_OF_ONE", 12)
    listed = partner.entry(partner.signer)
    for serial in range(1, 8):
        fresh = [_another(KAZ) for _ in range(3)]
        entries = [{"kid": kid, "status": "active", "x5c": [text]} for kid, text in fresh]
        partner.accept(partner.document(serial, listed, *entries))
    states = partner.states()
    assert len(states) == 1 + 12
    # The key that people compared, and that signs, goes on.
    assert states[partner.signer.kid] == "active"
    with partner.database.read() as session:
        (alarm,) = alarms.open_alarms(session)
    assert (alarm.code, alarm.subject) == ("keys-too-many", KAZ)
    # People can still enter one.
    with partner.database.begin() as session:
        asked = lifecycle.propose(session, certificates_of(KAZ, "rsa"), party=KAZ, actor="anna", now=partner.clock())
        lifecycle.activate(session, asked.kid, actor="boris", now=partner.clock())
    assert partner.states()[asked.kid] == "active"


def test_a_partner_that_lists_a_neighbours_new_key_does_not_keep_the_neighbour_from_it(partner: Partner) -> None:
    with partner.database.begin() as session:
        for name in (KAZ, "UZB/MVD"):
            state, agency = name.split("/")
            session.add(PartnerRow(id=name, state=state, agency=agency, agency_class="MIG", kind="node",
                                   status="active", created=START))  # fmt: skip
    kid, text = _another("UZB/MVD")
    stolen = {"kid": kid, "status": "published", "x5c": [text]}
    own = partner.entry(partner.next)
    assert partner.accept(partner.document(5, partner.entry(partner.signer), own, stolen)) == [partner.next.kid]
    assert kid not in partner.states()
    word = takeover.Word("UZB/MVD", partner.signer.kid, 1, [stolen], START)
    with partner.database.begin() as session:
        assert takeover.take_over(session, word, "") == [kid]
        assert session.get_one(Key, kid).party == "UZB/MVD"


def _another(party: str) -> tuple[str, str]:
    """A new key's name and its certificate in base64."""
    made = keyfiles.self_signed(ec.generate_private_key(ec.SECP256R1()), party=party, now=START,
                                until=START + timedelta(days=300))  # fmt: skip
    der = made.public_bytes(keyfiles.serialization.Encoding.DER)
    return keyfiles.key_id(made), base64.b64encode(der).decode()
