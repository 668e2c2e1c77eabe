"""A run is begun by one administrator, looked at and accepted by another; the job does the work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from gateway.exchange import submit
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.movement import StayRegistration
from gateway.records.person import Check, Identifier, Name, Person, Sex
from gateway.records.record import Category, Record, Source, record_id
from gateway.schedule import run_job
from gateway.settings import Job
from gateway.store import tables

KARIMOV = Person(
    ref="1",
    names=(Name("Каримов", "Асан", "Бакирович", script="Cyrl", language="ru"),),
    birth_date=PartialDate(1985, 6, 15),
    sex=Sex.MALE,
    citizenships=("UZB",),
    identifiers=(Identifier("UZ-PINFL", "31506852600019", "UZB", Check.VALID),),
)


@pytest.fixture(scope="module")
def world(make_world: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    staff = {"administrators": ("BLR/ADA", "BLR/BEK")}
    with make_world(tmp_path_factory.mktemp("relink") / "nodes", **staff) as made:
        details = (
            (Category.LABOUR_PERMIT, "ISSUED", LabourPermit("patent", "LP1")),
            (Category.STAY_REGISTRATION, "REGISTERED",
             StayRegistration("SR1", date(2026, 1, 1), date(2026, 12, 31))),
        )  # fmt: skip
        records = []
        for category, status, detail in details:
            source = Source("BLR", "MVD", category.value.lower(), "1")
            records.append(Record(record_id(source), 1, category, source, status, made.clock(), KARIMOV, detail))
        with made.blr.database.begin() as session:
            submit.submit(session, made.blr, records, state="BLR", journal_id=None, now=made.clock())
        yield made


def call(world: Any, who: str, method: str, path: str, **values: Any) -> Any:
    body = {"json": values} if method == "POST" else {}
    return world.http.request(method, f"{world.url}/v1/admin/{path}", headers=world.bearer(who), **body)


def work(world: Any) -> str:
    job = Job(name="relink", kind="relink", every=60)
    assert run_job(world.blr, job, "a scheduler") == "done"
    return str(world.rows(tables.JobRun)[-1].outcome)


def test_a_run_from_its_beginning_to_the_new_model(world: Any) -> None:
    assert work(world) == "nothing to do"
    begun = call(world, "BLR/ADA", "POST", "relinks", reason="Better names",
                 wishes={"false_links": 0.5, "review_share": 0.02})  # fmt: skip
    assert (begun.status_code, begun.json()["state"]) == (202, "learning")
    # No number of a person, of whom the highest there is tells how many there are.
    assert begun.json().keys().isdisjoint({"upto", "position"})
    assert begun.json()["percent"] == 0
    assert call(world, "BLR/ADA", "POST", "relinks", reason="x").json()["code"] == "relink-busy"
    assert call(world, "BLR/BEK", "POST", "relinks/accept", reason="x").json()["code"] == "not-found"
    assert work(world) == "ready"
    told = call(world, "BLR/BEK", "GET", "relinks/diff").json()
    assert (told["counts"]["splits"], told["counts"]["merges"], told["changes"]) == (0, 0, [])
    assert world.rows(tables.Audit)[-1].action == "relink-read"
    own = call(world, "BLR/ADA", "POST", "relinks/accept", reason="Mine is good")
    assert own.json()["code"] == "approval-required"
    (waiting,) = call(world, "BLR/BEK", "GET", "approvals").json()
    assert "Let the model learned-2026-03-02-1 judge" in waiting["meaning_en"]
    stale = call(world, "BLR/BEK", "POST", "relinks/accept", reason="Looked at it", run=told["id"] + 1)
    assert (stale.status_code, stale.json()["code"]) == (422, "invalid-request")
    seen = call(world, "BLR/BEK", "POST", "relinks/accept", reason="Looked at it", run=told["id"])
    assert seen.json()["state"] == "accepted"
    assert work(world) == "done"
    shown = call(world, "BLR/BEK", "GET", "relinks").json()
    assert [(run["state"], run["started_by"]) for run in shown["runs"]] == [("done", "BLR/ADA")]
    assert [(model["name"], model["state"]) for model in shown["models"]] == [("learned-2026-03-02-1", "active")]
    assert "content" not in shown["models"][0]
    assert shown["models"][0]["trained_on"]["wishes"] == {"false_links": 0.5, "review_share": 0.02}


def test_a_run_is_rejected_and_a_bad_model_refused(world: Any) -> None:
    assert call(world, "BLR/ADA", "POST", "relinks", reason="x", model="{}").json()["code"] == "model-unfit"
    assert call(world, "BLR/ADA", "POST", "relinks", reason=" ").status_code == 422
    call(world, "BLR/ADA", "POST", "relinks", reason="Again")
    assert call(world, "BLR/BEK", "POST", "relinks/reject", reason="Not now").json()["state"] == "rejected"
    assert work(world) == "rejected"


def test_a_model_of_a_large_population_is_taken_and_one_of_any_size_is_not(world: Any) -> None:
    data = json.loads((files("gateway.matching") / "weights.json").read_text("utf-8")) | {"model": "large"}
    for field in ("family", "given", "patronymic", "citizenship", "birthplace"):
        data["terms"][field]["shares"] = {f"{field[:3]}{number:04}": 0.00012 for number in range(1_500)}
    model = json.dumps(data, ensure_ascii=False, indent=1)
    assert len(model) > 150_000
    begun = call(world, "BLR/ADA", "POST", "relinks", reason="Learned elsewhere", model=model)
    assert (begun.status_code, begun.json()["state"]) == (202, "scoring")
    assert call(world, "BLR/BEK", "POST", "relinks/reject", reason="Only looked").json()["state"] == "rejected"
    assert call(world, "BLR/ADA", "POST", "relinks", reason="x", model=model * 4).json()["code"] == "too-large"
