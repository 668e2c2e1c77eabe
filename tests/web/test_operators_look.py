"""Health, metrics, keys, log and documentation: what a node tells, to whom, and what never."""

from __future__ import annotations

import base64
import re
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import select

from gateway.algorithms import registry
from gateway.errors import SignatureInvalid
from gateway.ledger import checkpoint, merkle, sealed
from gateway.message import body
from gateway.message.bodies import ChangesRequest
from gateway.message.envelope import Kind, body_of
from gateway.store import tables
from gateway.trust import anchors, approvals, certificates, lifecycle


def get(world, path, **headers):
    return world.http.get(f"{world.url}{path}", headers=headers)


def test_the_process_lives_and_the_node_is_ready(world):
    assert get(world, "/health/live").json() == {"status": "live"}
    ready = get(world, "/health/ready")
    assert (ready.status_code, ready.json()["node"]) == (200, "BLR/GATE")


def test_every_provider_shows_its_examples_before_the_node_answers(make_world, tmp_path, monkeypatch, caplog):
    asked = []
    entries = registry.REGISTRY

    def broken():
        raise ValueError("the examples do not come out")

    changed = {
        name: replace(entry, prove=lambda name=name, entry=entry: asked.append(name) or entry.prove())
        for name, entry in entries.items()
    }
    changed["p384"] = replace(entries["p384"], prove=broken)
    monkeypatch.setattr(registry, "REGISTRY", changed)
    registry.fault.cache_clear()
    with make_world(tmp_path / "nodes") as world:
        assert set(asked) == set(entries) - {"p384"}
        assert "p384 does not work here: ValueError: the examples do not come out" in caplog.text
        assert world.post(world.ping()).status_code == 200
    registry.fault.cache_clear()


def test_a_node_without_its_database_lives_but_is_not_ready(make_world, tmp_path):
    with make_world(tmp_path / "nodes") as world:
        place = world.blr.settings.directory
        world.blr.database.close()
        place.rename(tmp_path / "away")
        answer = get(world, "/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert str(place) not in answer.text
        assert get(world, "/health/live").status_code == 200
        (tmp_path / "away").rename(place)
        assert get(world, "/health/ready").status_code == 200


def test_a_node_without_a_key_that_signs_is_not_ready(make_world, tmp_path):
    with make_world(tmp_path / "nodes") as world:
        with world.blr.database.begin() as session:
            own = session.scalars(select(tables.Key.kid).where(tables.Key.own)).one()
            lifecycle.revoke(session, own, invalid_since=world.clock(), actor="anna", reason="test", now=world.clock())
        world.clock.advance(seconds=5)
        answer = get(world, "/health/ready")
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_metrics_count_messages_and_never_records_persons_or_protection(world):
    world.post(world.ping())
    text = get(world, "/metrics").text
    assert "gateway_messages_received" in text
    names = set(re.findall(r"^([a-z_]+)", text, re.MULTILINE))
    assert names == {
        "gateway_messages_received",
        "gateway_partner_up",
        "gateway_key_days_left",
        "gateway_reviews_open",
        "gateway_match_keys_crowded",
        "gateway_alarms",
    }
    assert not re.search("record|person|asylum|protect|withheld|shield", text)


def test_metrics_tell_the_end_of_all_that_is_warned_of(world, authority):
    root = authority("KAZ Root", days=400)
    now = world.clock()
    with world.blr.database.begin() as session:
        asked = anchors.propose(session, root.certificate, party="KAZ/GATE", actor="anna", reason="treaty", now=now)
        approvals.approve(session, asked.id, actor="boris", reason="compared", now=now, acts=anchors.ACTS)
        key = session.scalars(select(tables.Key).where(tables.Key.party == "KAZ/GATE")).one()
        above = authority("KAZ Issuing", by=root, days=40).certificate
        key.certificate = certificates.pem(certificates.load(key.certificate), (above,))
        kid = key.kid[:16]
    text = get(world, "/metrics").text
    left = {name: float(days) for name, days in re.findall(r"^(gateway_\w+_days_left\S+) (\S+)$", text, re.MULTILINE)}

    def days(certificate):
        return (certificate.not_valid_after_utc - now).total_seconds() / 86_400

    anchor = f'gateway_anchor_days_left{{anchor="{certificates.key_id(root.certificate)[:16]}",party="KAZ/GATE"}}'
    assert left[anchor] == pytest.approx(days(root.certificate))
    assert left[f'gateway_key_days_left{{kid="{kid}",party="KAZ/GATE"}}'] == pytest.approx(days(above))


def test_the_directory_of_keys_is_signed_by_the_node(world):
    document = get(world, "/v1/keys").json()
    own = world.blr.keyring.signer()
    assert document["party"] == "BLR/GATE"
    assert own.kid in str(document)
    sealed.check(document, own.certificate)
    with pytest.raises(SignatureInvalid):
        sealed.check(document | {"serial": 999}, own.certificate)


def test_the_log_proves_a_message_and_that_it_only_grew(world):
    header = world.bearer("KAZ/GATE")
    before = checkpoint.verify(
        get(world, "/v1/log/checkpoint", **header).json(), world.blr.keyring.signer().certificate
    )
    raw = world.ping()
    world.post(raw)
    message_id = re.search(rb"<MessageId>([^<]+)", raw)[1].decode()
    after = checkpoint.verify(get(world, "/v1/log/checkpoint", **header).json(), world.blr.keyring.signer().certificate)
    proof = get(world, f"/v1/log/proof/{message_id}?size={after.size}", **header).json()
    steps = [base64.b64decode(step) for step in proof["proof"]]
    leaf = merkle.leaf_hash(proof["content"])
    assert merkle.verify_inclusion(leaf, proof["index"], after.size, steps, after.root)
    grown = get(world, f"/v1/log/consistency?old={before.size}&new={after.size}", **header).json()
    steps = [base64.b64decode(step) for step in grown["proof"]]
    assert merkle.verify_consistency(before.size, before.root, after.size, after.root, steps)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/log/proof/00000000-0000-0000-0000-000000000000", 404),
        ("/v1/log/proof/%00", 404),
        # Leaves that are about no message: how often somebody acts here, and how the tree of rows stands.
        ("/v1/log/proof/act", 404),
        ("/v1/log/proof/rows", 404),
        ("/v1/log/proof/refusals", 404),
        ("/v1/log/proof/x?size=99999999", 422),
        ("/v1/log/proof/x?size=0", 422),
        ("/v1/log/proof/x?size=99999999999999999999999", 422),
        ("/v1/log/consistency?old=2&new=1", 422),
        ("/v1/log/consistency?old=0&new=99999999999999999999999", 422),
        ("/v1/log/consistency", 422),
        ("/v1/changes?after=-1", 422),
        ("/v1/changes?after=99999999999999999999", 422),
        ("/v1/changes?limit=0", 422),
    ],
)
def test_parameters_that_do_not_fit_are_problems(world, path, status):
    answer = get(world, path, **world.bearer("KAZ/GATE"))
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_changes_are_given_to_a_token_as_a_signed_batch(world):
    answer = get(world, "/v1/changes?after=0&limit=5", **world.bearer("KAZ/GATE"))
    read = world.read(answer.content)
    assert read.header.kind is Kind.CHANGE_BATCH
    batch = body.read_change_batch(body_of(read.root))
    assert (batch.after, batch.last, batch.more) == (0, 0, False)
    assert world.rows(tables.Audit, tables.Audit.action == "changes-read")[-1].actor == "KAZ/GATE"


