"""Whatever is done to a file, it ends as rows and findings or as a refusal: never in an accident, never for long."""

import random
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.errors import Refusal
from gateway.mapping import sources
from gateway.mapping.declaration import Profile
from gateway.mapping.sources import Broken

SPANS = [f"{30 * at + 1}-{30 * at + 30}" for at in range(17)]
FORMS: dict[str, dict[str, Any]] = {
    "csv": {},
    "tsv": {"delimiter": "\t", "encoding": "windows-1251"},
    "fixed": {"encoding": "cp866"},
    "xlsx": {},
    "json": {"root": "a.b"},
    "jsonl": {},
    "xml": {"rows": "/a/b"},
    "soap": {"rows": "//b", "payload": "/soap:Envelope/soap:Body/r"},
    "zip": {"member": "*"},
}


@pytest.fixture(params=FORMS)
def made(request: pytest.FixtureRequest, permits: Any, rows: Any) -> tuple[Profile, bytes]:
    """A profile and a file of three rows that is all right."""
    name: str = request.param
    words = FORMS[name]
    columns = permits("csv").columns
    if name == "fixed":
        words = words | {"columns": dict(zip(columns, SPANS, strict=True))}
    if name in {"xml", "soap"}:
        words = words | {"columns": {column: f"f{at}" for at, column in enumerate(columns)}}
    profile = permits({"soap": "xml", "zip": "csv"}.get(name, name), **words)
    return profile, sources.write_rows(profile, rows(3))


def outcome(profile: Profile, data: bytes) -> int:
    """How many whole rows were read before a refusal or the end; every one has its cells."""
    count, said = 0, "every row was read"
    found = None
    try:
        found = sources.open_source(profile, data)
        for number, cells in found.rows:
            assert number > 0
            if not isinstance(cells, Broken):
                assert len(cells) == len(found.columns)
                assert all(cell is None or isinstance(cell, str) for cell in cells)
                count += 1
    except Refusal as refusal:
        said = refusal.detail
    finally:
        if found:
            found.close()
    assert said
    return count


def test_the_file_is_all_right(made: tuple[Profile, bytes]) -> None:
    assert outcome(*made) == 3


def test_a_file_may_end_anywhere(made: tuple[Profile, bytes]) -> None:
    profile, data = made
    for length in {*range(0, len(data), max(1, len(data) // 150)), *range(len(data) - 40, len(data))}:
        assert outcome(profile, data[:length]) <= 3


def test_bytes_may_be_other_bytes(made: tuple[Profile, bytes]) -> None:
    profile, data = made
    draw = random.Random(2026)  # noqa: S311 - the same spoilt files every time.
    started = time.process_time()
    for _ in range(150):
        spoilt = bytearray(data)
        for _ in range(draw.choice((1, 1, 3, 20))):
            at = draw.randrange(len(spoilt))
            spoilt[at : at + draw.choice((0, 1, 1, 5))] = draw.choice(
                (b"\0", b"\xff", b'"', b"<", b"&", b"]", b"{", b"\n", bytes([draw.randrange(256)]), spoilt[:30])
            )
        outcome(profile, bytes(spoilt))
    assert time.process_time() - started < 10


@pytest.mark.parametrize("data", [b"", b" ", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\0", b"[]", b"<a/>"])
def test_next_to_nothing_is_no_row(data: bytes, made: tuple[Profile, bytes]) -> None:
    assert outcome(made[0], data) <= (made[0].source.format == "fixed" and bool(data.strip(b"\0 \r\n")))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=300))
def test_any_bytes_are_rows_or_a_refusal(made: tuple[Profile, bytes], data: bytes) -> None:
    outcome(made[0], data)
