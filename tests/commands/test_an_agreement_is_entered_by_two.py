"""`gateway agreement add` asks; `gateway approval list` says what for; a second person's word enters it."""

from __future__ import annotations

import shutil

import pytest
from sqlalchemy import select

from gateway import settings
from gateway.store.database import Database
from gateway.store.tables import Agreement, Approval, Audit

TERMS = (
    "--state", "KAZ", "--direction", "out", "--category", "LABOUR_PERMIT", "--purpose", "LABOUR_REGULATION",
    "--class", "MIG", "--instrument", "Protocol 7", "--from", "2026-01-01", "--keep-days", "30",
)  # fmt: skip


@pytest.fixture
def config(founded, tmp_path):
    shutil.copytree(founded, tmp_path / "node")
    return tmp_path / "node" / "gateway.toml"


@pytest.fixture
def add(gateway, config):
    """A function that asks for an agreement as anna."""

    def ask(name: str = "kaz-out", *others: str):
        who = ("--as", "anna", "--reason", "the treaty is in force", "--config", config, "--json")
        return gateway("agreement", "add", name, *TERMS, *others, *who)

    return ask


def rows(config, table, *where) -> list:
    database = Database(settings.load(config).database)
    with database.read() as session:
        found = list(session.scalars(select(table).where(*where)))
    database.close()
    return found


def test_nothing_passes_before_a_second_person_has_agreed(gateway, config, add) -> None:
    asked = add()
    assert (asked.status, asked.json["agreement"]) == (0, "kaz-out")
    assert gateway("agreement", "list", "--config", config, "--json").json == []
    approve = ("approval", "approve", asked.json["approval"], "--reason", "read", "--config", config)
    assert gateway(*approve, "--as", "Anna").err.split(":")[0] == "approval-required"
    assert gateway("agreement", "list", "--config", config, "--json").json == []
    assert gateway(*approve, "--as", "boris").status == 0
    (row,) = rows(config, Agreement)
    assert (row.id, row.categories, row.valid_from.isoformat(), row.valid_to, row.retention_days) == (
        "kaz-out", ["LABOUR_PERMIT"], "2026-01-01", None, 30,
    )  # fmt: skip
    (listed,) = gateway("agreement", "list", "--config", config, "--json").json
    assert (listed["instrument"], listed["withheld_fields"], listed["retention_days"]) == ("Protocol 7", [], 30)
    shown = gateway("agreement", "list", "--config", config).out
    assert all(word in shown for word in ("kaz-out", "LABOUR_PERMIT", "LABOUR_REGULATION", "Protocol 7", "2026-01-01"))
    (act,) = rows(config, Audit, Audit.action == "agreement-added")
    assert (act.actor, act.subject, act.detail["reason"]) == ("boris", "kaz-out", "the treaty is in force")


def test_as_many_agree_as_the_settings_say(gateway, config, add) -> None:
    config.write_text("approvals = 2\n" + config.read_text("utf-8"), "utf-8")
    approve = ("approval", "approve", add().json["approval"], "--reason", "read", "--config", config, "--json")
    assert gateway(*approve, "--as", "boris").json["status"] == "open"
    assert rows(config, Agreement) == []
    shown = gateway("approval", "list", "--config", config, "--json").json
    assert [(each["needed"], each["agreed"]) for each in shown] == [(2, ["boris"])]
    assert gateway(*approve, "--as", "vera").json["status"] == "approved"
    assert len(rows(config, Agreement)) == 1


def test_the_terminal_shows_what_is_asked_in_words(gateway, config, add, monkeypatch) -> None:
    add("kaz-out", "--without", "Person/BirthPlace", "--until", "2027-12-31")
    shown = " ".join(gateway("approval", "list", "--config", config).out.split())
    for word in (
        "Enter agreement kaz-out: we disclose records to KAZ", "Protocol 7", "LABOUR_PERMIT", "MIG",
        "2026-01-01 – 2027-12-31", "Person/BirthPlace", "the treaty is in force", "anna", "0 of 1",
    ):  # fmt: skip
        assert word in shown, (word, shown)
    monkeypatch.setenv("GATEWAY_LANG", "ru")
    shown = " ".join(gateway("approval", "list", "--config", config).out.split())
    for word in ("Внести соглашение kaz-out: мы передаём сведения, KAZ", "документ", "0 из 1", "запросил"):
        assert word in shown, (word, shown)


def test_what_is_asked_twice_is_entered_once(gateway, config, add) -> None:
    first, second = add().json["approval"], add().json["approval"]
    who = ("--as", "boris", "--reason", "read", "--config", config)
    assert gateway("approval", "approve", first, *who).status == 0
    assert gateway("approval", "approve", second, *who).err.split(":")[0] == "invalid-request"
    assert len(rows(config, Agreement)) == 1
    assert [row.status for row in rows(config, Approval, Approval.id == second)] == ["open"]
    assert add().err.split(":")[0] == "invalid-request"


def test_terms_that_were_changed_in_the_database_are_not_entered(gateway, config, add) -> None:
    approval = add().json["approval"]
    database = Database(settings.load(config).database)
    with database.begin() as session:
        row = session.get_one(Approval, approval)
        row.payload = {**row.payload, "categories": ["LABOUR_PERMIT", "ENTRY_BAN"]}
    database.close()
    done = gateway("approval", "approve", approval, "--as", "boris", "--reason", "read", "--config", config)
    assert done.err.split(":")[0] == "approval-required"
    assert rows(config, Agreement) == []


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("two words", ()),
        ("x" * 61, ()),
        ("kaz", ("--state", "kaz")),
        ("kaz", ("--until", "2025-01-01")),
        ("kaz", ("--instrument", "")),
        ("kaz", ("--category", "ASYLUM_CASE")),
        ("kaz", ("--without", "Person/Birthplace")),
        ("kaz", ("--without", "Person/BirthDate")),
        ("kaz", ("--keep-days", "36601")),
    ],
)
def test_terms_that_no_agreement_has_are_refused(config, add, name, others) -> None:
    done = add(name, *others)
    assert (done.status in (1, 2), "Traceback" in done.err) == (True, False)
    assert rows(config, Approval) == []


def test_an_empty_list_says_so(gateway, config) -> None:
    assert gateway("approval", "list", "--config", config).out.strip() == "Nothing waits."
    assert gateway("approval", "list", "--config", config, "--json").json == []
