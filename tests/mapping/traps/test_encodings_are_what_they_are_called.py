"""Encodings: each reads what it wrote, and a file in another one is refused by name or read without a wrong letter."""

import codecs
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mapping import armscii, encodings, sources

FAMILY = {
    "windows-1251": "Ковалёў",
    "cp866": "Ковалёв",
    "koi8-r": "Ковалёв",
    "koi8-u": "Ґалаґан-Їжак",
    "kz1048": "Әбдіғалиев",
    "utf-8": "Əliyev",
    "utf-8-sig": "Раҳмонов",
    "utf-16": "Oʻktamov",
}


@pytest.mark.parametrize("encoding", FAMILY)
def test_letters_of_the_state_survive_its_encoding(encoding: str, permits: Any) -> None:
    profile = permits("jsonl", encoding=encoding)
    data = ('{"Фамилия": "' + FAMILY[encoding] + '"}\n').encode(encoding)
    [(_, cells)] = sources.open_source(profile, data).rows
    assert cells[profile.columns.index("Фамилия")] == FAMILY[encoding]


def test_kz1048_has_the_kazakh_letters_where_windows_1251_has_others() -> None:
    raw = "ӘҒҚҢӨҰҮҺІәғқңөұүһі".encode("kz1048")
    assert len(raw) == 18
    assert raw.decode("windows-1251", "replace") != raw.decode("kz1048")


@given(st.text(armscii.DECODING.replace("\ufffe", ""), max_size=40))
def test_armscii_reads_what_it_wrote(text: str) -> None:
    assert text.encode("armscii-8").decode("armscii-8") == text


def test_armscii_has_the_bytes_of_its_standard() -> None:
    assert bytes([0xB2, 0xB3, 0xFC, 0xFD, 0xA2, 0xFE]).decode("armscii-8") == "ԱաՖֆ\u0587\u055a"
    assert "Շահումյան".encode("armscii-8") == bytes.fromhex("DEB3D1E1F5D9DBB3DD")


def test_armscii_writes_the_ligatures_of_print_as_their_letters() -> None:
    assert "Շա\ufb15րամ".encode("armscii-8").decode("armscii-8") == "Շամիրամ"
    assert "Սև եւ".encode("armscii-8").decode("armscii-8") == "Սև եւ"


def test_armscii_says_which_byte_and_which_letter_it_lacks() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("armscii-8")
    with pytest.raises(UnicodeEncodeError):
        "Ж".encode("armscii-8")
    assert "Ж".encode("armscii-8", "replace") == b"?"
    assert codecs.lookup("ArmSCII-8").name == "armscii-8"


def test_armscii_is_read_in_pieces() -> None:
    text = "Աբգ և\n" * 30_000
    decoder = codecs.getincrementaldecoder("armscii-8")()
    raw = text.encode("armscii-8")
    assert "".join(decoder.decode(raw[at : at + 1000]) for at in range(0, len(raw), 1000)) == text


@pytest.mark.parametrize("name", encodings.ENCODINGS)
def test_every_encoding_that_a_profile_may_name_can_be_used(name: str) -> None:
    assert "abc".encode(name).decode(name) == "abc"
    assert encodings.known(name.upper()) == name


@pytest.mark.parametrize("name", ["rot13", "zlib", "idna", "utf-7", "no such", "", "a\0b", "é"])
def test_what_is_no_encoding_of_text_is_none(name: str) -> None:
    assert encodings.known(name) is None


@pytest.mark.parametrize(
    ("declared", "written"),
    [
        *(("utf-8", "windows-1251"), ("windows-1251", "cp866"), ("cp866", "utf-8"), ("windows-1251", "utf-16")),
        *(("kz1048", "utf-8"), ("utf-8", "utf-16"), ("utf-8", "cp866"), ("cp866", "windows-1251")),
    ],
)
def test_another_encoding_is_named(declared: str, written: str, permits: Any, rows: Any, refused: Any) -> None:
    lines = [";".join(row.values()) for row in rows(1)]
    text = "\r\n".join([";".join(permits("csv").columns), *lines])
    data = text.translate({0xAB: '"', 0xBB: '"'}).encode(written)
    said = refused(permits("csv", delimiter=";", encoding=declared), data).detail.lower()
    assert f"{written}, not in {declared}" in said


def test_a_byte_order_mark_and_hard_spaces_in_a_header_are_no_part_of_it(permits: Any, rows: Any, mapped: Any) -> None:
    [row] = rows(1)
    header = ";".join(row).replace("Дата рождения", "\xa0Дата\xa0рождения ").replace("Действует с;", " Действует   с;")
    data = b"\xef\xbb\xbf" + "\n".join([header, ";".join(row.values())]).encode()
    [found] = mapped(permits("csv", delimiter=";"), data)
    assert found.outcome == "mapped"
    assert found.findings == ()


def test_bytes_that_are_no_letters_spoil_their_row_only(permits: Any, rows: Any, mapped: Any) -> None:
    lines = [";".join(rows(1)[0]), *(";".join(row.values()) for row in rows(3))]
    data = "\n".join(lines).encode().replace("СР-1;".encode(), b"\xff\xfe\xd0;")
    assert [found.outcome for found in mapped(permits("csv", delimiter=";"), data)] == ["mapped", "rejected", "mapped"]
    data = data.replace(b"\xff\xfe\xd0", b"\x00x")
    assert [found.findings[0].code for found in mapped(permits("csv", delimiter=";"), data)[1:2]] == ["MAP-ENCODING"]
