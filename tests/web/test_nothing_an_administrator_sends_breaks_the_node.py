"""Whatever stands in a field, a path or a query of /v1/admin: a refusal with a code, on the stricter database too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.store import tables
from tests.conftest import copy_enrolment

ODD = ("\0", "\ud800", "x" * 500, "", "0001-01-01T00:00:00+14:00", "9999-12-31", 10**30, [], ["\0"], None)
IN_ADDRESSES = ("%00", "x" * 300, "9999-12-31T23:59:59-14:00", "-1")
ELSEWHERE = ("witness", "/test", "stamps/run")
"""Acts that call others over the network."""
FITTING = {
    "reason": "why", "partner": "KAZ/GATE", "party": "KAZ/GATE", "id": "UZB/GATE", "fingerprint": "0" * 64, "on": True,
    "algorithms": ["p256"], "agency_class": "MIG", "endpoint": "http://127.0.0.1:9", "instrument": "Protocol 7",
    "partner_state": "UZB", "direction": "out", "categories": ["LABOUR_PERMIT"], "purposes": ["STAY_CONTROL"],
    "agency_classes": ["MIG"], "valid_from": "2026-01-01", "code": "log-fork", "subject": "KAZ/GATE", "hosts": ["a"],
    "next": True, "algorithm": "none", "seconds": 0.1,
}  # fmt: skip


@pytest.fixture
def world(make_world: Any, founded: Path, postgres_url: str, tmp_path: Path) -> Iterator[Any]:
    copy_enrolment(f"sqlite:///{founded / 'blr' / 'gateway.sqlite'}", postgres_url)
    with make_world(tmp_path / "nodes", administrators=("BLR/ADA",), database_url=postgres_url) as made:
        yield made


def requests(world: Any) -> Iterator[tuple[str, str, Any]]:
    """Method, path and body of every endpoint with one thing about it that does not fit."""
    own, theirs = (world.rows(tables.Key, tables.Key.party == party)[0] for party in ("BLR/GATE", "KAZ/GATE"))
    fitting = FITTING | {"kid": own.kid, "certificate": theirs.certificate}
    for path, ways in world.http.get(f"{world.url}/openapi.json").json()["paths"].items():
        if not path.startswith("/v1/admin") or any(part in path for part in ELSEWHERE):
            continue
        for method, way in ways.items():
            post = method == "post"
            if "{" in path:
                for odd in IN_ADDRESSES:
                    yield method, re.sub(r"\{[^}]*\}", odd, path), {"reason": "why"} if post else None
            known = re.sub(r"\{[^}]*\}", own.kid, path)
            for asked in way.get("parameters", ()):
                if asked["in"] == "query":
                    yield from ((method, f"{known}?{asked['name']}={odd}", None) for odd in IN_ADDRESSES)
            if post and "requestBody" in way:
                fields = way["requestBody"]["content"]["application/json"]["schema"].get("properties", {})
                whole = {name: fitting[name] for name in fields if name in fitting}
                yield from ((method, known, whole | {name: odd}) for name in fields for odd in ODD)


@pytest.mark.postgres
def test_nothing_that_does_not_fit_is_a_failure_of_the_node(world: Any) -> None:
    asked, broken, who = 0, [], world.bearer("BLR/ADA")
    for asked, (method, path, body) in enumerate(requests(world), 1):
        # Every token opens the door for five minutes, and this clock ticks with every look at it.
        who = world.bearer("BLR/ADA") if asked % 100 == 0 else who
        content = {} if body is None else {"content": json.dumps(body)}
        answer = world.http.request(method, world.url + path, headers=who, **content)
        if answer.status_code >= 500:
            broken.append((method, path, body, answer.status_code))
    assert asked > 500
    assert broken == []
