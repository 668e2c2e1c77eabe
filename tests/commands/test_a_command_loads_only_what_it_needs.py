"""A command starts as fast as its own work allows: whatever only others need is not loaded for it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from gateway import __version__
from gateway.commands.words import LINE, WORDS

ROOT = Path(__file__).parents[2]
HEAVY = {"splink", "duckdb", "zeep", "xmlschema", "sqlalchemy", "alembic", "numpy", "fastapi", "httpx", "openpyxl"}
LOADED = """
import json, sys
from gateway.commands.main import run
for command in sys.argv[1:]:
    assert run(command.split()) == 0, command
sys.stderr.write(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
"""


def loaded(*commands: str) -> set[str]:
    """The packages that a process has loaded once it has carried out commands."""
    program = [sys.executable, "-c", LOADED, *commands]
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    done = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, check=True)
    return set(json.loads(done.stderr))


def test_a_light_command_loads_neither_a_database_nor_an_engine() -> None:
    light = ("--version", "verify --help", "validate --help", "sign --help", "link --help", "reference list")
    assert not HEAVY & loaded(*light)


def test_no_help_loads_soap_the_web_or_an_engine() -> None:
    every = (f"{word} --help" for word in WORDS)
    assert not {"splink", "duckdb", "zeep", "xmlschema", "fastapi", "uvicorn"} & loaded(*every)


def test_help_names_every_word_with_its_sentence(gateway) -> None:
    lines = gateway("--help").out.split("Commands:")[1].strip().splitlines()
    told = dict(line.split(maxsplit=1) for line in lines)
    assert list(told) == list(WORDS)
    assert all(sentence.endswith(".") for sentence in told.values())


def test_a_misspelt_word_is_met_with_the_right_one(gateway) -> None:
    refused = gateway("vreify", "x")
    assert refused.status == 2
    assert "Did you mean 'verify'" in refused.err


def test_the_version_is_told(gateway) -> None:
    told = gateway("--version")
    assert (told.status, told.out, told.err) == (0, f"gateway {__version__}\n", "")


def test_the_line_holds_the_words_and_no_others() -> None:
    assert len(LINE.commands) == len(WORDS)
    assert "nonsense" not in LINE.commands
