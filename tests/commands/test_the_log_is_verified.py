"""`gateway log verify`: one row changed, removed or slipped in anywhere is found, with its position."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import delete, insert, select, text, update

from gateway import audit, settings
from gateway.audit import Action
from gateway.errors import Refusal
from gateway.exchange import refusals
from gateway.exchange.receive import receive
from gateway.founding import open_node
from gateway.ledger import checkpoint, log, rowleaf, witness
from gateway.store.tables import Alarm, Audit, Counter, Journal, Key, LogCheckpoint, LogLeaf, LogNode, Outbox, Witness
from gateway.trust import keyfiles


@pytest.fixture
def node(founded, tmp_path):
    """A node with some of everything in its log, signed."""
    shutil.copytree(founded, tmp_path / "node")
    node = open_node(settings.load(tmp_path / "node" / "gateway.toml"))
    now = node.clock()
    for number in range(3):
        with pytest.raises(Refusal):
            receive(node, b"<Message>%d</Message>" % number, channel="rest")
    refusals.seal(node.database)
    with node.database.begin() as session:
        for number in range(6):
            came = Journal(sender="KAZ/GATE", message_id=f"in-{number}", kind="RecordBatch", channel="rest",
                           digest="000000", raw=b"", received=now, state="accepted")  # fmt: skip
            went = Outbox(message_id=f"out-{number}", partner="KAZ/GATE", kind="RecordBatch", raw=b"", digest="d",
                          created=now, next_at=now, state="waiting")  # fmt: skip
            session.add_all([came, went])
            session.flush()
            leaf = log.message_entry(f"in-{number}", "AAAA", "ACCEPTED")
            came.log_index = log.append_all(session, "exchange", [leaf, rowleaf.of_journal(session, came)])[0].index
            leaf = log.message_entry(f"out-{number}", "d", "SENT", direction="out")
            log.append_all(session, "exchange", [leaf, rowleaf.of_outbox(session, went)])
            went.state, went.receipt = "delivered", b"r"
            leaf = log.receipt_entry(f"out-{number}", "r", "ACCEPTED")
            log.append_all(session, "exchange", [leaf, rowleaf.of_settled(session, went)])
        for number in range(6):
            audit.write(session, Action.PERSON_QUERY, actor="MVD", subject=f"q{number}", outcome="none", at=now)
        signer = node.keyring.signer(session)
        for tree in ("exchange", "audit"):
            checkpoint.issue(session, party="BLR/GATE", log=tree, signer=signer, now=now)
    yield node
    node.database.close()


@pytest.fixture
def verify(node, gateway) -> Callable[..., list[tuple[str, str]]]:
    """What is found after some statements have been carried out behind the node's back."""

    def run(*statements) -> list[tuple[str, str]]:
        with node.database.begin() as session:
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
            for statement in statements:
                session.execute(statement)
        done = gateway("log", "verify", "--config", node.settings.directory / "gateway.toml", "--json")
        assert done.out, done.err
        assert done.status == (0 if done.json["holds"] else 1)
        # The alarm after a flaw is a new row of the audit trail, which nothing has signed yet.
        assert {item["code"] for item in done.json["findings"] if item["severity"] != "error"} <= {"LOG-UNSIGNED-END"}
        return [(item["code"], item["path"]) for item in done.json["findings"] if item["severity"] == "error"]

    return run


def leaf_of(node, subject: str) -> int:
    with node.database.read() as session:
        return log.find(session, "exchange", subject)[0].index


def test_a_log_that_nobody_touched_holds_and_nothing_is_signed_to_say_so(node, verify) -> None:
    with node.database.read() as session:
        before = session.scalars(select(LogCheckpoint.size)).all()
    assert verify() == []
    with node.database.read() as session:
        assert session.scalars(select(LogCheckpoint.size)).all() == before
        assert session.scalars(select(Alarm)).all() == []


@pytest.mark.parametrize("number", [0, 3, 5])
def test_a_changed_row_of_the_audit_trail_is_found(node, verify, number: int) -> None:
    with node.database.read() as session:
        position = session.scalar(select(Audit.log_index).where(Audit.subject == f"q{number}"))
    for change in ({"outcome": "hit"}, {"actor": "nobody"}, {"at": node.clock()}, {"detail": {"salt": "0"}}):
        found = verify(update(Audit).where(Audit.subject == f"q{number}").values(**change))
        assert found == [("LOG-ROW", f"audit[{position}]")]


