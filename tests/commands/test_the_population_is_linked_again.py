"""`gateway relink`: begun by one, looked at and accepted by another, carried on wherever it was left."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from gateway.exchange import submit
from gateway.founding import open_node
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.movement import StayRegistration
from gateway.records.person import Name, Person, Sex
from gateway.records.record import Category, Record, Source, record_id
from gateway.settings import load

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DETAILS = (
    (Category.LABOUR_PERMIT, "ISSUED", LabourPermit("patent", "LP1")),
    (Category.STAY_REGISTRATION, "REGISTERED", StayRegistration("SR1", date(2026, 1, 1), date(2026, 12, 31))),
)
PERSON = Person(
    "1", (Name("Каримов", "Асан", "Бакирович", language="ru"),), PartialDate(1985, 6, 15), Sex.MALE, ("UZB",),
    birth_country="UZB", birth_place="Наманган",
)  # fmt: skip


@pytest.fixture
def node(founded: Path, tmp_path: Path) -> Path:
    """A node with one human being in two registers."""
    place = tmp_path / "node"
    shutil.copytree(founded, place)
    opened, records = open_node(load(place / "gateway.toml")), []
    for category, status, detail in DETAILS:
        source = Source("BLR", "MVD", category.value.lower(), "1")
        records.append(Record(record_id(source), 1, category, source, status, NOW, PERSON, detail))
    with opened.database.begin() as session:
        submit.submit(session, opened, records, state="BLR", journal_id=None, now=opened.clock())
    opened.database.close()
    return place / "gateway.toml"


@pytest.fixture
def relink(gateway: Any, node: Path) -> Any:
    return lambda *arguments: gateway("relink", *arguments, "--config", node)


def strict(place: Path) -> Path:
    """A model to which nothing that agrees says anything."""
    data = json.loads((files("gateway.matching") / "weights.json").read_text("utf-8"))
    data["model"] = "strict"
    for field in data["fields"].values():
        for level in field["levels"].values():
            level["u"] = level["m"]
    (place / "strict.json").write_text(json.dumps(data))
    return place / "strict.json"


def test_a_stricter_model_is_looked_at_accepted_by_another_and_takes_over(relink: Any, gateway, node, tmp_path) -> None:
    assert relink("status").out == "There is no run.\n"
    begun = relink("start", "--model", strict(tmp_path), "--as", "anna", "--reason", "Fewer false links", "--json")
    assert (begun.json["state"], begun.json["counts"]["splits"]) == ("ready", 1)
    told = relink("diff", "--as", "boris", "--json").json
    assert [(each["kind"], each["size"], len(each["parts"])) for each in told["changes"]] == [("split", 2, 2)]
    assert told["counts"]["split_sizes"] == {"2": 1}
    assert "1 identities split, 0 merges" in relink("diff", "--as", "boris", "--kind", "split").out
    own = relink("accept", "--as", "anna", "--reason", "It is mine")
    assert own.err.startswith("approval-required: ")
    assert relink("run", "--json").json["state"] == "ready"
    number = str(begun.json["id"])
    stale = relink("accept", "--as", "boris", "--reason", "Looked at it", "--run", f"{number}1")
    assert (stale.status, "look at its diff first" in stale.err) == (1, True)
    assert "done" in relink("accept", "--as", "boris", "--reason", "Looked at it", "--run", number).out
    person = told["changes"][0]["parts"][0][0]["person"]
    who = ("--as", "boris", "--purpose", "STAY_CONTROL", "--config", node)
    assert len(gateway("identity", "show", person, "--json", *who).json["members"]) == 1
    models = relink("status", "--json").json["models"]
    assert [(model["name"], model["state"]) for model in models] == [("strict", "active")]
    assert "strict" in relink("status").out


def test_a_run_is_rejected_in_both_languages_and_a_bad_model_is_a_plain_refusal(relink, tmp_path, monkeypatch) -> None:
    (tmp_path / "bad.json").write_text("{}")
    for bad in ("bad.json", "none.json", "/dev/null"):
        told = relink("start", "--model", bad, "--as", "anna", "--reason", "x")
        assert told.status in {1, 2}
        assert told.err.startswith(("model-unfit: ", "misuse: ")), told.err
    assert relink("reject", "--as", "boris", "--reason", "x").err.startswith("not-found: ")
    relink("start", "--as", "anna", "--reason", "x")
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    assert "ничего не изменено" in relink("reject", "--as", "boris", "--reason", "Не сейчас").out
