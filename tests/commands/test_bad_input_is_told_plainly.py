"""Whatever is wrong with the input: `code: sentence [where]`, status 1 or 2, no traceback, nothing left behind."""

from __future__ import annotations

import re
import shutil
import socket
import sqlite3
from pathlib import Path

import pytest

REFUSED = re.compile(r"^(?P<code>[a-z]+(?:-[a-z]+)*): \S.*$", re.MULTILINE)
LISTED = "id,family_name,given_name,birth_date\n1,Щукин,Юрий,1985-06-15\n"


def deep(depth: int) -> bytes:
    return b"<a>" * depth + b"</a>" * depth


BAD_FILES = {
    "empty": b"",
    "white space": b" \n\t ",
    "garbage": bytes(range(256)) * 20,
    "windows-1251": "<Message>Каримов</Message>".encode("windows-1251"),
    "utf-16": "<Message/>".encode("utf-16"),
    "truncated": b'<?xml version="1.0"?><Message xmlns="urn:cis:migration-exchange:1"><Header><Mess',
    "deep": deep(100_000),
    "another root": b"<Catalog/>",
    "no header": b'<Message xmlns="urn:cis:migration-exchange:1" Id="x"/>',
    "doctype": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "long tag": b"<a " + b'b="c" ' * 50_000 + b"/>",
    "zeros": b"\0" * 4096,
}
MESSAGE_COMMANDS = {
    "validate": ("validate", "BAD"),
    "sign": ("sign", "BAD", "-o", "OUT", "--key", "KEY", "--cert", "CERT"),
    "verify": ("verify", "BAD", "--trust", "TRUST"),
    "unmap": ("unmap", "blr-permits", "BAD", "-o", "OUT", "--losses", "LOST"),
    "send": ("send", "BAD", "--to", "KAZ/GATE", "--config", "CONFIG"),
    "map": ("map", "blr-permits", "BAD", "-o", "OUT", "--rejects", "LOST"),
    "map json": ("map", "kaz-stays", "BAD", "-o", "OUT"),
    "screen list": ("watchlist", "screen", "BAD", "LISTED", "-o", "OUT"),
    "screen queries": ("watchlist", "screen", "LISTED", "BAD", "-o", "OUT"),
    "log verify": ("log", "verify", "BAD", "--trust", "TRUST"),
    "profiles check": ("profiles", "check", "BAD"),
    "settings": ("key", "list", "--config", "BAD"),
    "certificate": ("partner", "add", "KAZ/GATE", "--class", "MIG", "--as", "a", "--reason", "b", "--cert", "BAD",
                    "--config", "CONFIG"),
    "key": ("sign", "MESSAGE", "-o", "OUT", "--key", "BAD", "--cert", "CERT"),
}  # fmt: skip


@pytest.fixture
def places(tmp_path, founded, openssl, message):
    """What the words in capitals stand for."""
    pair = openssl()
    (tmp_path / "listed.csv").write_text(LISTED, "utf-8")
    return {
        "OUT": tmp_path / "out", "LOST": tmp_path / "lost.csv", "LISTED": tmp_path / "listed.csv", "KEY": pair.key,
        "CERT": pair.certificate, "TRUST": pair.folder, "CONFIG": founded / "gateway.toml", "MESSAGE": message,
    }  # fmt: skip


@pytest.fixture
def refused(gateway, leftovers):
    """A function that runs a command which must say no, and returns its code."""

    def call(*arguments: object, status: tuple[int, ...] = (1, 2)) -> str:
        done = gateway(*arguments)
        everything = done.out + done.err
        assert done.status in status, everything
        assert "Traceback" not in everything
        assert "internal-error" not in everything
        codes = [found["code"] for found in REFUSED.finditer(done.err) if found["code"] != "warning"]
        return codes[-1] if codes else ""

    return call


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES)
@pytest.mark.parametrize("command", MESSAGE_COMMANDS.values(), ids=MESSAGE_COMMANDS)
def test_a_bad_file_is_refused_and_leaves_no_output(refused, places, command, content) -> None:
    bad = Path("bad.input")
    bad.write_bytes(content)
    refused(*({**places, "BAD": bad}.get(word, word) for word in command))
    assert not places["OUT"].exists()
    assert not places["LOST"].exists() or "map" in command  # a file whose every row is rejected still says why


