"""A key is stolen: partners hear of it at once, nothing waiting is lost, and the thief gains nothing."""

from __future__ import annotations

import base64
import shutil
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from gateway.errors import KeyUnusable, UnknownPartner
from gateway.exchange import resign, rotation, send
from gateway.exchange.outcome import Answer
from gateway.exchange.receive import receive
from gateway.message import body
from gateway.message.bodies import KeyNotice, ListedKey, Ping, Revocation
from gateway.message.body import read_receipt
from gateway.message.envelope import Header, Kind, Party, body_of, write_message
from gateway.message.profile import cut_signature
from gateway.message.signature import sign, verify
from gateway.partners import directory
from gateway.settings import Token
from gateway.store import tables
from gateway.sync.deliver import deliver_due, revive
from gateway.sync.keys import refresh_keys
from gateway.sync.push import push
from gateway.trust import alarms, approvals, compromise, fetched, keyfiles, lifecycle
from tests.sync.conftest import START

SERVED = ("BLR", "KAZ")


def stand_by(world) -> str:
    """A published key of BLR that KAZ has taken from the notice."""
    node = world.blr
    with node.database.begin() as session:
        made = lifecycle.generate(
            session, node.settings.directory, party="BLR/GATE", algorithm="ed25519",
            password=node.settings.key_password(), actor="anna", now=world.clock(),
        )  # fmt: skip
        lifecycle.certify(session, made.kid, actor="anna", now=world.clock())
        rotation.publish(session, node, made.kid, actor="anna", now=world.clock())
    assert deliver_due(node) == 1
    world.clock.advance(hours=1)
    return made.kid


def revoke(world, kid: str, *, since=START + timedelta(minutes=30)) -> None:
    since = min(since, world.clock())
    with world.blr.database.begin() as session:
        rotation.revoke(session, world.blr, kid, invalid_since=since, actor="anna", reason="stolen", now=world.clock())
    world.clock.advance(seconds=2)


def key_at(node, kid: str) -> tables.Key | None:
    with node.database.read() as session:
        return session.get(tables.Key, kid)


def alarms_at(node) -> list[tuple[str, str]]:
    with node.database.read() as session:
        return [(row.code, row.subject) for row in alarms.open_alarms(session)]


def message(world, signer, kind: Kind, content: str) -> bytes:
    """A message to KAZ in the name of BLR, under any key."""
    now, name = world.clock(), str(uuid.uuid4())
    header = Header(
        name, name, kind, Party("BLR", "GATE"), Party("KAZ", "GATE"), now, now + timedelta(hours=1), "KEY_ADMIN", "keys"
    )
    return sign(write_message(header, content), signer, now)


def thief(world) -> keyfiles.Signer:
    """A key of somebody else's, in the name of BLR."""
    place = world.directory / "thief"
    certificate = keyfiles.create(place, party="BLR/GATE", algorithm="p256", password=b"loot", now=world.clock())
    return keyfiles.open_signer(keyfiles.key_path(place, keyfiles.key_id(certificate)), certificate, b"loot")


def listed(signer, status: str = "ACTIVE") -> ListedKey:
    return ListedKey(signer.kid, status, (base64.b64encode(signer.certificate_der).decode(),))