def test_the_documentation_loads_nothing_from_elsewhere(world):
    page = get(world, "/docs").text
    sources = re.findall(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)""", page)
    assert sources
    assert all(source.startswith("/") and not source.startswith("//") for source in sources), sources
    for source in sources:
        assert get(world, source).status_code == 200, source


def test_an_answer_to_a_question_leaves_on_the_bucket_and_a_receipt_at_once(make_world, tmp_path):
    with make_world(tmp_path / "nodes", answer_bucket=0.4) as world:
        request = body.write_changes_request(ChangesRequest(0, 10))
        slow = world.post(world.message(Kind.CHANGES_REQUEST, request, purpose="STAY_CONTROL"))
        slow_token = get(world, "/v1/changes", **world.bearer("KAZ/GATE"))
        assert slow.status_code == slow_token.status_code == 200
        assert slow.elapsed.total_seconds() >= 0.4
        assert slow_token.elapsed.total_seconds() >= 0.4
        quickest = min(world.post(world.ping()).elapsed.total_seconds() for _ in range(5))
        assert quickest < 0.4


def test_a_bug_tells_nothing_but_the_id_under_which_it_is_found(make_world, tmp_path, caplog):
    with make_world(tmp_path / "nodes") as world:
        with world.blr.database.begin() as session:
            session.connection().exec_driver_sql("ALTER TABLE journal RENAME TO journal_away")
        for path in ("/v1/messages", "/soap"):
            raw = world.ping()
            if path == "/soap":
                raw = (
                    b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
                    b'<x:SubmitMessage xmlns:x="urn:cis:migration-exchange:1:soap">' + raw + b"</x:SubmitMessage>"
                    b"</s:Body></s:Envelope>"
                )
            # The server hangs up after a bug, so every request has a connection of its own.
            answer = httpx.post(f"{world.url}{path}", content=raw, headers={"Content-Type": "text/xml"})
            assert answer.status_code == 500
            assert "internal-error" in answer.text
            assert "journal" not in answer.text
            assert "Traceback" not in answer.text
            assert answer.headers["x-correlation-id"] in caplog.text
        # The world looks at every table when it ends.
        with world.blr.database.begin() as session:
            session.connection().exec_driver_sql("ALTER TABLE journal_away RENAME TO journal")
