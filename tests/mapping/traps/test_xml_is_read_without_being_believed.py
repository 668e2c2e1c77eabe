"""National XML: other default namespaces, entities that explode or read files, depth, size, and strings in SOAP."""

import time
from typing import Any

import pytest

from gateway.errors import TooLarge, Unreadable

DSIG = "http://www.w3.org/2000/09/xmldsig#"
CORE = "http://example.org/core"
SOAP = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")


@pytest.fixture
def columns(permits: Any) -> dict[str, str]:
    return {column: f"c:f{place}" for place, column in enumerate(permits("csv").columns)}


@pytest.fixture
def register(permits: Any, columns: dict[str, str]) -> Any:
    return permits("xml", rows="/c:list/c:case", namespaces={"c": CORE}, columns=columns)


@pytest.fixture
def cases(rows: Any) -> Any:
    """So many cases, with a prefix or without."""

    def made(count: int, prefix: str = "") -> str:
        return "".join(
            f"<{prefix}case>"
            + "".join(f"<{prefix}f{at}>{cell}</{prefix}f{at}>" for at, cell in enumerate(row.values()))
            + f"</{prefix}case>"
            for row in rows(count)
        )

    return made


def outcomes(found: list[Any]) -> list[str]:
    return [item.findings[0].code if item.findings else item.outcome for item in found]


def test_the_default_namespace_may_be_that_of_a_signature(register: Any, cases: Any, mapped: Any) -> None:
    text = f'<q:list xmlns="{DSIG}" xmlns:q="{CORE}"><Signature/>{cases(2, "q:")}</q:list>'
    assert outcomes(mapped(register, text.encode())) == ["mapped"] * 2


def test_another_prefix_or_none_is_the_same_name(register: Any, cases: Any, mapped: Any) -> None:
    assert outcomes(mapped(register, f'<list xmlns="{CORE}">{cases(1)}</list>'.encode())) == ["mapped"]


def test_the_namespace_that_was_found_is_named(
    register: Any, permits: Any, columns: Any, cases: Any, refused: Any
) -> None:
    other = f'<list xmlns="urn:other">{cases(2)}</list>'.encode()
    assert "in the namespace urn:other" in refused(register, other).detail
    bare = {column: path.removeprefix("c:") for column, path in columns.items()}
    undeclared = permits("xml", rows="/list/case", columns=bare)
    assert "in the namespace urn:other" in refused(undeclared, other).detail
    anywhere = permits("xml", rows="//case", columns=bare)
    assert "in the namespace urn:other" in refused(anywhere, other).detail
    assert "in no namespace" in refused(register, f"<list>{cases(2)}</list>".encode()).detail
    assert "no element at /c:list/c:case" in refused(register, b"<html><body/></html>").detail


def test_a_list_without_rows_is_a_file_without_rows(register: Any, mapped: Any) -> None:
    assert mapped(register, f'<list xmlns="{CORE}"/>'.encode()) == []


def test_the_document_says_how_it_is_encoded(register: Any, cases: Any, mapped: Any) -> None:
    for encoding in ("windows-1251", "utf-16", "utf-8", "utf-8-sig", "cp866"):
        name = encoding.removesuffix("-sig")
        text = f'<?xml version="1.0" encoding="{name}"?>\n<list xmlns="{CORE}">{cases(1)}</list>'
        data = text.replace("«", "'").replace("»", "'").encode(encoding)
        assert outcomes(mapped(register, data)) == ["mapped"], encoding