def test_a_key_that_stands_by_takes_its_place_at_once_and_nobody_has_to_telephone(either_world) -> None:
    world = either_world
    old = world.blr.keyring.signer().kid
    before = world.permits(1)
    push(world.blr, "KAZ/GATE")
    spare = stand_by(world)
    world.clock.advance(hours=1)
    stolen = world.clock()
    since_then = world.permits(1)
    push(world.blr, "KAZ/GATE")
    waiting = world.permits(1)
    with world.blr.database.begin() as session:
        send.push_changes(session, world.blr, directory.get(session, "KAZ/GATE"), now=world.clock())
    # 1. In one act the other key signs, and the notice stands before everything that waits.
    revoke(world, old, since=stolen)
    assert world.blr.keyring.signer().kid == spare
    assert deliver_due(world.blr) == 2
    # 2. KAZ has stopped to trust the old key, and knows what came since; what came before is not touched.
    there = key_at(world.kaz, old)
    assert (there.status, there.invalid_since) == ("revoked", stolen)
    journal = world.rows(world.kaz, tables.Journal)
    assert [(row.kind, row.kid, row.flag) for row in journal] == [
        ("RecordBatch", old, ""),
        ("KeyNotice", old, ""),
        ("RecordBatch", old, "key-revoked"),
        ("KeyNotice", spare, ""),
        ("RecordBatch", spare, ""),
    ]
    assert all(row.signed is not None and row.state == "accepted" for row in journal)
    # 3. What waited was signed anew and has come through, as the same message.
    assert world.held(world.kaz) == [*before, *since_then, *waiting]
    assert {row.state for row in world.rows(world.blr, tables.Outbox)} == {"delivered"}
    # 4. Both sides can list it all, and see an alarm until a person has looked.
    with world.kaz.database.read() as session:
        told = list(compromise.messages(session, old, stolen))
        assert [(each.direction, each.kind, each.records) for each in told] == [("in", "RecordBatch", 1)]
    with world.blr.database.read() as session:
        told = list(compromise.messages(session, old))
    assert [each.kind for each in told] == ["RecordBatch", "KeyNotice", "RecordBatch"]
    assert [each.flag for each in told] == ["key-revoked" if each.at >= stolen else "" for each in told]
    assert {each.flag for each in told} == {"", "key-revoked"}
    assert alarms_at(world.blr) == alarms_at(world.kaz) == [("key-revoked", old)]


def test_without_a_key_that_stands_by_the_revoked_one_has_the_last_word(world) -> None:
    old = world.blr.keyring.signer().kid
    revoke(world, old)
    new = world.blr.keyring.signer()
    assert new.kid != old
    # 1. The notice is delivered under the key that KAZ knows; it ends that key, and brings no other in.
    assert deliver_due(world.blr) == 1
    assert world.rows(world.kaz, tables.Journal)[0].kid == old
    assert key_at(world.kaz, old).status == "revoked"
    assert key_at(world.kaz, new.kid) is None
    with world.blr.database.read() as session:
        assert fetched.missing(session, 1) == ["KAZ/GATE"], "a last word does not prove that the new key is known"
    # 2. The node says that people have to telephone, and what was to be sent is kept.
    assert alarms_at(world.blr) == [("key-revoked", old), ("key-unknown", new.kid)]
    kept = world.permits(1)
    push(world.blr, "KAZ/GATE")
    assert world.rows(world.blr, tables.Outbox)[-1].code == "unknown-partner"
    # 3. Two people at KAZ compare the fingerprint; then everything goes on.
    with world.kaz.database.begin() as session:
        lifecycle.propose(session, new.certificate, party="BLR/GATE", actor="carl", now=world.clock())
        asked = approvals.request(
            session, "key-add", new.kid, {"kid": new.kid}, actor="carl", reason="by telephone", now=world.clock()
        )
        acts = rotation.acts(world.kaz)
        approvals.approve(session, asked.id, actor="dora", reason="the same", now=world.clock(), acts=acts)
    world.clock.advance(minutes=10)
    with world.blr.database.begin() as session:
        revive(session, actor="anna", partner="KAZ/GATE", now=world.clock())
    assert deliver_due(world.blr) == 1
    assert world.held(world.kaz) == kept
    refresh_keys(world.kaz)
    assert alarms_at(world.blr) == [("key-revoked", old)]


def test_a_last_word_brings_nobody_in(world) -> None:
    robber, stolen = thief(world), world.blr.keyring.signer()
    notice = KeyNotice(99, (Revocation(stolen.kid, world.clock()),), (listed(robber),))
    receive(world.kaz, message(world, stolen, Kind.KEY_NOTICE, body.write_key_notice(notice)), channel="rest")
    assert key_at(world.kaz, stolen.kid).status == "revoked"
    assert key_at(world.kaz, robber.kid) is None
    # Nor does it hold the true directory up by a serial that no later one reaches.
    assert world.rows(world.kaz, tables.Bookmark) == []