def test_a_removed_a_moved_and_an_added_row_of_the_audit_trail_are_found(node, verify) -> None:
    with node.database.read() as session:
        row = session.scalars(select(Audit).where(Audit.subject == "q2")).one()
    values = {name: getattr(row, name) for name in ("at", "actor", "action", "subject", "outcome", "detail")}
    twice = insert(Audit).values(**values, purpose="", log_index=row.log_index)
    assert verify(twice) == [("LOG-ROW-ADDED", f"audit[{row.log_index}]")]
    assert verify(delete(Audit).where(Audit.subject == "q2")) == [("LOG-ROW-MISSING", f"audit[{row.log_index}]")]
    beyond = insert(Audit).values(**values, purpose="", log_index=500)
    assert ("LOG-ROW-ADDED", "audit[500]") in verify(beyond)


def test_an_administrative_act_that_is_removed_is_missed_in_both_trees(node, verify) -> None:
    found = verify(delete(Audit).where(Audit.action == "key-activated"))
    assert [code for code, _ in found] == ["LOG-ROW-MISSING", "LOG-ROW-MISSING"]
    assert {path.split("[")[0] for _, path in found} == {"exchange", "audit"}


def test_rows_of_the_journal_are_held_against_their_leaves(node, verify) -> None:
    position = leaf_of(node, "in-3")
    one = Journal.message_id == "in-3"
    for change in ({"digest": "000001"}, {"state": "refused"}, {"message_id": "other"}, {"digest": "no hex"}):
        assert verify(update(Journal).where(one).values(**change)) == [("LOG-ROW", f"exchange[{position}]")]
        back = {"digest": "000000", "state": "accepted", "message_id": "in-3"}
        verify(update(Journal).where(Journal.log_index == position).values(**back))
    with node.database.read() as session:
        row_id = session.scalar(select(Journal.id).where(one))
    assert verify(update(Journal).where(one).values(log_index=None)) == [
        ("LOG-ROW-MISSING", f"exchange[{position}]"),
        ("LOG-ROW-ADDED", f"journal[{row_id}]"),
    ]
    assert verify(delete(Journal).where(one)) == [("LOG-ROW-MISSING", f"exchange[{position}]")]


@pytest.mark.parametrize("where", ["twice", "out", "beyond"])
def test_a_row_slipped_into_the_journal_is_found(node, verify, where: str) -> None:
    position = {"twice": leaf_of(node, "in-3"), "out": leaf_of(node, "out-3"), "beyond": 900}[where]
    added = insert(Journal).values(sender="KAZ/GATE", message_id="more", kind="RecordBatch", channel="rest",
                                   digest="000000", raw=b"", received=node.clock(), state="accepted", claimed="",
                                   code="", reason="", kid="", flag="", stored=0, unchanged=0, refused=0, withheld=0,
                                   log_index=position)  # fmt: skip
    assert verify(added) == [("LOG-ROW-ADDED", f"exchange[{position}]")]


def test_refusals_of_what_nobody_has_signed_are_covered_each(node, verify) -> None:
    position = leaf_of(node, "refusals")
    trace = Journal.sender.is_(None)
    with node.database.read() as session:
        first = session.scalars(select(Journal.id).where(trace)).first()
    for statement in (
        update(Journal).where(Journal.id == first).values(code="expired"),
        delete(Journal).where(Journal.id == first),
    ):
        assert verify(statement) == [("LOG-ROW", f"exchange[{position}]")]
    assert verify(delete(Journal).where(trace)) == [("LOG-ROW-MISSING", f"exchange[{position}]")]


def test_a_refusal_that_waits_for_its_leaf_is_no_finding(node, verify) -> None:
    with pytest.raises(Refusal):
        receive(node, b"<Message/>", channel="rest")
    assert verify() == []


