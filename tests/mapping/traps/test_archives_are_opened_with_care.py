"""ZIP: names in CP866, bombs, archives within archives, passwords, damage, and several files one after the other."""

import io
import struct
import zipfile
from typing import Any

import pytest

from gateway.errors import TooLarge, Unreadable
from gateway.mapping.sources import archive


def packed(**files: bytes) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(name.replace("_", "."), data)
    return raw.getvalue()


@pytest.fixture
def zipped(permits: Any) -> Any:
    return permits("csv", delimiter=";", member="*.csv")


@pytest.fixture
def table(rows: Any) -> Any:
    def made(first: int, count: int) -> bytes:
        found = rows(first + count)[first:]
        return "\n".join([";".join(found[0]), *(";".join(row.values()) for row in found)]).encode()

    return made


def test_names_in_cp866_are_read_as_they_were_written(permits: Any, table: Any, mapped: Any) -> None:
    raw = packed(AAAAA_csv=table(0, 2), other_txt=b"x").replace(b"AAAAA.csv", "Ольха.csv".encode("cp866"))
    assert len(mapped(permits("csv", delimiter=";", member="ольха*.csv"), raw)) == 2


def test_several_files_are_numbered_through_and_findings_name_them(zipped: Any, table: Any, mapped: Any) -> None:
    second = table(2, 3).replace("СР-3;".encode(), b";")
    found = mapped(zipped, packed(a_csv=table(0, 2), readme_txt=b"x", b_csv=second))
    assert [item.row for item in found] == [2, 3, 5, 6, 7]
    assert [item.outcome for item in found] == ["mapped", "mapped", "mapped", "rejected", "mapped"]
    assert found[3].findings[0].path == "b.csv:3:№ спецразрешения"


def test_columns_of_a_further_file_may_stand_in_another_order(
    zipped: Any, table: Any, mapped: Any, refused: Any
) -> None:
    header, row = table(1, 1).decode().split("\n")
    turned = "\n".join(";".join(reversed(line.split(";"))) for line in (header, row)).encode()
    found = mapped(zipped, packed(a_csv=table(0, 1), b_csv=turned))
    assert [item.outcome for item in found] == ["mapped"] * 2
    assert found[1].record.person == found[0].record.person
    lacking = table(1, 1).replace("Имя;".encode(), b"X;")
    assert "lacks the columns Имя" in refused(zipped, packed(a_csv=table(0, 1), b_csv=lacking)).detail


def test_no_fitting_file_is_refused(zipped: Any, refused: Any) -> None:
    assert "no file that fits *.csv" in refused(zipped, packed(a_txt=b"x")).detail
    assert "is no ZIP archive" in refused(zipped, b"a;b;c").detail
    assert "is empty" in refused(zipped, packed(a_csv=b"")).detail


def test_an_archive_within_an_archive_is_refused(permits: Any, zipped: Any, table: Any, refused: Any) -> None:
    inner = packed(a_csv=table(0, 1))
    said = refused(permits("csv", delimiter=";", member="*"), packed(inner_zip=inner))
    assert "archive within an archive" in said.detail
    assert "archive within an archive" in refused(zipped, packed(a_csv=inner)).detail


def test_a_bomb_is_refused_before_it_is_unpacked(zipped: Any, refused: Any) -> None:
    assert isinstance(refused(zipped, packed(a_csv=b"0" * 300_000_000)), TooLarge)
    assert "times as large" in refused(zipped, packed(a_csv=b"x", other_bin=b"\0" * 5_000_000)).detail
    many = packed(**{f"x{at}_csv": b"" for at in range(archive.MEMBERS + 1)})
    assert "more than 10000 files" in refused(zipped, many).detail


def test_a_size_that_was_declared_too_small_does_not_help_a_bomb(zipped: Any, table: Any, refused: Any) -> None:
    raw = bytearray(packed(a_csv=table(0, 1) + b"\n" * 5_000_000))
    # The size of the unpacked file stands at 22 in its local header and at 24 in the central directory.
    central = raw.index(b"PK\x01\x02")
    raw[22:26] = raw[central + 24 : central + 28] = struct.pack("<I", 1000)
    assert isinstance(refused(zipped, bytes(raw)), Unreadable)


def test_the_same_bytes_listed_twice_are_refused(zipped: Any, table: Any, refused: Any) -> None:
    raw = packed(a_csv=table(0, 1), b_csv=table(0, 1))
    second = raw.rindex(b"PK\x01\x02")
    overlapping = raw[: second + 42] + struct.pack("<I", 0) + raw[second + 46 :]
    assert isinstance(refused(zipped, overlapping), TooLarge)


def test_a_password_is_refused(zipped: Any, table: Any, refused: Any) -> None:
    raw = bytearray(packed(a_csv=table(0, 1)))
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    assert "password" in refused(zipped, bytes(raw)).detail


def test_what_was_cut_off_or_altered_is_refused(zipped: Any, table: Any, refused: Any) -> None:
    raw = packed(a_csv=table(0, 200))
    for length in (3, 10, len(raw) // 2, len(raw) - 3):
        assert isinstance(refused(zipped, raw[:length]), Unreadable)
    for place in range(60, 900, 60):
        broken = bytearray(raw)
        broken[place] ^= 0xFF
        assert isinstance(refused(zipped, bytes(broken)), Unreadable)


def test_a_folder_is_no_file_and_paths_lead_nowhere(permits: Any, table: Any, mapped: Any) -> None:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as made:
        made.writestr("out.csv/", b"")
        made.writestr("../../etc/out.csv", table(0, 1))
    assert len(mapped(permits("csv", delimiter=";", member="out.csv"), raw.getvalue())) == 1
