"""`/v1/links` is for the reviewers of the settings alone; across the asylum firewall it answers its owner only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from lxml import etree

from gateway.errors import Misuse
from gateway.exchange import submit
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.movement import StayRegistration
from gateway.records.person import Check, Identifier, Name, Person, Sex
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Record, Source, record_id
from gateway.settings import parse
from gateway.store import tables

KARIMOV = Person(
    ref="1",
    names=(Name("Каримов", "Асан", "Бакирович", script="Cyrl", language="ru"),),
    birth_date=PartialDate(1985, 6, 15),
    sex=Sex.MALE,
    citizenships=("UZB",),
    identifiers=(Identifier("UZ-PINFL", "31506852600019", "UZB", Check.VALID),),
)
STAY = {"purpose": "STAY_CONTROL"}


def a_record(world: Any, category: Category, agency: str, status: str, detail: Any) -> Record:
    source = Source("BLR", agency, category.value.lower().replace("_", "-"), "1")
    return Record(record_id(source), 1, category, source, status, world.clock(), KARIMOV, detail)


@pytest.fixture(scope="module")
def world(make_world: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    staff = {"reviewers": ("BLR/MVD", "BLR/DGM"), "administrators": ("BLR/ADA",)}
    with make_world(tmp_path_factory.mktemp("review") / "nodes", **staff) as made:
        records = (
            a_record(made, Category.LABOUR_PERMIT, "MVD", "ISSUED", LabourPermit("patent", "LP1")),
            a_record(made, Category.STAY_REGISTRATION, "MVD", "REGISTERED",
                     StayRegistration("SR1", date(2026, 1, 1), date(2026, 12, 31))),
            a_record(made, Category.ASYLUM_APPLICATION, "DGM", "REGISTERED",
                     AsylumApplication("AA1", date(2026, 2, 1))),
        )  # fmt: skip
        with made.blr.database.begin() as session:
            submit.submit(session, made.blr, records, state="BLR", journal_id=None, now=made.clock())
        made.permit, made.stay, made.case = (record.record_id for record in records)
        yield made


def ask(world: Any, path: str, who: str = "BLR/MVD", headers: dict[str, str] | None = None, **query: Any) -> Any:
    headers = world.bearer(who) | (headers or {})
    return world.http.get(f"{world.url}/v1/links/{path}", headers=headers, params=STAY | query)


def post(world: Any, path: str, who: str = "BLR/MVD", **values: Any) -> Any:
    return world.http.post(f"{world.url}/v1/links/{path}", headers=world.bearer(who), json=STAY | values)


def paths(world: Any) -> list[tuple[str, str]]:
    every = world.http.get(f"{world.url}/openapi.json").json()["paths"]
    return [(m.upper(), p) for p, methods in every.items() if p.startswith("/v1/links") for m in methods]


@pytest.mark.parametrize("who", ["BLR/GPK", "BLR/ADA", "KAZ/GATE"])
def test_whoever_is_no_reviewer_is_refused_everywhere(world: Any, who: str) -> None:
    token = world.bearer(who)
    assert len(paths(world)) == 7
    for method, path in paths(world):
        answer = world.http.request(method, f"{world.url}{path}", headers=token, params=STAY, json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted"), path
        assert "detail" not in answer.json()
    if who != "BLR/ADA":
        row = world.rows(tables.Audit)[-1]
        assert (row.actor, row.action, row.outcome) == (who, "link-denied", "not-permitted")


def test_nobody_both_administers_and_reviews() -> None:
    values = {"state": "BLR", "directory": "."}
    for wrong in ({"reviewers": ["BLR/A"], "administrators": ["BLR/A"]}, {"reviewers": ["KAZ/MVD"]}):
        with pytest.raises(Misuse):
            parse(values | wrong, where="x")


def test_a_pair_is_read_explained_drawn_and_decided(world: Any) -> None:
    shown = ask(world, f"persons/{world.permit}").json()
    one, other = (each["person"] for each in shown["members"])
    assert post(world, "find", state="BLR", agency="MVD", system="labour-permit", ref="1").json() == shown
    told = ask(world, f"pairs/{one}/{other}", headers={"Accept-Language": "ru"}).json()
    assert told["text"].startswith("Обе записи относятся к одной личности.")
    assert "values" not in told
    assert (
        ask(world, f"pairs/{one}/{other}", language="en", values=True).json()["values"]["birth"] == ["1985-06-15"] * 2
    )
    picture = ask(world, f"pairs/{one}/{other}/waterfall.svg", language="en")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert etree.fromstring(picture.text).tag.endswith("svg")
    assert "1985" not in picture.text
    assert "1985" in ask(world, f"pairs/{one}/{other}/waterfall.svg", values=True).text
    parted = post(world, f"pairs/{one}/{other}", verdict="different", reason="Two photographs").json()
    assert len(set(parted["identities"])) == 2
    post(world, f"pairs/{one}/{other}", verdict="ask", reason="Look again")
    assert [(each["one"], each["other"]) for each in ask(world, "reviews").json()] == [(one, other)]
    assert post(world, f"pairs/{one}/{other}", verdict="same", reason="Seen").json()["verdict"] == "positive"
    events = ask(world, f"persons/{one}/history").json()["events"]
    assert {each["event"] for each in events} == {"joined", "left", "judged", "retracted"}
    acts = [(row.actor, row.purpose, row.outcome) for row in world.rows(tables.Audit) if row.action == "link-judged"]
    assert acts[-3:] == [("BLR/MVD", "STAY_CONTROL", outcome) for outcome in ("different", "ask", "same")]


def test_what_is_hidden_and_what_does_not_exist_are_one_answer(world: Any) -> None:
    owner = {"purpose": "PROTECTION"}
    shown = ask(world, f"persons/{world.case}", who="BLR/DGM", **owner).json()
    applicant = shown["person"]
    assert shown["links"]
    nobody = "p-0000000000000"
    for path in ("persons/{}", "persons/{}/history", f"pairs/{world.permit}/{{}}", f"pairs/{{}}/{world.permit}",
                 f"pairs/{world.permit}/{{}}/waterfall.svg"):  # fmt: skip
        hidden, unknown = (ask(world, path.format(name)) for name in (applicant, nobody))
        assert hidden.status_code == unknown.status_code == 404
        assert _same(hidden) == _same(unknown)
    hidden, unknown = (
        post(world, f"pairs/{world.permit}/{name}", verdict="same", reason="x") for name in (applicant, nobody)
    )
    assert _same(hidden) == _same(unknown)
    assert ask(world, f"pairs/{world.permit}/{applicant}", who="BLR/DGM", **owner).status_code == 200
    # The owner asking for an ordinary purpose is an ordinary reviewer, and this purpose is not the unit's.
    assert ask(world, f"persons/{applicant}", who="BLR/DGM").status_code == 403


def _same(answer: Any) -> Any:
    return {key: value for key, value in answer.json().items() if key != "correlation_id"}, len(answer.content)


@pytest.mark.parametrize(
    ("path", "values", "where"),
    [
        ("pairs/a/b", {"verdict": "maybe", "reason": "x"}, "verdict"),
        ("pairs/a/b", {"verdict": "same"}, "reason"),
        ("pairs/a/b", {"verdict": "same", "reason": "x", "actor": "boss"}, "actor"),
        ("find", {"state": "Belarus", "agency": "MVD", "system": "x", "ref": "1"}, "state"),
    ],
)
def test_a_request_that_does_not_fit_names_its_field(world: Any, path: str, values: Any, where: str) -> None:
    answer = post(world, path, **values)
    assert (answer.status_code, answer.json()["where"]) == (422, where)


def test_a_purpose_has_to_be_said(world: Any) -> None:
    answer = world.http.get(f"{world.url}/v1/links/reviews", headers=world.bearer("BLR/MVD"))
    assert answer.status_code == 422
    assert ask(world, "reviews", purpose="CURIOSITY").json()["where"] == "purpose"
