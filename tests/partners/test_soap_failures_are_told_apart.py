"""A SOAP register that is down, slow, half gone, garbled or hostile: a refusal each, and never half a page."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import gateway.demo.services
from gateway.errors import Refusal, TooLarge, Unavailable, Unreadable
from gateway.partners.connect import connect, connection
from gateway.partners.connector import Connector

WSDL = (
    (Path(gateway.demo.services.__file__).parent / "kgz.wsdl")
    .read_bytes()
    .replace(b"{address}", b"http://elsewhere.example/")
)
Wire = Callable[..., bytes]


def soap(body: str) -> bytes:
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        f'xmlns:r="http://migration.kg.example/registry/v2"><soap:Body>{body}</soap:Body></soap:Envelope>'
    ).encode()


def page(rows: str = "", following: str = "1", more: str = "false") -> bytes:
    inner = f"{rows}<r:nextOffset>{following}</r:nextOffset><r:hasMore>{more}</r:hasMore>"
    return soap(f"<r:ListRegistrationsResponse>{inner}</r:ListRegistrationsResponse>")


ROW = "<r:registration><r:surname>Нур</r:surname></r:registration>"


def fault(code: str) -> bytes:
    return soap(f"<soap:Fault><faultcode>soap:{code}</faultcode><faultstring>x</faultstring></soap:Fault>")


@pytest.fixture
def connector_of(wire: Wire) -> Callable[..., Connector]:
    """A connector to a host that gives the WSDL and then the answers."""

    def make(host: Any, *answers: Any, **changes: Any) -> Connector:
        host.says(wire(WSDL, kind="text/xml"), *answers)
        return connect(f"{host.url}/registry", connection("kgz-stays") | {"timeout": 5} | changes)

    return make


def refusal_of(connector: Connector) -> Refusal:
    try:
        with pytest.raises(Refusal) as caught:
            connector.fetch("", 10)
    finally:
        connector.close()
    return caught.value


def test_a_service_that_is_down_is_unavailable(free: Callable[[], int]) -> None:
    assert isinstance(refusal_of(connect(f"http://127.0.0.1:{free()}/", connection("kgz-stays"))), Unavailable)


def test_calls_go_to_the_configured_endpoint_and_not_where_the_wsdl_points(
    host: Any, wire: Wire, connector_of: Callable[..., Connector]
) -> None:
    connector = connector_of(host, wire(page(ROW), kind="text/xml"))
    assert connector.fetch("", 10).rows == [{"surname": "Нур"}]
    assert [(method, path) for method, path, _ in host.seen] == [("GET", "/registry?wsdl"), ("POST", "/registry")]
    connector.close()


def test_a_service_that_says_nothing_in_time_is_unavailable(host: Any, connector_of: Callable[..., Connector]) -> None:
    refusal = refusal_of(connector_of(host, lambda _: time.sleep(1), timeout=0.3))
    assert isinstance(refusal, Unavailable)
    assert "in time" in refusal.detail


def test_an_answer_that_breaks_off_half_way_gives_no_rows_at_all(
    host: Any, wire: Wire, connector_of: Callable[..., Connector]
) -> None:
    whole = page(ROW * 3, following="3")
    connector = connector_of(host, wire(whole[:300], kind="text/xml", length=len(whole)), wire(whole, kind="text/xml"))
    with pytest.raises(Unavailable):
        connector.fetch("", 10)
    assert len(connector.fetch("", 10).rows) == 3
    connector.close()


def test_a_bookmark_that_cannot_be_read_leaves_ours_where_it_was(
    host: Any, wire: Wire, connector_of: Callable[..., Connector]
) -> None:
    connector = connector_of(host, wire(page(ROW, following="many"), kind="text/xml"))
    assert connector.fetch("7", 10).bookmark == "7"
    connector.close()


DTD = b'<!DOCTYPE x [<!ENTITY a "boo">]>'


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"<html/>", page(ROW)[:300], soap("<r:Else/>"), soap(""), DTD + page()],
)
def test_an_answer_of_another_form_is_unreadable(
    host: Any, wire: Wire, connector_of: Callable[..., Connector], body: bytes
) -> None:
    assert isinstance(refusal_of(connector_of(host, wire(body, kind="text/xml"))), Unreadable)


@pytest.mark.parametrize(
    "case",
    [
        ("500 Oops", fault("Server"), Unavailable),
        ("500 Oops", fault("Client"), Unreadable),
        ("500 Oops", b"<html>", Unavailable),
        ("503 Later", b"", Unavailable),
        ("403 No", b"", Unavailable),
        ("404 Where", b"", Unreadable),
    ],
)
def test_faults_and_statuses_are_told_apart(
    host: Any, wire: Wire, connector_of: Callable[..., Connector], case: tuple[str, bytes, type[Refusal]]
) -> None:
    status, body, kind = case
    assert isinstance(refusal_of(connector_of(host, wire(body, status=status, kind="text/xml"))), kind)


def test_an_answer_beyond_the_limit_is_too_large(host: Any, wire: Wire, connector_of: Callable[..., Connector]) -> None:
    refusal = refusal_of(connector_of(host, wire(page(ROW * 1000), kind="text/xml"), answer_bytes=20_000))
    assert isinstance(refusal, TooLarge)


@pytest.mark.parametrize("location", ["http://127.0.0.1:1/other.xsd", "file:///etc/hostname"])
def test_a_wsdl_that_points_to_another_host_or_to_a_file_is_not_followed(host: Any, wire: Wire, location: str) -> None:
    pointing = WSDL.replace(b"<types>", f'<import namespace="x" location="{location}"/><types>'.encode())
    host.says(wire(pointing, kind="text/xml"))
    refusal = refusal_of(connect(f"{host.url}/registry", connection("kgz-stays")))
    assert isinstance(refusal, Unreadable)


def test_a_wsdl_with_entities_is_unreadable(host: Any, wire: Wire) -> None:
    host.says(wire(WSDL.replace(b"<definitions ", DTD + b"<definitions ", 1), kind="text/xml"))
    assert isinstance(refusal_of(connect(f"{host.url}/registry", connection("kgz-stays"))), Unreadable)


def test_a_token_with_name_and_password_stands_in_the_header(
    host: Any, wire: Wire, connector_of: Callable[..., Connector], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_KGZ_SECRET", "пароль")
    connector = connector_of(
        host, wire(page(), kind="text/xml"), security="digest", user="шлюз", secret_variable="GATEWAY_KGZ_SECRET"
    )
    connector.fetch("", 10)
    sent = host.seen[-1][2].decode()
    assert "UsernameToken" in sent
    assert "шлюз" in sent
    assert "пароль" not in sent
    connector.close()