def test_rows_of_the_outbox_are_held_against_their_leaves(node, verify) -> None:
    position = leaf_of(node, "out-3")
    one = Outbox.message_id == "out-3"
    assert ("LOG-ROW", f"exchange[{position}]") in verify(update(Outbox).where(one).values(digest="e"))
    assert verify(delete(Outbox).where(one)) == [("LOG-ROW-MISSING", f"exchange[{position}]")]
    renamed = verify(update(Outbox).where(Outbox.message_id == "out-4").values(message_id="other"))
    assert ("LOG-ROW-MISSING", f"exchange[{leaf_of(node, 'out-4')}]") in renamed
    assert ("LOG-ROW-ADDED", "outbox[5]") in renamed


def test_what_was_taken_back_before_it_left_is_no_finding(node, verify) -> None:
    with node.database.begin() as session:
        log.hold(session, "exchange")
        audit.write(session, Action.MESSAGE_RECALLED, actor="BLR/GATE", subject="KAZ/GATE", outcome="1 messages",
                    at=node.clock(), detail={"messages": ["out-3"]})  # fmt: skip
        session.execute(delete(Outbox).where(Outbox.message_id == "out-3"))
    assert verify() == []


@pytest.mark.parametrize("level", [1, 2, 3])
def test_a_changed_or_removed_node_of_the_tree_is_found(verify, level: int) -> None:
    one = (LogNode.log == "exchange") & (LogNode.level == level) & (LogNode.index == 1)
    assert ("LOG-NODE", f"exchange[{1 << level}]") in verify(update(LogNode).where(one).values(hash=b"\0" * 32))
    assert ("LOG-NODE", f"exchange[{1 << level}]") in verify(delete(LogNode).where(one))


def test_a_node_too_many_and_a_wrong_counter_are_found(verify) -> None:
    added = insert(LogNode).values(log="exchange", level=2, index=50, hash=b"\0" * 32)
    assert verify(added) == [("LOG-NODE", "exchange[200]")]
    counted = update(Counter).where(Counter.name == "log:audit").values(value=3)
    assert ("LOG-SIZE", "audit[0]") in verify(counted)


def test_a_leaf_filed_where_nobody_finds_it_is_found(verify) -> None:
    one = (LogLeaf.log == "exchange") & (LogLeaf.index == 7)
    assert verify(update(LogLeaf).where(one).values(block=1)) == [("LOG-BLOCK", "exchange[7]")]


@pytest.mark.parametrize("tree", ["exchange", "audit"])
def test_two_leaves_that_changed_places_are_found(node, verify, tree: str) -> None:
    with node.database.read() as session:
        rows = {row.index: row for row in session.scalars(select(LogLeaf).where(LogLeaf.log == tree))}
    one, other = rows[len(rows) - 1], rows[len(rows) - 2]
    found = verify(
        *[
            update(LogLeaf)
            .where(LogLeaf.log == tree, LogLeaf.index == here.index)
            .values(subject=there.subject, content=there.content)
            for here, there in ((one, other), (other, one))
        ]
    )
    assert found[:2] == [("LOG-LEAF", f"{tree}[{other.index}]"), ("LOG-LEAF", f"{tree}[{one.index}]")]


def test_a_flaw_is_an_alarm_that_stays(node, verify, gateway) -> None:
    verify(delete(Audit).where(Audit.subject == "q2"))
    (alarm,) = gateway("alarms", "--config", node.settings.directory / "gateway.toml", "--json").json
    assert (alarm["code"], alarm["subject"]) == ("log-broken", "BLR/GATE")
    assert alarm["detail"]["where"][0].startswith("audit[")


def signer_of(party: str, now) -> keyfiles.Signer:
    """An open key of a partner."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = keyfiles.self_signed(key, party=party, now=now, until=now + timedelta(days=365))
    der = certificate.public_bytes(Encoding.DER)
    return keyfiles.Signer(keyfiles.key_id(certificate), "p256", certificate, der, key)


@pytest.fixture
def exported(node, gateway, tmp_path):
    """An export with a partner's countersignature, and the certificates of both."""
    partner = signer_of("KAZ/GATE", node.clock())
    with node.database.begin() as session:
        point = checkpoint.latest(session, "BLR/GATE")
        witness.countersign(session, point, by="KAZ/GATE", signer=partner, now=node.clock())
        own = session.scalars(select(Key.certificate).where(Key.own)).one()
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "blr.pem").write_text(own)
    (trust / "kaz.pem").write_bytes(partner.certificate.public_bytes(Encoding.PEM))
    file = tmp_path / "log.jsonl"
    assert gateway("log", "export", "-o", file, "--config", node.settings.directory / "gateway.toml").status == 0
    return file, trust, point