@pytest.mark.parametrize("command", MESSAGE_COMMANDS.values(), ids=MESSAGE_COMMANDS)
def test_a_file_that_is_not_there_or_is_a_folder_is_wrong_use(refused, places, command, tmp_path) -> None:
    (tmp_path / "folder").mkdir()
    for bad in (tmp_path / "none", tmp_path / "folder", Path("x" * 300)):
        code = refused(*({**places, "BAD": bad}.get(word, word) for word in command), status=(2,))
        assert code in {"misuse", "profile-invalid"}
    assert not places["OUT"].exists()


@pytest.mark.parametrize(
    "command",
    [
        ("map", "blr-permits", "CSV", "-o", "BAD"),
        ("map", "blr-permits", "CSV", "-o", "OUT", "--rejects", "BAD"),
        ("sign", "MESSAGE", "-o", "BAD", "--key", "KEY", "--cert", "CERT"),
        ("unmap", "blr-permits", "MESSAGE", "-o", "BAD"),
        ("unmap", "blr-permits", "MESSAGE", "-o", "OUT", "--losses", "BAD"),
        ("watchlist", "screen", "LISTED", "LISTED", "-o", "BAD"),
        ("key", "certificate", "-o", "BAD", "--config", "CONFIG"),
        ("log", "export", "-o", "BAD", "--config", "CONFIG"),
    ],
    ids=" ".join,
)
def test_an_output_that_cannot_be_written_is_wrong_use(refused, places, permits, command, tmp_path) -> None:
    (tmp_path / "folder").mkdir()
    for bad in (tmp_path / "no" / "such" / "out", tmp_path / "folder", Path("/proc/nothing"), Path("x" * 300)):
        given = {**places, "BAD": bad, "CSV": permits(1)}
        assert refused(*(given.get(word, word) for word in command), status=(2,)) == "misuse"
    assert not places["OUT"].exists()


def test_a_file_in_another_encoding_or_without_a_column_says_which(gateway, permits, leftovers) -> None:
    source = permits(1)
    text = source.read_bytes().decode("windows-1251")
    source.write_bytes(text.encode("utf-8"))
    wrong = gateway("map", "blr-permits", source, "-o", "out.xml")
    assert (wrong.status, "utf-8" in wrong.err) == (1, True)
    source.write_bytes(text.replace("Фамилия", "Прозвище").encode("windows-1251"))
    lacking = gateway("map", "blr-permits", source, "-o", "out.xml")
    assert (lacking.status, "Фамилия" in lacking.err) == (1, True)
    Path("people.csv").write_text("id,shoe_size\n1,43\n")
    Path("listed.csv").write_text(LISTED)
    unsearchable = gateway("watchlist", "screen", "listed.csv", "people.csv", "-o", "hits.csv")
    assert (unsearchable.status, unsearchable.err.split(":")[0]) == (1, "unreadable")
    assert not Path("hits.csv").exists()