def test_what_a_thief_has_brought_in_falls_with_the_key_he_stole(world) -> None:
    spare = stand_by(world)
    robber, stolen = thief(world), world.blr.keyring.signer()
    world.clock.advance(hours=1)
    theft = world.clock()
    notice = KeyNotice(50, (), (listed(stolen), listed(robber), listed(world.blr.keyring.opened(spare), "PUBLISHED")))
    receive(world.kaz, message(world, stolen, Kind.KEY_NOTICE, body.write_key_notice(notice)), channel="rest")
    assert key_at(world.kaz, robber.kid).status == "active"
    assert key_at(world.kaz, robber.kid).vouched == stolen.kid
    # The owner finds out. Its own serial is far behind, which does not keep its revocation from taking effect.
    revoke(world, stolen.kid, since=theft)
    assert deliver_due(world.blr) == 1
    assert (key_at(world.kaz, stolen.kid).status, key_at(world.kaz, robber.kid).status) == ("revoked", "proposed")
    assert key_at(world.kaz, spare).status == "active", "it came in before"
    with pytest.raises(UnknownPartner):
        receive(world.kaz, message(world, robber, Kind.PING, body.write_ping(Ping("x"))), channel="rest")
    doubted = world.rows(world.kaz, tables.Audit, tables.Audit.action == "key-doubted")
    assert [row.subject for row in doubted] == [robber.kid]


def test_a_notice_of_keys_that_cannot_be_used_here_is_only_partly_accepted(world) -> None:
    signer = world.blr.keyring.signer()
    old = keyfiles.create(
        world.directory / "old", party="BLR/GATE", algorithm="p256", password=b"x",
        now=START - timedelta(days=800), years=2,
    )  # fmt: skip
    der = old.public_bytes(keyfiles.serialization.Encoding.DER)
    expired = ListedKey(keyfiles.key_id(old), "PUBLISHED", (base64.b64encode(der).decode(),))
    notice = body.write_key_notice(KeyNotice(9, (), (listed(signer), expired)))
    answer = receive(world.kaz, message(world, signer, Kind.KEY_NOTICE, notice), channel="rest")
    receipt = read_receipt(body_of(verify(answer.content, world.blr.trusted, limit=10**6).root))
    assert (receipt.verdict, receipt.code) == ("PARTLY", "key-unusable")
    assert key_at(world.kaz, expired.key_id) is None


def test_a_notice_that_was_overtaken_brings_no_key_and_retires_none(world) -> None:
    robber, signer = thief(world), world.blr.keyring.signer()
    spare = stand_by(world)
    late = body.write_key_notice(KeyNotice(1, (), (listed(signer), listed(robber))))
    assert receive(world.kaz, message(world, signer, Kind.KEY_NOTICE, late), channel="rest").code == ""
    assert key_at(world.kaz, robber.kid) is None
    assert key_at(world.kaz, spare).status == "active"


def test_an_agency_has_no_directory_to_tell_of(world) -> None:
    world.partner(world.kaz, "BLR/GATE", kind="agency")
    signer = world.blr.keyring.signer()
    notice = body.write_key_notice(KeyNotice(9, (), (listed(thief(world)),)))
    answer = receive(world.kaz, message(world, signer, Kind.KEY_NOTICE, notice), channel="rest")
    assert answer.code == "not-permitted"
    assert len(world.rows(world.kaz, tables.Key)) == 2


