"""The migration service of Kyrgyzstan as the demo imagines it: SOAP 1.1 with a WSDL and words of its own.

    python -m gateway.demo.services.kgz --port 9101 --data kgz/data.json

`POST /registry` answers ListRegistrations and SubmitRegistrations, `GET /registry?wsdl` describes them,
`GET /stats` counts. With KGZ_LOGIN set to `name:password`, callers show both by HTTP Basic.
"""

from __future__ import annotations

import base64
import secrets
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from lxml import etree

from gateway.demo.services.register import Register, Row, login, serve

_NS = "http://migration.kg.example/registry/v2"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_PREFIX = {"reg": _NS}
_NEEDED = ("surname", "dateOfBirth", "registrationNumber")


class _Fault(Exception):  # noqa: N818 - SOAP's own word.
    """A SOAP fault: `Client` where the caller is wrong."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def create_app(register: Register) -> FastAPI:
    """The service over a register."""
    app = FastAPI(docs_url=None, redoc_url=None)
    wsdl = Path(__file__).with_name("kgz.wsdl").read_text("utf-8")
    shown = login("KGZ_LOGIN")
    expected = f"Basic {base64.b64encode(shown.encode()).decode()}" if shown else ""

    @app.get("/registry")
    def description(request: Request) -> Response:
        address = str(request.url.replace(query=""))
        return Response(wsdl.replace("{address}", address), media_type="text/xml; charset=utf-8")

    @app.post("/registry")
    async def registry(request: Request) -> Response:
        if expected and not secrets.compare_digest(request.headers.get("authorization", ""), expected):
            return Response(status_code=401, headers={"WWW-Authenticate": "Basic"})
        try:
            answer = await run_in_threadpool(_answer, register, await request.body())
        except _Fault as fault:
            return _envelope(_fault_element(fault), 500)
        return _envelope(answer, 200)

    @app.get("/stats")
    def stats() -> dict[str, int]:
        return register.stats()

    return app


def _answer(register: Register, raw: bytes) -> etree._Element:
    try:
        document = etree.fromstring(raw, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise _Fault("Client", "XML окулбайт") from error
    call = next(iter(document.iterfind(f"{{{_SOAP}}}Body/*")), None)
    if call is None:
        raise _Fault("Client", "суроо жок")
    if call.tag == f"{{{_NS}}}ListRegistrations":
        return _list(register, call)
    if call.tag == f"{{{_NS}}}SubmitRegistrations":
        return _submit(register, call)
    raise _Fault("Client", "белгисиз операция")


def _list(register: Register, call: etree._Element) -> etree._Element:
    try:
        offset = int(call.findtext(f"{{{_NS}}}offset") or 0)
        limit = int(call.findtext(f"{{{_NS}}}limit") or 100)
    except ValueError as error:
        raise _Fault("Client", "сан эмес") from error
    if offset < 0 or not 1 <= limit <= 200:
        raise _Fault("Client", "сан чектен тышкары")
    rows, following, more = register.page(offset, limit)
    answer = etree.Element(f"{{{_NS}}}ListRegistrationsResponse", nsmap=_PREFIX)
    for row in rows:
        element = etree.SubElement(answer, f"{{{_NS}}}registration")
        for name, value in row.items():
            etree.SubElement(element, f"{{{_NS}}}{name}").text = str(value)
    etree.SubElement(answer, f"{{{_NS}}}nextOffset").text = str(following)
    etree.SubElement(answer, f"{{{_NS}}}hasMore").text = "true" if more else "false"
    return answer


def _submit(register: Register, call: etree._Element) -> etree._Element:
    rows: list[Row] = [
        {etree.QName(field).localname: field.text or "" for field in element}
        for element in call.iterfind(f"{{{_NS}}}registration")
    ]
    taken, refused, receipt = register.receive(rows, _row_fault)
    answer = etree.Element(f"{{{_NS}}}SubmitRegistrationsResponse", nsmap=_PREFIX)
    etree.SubElement(answer, f"{{{_NS}}}acknowledgement").text = f"KG-{receipt}"
    etree.SubElement(answer, f"{{{_NS}}}accepted").text = str(taken)
    for position, reason in refused:
        refusal = etree.SubElement(answer, f"{{{_NS}}}refusal")
        # This service counts from 1, as people do.
        etree.SubElement(refusal, f"{{{_NS}}}position").text = str(position + 1)
        etree.SubElement(refusal, f"{{{_NS}}}reason").text = reason
    return answer


def _row_fault(row: Row) -> str:
    missing = [name for name in _NEEDED if not row.get(name)]
    if missing:
        return f"{missing[0]} жок"
    return "" if row.get("gender", "Э") in {"Э", "А", ""} else "жынысы туура эмес"


def _fault_element(fault: _Fault) -> etree._Element:
    element = etree.Element(f"{{{_SOAP}}}Fault")
    etree.SubElement(element, "faultcode").text = f"soap:{fault.code}"
    etree.SubElement(element, "faultstring").text = str(fault)
    return element


def _envelope(content: etree._Element, status: int) -> Response:
    envelope = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soap": _SOAP})
    etree.SubElement(envelope, f"{{{_SOAP}}}Body").append(content)
    raw = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    return Response(raw, status, media_type="text/xml; charset=utf-8")


if __name__ == "__main__":
    serve("Registrations of stay, Kyrgyzstan", "registrations", "registrationNumber", create_app)
