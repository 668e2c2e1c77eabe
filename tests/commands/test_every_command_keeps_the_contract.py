"""The contract of the command line: its names, its JSON, its exit statuses, its silence in a pipe."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from gateway.commands import terminal, words
from gateway.commands.words import LINE
from gateway.errors import Misuse

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "commands.md"


def commands() -> dict[str, object]:
    """Every command by its full name."""
    found: dict[str, object] = {}

    def walk(group, prefix: str) -> None:
        for name, command in group.commands.items():
            if hasattr(command, "commands"):
                walk(command, f"{prefix}{name} ")
                if command.invoke_without_command:
                    found[f"{prefix}{name}"] = command
            else:
                found[f"{prefix}{name}"] = command

    walk(LINE, "")
    return found


COMMANDS = commands()
SILENT = {"serve", "demo"}
"""They run until they are stopped; what they report is for people."""


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - SILENT))
def test_everything_that_reports_speaks_json(name) -> None:
    assert "--json" in [option for parameter in COMMANDS[name].params for option in parameter.opts]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_explained_in_both_languages(name) -> None:
    command = COMMANDS[name]
    texts = [command.help] + [part.help for part in command.params if part.opts[0].startswith("--") and part.help]
    for text in texts:
        assert re.search("[a-z]", text), (name, text)
        assert re.search("[а-я]", text), (name, text)


def test_the_reference_names_every_command() -> None:
    text = DOCS.read_text("utf-8")
    assert [name for name in COMMANDS if f"`gateway {name}" not in text] == []
    named = set(re.findall(r"^\| `gateway ([a-z]+(?: [a-z]+)?)", text, re.MULTILINE))
    groups = {name.split(" ")[0] for name in COMMANDS if " " in name}
    assert {name for name in named if name.split(" ")[0] not in groups | set(COMMANDS)} == set()


def test_validate_lists_its_findings_with_file_path_and_line(gateway, message) -> None:
    bad = message.parents[1] / "invalid" / "to-oneself.xml"
    done = gateway("validate", message, bad, "--json")
    assert done.status == 1
    assert [(item["file"], item["code"], item["severity"]) for item in done.json] == [(str(bad), "BR-32", "error")]
    assert list(done.json[0]) == ["file", "code", "severity", "path", "line", "message_en", "message_ru"]
    assert done.json[0]["path"].startswith("/Message")
    assert done.json[0]["line"] > 0
    assert (gateway("validate", message, "--json").json, gateway("validate", message).status) == ([], 0)


def test_validate_judges_every_example_as_it_is_labelled(gateway, message) -> None:
    invalid = sorted((message.parents[1] / "invalid").glob("*.xml"))
    done = gateway("validate", *sorted(message.parent.glob("*.xml")), *invalid, "--json")
    errors = {item["file"] for item in done.json if item["severity"] == "error"}
    assert errors <= {str(path) for path in invalid}
    assert len(errors) > len(invalid) - 5  # some are only remarked upon


def test_validate_tells_the_line_where_a_document_breaks_off(gateway) -> None:
    Path("torn.xml").write_text('<Message xmlns="urn:cis:migration-exchange:1">\n<Header>\n</Head')
    found = gateway("validate", "torn.xml", "--json").json
    assert [(item["code"], item["line"]) for item in found] == [("malformed-xml", 3)]
    assert "torn.xml:3: error malformed-xml" in gateway("validate", "torn.xml").err


def test_a_bad_record_does_not_hide_what_is_wrong_with_another(gateway, permits) -> None:
    gateway("map", "blr-permits", permits(3), "-o", "out.xml")
    parts = Path("out.xml").read_text().split("<Record><RecordId>")
    assert len(parts) == 4
    parts[1] = re.sub("<Sex>[^<]*", "<Sex>m", parts[1])
    parts[3] = re.sub("<ValidTo>[^<]*", "<ValidTo>2001-01-01", parts[3])
    Path("out.xml").write_text("<Record><RecordId>".join(parts))
    paths = [item["path"] for item in gateway("validate", "out.xml", "--json").json if item["severity"] == "error"]
    assert {re.search(r"Record\[(\d)\]", path)[1] for path in paths} == {"1", "3"}, paths


def test_a_refusal_is_one_line_in_the_readers_language(gateway, monkeypatch) -> None:
    english = gateway("validate", "none.xml")
    assert english.err == (
        "misuse: The command cannot be carried out as it was given. The file cannot be read. [none.xml]\n"
    )
    for name, value in (("LANG", "ru_RU.UTF-8"), ("LC_ALL", "ru_RU.UTF-8"), ("GATEWAY_LANG", "ru")):
        monkeypatch.setenv(name, value)
        assert gateway("validate", "none.xml").err.startswith("misuse: Команду нельзя выполнить")
        monkeypatch.delenv(name)


def test_a_bug_is_told_without_its_words_unless_somebody_looks_for_it(gateway, monkeypatch) -> None:
    def broken(**_: object) -> None:
        raise KeyError("Каримов Жасур")

    # The one stand-in of this suite: a bug cannot be ordered.
    monkeypatch.setattr(words, "LINE", SimpleNamespace(main=broken))
    told = gateway("validate", "x")
    assert (told.status, told.out) == (1, "")
    assert told.err.startswith("internal-error: ")
    assert "Каримов" not in told.err
    assert "Traceback" not in told.err
    monkeypatch.setenv("GATEWAY_DEBUG", "1")
    with pytest.raises(KeyError):
        gateway("validate", "x")


def test_what_a_partner_wrote_cannot_steer_the_terminal(capsys) -> None:
    terminal.table("t", ("a",), [("[red]x[/nonsense]\x1b[2J",)])
    terminal.say("one :smile: \x1b]0;title\x07", "")
    terminal.complain(Misuse("x\x1b[31m", where="\x9b"))
    written = "".join(capsys.readouterr())
    assert "[red]x[/nonsense]" in written
    assert ":smile:" in written
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", written)


def test_times_in_json_are_iso_8601(gateway, founded) -> None:
    listed = gateway("key", "list", "--json", "--config", founded / "gateway.toml")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00", listed.json[0]["not_after"])


def test_a_screened_list_is_counted_and_its_hits_are_written(gateway) -> None:
    Path("listed.csv").write_text("id,family_name,given_name,birth_date\ne1,Щукин,Юрий,1985-06-15\n")
    Path("asked.csv").write_text("id;ФИО;birth_date\nq1;Chtchoukine Iouri;15.06.1985\nq2;Гусев Олег;01.02.1970\n")
    call = ("watchlist", "screen", "listed.csv", "asked.csv", "-o", "hits.csv", "--columns", "full_name=ФИО")
    done = gateway(*call, "--json")
    assert (done.status, done.err) == (0, "")
    assert done.json | {"x": 0} == {"entries": 1, "queries": 2, "hit": 1, "possible": 0, "no_hit": 1,
                                    "insufficient": 0, "unreadable_dates": 0, "x": 0}  # fmt: skip
    assert Path("hits.csv").read_text().splitlines()[1].startswith("q1,e1,HIT,")
    assert "2 queries against 1 entries: 1 hits" in gateway(*call).out


ENVIRONMENT = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm"}


def test_a_real_process_is_silent_in_a_pipe_and_shows_a_bar_on_a_terminal(permits, tmp_path) -> None:
    command = [
        sys.executable,
        "-m",
        "gateway",
        "map",
        "blr-permits",
        str(permits(5)),
        "-o",
        str(tmp_path / "out.xml"),
        "--json",
    ]
    piped = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=True)
    assert json.loads(piped.stdout)["mapped"] == 5
    assert piped.stderr == b""
    parent, child = pty.openpty()
    shown = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=child, check=True)
    os.close(child)
    assert json.loads(shown.stdout)["mapped"] == 5
    assert b"blr-permits" in os.read(parent, 65_536)
    os.close(parent)


def test_a_reader_who_leaves_early_and_a_full_disk_give_no_traceback(tmp_path) -> None:
    program = [sys.executable, "-m", "gateway", "profiles", "show", "blr-permits", "--json"]
    shell = f"{' '.join(program)} | true"
    left = subprocess.run(["sh", "-c", shell], cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=True)
    assert left.stderr == b""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(program, cwd=ROOT, env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"misuse: ")
    assert b"Traceback" not in done.stderr


def test_json_survives_a_terminal_that_is_not_utf_8(tmp_path) -> None:
    program = [sys.executable, "-m", "gateway", "profiles", "show", "blr-permits", "--json"]
    environment = {**ENVIRONMENT, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert json.loads(done.stdout)["columns"][0]["column"] == "Фамилия"
