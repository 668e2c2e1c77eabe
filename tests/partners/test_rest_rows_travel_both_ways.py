"""Rows are fetched from and delivered to the real REST service, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.errors import Misuse, Unavailable
from gateway.partners.connect import connect, connection
from gateway.partners.connector import Connector, RefusedRow

ROWS = [
    {"soyad": "Məmmədov", "ad": "Elçin", "fin": None, "dogum_tarixi": "15.06.1985", "icazenin_nomresi": f"İİ-{n:03d}"}
    for n in range(25)
]


@pytest.fixture(scope="module")
def service(run_service: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("aze")
    (folder / "data.json").write_text(json.dumps({"icazeler": ROWS}), "utf-8")
    with run_service(
        "gateway.demo.services.aze", folder / "data.json", folder / "state.json", {"AZE_API_KEY": "acar-1"}
    ) as running:
        yield running


@pytest.fixture
def connector(service: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connector]:
    monkeypatch.setenv("GATEWAY_AZE_KEY", "acar-1")
    connector = connect(f"http://127.0.0.1:{service.port}", connection("aze-permits"))
    yield connector
    connector.close()


def test_pages_follow_each_other_until_nothing_is_left(connector: Connector) -> None:
    bookmark, rows, sizes = "", [], []
    while True:
        page = connector.fetch(bookmark, 10)
        rows += page.rows
        sizes.append(len(page.rows))
        bookmark = page.bookmark
        if not page.more:
            break
    assert sizes == [10, 10, 5]
    assert [row["icazenin_nomresi"] for row in rows] == [row["icazenin_nomresi"] for row in ROWS]
    assert connector.fetch(bookmark, 10).rows == []


def test_a_row_is_flat_text_and_leaves_out_what_is_absent(connector: Connector) -> None:
    row = connector.fetch("", 1).rows[0]
    assert row == {"soyad": "Məmmədov", "ad": "Elçin", "dogum_tarixi": "15.06.1985", "icazenin_nomresi": "İİ-000"}


def test_the_same_bookmark_gives_the_same_page_again(connector: Connector) -> None:
    assert connector.fetch("10", 10) == connector.fetch("10", 10)


def test_delivered_rows_are_accepted_or_refused_one_by_one(connector: Connector, service: Any) -> None:
    good = {"soyad": "Нур", "dogum_tarixi": "01.02.1990", "icazenin_nomresi": "X-1"}
    delivered = connector.deliver([good, {"soyad": "Нур", "icazenin_nomresi": "X-2"}, good | {"cins": "Ж"}])
    assert delivered.accepted == 1
    assert delivered.refused == (RefusedRow(1, "dogum_tarixi yoxdur"), RefusedRow(2, "cins yanlışdır"))
    assert delivered.receipt.startswith("AZ-")
    stored = service.stats()["stored"]
    connector.deliver([good])
    assert service.stats()["stored"] == stored


def test_a_wrong_key_is_told_and_nothing_is_fetched(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_AZE_KEY", "x")
    connector = connect(f"http://127.0.0.1:{service.port}", connection("aze-permits"))
    with pytest.raises(Unavailable, match="does not accept our key"):
        connector.fetch("", 10)
    connector.close()


def test_a_key_that_no_header_can_carry_is_a_misuse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_AZE_KEY", "açar\n")
    with pytest.raises(Misuse, match="header"):
        connect("http://127.0.0.1:1", connection("aze-permits"))


def test_a_connection_that_needs_a_key_says_which_variable_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEWAY_AZE_KEY", raising=False)
    with pytest.raises(Misuse, match="GATEWAY_AZE_KEY"):
        connect("http://127.0.0.1:1", connection("aze-permits"))


@pytest.mark.parametrize("name", ["no-such-connection", "../secret", ""])
def test_an_unknown_connection_is_a_misuse(name: str) -> None:
    with pytest.raises(Misuse):
        connection(name)


@pytest.mark.parametrize(
    ("change", "told"), [({"rows": ""}, "rows"), ({"colour": 1}, "colour"), ({"kind": "ftp"}, "soap or rest")]
)
def test_wrong_options_are_named(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Misuse, match=told):
        connect("http://127.0.0.1:1", connection("aze-permits") | {"secret_variable": ""} | change)


def test_a_connection_of_ones_own_is_a_file(tmp_path: Path, service: Any) -> None:
    """Another register needs a YAML file and no code."""
    file = tmp_path / "own.yaml"
    file.write_text("kind: rest\nfetch_path: /stats\nrows: icazeler\n", "utf-8")
    connector = connect(f"http://127.0.0.1:{service.port}", connection(str(file)))
    with pytest.raises(Exception, match="has no icazeler"):
        connector.fetch("", 10)
    connector.close()


def test_the_service_declines_pages_that_make_no_sense(service: Any) -> None:
    for query in ("limit=5000", "since=yesterday"):
        url = f"http://127.0.0.1:{service.port}/api/v1/icazeler?{query}"
        assert httpx.get(url, headers={"X-Api-Acari": "acar-1"}, trust_env=False).status_code == 422