def test_an_answer_that_is_asked_for_again_is_the_same_under_a_key_that_is_accepted(world) -> None:
    spare, old = stand_by(world), world.blr.keyring.signer().kid
    now, name = world.clock(), str(uuid.uuid4())
    header = Header(
        name,
        name,
        Kind.PING,
        Party("KAZ", "GATE"),
        Party("BLR", "GATE"),
        now,
        now + timedelta(days=1),
        "KEY_ADMIN",
        "x",
    )
    raw = sign(write_message(header, body.write_ping(Ping("x"))), world.kaz.keyring.signer(), now)
    first = receive(world.blr, raw, channel="rest")
    assert receive(world.blr, raw, channel="rest") == first
    revoke(world, old)
    deliver_due(world.blr)
    again = receive(world.blr, raw, channel="rest")
    parts, start, end = cut_signature(first.content)
    assert parts.kid == old
    assert first.content[:start] + first.content[end:] == verify(again.content, world.kaz.trusted, limit=10**6).content
    assert cut_signature(again.content)[0].kid == spare
    assert receive(world.blr, raw, channel="rest") == again


def test_a_key_that_is_ours_or_known_is_not_taken_up_as_a_partners_new_one(world) -> None:
    for node, kid in ((world.kaz, world.kaz.keyring.signer().kid), (world.kaz, world.blr.keyring.signer().kid)):
        with node.database.begin() as session:
            asked = approvals.request(
                session, "key-add", kid, {"kid": kid}, actor="carl", reason="x", now=world.clock()
            )
            with pytest.raises(KeyUnusable, match="Only a proposed key of a partner"):
                approvals.approve(
                    session, asked.id, actor="dora", reason="x", now=world.clock(), acts=rotation.acts(node)
                )


def test_a_key_published_since_the_theft_is_doubted_with_it_and_people_have_to_telephone(world) -> None:
    old = world.blr.keyring.signer().kid
    world.clock.advance(hours=1)
    spare = stand_by(world)
    # Whoever had the old key by then may have published this one: no partner may believe it by the old one's word.
    revoke(world, old)
    assert deliver_due(world.blr) == 1
    assert (key_at(world.kaz, old).status, key_at(world.kaz, spare).status) == ("revoked", "proposed")
    assert ("key-unknown", spare) in alarms_at(world.blr)
    with world.kaz.database.begin() as session:
        asked = approvals.request(
            session, "key-add", spare, {"kid": spare}, actor="carl", reason="by telephone", now=world.clock()
        )
        approvals.approve(
            session, asked.id, actor="dora", reason="the same", now=world.clock(), acts=rotation.acts(world.kaz)
        )
    world.clock.advance(seconds=2)
    refresh_keys(world.kaz)
    assert ("key-unknown", spare) not in alarms_at(world.blr)


def test_a_partner_that_came_to_doubt_our_key_is_named_by_its_receipt(world) -> None:
    old = world.blr.keyring.signer().kid
    with world.blr.database.begin() as session:
        made = lifecycle.generate(
            session, world.blr.settings.directory, party="BLR/GATE", algorithm="p256",
            password=world.blr.settings.key_password(), actor="anna", now=world.clock(),
        )  # fmt: skip
        lifecycle.certify(session, made.kid, actor="anna", now=world.clock())
        rotation.publish(session, world.blr, made.kid, actor="anna", now=world.clock())
    # Published before the theft, but with the partner only after it: we cannot know, the partner can.
    theft = world.clock.advance(minutes=5)
    world.clock.advance(minutes=5)
    assert deliver_due(world.blr) == 1
    world.clock.advance(minutes=5)
    revoke(world, old, since=theft)
    assert ("key-unknown", made.kid) not in alarms_at(world.blr)
    assert deliver_due(world.blr) == 1
    assert key_at(world.kaz, made.kid).status == "proposed"
    with world.blr.database.read() as session:
        (alarm,) = alarms.open_alarms(session, alarms.Code.KEY_UNKNOWN)
        assert (alarm.subject, alarm.detail["partners"]) == (made.kid, ["KAZ/GATE"])
        assert fetched.missing(session, 1) == ["KAZ/GATE"]


