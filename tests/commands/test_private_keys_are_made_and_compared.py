"""`gateway link --private` and `--private-with`: what is written, what is said, and what is refused."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.linkage.conftest import population, read, write


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write(tmp_path / "in.csv", population(60, again=0))
    (tmp_path / "secret").write_bytes(bytes(range(32)))
    (tmp_path / "secret").chmod(0o600)
    return tmp_path


def make(gateway, place: Path, *options: object, shared: str = "secret", name: str = "keys.csv"):
    return gateway("link", place / "in.csv", "-o", place / name, "--private", "--secret", place / shared, *options)


def test_both_steps_in_both_languages_and_for_machines(gateway, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = make(gateway, place, "--json")
    assert done.status == 0, done
    told = json.loads(done.out)
    assert (told["rows"], told["keys"], told["left_out"]) == (60, 60, 0)
    assert make(gateway, place, name="theirs.csv").status == 0
    assert (place / "keys.csv").read_bytes() == (place / "theirs.csv").read_bytes()
    compare = ("link", place / "keys.csv", "-o", place / "pairs.csv", "--private-with", place / "theirs.csv")
    told = json.loads(gateway(*compare, "--json").out)
    assert told["bands"] == {"white": 0, "yellow": 60, "green": 0}
    assert all(pair["id_l"] == pair["id_r"] and pair["band"] == "yellow" for pair in read(place / "pairs.csv"))
    assert "60 pairs" in gateway(*compare).out
    monkeypatch.setenv("GATEWAY_LANG", "ru")
    assert "жёлтые" in gateway(*compare).out
    assert "Ключей: 60" in make(gateway, place).out


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        (bytes(range(31)), 0o600, "32 to 4096"),
        (bytes(5000), 0o600, "32 to 4096"),
        (b"a" * 40, 0o600, "could be guessed"),
        (bytes(range(32)), 0o640, "chmod 600"),
        (bytes(range(32)), 0o604, "chmod 600"),
        (None, 0, "cannot be read"),
    ],
)
def test_a_secret_that_is_none_is_refused(gateway, place: Path, content: bytes | None, mode: int, said: str) -> None:
    if content is not None:
        (place / "weak").write_bytes(content)
        (place / "weak").chmod(mode)
    done = make(gateway, place, shared="weak")
    assert (done.status, said in done.err) == (2, True), done
    assert "Traceback" not in done.err
    assert not (place / "keys.csv").exists()


def test_a_folder_or_a_pipe_is_no_secret(gateway, place: Path) -> None:
    (place / "folder").mkdir()
    os.mkfifo(place / "pipe", 0o600)
    for name, said in (("folder", "cannot be read"), ("pipe", "a file of its own")):
        done = make(gateway, place, shared=name)
        assert (done.status, said in done.err, str(place / name) in done.err) == (2, True, True), done


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--private"], "--secret FILE"),
        (["--secret", "secret"], "are made with"),
        (["--private", "--private-with", "in.csv"], "are made with"),
        (["--private-with", "x.csv", "--secret", "secret"], "needs no secret"),
        (["--private", "--secret", "secret", "--labels", "in.csv"], "without labels"),
        (["--private", "--secret", "secret", "--engine", "spark"], "without labels"),
        (["--private", "--secret", "secret", "--id", "no"], "no column no"),
        (["--private", "--secret", "in.csv"], "a file each"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    gateway, place: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.chdir(place)
    done = gateway("link", "in.csv", "-o", "out.csv", *options)
    assert (done.status, said in done.err) == (2, True), done
    assert not (place / "out.csv").exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"id,clk\n", "unreadable"),
        (b"id,name\n1,Ivanov\n", "unreadable"),
        (b"id,clk\n1\n", "unreadable"),
        (b"id,clk\n1,Ivanov\n", "unreadable"),
        (b"id,clk\n1,AAAA\n", "unreadable"),
        (b"id,clk\n1," + b"A" * 344 + b"\n", "unreadable"),
        (b"id,clk\n1," + b"A" * 9000 + b"\n", "unreadable"),
        (b"id,clk\n\xff,AAAA\n", "unreadable"),
        (b'id,clk\n"1,AAAA\n', "unreadable"),
        (None, "misuse"),
    ],
)
def test_keys_that_are_none_are_refused(gateway, place: Path, content: bytes | None, code: str) -> None:
    make(gateway, place)
    if content is not None:
        (place / "bad.csv").write_bytes(content)
    done = gateway("link", place / "keys.csv", "-o", place / "out.csv", "--private-with", place / "bad.csv")
    assert done.err.startswith(f"{code}: "), done
    assert "Traceback" not in done.err
    assert not [path for path in place.iterdir() if path.name.startswith(("out", ".out"))]


def test_an_identifier_that_stands_twice_is_refused(gateway, place: Path) -> None:
    make(gateway, place)
    lines = (place / "keys.csv").read_text().splitlines(keepends=True)
    (place / "bad.csv").write_text("".join([*lines, lines[-1]]))
    done = gateway("link", place / "keys.csv", "-o", place / "out.csv", "--private-with", place / "bad.csv")
    assert done.err.startswith("misuse: "), done