def test_a_list_that_breaks_off_in_the_middle_leaves_the_earlier_hits(gateway, leftovers) -> None:
    Path("listed.csv").write_text(LISTED)
    Path("hits.csv").write_text("earlier")
    Path("queries.csv").write_bytes(LISTED.encode() * 500 + b"\xff\xfe\n")
    assert gateway("watchlist", "screen", "listed.csv", "queries.csv", "-o", "hits.csv").status == 1
    assert Path("hits.csv").read_text() == "earlier"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("map", "no-such-profile", "x", "-o", "y"), "misuse"),
        (("map", "../../etc/passwd", "x", "-o", "y"), "misuse"),
        (("profiles", "show", "no-such-profile"), "misuse"),
        (("bogus",), "misuse"),
        (("key", "bogus"), "misuse"),
        (("validate",), "misuse"),
        (("validate", "--bogus", "x"), "misuse"),
        (("map", "blr-permits"), "misuse"),
        (("init", "--state", "BLR"), "misuse"),
        (("init", "--state", "belarus", "--dir", "new"), "misuse"),
        (("init", "--state", "BLR", "--dir", "new", "--port", "many"), "misuse"),
        (("init", "--state", "BLR", "--dir", "new", "--port", "0"), "misuse"),
        (("init", "--state", "BLR", "--dir", "new", "--algorithm", "md5"), "misuse"),
        (("init", "--state", 'BLR"\nport = 1', "--dir", "new"), "misuse"),
        (("init", "--state", "BLR", "--agency", "\u0430", "--dir", "new"), "misuse"),
        (("init", "--state", "BLR", "--host", 'x"', "--dir", "new"), "misuse"),
        (("init", "--state", "BLR", "--dir", "/proc/nothing/new"), "misuse"),
        (("serve",), "misuse"),
        (("partner", "list"), "misuse"),
        (("log", "verify", "x"), "misuse"),
        ((), ""),
        (("key",), ""),
    ],
    ids=str,
)
def test_wrong_use_is_status_two(refused, arguments, code, tmp_path) -> None:
    assert refused(*arguments, status=(2,)) == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("partner", "show", "KAZ/NOBODY"),
        ("partner", "suspend", "KAZ/NOBODY", "--as", "a", "--reason", "b"),
        ("partner", "test", "KAZ/NOBODY"),
        ("partner", "add", "nonsense", "--class", "MIG", "--as", "a", "--reason", "b"),
        ("partner", "add", "KAZ/GATE", "--class", "XXX", "--as", "a", "--reason", "b"),
        ("partner", "add", "KAZ/GATE", "--class", "MIG", "--kind", "x", "--as", "a", "--reason", "b"),
        ("approval", "approve", "nothing", "--as", "a", "--reason", "b"),
        ("approval", "reject", "nothing", "--as", "a", "--reason", "b"),
        ("agreement", "add", "x", "--state", "KAZ", "--direction", "up", "--category", "LABOUR_PERMIT", "--purpose",
         "STAY_CONTROL", "--class", "MIG", "--instrument", "t", "--from", "2026-01-01", "--as", "a", "--reason", "b"),
        ("agreement", "add", "x", "--state", "KAZ", "--direction", "out", "--category", "LABOUR_PERMIT", "--purpose",
         "STAY_CONTROL", "--class", "MIG", "--instrument", "t", "--from", "yesterday", "--as", "a", "--reason", "b"),
        ("key", "activate", "short", "--as", "a"),
        ("key", "retire", "0123456789", "--as", "a"),
        ("key", "revoke", "0123456789", "--as", "a", "--reason", "b", "--since", "never"),
        ("key", "generate", "--as", "a", "--algorithm", "md5"),
        ("sync", "run", "KAZ/NOBODY"),
        ("reconcile", "KAZ/NOBODY"),
        ("outbox", "resend", "--as", "a"),
        ("log", "prove", "nothing"),
        ("log", "export", "-o", "x", "--tree", "oak"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_name_that_the_node_does_not_know_is_told(refused, founded, arguments) -> None:
    assert refused(*arguments, "--config", founded / "gateway.toml") or arguments[0] == "partner"


SETTINGS = {
    "empty": (b"", "misuse"),
    "unknown option": (b'state = "BLR"\ncolour = "red"', "misuse"),
    "wrong type": (b'state = "BLR"\nport = "many"', "misuse"),
    "two jobs of one name": (b'state = "BLR"\n' + b'[[jobs]]\nname="a"\nkind="pull"\nevery=1\n' * 2, "misuse"),
    "not utf-8": "contact = 'дежурный'".encode("windows-1251"),
    "not toml": (b"<settings/>", "misuse"),
    "nonsense database": (b'state = "BLR"\ndatabase_url = "nonsense"', "misuse"),
    "unknown database": (b'state = "BLR"\ndatabase_url = "mysql://root@localhost/x"', "misuse"),
    "no server": (b'state = "BLR"\ndatabase_url = "postgresql+psycopg://a:b@127.0.0.1:1/x"', "unavailable"),
    "no database yet": (b'state = "BLR"', "database-version"),
}


@pytest.mark.parametrize("content", SETTINGS.values(), ids=SETTINGS)
def test_wrong_settings_stop_every_command_of_a_node(refused, content, message, tmp_path) -> None:
    raw, code = content if isinstance(content, tuple) else (content, "misuse")
    Path("gateway.toml").write_bytes(raw)
    for command in (
        ("key", "list"), ("partner", "list"), ("send", message, "--to", "KAZ/GATE"), ("sync", "status"),
        ("log", "verify"), ("serve",),
    ):  # fmt: skip
        if raw == b'state = "BLR"' or command != ("serve",):
            assert refused(*command) == code
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gateway.toml"]


def test_a_nonsense_database_address_in_the_environment_is_told_without_its_password(gateway, founded, monkeypatch):
    monkeypatch.setenv("GATEWAY_DATABASE_URL", "oracle://scott:tiger@host/x")
    told = gateway("partner", "list", "--config", founded / "gateway.toml")
    assert (told.status, told.err.split(":")[0]) == (2, "misuse")
    assert "tiger" not in told.err


@pytest.fixture
def node(founded, tmp_path):
    """A node of the test's own."""
    return Path(shutil.copytree(founded, tmp_path / "node")) / "gateway.toml"


def test_a_database_that_is_garbage_newer_or_empty_is_refused_and_left_alone(refused, node) -> None:
    file = node.with_name("gateway.sqlite")
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = file.read_bytes()
    assert refused("partner", "list", "--config", node, status=(2,)) == "database-version"
    assert refused("db", "upgrade", "--config", node, status=(2,)) == "database-version"
    assert file.read_bytes() == before
    # Beside the node, where no connection of an earlier command is open on the file that is exchanged.
    for content, code in ((b"garbage " * 1000, "misuse"), (b"", "database-version")):
        other = node.parent.with_name(f"{code}-node")
        shutil.copytree(node.parent, other, ignore=shutil.ignore_patterns("gateway.sqlite*"))
        (other / "gateway.sqlite").write_bytes(content)
        assert refused("partner", "list", "--config", other / node.name, status=(2,)) == code
    assert (
        refused("db", "upgrade", "--config", node.parent.with_name("misuse-node") / node.name, status=(2,)) == "misuse"
    )


def test_a_wrong_password_a_lost_key_and_a_lost_secret_are_told(refused, node) -> None:
    (node.parent / "key.password").write_text("another")
    assert refused("log", "checkpoint", "--config", node) == "key-unusable"
    (node.parent / "key.password").unlink()
    assert refused("log", "checkpoint", "--config", node) == "misuse"
    (node.parent / "key.password").write_text("")
    assert refused("log", "checkpoint", "--config", node) in {"key-unusable", "misuse"}
    (node.parent / "search.key").write_bytes(b"short")
    assert refused("send", node, "--to", "KAZ/GATE", "--config", node) in {"key-unusable", "misuse"}


def test_a_port_in_use_is_wrong_use(refused, node, monkeypatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("GATEWAY_PORT", str(taken.getsockname()[1]))
        assert refused("serve", "--config", node, status=(2,)) == "misuse"


def test_a_node_is_made_whole_or_not_at_all(refused, gateway, tmp_path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "note").touch()
    (tmp_path / "file").touch()
    for place in ("taken", "file", "file/below"):
        assert refused("init", "--state", "BLR", "--dir", place, status=(2,)) == "misuse"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "taken"]
