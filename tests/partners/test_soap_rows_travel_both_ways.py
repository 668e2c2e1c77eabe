"""Rows are fetched from and delivered to the real SOAP service along its own WSDL."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from gateway.errors import Misuse, Unavailable, Unreadable
from gateway.partners.connect import connect, connection
from gateway.partners.connector import Connector, RefusedRow

ROWS = [
    {
        "surname": "Өмүралиев",
        "name": "Бакыт",
        "dateOfBirth": "1985-06-15T00:00:00+06:00",
        "gender": "Э",
        "registrationNumber": f"ТК-{n:03d}",
        "voidStatus": "false",
    }
    for n in range(25)
]


@pytest.fixture(scope="module")
def service(run_service: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("kgz")
    (folder / "data.json").write_text(json.dumps({"registrations": ROWS}), "utf-8")
    with run_service(
        "gateway.demo.services.kgz", folder / "data.json", folder / "state.json", {"KGZ_LOGIN": "шлюз:пароль"}
    ) as running:
        yield running


OPTIONS = connection("kgz-stays") | {"security": "basic", "user": "шлюз", "secret_variable": "GATEWAY_KGZ_SECRET"}


@pytest.fixture
def connector(service: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connector]:
    monkeypatch.setenv("GATEWAY_KGZ_SECRET", "пароль")
    connector = connect(f"http://127.0.0.1:{service.port}/registry", OPTIONS)
    yield connector
    connector.close()


def test_pages_follow_each_other_until_nothing_is_left(connector: Connector) -> None:
    bookmark, numbers, sizes = "", [], []
    while True:
        page = connector.fetch(bookmark, 10)
        numbers += [row["registrationNumber"] for row in page.rows]
        sizes.append(len(page.rows))
        bookmark = page.bookmark
        if not page.more:
            break
    assert sizes == [10, 10, 5]
    assert numbers == [row["registrationNumber"] for row in ROWS]
    assert connector.fetch(bookmark, 10).rows == []


def test_a_row_has_the_words_of_the_wsdl_and_leaves_out_what_is_absent(connector: Connector) -> None:
    assert connector.fetch("", 1).rows == ROWS[:1]


def test_delivered_rows_are_accepted_or_refused_one_by_one(connector: Connector, service: Any) -> None:
    good = {"surname": "Нур", "dateOfBirth": "1990", "registrationNumber": "X-1"}
    delivered = connector.deliver([good, {"surname": "Нур", "registrationNumber": "X-2"}, good | {"gender": "Ж"}])
    assert delivered.accepted == 1
    # The service counts from 1; we count from 0 like everywhere else.
    assert delivered.refused == (RefusedRow(1, "dateOfBirth жок"), RefusedRow(2, "жынысы туура эмес"))
    assert delivered.receipt.startswith("KG-")
    stored = service.stats()["stored"]
    connector.deliver([good])
    assert service.stats()["stored"] == stored


def test_a_row_with_a_word_the_wsdl_does_not_have_is_not_sent(connector: Connector, service: Any) -> None:
    before = service.stats()["offered"]
    with pytest.raises(Unreadable, match="WSDL"):
        connector.deliver([{"surname": "Нур", "favouriteColour": "көк"}])
    assert service.stats()["offered"] == before


def test_a_wrong_password_is_told(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KGZ_SECRET", "x")
    connector = connect(f"http://127.0.0.1:{service.port}/registry", OPTIONS)
    with pytest.raises(Unavailable, match="name and password"):
        connector.fetch("", 10)
    connector.close()


def test_an_operation_that_is_not_in_the_wsdl_is_a_misuse(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_KGZ_SECRET", "пароль")
    connector = connect(f"http://127.0.0.1:{service.port}/registry", OPTIONS | {"fetch_operation": "ListCats"})
    with pytest.raises(Misuse, match="ListCats"):
        connector.fetch("", 10)
    connector.close()


def test_a_call_the_service_declines_is_unreadable(connector: Connector) -> None:
    with pytest.raises(Unreadable, match="fault"):
        connector.fetch("-5", 10)


ENTITY = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize("body", [b"", b"<a", b"<a/>", ENTITY])
def test_the_service_answers_nonsense_with_a_fault(service: Any, body: bytes) -> None:
    url = f"http://127.0.0.1:{service.port}/registry"
    answer = httpx.post(url, content=body, auth=("шлюз", "пароль"), trust_env=False)
    assert answer.status_code == 500
    assert "faultcode" in answer.text
    assert "root:" not in answer.text
