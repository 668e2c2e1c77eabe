"""A term that has passed is seen by whoever asks, and no status is changed for it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from gateway.exchange import submit
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.person import Document, Name, Person
from gateway.records.protection import RefugeeStatus
from gateway.records.record import Category, Record, Source, record_id

ASKED = {
    "names": [{"family": "Никомуев", "given": "Неизвест"}],
    "birth_date": "1980-01-02",
    "documents": [{"country": "UZB", "number": "N0000077"}],
}


def _keep(world, category, detail, status):
    person = Person(
        ref="P77", names=(Name("Никомуев", "Неизвест", script="Cyrl", language="ru"),),
        birth_date=PartialDate(1980, 1, 2), citizenships=("UZB",), documents=(Document("UZB", "PASSPORT", "N0000077"),),
    )  # fmt: skip
    source = Source("BLR", "MVD", category.value.lower().replace("_", "-"), f"X-{status}")
    now = world.clock()
    record = Record(record_id(source), 1, category, source, status, now, person, detail)
    with world.blr.database.begin() as session:
        result = submit.submit(session, world.blr, [record], state="BLR", journal_id=None, now=now)
        assert result.stored == 1, result


def _ask(world, purpose, client):
    content = json.dumps(ASKED | {"purpose": purpose}).encode()
    answer = world.http.post(f"{world.url}/v1/persons/query", content=content, headers=world.bearer(client))
    assert answer.status_code == 200, answer.text
    return [record for person in answer.json()["persons"] for record in person]


@pytest.mark.parametrize(("ends", "expired"), [(date(2020, 1, 1), True), (date(2090, 1, 1), False), (None, False)])
def test_a_permit_whose_term_is_over_is_shown_as_expired(make_world, tmp_path, ends, expired):
    with make_world(tmp_path / "world") as world:
        _keep(world, Category.LABOUR_PERMIT, LabourPermit("patent", "LP77", valid_to=ends), "ISSUED")
        (record,) = _ask(world, "LABOUR_REGULATION", "BLR/MVD")
        assert (record["status"], record["expired"]) == ("ISSUED", expired)


def test_protection_is_shown_to_the_owners_asylum_unit_and_to_nobody_else(make_world, tmp_path):
    with make_world(tmp_path / "world") as world:
        _keep(world, Category.REFUGEE_STATUS, RefugeeStatus("R77", date(2026, 1, 1)), "GRANTED")
        assert _ask(world, "STAY_CONTROL", "BLR/MVD") == []
        content = json.dumps(ASKED | {"purpose": "PROTECTION"}).encode()
        answer = world.http.post(f"{world.url}/v1/persons/query", content=content, headers=world.bearer("BLR/MVD"))
        assert answer.status_code == 403
