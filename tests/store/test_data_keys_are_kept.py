"""The file of a node's data keys: made once, added to, opened with its password only."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import KeyUnusable
from gateway.store import datakeys
from gateway.store.vault import Locked

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORD = b"a password of the tests"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    place = tmp_path / datakeys.NAME
    datakeys.create(place, WORD, NOW)
    return place


def test_the_file_is_for_the_nodes_own_user_only_and_holds_no_key_in_clear(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600
    keys, text = datakeys.open_vault(path, WORD).keys, path.read_text("utf-8")
    for secret in (keys.search, keys.newest.secret):
        assert secret.hex() not in text
        assert datakeys._text(secret) not in text
    assert [entry["id"] for entry in json.loads(text)["keys"]] == [keys.newest.id.hex()]


def test_the_same_file_opens_the_same_values_and_another_nodes_does_not(path: Path, tmp_path: Path) -> None:
    first, again = datakeys.open_vault(path, WORD), datakeys.open_vault(path, WORD)
    assert again.unseal(b"t.c", bytes(first.seal(b"t.c", b"value"))) == b"value"
    assert again.hide(b"d", "x") == first.hide(b"d", "x")
    other = tmp_path / "other.keys"
    datakeys.create(other, WORD, NOW)
    assert datakeys.open_vault(other, WORD).hide(b"d", "x") != first.hide(b"d", "x")


def test_a_second_file_is_never_made_over_the_first(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(KeyUnusable, match="already"):
        datakeys.create(path, WORD, NOW)
    assert path.read_bytes() == before


def test_a_rotation_reaches_whoever_runs(path: Path) -> None:
    running = datakeys.open_vault(path, WORD)
    old = running.keys.newest
    added = datakeys.rotate(path, WORD, NOW + timedelta(days=365))
    assert running.keys.newest == old
    running.refresh()
    assert running.keys.data == (old, added)
    assert bytes(running.seal(b"t.c", b"value")).startswith(added.mark)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_running_node_goes_on_while_its_file_is_away(path: Path) -> None:
    running = datakeys.open_vault(path, WORD)
    sealed = bytes(running.seal(b"t.c", b"value"))
    path.unlink()
    running.refresh()
    assert running.unseal(b"t.c", sealed) == b"value"


def test_a_dropped_key_is_gone(path: Path) -> None:
    old = datakeys.open_vault(path, WORD).keys.newest
    added = datakeys.rotate(path, WORD, NOW)
    datakeys.drop(path, WORD, old)
    assert datakeys.open_vault(path, WORD).keys.data == (added,)


def test_two_changes_at_once_are_refused_and_lose_nothing(path: Path) -> None:
    before = path.read_bytes()
    with datakeys._alone(path), pytest.raises(KeyUnusable, match="another command"):
        datakeys.rotate(path, WORD, NOW)
    assert path.read_bytes() == before
    datakeys.rotate(path, WORD, NOW)
    assert [each.name for each in path.parent.iterdir()] == [datakeys.NAME]


def test_a_rotation_that_is_killed_leaves_whole_keys_and_nothing_in_the_way(path: Path) -> None:
    """Two processes rotate for as long as they live; a key that was added is never lost."""
    rotating = (
        "import sys, pathlib, datetime\n"
        "from gateway.errors import KeyUnusable\n"
        "from gateway.store import datakeys\n"
        "while True:\n"
        "    try:\n"
        "        now = datetime.datetime.now(datetime.UTC)\n"
        "        print(datakeys.rotate(pathlib.Path(sys.argv[1]), sys.argv[2].encode(), now).id.hex(), flush=True)\n"
        "    except KeyUnusable as refusal:\n"
        "        assert 'another command' in str(refusal)\n"
    )
    command = [sys.executable, "-c", rotating, str(path), WORD.decode()]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [both[0].stdout.readline().strip() if both[0].stdout else "" for _ in range(3)]
    for each in both:
        each.kill()
        said += each.communicate()[0].split()
    held = [key.id.hex() for key in datakeys.open_vault(path, WORD).keys.data]
    assert set(said) <= set(held)
    assert len(held) == len(set(held))
    assert datakeys.rotate(path, WORD, NOW).id.hex() not in held


def test_an_older_file_of_the_node_is_taken_and_another_nodes_is_refused(path: Path, tmp_path: Path) -> None:
    older = path.read_bytes()
    datakeys.rotate(path, WORD, NOW)
    running = datakeys.open_vault(path, WORD)
    sealed = bytes(running.seal(b"t.c", b"value"))
    path.write_bytes(older)
    running.refresh()
    with pytest.raises(Locked, match="restore that file from the backup"):
        running.unseal(b"t.c", sealed)
    other = tmp_path / "other.keys"
    datakeys.create(other, WORD, NOW)
    path.write_bytes(other.read_bytes())
    for _ in range(2):
        with pytest.raises(KeyUnusable, match="another node's"):
            running.refresh()


@pytest.mark.parametrize("word", [b"", b"another", WORD + b"\n"])
def test_a_wrong_password_is_said_plainly(path: Path, word: bytes) -> None:
    with pytest.raises(KeyUnusable, match="password is wrong"):
        datakeys.open_vault(path, word)


def test_keys_without_a_password_are_not_made(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="password"):
        datakeys.create(tmp_path / "new.keys", b"", NOW)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_asks_for_the_backup(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match=r"missing; restore it from the backup"):
        datakeys.open_vault(tmp_path / "none", WORD)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_file_that_others_can_read_is_refused(path: Path, mode: int) -> None:
    path.chmod(mode)
    with pytest.raises(KeyUnusable, match="chmod 600"):
        datakeys.open_vault(path, WORD)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable):
        datakeys.open_vault(tmp_path, WORD)


def _drop_entry(document: dict[str, Any]) -> None:
    document["keys"].clear()


def _swap(document: dict[str, Any]) -> None:
    document["keys"][0]["id"] = "00000000"


def _cheapen(document: dict[str, Any]) -> None:
    document["kdf"]["n"] = 2


def _overcharge(document: dict[str, Any]) -> None:
    document["kdf"]["n"] = 2**40


def _cut(document: dict[str, Any]) -> None:
    document["search"] = document["search"][:20]


def _newer(document: dict[str, Any]) -> None:
    document["version"] = 2


def _zoneless(document: dict[str, Any]) -> None:
    document["keys"][0]["created"] = "2026-01-01T00:00:00"


@pytest.mark.parametrize("harm", [_drop_entry, _swap, _cheapen, _overcharge, _cut, _newer, _zoneless])
def test_a_file_that_was_changed_is_refused_with_a_sentence(path: Path, harm: Callable[[dict[str, Any]], None]) -> None:
    document = json.loads(path.read_text("utf-8"))
    harm(document)
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(KeyUnusable, match=r"^[A-Z].*\.$"):
        datakeys.open_vault(path, WORD)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff\xfe", b"{" * 5_000, b'{"version": 1}'])
def test_a_file_that_is_something_else_is_refused_with_a_sentence(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(KeyUnusable, match="damaged; restore it"):
        datakeys.open_vault(path, WORD)


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyUnusable, match="cannot be written"):
        datakeys.create(tmp_path / "no" / "folder" / datakeys.NAME, WORD, NOW)
    with pytest.raises(KeyUnusable, match="cannot be changed"):
        datakeys.rotate(tmp_path / "no" / "folder" / datakeys.NAME, WORD, NOW)
    assert list(tmp_path.iterdir()) == []