def test_an_export_is_checked_with_the_partners_keys_and_names_the_witnesses(exported, gateway) -> None:
    file, trust, point = exported
    done = gateway("log", "verify", file, "--trust", trust, "--json")
    assert (done.status, done.json["holds"], done.json["witnesses"]) == (0, True, {"KAZ/GATE": point.size})
    assert done.json["findings"] == []


def test_a_countersignature_by_a_key_that_is_not_given_proves_nothing(exported, gateway) -> None:
    file, trust, _ = exported
    (trust / "kaz.pem").unlink()
    done = gateway("log", "verify", file, "--trust", trust, "--json")
    assert (done.status, done.json["witnesses"]) == (0, {})
    assert [item["code"] for item in done.json["findings"]] == ["LOG-WITNESS-UNKNOWN"]


def test_whoever_has_the_nodes_key_is_caught_by_a_countersignature(exported, gateway, node) -> None:
    """The whole log is written anew, with a good signature of the node: only the partner's word remains."""
    file, trust, _ = exported
    kept = [json.loads(line) for line in file.read_text().splitlines()]
    witnessed = next(line for line in kept if "witness" in line)
    with node.database.begin() as session:
        for table in (LogNode, LogLeaf):
            session.execute(delete(table).where(table.log == "exchange"))
        session.execute(update(Counter).where(Counter.name == "log:exchange").values(value=0))
        session.execute(delete(LogCheckpoint))
        entries = [log.Entry(f"m{n}", f"m{n} invented") for n in range(witnessed["witness"]["checkpoint"]["size"] + 2)]
        log.append_all(session, "exchange", entries)
    assert gateway("log", "export", "-o", file, "--config", node.settings.directory / "gateway.toml").status == 0
    done = gateway("log", "verify", file, "--trust", trust, "--json")
    assert (done.status, [item["code"] for item in done.json["findings"]]) == (1, ["LOG-WITNESS"])


def test_a_node_cannot_be_its_own_witness(exported, gateway, node) -> None:
    file, trust, point = exported
    with node.database.begin() as session:
        session.execute(delete(Witness))
        signer = node.keyring.signer(session)
        witness.countersign(session, point, by="KAZ/GATE", signer=signer, now=node.clock())
    gateway("log", "export", "-o", file, "--config", node.settings.directory / "gateway.toml")
    done = gateway("log", "verify", file, "--trust", trust, "--json")
    assert (done.json["witnesses"], [item["code"] for item in done.json["findings"]]) == ({}, ["LOG-WITNESS-UNKNOWN"])


def test_without_the_data_keys_everything_is_checked_that_needs_none(node, gateway) -> None:
    (node.settings.directory / "data.keys").rename(node.settings.directory / "elsewhere")
    config = node.settings.directory / "gateway.toml"
    done = gateway("log", "verify", "--config", config, "--json")
    errors = [(item["code"], item["path"]) for item in done.json["findings"] if item["severity"] == "error"]
    assert (done.status, errors) == (1, [("LOG-NO-KEYS", "data.keys")])
    position = leaf_of(node, "in-3")
    with node.database.begin() as session:
        session.execute(update(LogLeaf).where(LogLeaf.subject == "in-3").values(content="in-3 in"))
        session.execute(update(Audit).where(Audit.subject == "q2").values(outcome="hit"))
        index = session.scalar(select(Audit.log_index).where(Audit.subject == "q2"))
    found = gateway("log", "verify", "--config", config, "--json").json["findings"]
    errors = {(item["code"], item["path"]) for item in found if item["severity"] == "error"}
    assert errors >= {("LOG-LEAF", f"exchange[{position}]"), ("LOG-ROW", f"audit[{index}]")}
