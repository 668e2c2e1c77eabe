"""TLS, timestamps, the log and the data keys over /v1/admin: as by command line, audited, and no secret gets out."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import select, text

from gateway.algorithms import registry
from gateway.disclosure.agreements import Terms
from gateway.exchange import send
from gateway.ledger import log
from gateway.ledger.check import verify_export
from gateway.message.envelope import Kind
from gateway.settings import Tls
from gateway.store import datakeys, tables
from gateway.trust import certificates

ADMINISTRATORS = ("BLR/ADA", "BLR/BEK")


@pytest.fixture
def world(make_world: Any, tmp_path) -> Iterator[Any]:
    with make_world(tmp_path / "nodes", administrators=ADMINISTRATORS) as made:
        yield made


def call(world: Any, method: str, path: str, **values: Any) -> Any:
    body = {"json": values} if method == "POST" else {}
    return world.http.request(method, f"{world.url}/v1/admin/{path}", headers=world.bearer("BLR/ADA"), **body)


def trail(world: Any, action: str) -> list[tuple[str, str]]:
    return [(row.actor, row.subject) for row in world.rows(tables.Audit, tables.Audit.action == action)]


def test_dead_letters_are_listed_and_sent_again(world: Any) -> None:
    with world.blr.database.begin() as session:
        partner, now = session.get_one(tables.Partner, "KAZ/GATE"), world.clock()
        kept = {"terms": Terms("KAZ-out", "LABOUR_REGULATION", ()), "records": 0, "now": now}
        dead, waits = (
            send.post(session, world.blr, partner, Kind.PING, "<Ping></Ping>", **kept).message_id for _ in range(2)
        )
        session.scalars(select(tables.Outbox).where(tables.Outbox.message_id == dead)).one().state = "dead"
    shown = call(world, "GET", "outbox").json()
    assert [(each["message_id"], each["state"]) for each in shown] == [(dead, "dead"), (waits, "waiting")]
    assert [each["message_id"] for each in call(world, "GET", "outbox?which=dead").json()] == [dead]
    # One that does not open any more is among those that somebody has to see.
    with world.blr.database.begin() as session:
        raw = bytes(100)
        session.execute(text("UPDATE outbox SET raw = :raw WHERE message_id = :dead"), {"raw": raw, "dead": dead})
    assert call(world, "GET", "outbox").json() == shown
    refused = call(world, "POST", "outbox/resend")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid-request")
    assert call(world, "POST", "outbox/resend", message="nonesuch").json() == {"revived": 0}
    assert call(world, "POST", "outbox/resend", partner="KAZ/GATE").json() == {"revived": 1}
    assert call(world, "GET", "outbox?which=dead").json() == []
    assert trail(world, "message-resent") == [("BLR/ADA", "KAZ/GATE")]


def test_the_registry_is_told_whole(world: Any) -> None:
    shown = call(world, "GET", "keys/algorithms").json()
    assert [each["name"] for each in shown] == list(registry.REGISTRY)
    assert {"status", "stages", "provider", "works", "by_agreement", "new_keys"} <= set(shown[0])
    assert {stage["status"] for each in shown for stage in each["stages"]} >= {"allowed", "verify-only", "disabled"}


def test_our_certificate_our_directory_and_who_has_it_are_told(world: Any) -> None:
    signer = world.blr.keyring.signer()
    shown = call(world, "GET", "keys/certificate").json()
    assert (shown["kid"], shown["fingerprint"]) == (signer.kid, certificates.fingerprint(signer.certificate))
    listed = call(world, "GET", "keys/directory").json()
    assert (listed["party"], [each["kid"] for each in listed["keys"]]) == ("BLR/GATE", [signer.kid])
    fetched = call(world, "GET", "keys/fetched").json()
    assert fetched["partners"] == [{"partner": "KAZ/GATE", "serial": 0, "at": None}]
    assert (fetched["serial"], fetched["waiting"]) == (listed["serial"], [])


def test_a_tls_key_is_made_once_and_stays_where_it_is(make_world: Any, tmp_path) -> None:
    with make_world(tmp_path / "nodes", administrators=ADMINISTRATORS) as world:
        folder = world.blr.settings.directory
        made = call(world, "POST", "tls/generate", hosts=["gate.example", "127.0.0.1"])
        assert made.status_code == 201, made.text
        holder = x509.load_pem_x509_certificate(made.json()["certificate"].encode())
        names = holder.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == ["gate.example"]
        key = load_pem_private_key((folder / "tls" / "tls.pem").read_bytes(), world.blr.settings.key_password())
        assert key.public_key() == holder.public_key()
        assert (folder / "tls" / "tls.pem").stat().st_mode & 0o777 == 0o600
        assert "PRIVATE" not in made.text
        assert trail(world, "tls-generated") == [("BLR/ADA", "BLR/GATE")]
        again = call(world, "POST", "tls/generate", hosts=["gate.example"])
        assert (again.status_code, again.json()["code"]) == (400, "key-unusable")
        assert trail(world, "administration-denied") == [("BLR/ADA", "POST /v1/admin/tls/generate")]


@pytest.mark.parametrize("hosts", [[], [""], ["ö"], ["x" * 254], "gate"])
def test_hosts_that_are_none_are_refused(world: Any, hosts: Any) -> None:
    answer = call(world, "POST", "tls/generate", hosts=hosts)
    assert answer.json()["code"] in ("invalid-request", "misuse"), answer.text
    assert not (world.blr.settings.directory / "tls").exists()


def test_a_key_that_lies_beside_the_certificate_does_not_get_out(make_world: Any, tmp_path) -> None:
    # The proxy ends TLS, so this node itself is called in clear; partners are bound to nothing here.
    options = Tls(ends_at="proxy", unbound="accepted")
    with make_world(tmp_path / "nodes", administrators=ADMINISTRATORS, tls=options) as world:
        assert call(world, "GET", "tls/certificate").json()["code"] == "key-unusable"
        made = call(world, "POST", "tls/generate", hosts=["gate.example"]).json()
        folder = world.blr.settings.directory / "tls"
        both = (folder / "tls.pem").read_bytes() + (folder / "tls.crt.pem").read_bytes()
        (folder / "tls.crt.pem").write_bytes(both)
        shown = call(world, "GET", "tls/certificate")
        assert shown.json()["fingerprint"] == made["fingerprint"]
        assert "PRIVATE" not in shown.text


def test_without_tls_there_is_no_certificate(world: Any) -> None:
    assert call(world, "GET", "tls/certificate").json()["code"] == "misuse"


def fill(world: Any) -> None:
    """Something that is stored sealed."""
    with world.blr.database.begin() as session:
        session.add(tables.JobRun(job="push", holder="h", started=world.clock(), state="failed", outcome="why"))


def test_data_keys_are_rotated_used_and_dropped(world: Any) -> None:
    fill(world)
    (old,) = call(world, "GET", "vault").json()
    assert (old["state"], old["values"] > 0) == ("seals", True)
    added = call(world, "POST", "vault/rotate").json()["id"]
    assert [each["state"] for each in call(world, "GET", "vault").json()] == ["opens", "seals"]
    early = call(world, "POST", "vault/drop", id=old["id"])
    assert (early.status_code, early.json()["code"]) == (400, "key-unusable")
    done = call(world, "POST", "vault/reseal").json()
    assert (done["resealed"] > 0, done["left"]) == (True, 0)
    world.clock.advance(hours=2)
    assert call(world, "POST", "vault/drop", id=old["id"]).json() == {"dropped": old["id"]}
    assert [each["id"] for each in call(world, "GET", "vault").json()] == [added]
    assert call(world, "GET", "status").status_code == 200
    for action, subject in (("rotated", added), ("resealed", added), ("dropped", old["id"])):
        assert trail(world, f"vault-{action}") == [("BLR/ADA", subject)]


def test_resealing_goes_on_where_it_was_stopped(world: Any) -> None:
    fill(world)
    call(world, "POST", "vault/rotate")
    first = call(world, "POST", "vault/reseal", seconds=1e-9).json()
    assert (first["resealed"], first["left"] > 0) == (0, True)
    second = call(world, "POST", "vault/reseal").json()
    assert (second["resealed"], second["left"]) == (first["left"], 0)


def test_no_answer_about_data_keys_holds_one(world: Any) -> None:
    _, keys = datakeys._read(world.blr.settings.directory / datakeys.NAME, world.blr.settings.key_password())
    shown = call(world, "GET", "vault").text + call(world, "POST", "vault/rotate").text
    for key in keys.data:
        assert key.secret.hex() not in shown
        assert base64.b64encode(key.secret).decode() not in shown


def test_the_log_is_signed_proved_and_checked(world: Any) -> None:
    world.post(world.ping(message_id="11111111-2222-3333-4444-555555555555"))
    point = call(world, "POST", "log/checkpoint").json()
    stand = call(world, "GET", "log").json()
    assert (stand["checkpoint"]["size"], stand["broken"]) == (point["size"], False)
    proof = call(world, "GET", "log/prove/11111111-2222-3333-4444-555555555555").json()
    assert proof["content"].startswith("11111111-2222-3333-4444-555555555555 ")
    report = call(world, "POST", "log/verify").json()
    assert (report["holds"], {each["severity"] for each in report["findings"]}) == (True, {"warning"})
    assert trail(world, "administration-done") == [("BLR/ADA", "log checkpoint"), ("BLR/ADA", "log verify")]
    assert call(world, "GET", "log/prove/nothing").json()["code"] == "not-found"
    assert call(world, "GET", "log/prove/%00").json()["code"] == "not-found"


def test_a_row_that_was_changed_is_found_over_rest_and_becomes_an_alarm(world: Any) -> None:
    world.post(world.ping())
    call(world, "POST", "log/checkpoint")
    with world.blr.database.begin() as session:
        session.get_one(tables.LogLeaf, ("exchange", 0)).content = "something else"
    report = call(world, "POST", "log/verify").json()
    assert not report["holds"]
    assert [each["code"] for each in call(world, "GET", "alarms?which=all").json()] == ["log-broken"]
    assert [each["code"] for each in call(world, "GET", "alarms").json()] == ["log-broken"]


@pytest.mark.parametrize("tree", ["exchange", "audit"])
def test_the_log_is_taken_away_and_holds_elsewhere(world: Any, tree: log.Log, tmp_path) -> None:
    world.post(world.ping())
    answer = call(world, "GET", f"log/export?tree={tree}")
    assert json.loads(answer.text.splitlines()[0])["log"] == tree
    path = tmp_path / "export.jsonl"
    path.write_bytes(answer.content)
    report = verify_export(path, [world.blr.keyring.signer().certificate])
    assert (report.holds, report.leaves > 0) == (True, True)
    assert trail(world, "log-read") == [("BLR/ADA", tree)]


def test_partners_logs_are_visited_and_one_that_does_not_answer_is_told(world: Any) -> None:
    assert call(world, "POST", "log/witness").json() == {"outcome": "0 logs hold, trouble: KAZ/GATE"}
    assert call(world, "POST", "log/witness", partner="UZB/NONE").json()["code"] == "unknown-partner"
    assert trail(world, "administration-done") == [("BLR/ADA", "log witness")]


def test_timestamps_are_told_with_their_tokens_and_without_the_message(world: Any) -> None:
    raw = world.ping("a word nobody reads", message_id="11111111-2222-3333-4444-666666666666")
    world.post(raw)
    (entry,) = world.rows(tables.Journal, tables.Journal.message_id == "11111111-2222-3333-4444-666666666666")
    with world.blr.database.begin() as session:
        session.add(
            tables.Stamp(
                kind="received", subject=str(entry.id), authority="gone", digest="ab" * 32, created=world.clock(),
                token=b"token", stamped=world.clock() - timedelta(minutes=1),
            )
        )  # fmt: skip
    answer = call(world, "GET", f"stamps/{entry.message_id}")
    (shown,) = answer.json()
    assert (shown["holds"], shown["reason"]) == (False, "the authority is no longer in the settings")
    assert (base64.b64decode(shown["token"]), shown["digest"]) == (b"token", "ab" * 32)
    assert "a word nobody reads" not in answer.text
    assert call(world, "GET", "stamps/none").json()["code"] == "not-found"
    assert call(world, "GET", "stamps").json() == []
    assert call(world, "POST", "stamps/run").json() == {"entered": 0, "stamped": 0, "failed": 0}