BOMBS = {
    "billion laughs": "<!DOCTYPE l [" + "".join(
        f'<!ENTITY a{at} "{f"&a{at - 1};" * 10 if at else "ha"}">' for at in range(10)
    ) + "]><l>&a9;</l>",
    "external entity": '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]><l>&x;</l>',
    "parameter entity": '<!DOCTYPE l [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd">%x;]><l/>',
    "external subset": '<!DOCTYPE l SYSTEM "http://127.0.0.1:9/x.dtd"><l/>',
    "quadratic blowup": '<!DOCTYPE l [<!ENTITY a "' + "a" * 50_000 + '">]><l>' + "&a;" * 50_000 + "</l>",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le"])
def test_a_document_type_is_refused_whatever_it_says(name: str, encoding: str, register: Any, refused: Any) -> None:
    started = time.process_time()
    said = refused(register, BOMBS[name].encode(encoding))
    assert "declares a document type" in said.detail
    assert time.process_time() - started < 1


def test_a_document_type_is_found_across_pieces(register: Any, refused: Any) -> None:
    for padding in range(65_520, 65_545, 3):
        data = b" " * padding + BOMBS["external entity"].encode()
        assert "declares a document type" in refused(register, data).detail


def test_depth_names_attributes_and_texts_have_limits(register: Any, cases: Any, refused: Any) -> None:
    start = f'<list xmlns="{CORE}">'
    for bad in (
        start + "<a>" * 100_000,
        start + "".join(f"<n{at}/>" for at in range(10_000)),
        start + "<a " + " ".join(f"n{at}=''" for at in range(1_000)) + "/>",
        start + "<case><f0>" + "x" * 12_000_000 + "</f0></case>",
    ):
        assert isinstance(refused(register, bad.encode()), TooLarge)


def test_a_row_of_ten_thousand_elements_is_rejected_and_the_next_is_read(
    register: Any, cases: Any, mapped: Any
) -> None:
    text = f'<list xmlns="{CORE}">{cases(1)}<case>{"<f1>x</f1>" * 10_000}</case>{cases(2)[len(cases(1)) :]}</list>'
    assert outcomes(mapped(register, text.encode())) == ["mapped", "MAP-COLUMNS", "mapped"]


def test_what_was_cut_off_is_refused_after_its_whole_rows(register: Any, cases: Any, refused: Any) -> None:
    whole = f'<list xmlns="{CORE}">{cases(3)}</list>'.encode()
    for length in (3, len(whole) // 2, len(whole) - 1):
        assert isinstance(refused(register, whole[:length]), Unreadable)


def test_zero_bytes_and_letters_of_another_encoding_are_refused(register: Any, cases: Any, refused: Any) -> None:
    whole = f'<list xmlns="{CORE}">{cases(1)}</list>'
    assert isinstance(refused(register, whole.encode().replace(b"<case>", b"<case>\0")), Unreadable)
    assert "not written in utf-8" in refused(register, whole.encode("windows-1251")).detail
    unknown = b'<?xml version="1.0" encoding="x-secret"?>' + whole.encode()
    assert "not known here" in refused(register, unknown).detail


def test_several_values_or_a_structure_in_one_place_are_no_cell(register: Any, cases: Any, mapped: Any) -> None:
    for bad in ("<f0>a</f0><f0>b</f0>", "<f0><b>a</b></f0>"):
        text = f'<list xmlns="{CORE}">{cases(1).replace("<f0>Каримов</f0>", bad)}</list>'
        assert outcomes(mapped(register, text.encode())) == ["MAP-NESTED"]


def test_nil_comments_and_types_say_nothing(register: Any, cases: Any, mapped: Any) -> None:
    xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:t="urn:t"'
    text = cases(1).replace("<f0>Каримов", '<f0 xsi:type="t:string">Кари<!-- x --><?pi?>мов')
    text = text.replace("<f2>Бахтиёрович</f2>", '<f2 xsi:nil="true"/>')
    [found] = mapped(register, f'<list xmlns="{CORE}" {xsi}>{text}</list>'.encode())
    assert found.record.person.names[0].family == "Каримов"
    assert found.record.person.names[0].patronymic == ""


# --- Inside SOAP -------------------------------------------------------------------------------------------


@pytest.fixture
def answer(permits: Any, columns: dict[str, str]) -> Any:
    namespaces = {"c": CORE, "k": "urn:channel"}
    path = "/soap:Envelope/soap:Body/k:response/k:data"
    return permits("xml", rows="/c:list/c:case", namespaces=namespaces, columns=columns, payload=path)


def envelope(namespace: str, payload: str) -> bytes:
    return (
        f'<e:Envelope xmlns:e="{namespace}" xmlns:x="http://www.w3.org/2001/XMLSchema-instance">'
        f'<e:Header><a/></e:Header><e:Body><response xmlns="urn:channel"><data x:type="q:anyType">{payload}</data>'
        "</response></e:Body></e:Envelope>"
    ).encode()


@pytest.mark.parametrize("namespace", SOAP)
@pytest.mark.parametrize("form", ["escaped", "cdata", "plain", "declared"])
def test_the_document_in_an_envelope_is_read_in_every_form(
    namespace: str, form: str, answer: Any, cases: Any, mapped: Any
) -> None:
    inner = f'<list xmlns="{CORE}">{cases(2)}</list>'
    if form == "declared":
        inner = f'<?xml version="1.0" encoding="windows-1251"?>\n{inner}'
    escaped = inner.replace("&", "&amp;").replace("<", "&lt;")
    payload = {"cdata": f"<![CDATA[{inner}]]>", "plain": inner}.get(form, escaped)
    assert outcomes(mapped(answer, envelope(namespace, payload))) == ["mapped"] * 2


def test_an_envelope_without_a_document_is_refused(answer: Any, refused: Any) -> None:
    assert "is empty" in refused(answer, envelope(SOAP[0], "")).detail
    assert "no SOAP envelope" in refused(answer, b"<list/>").detail
    assert "no SOAP envelope" in refused(answer, envelope("urn:other", "x")).detail
    fault = (
        f'<e:Envelope xmlns:e="{SOAP[1]}"><e:Body><e:Fault><e:Reason>Каримов</e:Reason></e:Fault></e:Body></e:Envelope>'
    )
    assert "SOAP fault" in refused(answer, fault.encode()).detail
    nothing = f'<e:Envelope xmlns:e="{SOAP[1]}"><e:Body/></e:Envelope>'
    assert "no element at /soap:Envelope" in refused(answer, nothing.encode()).detail
    assert isinstance(refused(answer, envelope(SOAP[0], "&lt;list&gt;")), Unreadable)


def test_a_message_with_attachments_is_refused_with_what_to_do(answer: Any, refused: Any) -> None:
    for start in (b"--uuid:1\r\n", b"MIME-Version: 1.0\r\n", b"Content-Type: Multipart/Related\r\n"):
        assert "hand over its XML part" in refused(answer, start + b"\r\n" + envelope(SOAP[0], "x")).detail


def test_entities_inside_the_string_are_refused_as_well(answer: Any, refused: Any) -> None:
    bomb = BOMBS["billion laughs"].replace("&", "&amp;").replace("<", "&lt;")
    assert "declares a document type" in refused(answer, envelope(SOAP[0], bomb)).detail
