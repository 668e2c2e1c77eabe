"""Rows that a register marks as deleted become a Withdrawal message beside the records, or the only message."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.mapping import profile
from gateway.message.body import read_records, read_withdrawal
from gateway.message.envelope import body_of
from gateway.message.parse import parse
from gateway.records.record import Source, record_id
from tests.commands.conftest import GOOD, HEADER


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A profile like blr-permits whose register marks deleted rows; the file lies beside it as `rows.csv`."""
    shipped = Path(str(profile.__file__)).parent / "profiles" / "blr-permits.yaml"
    own = tmp_path / "own.yaml"
    own.write_text(shipped.read_text(encoding="utf-8") + "\ndeleted: {column: Удалено, is: ['1']}\n", encoding="utf-8")
    return own


def rows(*marks: str) -> str:
    lines = [f"{HEADER};Удалено", *(f"{GOOD.format(number=number)};{mark}" for number, mark in enumerate(marks, 1))]
    Path("rows.csv").write_bytes("\r\n".join([*lines, ""]).encode("windows-1251"))
    return "rows.csv"


def test_records_and_withdrawals_are_messages_of_their_own_and_both_are_signed(gateway, register, openssl) -> None:
    pair = openssl("p256", subject="/CN=BLR\\/MVD")
    source = rows("", "1", "0", "1", "1")
    done = gateway("map", register, source, "-o", "out.xml", "--key", pair.key, "--cert", pair.certificate, "--json")
    assert done.status == 0, done.err
    assert done.json == {"rows": 5, "mapped": 5, "warned": 0, "rejected": 0, "withdrawn": 3}
    for name in ("out.xml", "out.withdrawals.xml"):
        assert gateway("verify", name, "--trust", pair.folder, "--json").json["valid"] is True
        assert gateway("validate", name, "--json").json == []
    taken = read_withdrawal(body_of(parse(Path("out.withdrawals.xml").read_bytes(), limit=1 << 20)))
    source_of = {number: Source("BLR", "MVD", "mvd-permits", f"СР-{number:06}") for number in range(1, 6)}
    assert [item.record_id for item in taken] == [record_id(source_of[number]) for number in (2, 4, 5)]
    kept = read_records(body_of(parse(Path("out.xml").read_bytes(), limit=1 << 20)))
    assert [record.source.record for record in kept] == ["СР-000001", "СР-000003"]
    # What takes a record back comes after the version that a mapped row has.
    assert all(item.version > record.version for item in taken for record in kept)


def test_withdrawals_alone_are_a_result(gateway, register) -> None:
    done = gateway("map", register, rows("1"), "-o", "out.xml", "--json")
    assert (done.status, done.json["withdrawn"]) == (0, 1)
    assert [path.name for path in Path.cwd().glob("out*")] == ["out.withdrawals.xml"]


def test_a_register_that_deleted_nothing_has_no_withdrawals(gateway, register) -> None:
    done = gateway("map", register, rows("0"), "-o", "out.xml", "--json")
    assert (done.status, done.json["withdrawn"]) == (0, 0)
    assert [path.name for path in Path.cwd().glob("out*")] == ["out.xml"]


def test_the_same_row_deleted_twice_is_one_withdrawal(gateway, register) -> None:
    source = Path(rows("1"))
    source.write_bytes(source.read_bytes() + source.read_bytes().splitlines()[1] + b"\r\n")
    assert gateway("map", register, source, "-o", "out.xml", "--json").json["withdrawn"] == 1


def test_a_pipe_has_no_room_for_withdrawals(gateway, register) -> None:
    assert gateway("map", register, rows("1"), "-o", "/dev/null").status == 2