def test_a_token_that_is_gone_with_its_key_does_not_hold_the_revocation_up(world) -> None:
    old = world.blr.keyring.signer().kid
    with world.blr.database.begin() as session:
        session.get_one(tables.Key, old).home = "pkcs11:token=gone;object=key;id=%01"
    token = Token(module="/nowhere/libgone.so", label="gone", pin_file=world.directory / "pin")
    world.nodes["BLR"] = replace(world.blr, settings=world.blr.settings.model_copy(update={"token": token}))
    revoke(world, old)
    new = world.blr.keyring.signer().kid
    assert key_at(world.blr, new).home == f"file:{new}.pem"
    assert deliver_due(world.blr) == 1
    assert key_at(world.kaz, old).status == "revoked"


def test_a_node_that_can_make_no_key_says_so_and_changes_nothing(world) -> None:
    old = world.blr.keyring.signer().kid
    shutil.move(world.blr.settings.directory / "keys", world.directory / "elsewhere")
    (world.blr.settings.directory / "keys").write_text("a file where the folder should be")
    with pytest.raises(KeyUnusable, match="cannot be written"):
        revoke(world, old)
    assert key_at(world.blr, old).status == "active"


def test_an_answer_whose_signature_is_not_ours_to_renew_stays_as_it_is(world) -> None:
    known = Answer(b"<Message></Message>")
    with world.blr.database.begin() as session:
        assert resign.answer_again(session, world.blr, tables.Journal(), known, world.clock()) is known


def test_a_key_that_stands_by_and_does_not_open_holds_no_revocation_up(world) -> None:
    spare, old = stand_by(world), world.blr.keyring.signer().kid
    (world.blr.settings.directory / "keys" / f"{spare}.pem").unlink()
    revoke(world, old)
    assert world.blr.keyring.signer().kid not in (old, spare)
    assert deliver_due(world.blr) == 1
    assert key_at(world.kaz, old).status == "revoked"


def test_partners_that_are_spoken_to_in_soap_are_told_as_well(world) -> None:
    world.partner(world.blr, "KAZ/GATE", channel="soap")
    spare, old = stand_by(world), world.blr.keyring.signer().kid
    revoke(world, old)
    assert deliver_due(world.blr) == 1
    assert (key_at(world.kaz, spare).status, key_at(world.kaz, old).status) == ("active", "revoked")


def test_a_key_that_does_not_sign_is_revoked_without_another_taking_its_place(world) -> None:
    spare, active = stand_by(world), world.blr.keyring.signer().kid
    revoke(world, spare)
    assert world.blr.keyring.signer().kid == active
    assert deliver_due(world.blr) == 1
    assert key_at(world.kaz, spare).status == "revoked"


def test_a_partners_key_is_revoked_here_and_nobody_is_told(world) -> None:
    kid = world.kaz.keyring.signer().kid
    revoke(world, kid)
    assert key_at(world.blr, kid).status == "revoked"
    assert world.rows(world.blr, tables.Outbox) == []


@pytest.mark.parametrize("which", ["another", "the stolen one"])
def test_a_row_that_cannot_be_read_does_not_hold_up_an_emergency(either_world, which: str) -> None:
    world, old = either_world, either_world.blr.keyring.signer().kid
    spare, third = stand_by(world), stand_by(world)
    bad = third if which == "another" else old
    world.honest = False
    with world.blr.database.begin() as session:
        session.execute(update(tables.Key).where(tables.Key.kid == bad).values(certificate="damaged"))
    world.blr.keyring.forget()
    revoke(world, old)
    assert world.blr.keyring.signer().kid == spare
    assert deliver_due(world.blr) == 1
    assert (key_at(world.kaz, old).status, key_at(world.kaz, spare).status) == ("revoked", "active")
    # A key that we cannot read ourselves is not vouched for either: it is doubted there, as it came since the theft.
    assert key_at(world.kaz, third).status == ("proposed" if which == "another" else "active")
