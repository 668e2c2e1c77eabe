"""The foreign services of the demo stand on their own: own words, own state, loopback only."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.demo import services
from gateway.demo.services.register import Register

SERVICES = Path(services.__file__).parent


@pytest.mark.parametrize("file", sorted(SERVICES.glob("*.py")), ids=lambda path: path.stem)
def test_a_service_imports_nothing_of_the_gateway_but_its_neighbours(file: Path) -> None:
    imports = [
        node.module or "" for node in ast.walk(ast.parse(file.read_text("utf-8"))) if isinstance(node, ast.ImportFrom)
    ]
    ours = [module for module in imports if module.startswith("gateway")]
    assert all(module.startswith("gateway.demo.services") for module in ours)


@pytest.mark.parametrize("module", ["kgz", "aze"])
@pytest.mark.parametrize("content", [None, "", "[]", '{"other": []}'])
def test_a_data_file_that_cannot_be_read_ends_with_one_sentence(
    tmp_path: Path, module: str, content: str | None
) -> None:
    file = tmp_path / "data.json"
    if content is not None:
        file.write_text(content, "utf-8")
    command = [sys.executable, "-m", f"gateway.demo.services.{module}", "--port", "1", "--data", str(file)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.startswith("The data file cannot be read")
    assert "Traceback" not in ended.stderr


def test_what_was_received_outlives_the_service(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    register = Register([], "number", state)
    register.receive([{"number": "1"}, {"number": "2"}, {}], lambda row: "" if row else "empty")
    again = Register([], "number", state).stats()
    assert (again["stored"], again["offered"], again["refused"]) == (2, 3, 1)
    assert json.loads(state.read_text("utf-8"))["received"].keys() == {"1", "2"}
