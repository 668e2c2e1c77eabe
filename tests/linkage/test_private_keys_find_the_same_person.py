"""Keys of two registers under one secret lead to the persons whom both have; under another secret to nobody."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.errors import Misuse
from gateway.linkage.clk import BITS, KEY_BYTES, Encoder, write_keys
from gateway.linkage.columns import Column, kind_of
from gateway.linkage.private import link_keys
from tests.linkage.conftest import population, read, write

SECRET = bytes(range(32))
OTHER = bytes(range(1, 33))
COLUMNS = tuple(Column(name, name, kind_of(name)) for name in ("family_name", "given_name", "birth_date"))


def encoder(secret: bytes = SECRET) -> Encoder:
    return Encoder(secret, COLUMNS, {})


def person(family: str, given_name: str, born: str) -> dict[str, str | None]:
    return {"family_name": family, "given_name": given_name, "birth_date": born}


def common(one: bytes | None, other: bytes | None) -> float:
    assert one is not None
    assert other is not None
    left, right = (np.frombuffer(key, dtype=np.uint64) for key in (one, other))
    return float(np.bitwise_count(left & right).sum()) / BITS


def keys(path: Path, rows: list[dict[str, str]], secret: bytes = SECRET) -> Path:
    register = write(path.with_suffix(".register.csv"), rows)
    write_keys(register, path, secret, declared={}, identity="id", encoding="utf-8", moved=lambda _: None)
    return path


@pytest.fixture(scope="module")
def sides() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Two registers: 500 persons stand in both, with one mistake in one of them, and 700 in one only."""
    left: dict[str, dict[str, str]] = {}
    right: dict[str, dict[str, str]] = {}
    for row in population(1200, again=0.42):
        (right if row["person"] in left else left)[row["person"]] = row
    alone = [person for person in left if person not in right]
    for number in alone[: len(alone) // 2]:
        right[number] = left.pop(number)
    return [*left.values()], [*right.values()]


def test_one_secret_finds_who_stands_in_both(tmp_path: Path, sides) -> None:
    left, right = sides
    found = link_keys(keys(tmp_path / "a", left), keys(tmp_path / "b", right), tmp_path / "out", lambda _: None)
    persons = {row["id"]: row["person"] for row in [*left, *right]}
    pairs = read(tmp_path / "out")
    good = sum(persons[pair["id_l"]] == persons[pair["id_r"]] for pair in pairs)
    both = {row["person"] for row in left} & {row["person"] for row in right}
    assert len(both) > 400
    assert good / len(pairs) > 0.97
    assert good / len(both) > 0.97
    assert {pair["band"] for pair in pairs} == {"yellow"}
    assert found.pairs == len(pairs)
    assert len({pair["id_l"] for pair in pairs}) == len({pair["id_r"] for pair in pairs}) == len(pairs)
    shares = [float(pair["similarity"]) for pair in pairs]
    assert shares == sorted(shares, reverse=True)
    assert min(shares) >= found.threshold - 1e-4


def test_another_secret_finds_nobody(tmp_path: Path, sides) -> None:
    left, _ = sides
    mine, theirs = keys(tmp_path / "a", left), keys(tmp_path / "b", left, OTHER)
    assert link_keys(mine, theirs, tmp_path / "out", lambda _: None).pairs == 0
    assert read(tmp_path / "out") == []


def test_one_record_a_side_is_enough(tmp_path: Path, sides) -> None:
    left, _ = sides
    mine, theirs = keys(tmp_path / "a", left[:1]), keys(tmp_path / "b", left[:1])
    assert link_keys(mine, theirs, tmp_path / "out", lambda _: None).pairs == 1
    assert link_keys(mine, keys(tmp_path / "c", left[1:2]), tmp_path / "out", lambda _: None).pairs == 0


def test_a_crowd_of_equal_keys_stays_one_to_one(tmp_path: Path, sides) -> None:
    crowd = [{**sides[0][0], "id": f"r{number}"} for number in range(300)]
    found = link_keys(keys(tmp_path / "a", crowd), keys(tmp_path / "b", crowd), tmp_path / "out", lambda _: None)
    pairs = read(tmp_path / "out")
    assert found.compared <= 300 * 50 * 128
    assert len({pair["id_r"] for pair in pairs}) == len(pairs)


def test_scripts_and_swapped_names_meet() -> None:
    made = encoder().key(person("Щукин", "Юрий", "15.06.1985"))
    assert common(made, encoder().key(person("Shchukin", "Yuri", "1985-06-15"))) > 0.9
    assert common(made, encoder().key(person("Юрий", "Щукин", "1985-06-15"))) == 1
    assert common(made, encoder().key(person("Karimova", "Dilfuza", "1990-01-02"))) < 0.75


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_every_key_has_half_of_its_bits_set(family: str, given_name: str, born: str) -> None:
    key = encoder().key(person(family, given_name, born))
    assert key is None or (len(key) == KEY_BYTES and int.from_bytes(key).bit_count() == BITS)
    assert key == encoder().key(person(family, given_name, born))


def test_nothing_of_a_record_can_be_read_in_its_keys(tmp_path: Path, sides) -> None:
    left, _ = sides
    made = keys(tmp_path / "a", left)
    lines = read(made)
    assert [*lines[0]] == ["id", "clk"]
    content = made.read_bytes() + b"".join(b64decode(line["clk"]) for line in lines)
    for row in left[:200]:
        for name in ("family_name", "given_name", "birth_date", "postcode", "address"):
            assert len(row[name]) < 5 or row[name].encode() not in content


def test_who_says_too_little_is_left_out(tmp_path: Path) -> None:
    assert encoder().key(person("Ivanov", "Ivan", "")) is None
    assert encoder().key(person("", "", "1985-06-15")) is None
    assert encoder().key(person("Ivanov", "", "1985")) is not None
    with pytest.raises(Misuse, match="No row says enough"):
        keys(tmp_path / "a", [{"id": "1", "family_name": "Ivanov", "given_name": "Ivan"}])
