"""Whatever administers keys, partners and the log by command line is there by REST, or it is said why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.commands.words import LINE

MACHINE = "founds, starts or copies a node: whoever does it has the machine, and there is no node yet, or none running"
FILES = "works on files of the caller and needs no node"
RECORDS = "reads or writes records, which no administrator may"
WORK = "the exchange's own work, which the jobs of the settings do; no key, partner, agreement or log is changed"

COMMANDS: dict[str, str] = {
    "init": MACHINE,
    "serve": MACHINE,
    "demo": MACHINE,
    "db upgrade": MACHINE,
    "map": FILES,
    "unmap": FILES,
    "validate": FILES,
    "sign": FILES,
    "verify": FILES,
    "link": FILES,
    "profiles": FILES,
    "reference": FILES,
    "watchlist": RECORDS,
    "send": RECORDS,
    "load": RECORDS + "; agencies hand files in by POST /v1/records",
    "retention": RECORDS,
    "identity": RECORDS,
    "review": RECORDS,
    "stamps export": RECORDS + "; GET /v1/admin/stamps/{message} gives the tokens without the message",
    "sync": WORK,
    "reconcile": WORK,
    "outbox list": "GET outbox",
    "outbox resend": "POST outbox/resend",
    "status": "GET status",
    "alarms": "GET alarms",
    "alarms clear": "POST alarms/clear",
    "partner list": "GET partners",
    "partner show": "GET partners",
    "partner add": "POST partners",
    "partner suspend": "POST partners/suspend",
    "partner resume": "POST partners/resume",
    "partner soap-security": "POST partners/soap-security",
    "partner algorithms": "POST partners/algorithms",
    "partner test": "POST partners/test",
    "partner anchor list": "GET anchors",
    "partner anchor add": "POST anchors",
    "partner anchor remove": "POST anchors/remove",
    "partner anchor revocation": "GET anchors/revocation",
    "agreement list": "GET agreements",
    "agreement add": "POST agreements",
    "agreement end": "POST agreements/end",
    "approval list": "GET approvals",
    "approval approve": "POST approvals/{approval}/approve",
    "approval reject": "POST approvals/{approval}/reject",
    "key list": "GET keys",
    "key algorithms": "GET keys/algorithms",
    "key certificate": "GET keys/certificate",
    "key directory": "GET keys/directory",
    "key fetched": "GET keys/fetched",
    "key messages": "GET keys/{kid}/messages",
    "key generate": "POST keys/generate",
    "key csr": "POST keys/csr",
    "key import": "POST keys/import",
    "key certify": "POST keys/certify",
    "key publish": "POST keys/publish",
    "key activate": "POST keys/activate",
    "key retire": "POST keys/retire",
    "key revoke": "POST keys/revoke",
    "key propose": "POST keys/propose",
    "tls generate": "POST tls/generate",
    "tls activate": "POST tls/activate",
    "tls certificate": "GET tls/certificate",
    "tls pin": "POST partners/tls",
    "stamps status": "GET stamps",
    "stamps run": "POST stamps/run",
    "stamps verify": "GET stamps/{message}",
    "log status": "GET log",
    "log checkpoint": "POST log/checkpoint",
    "log witness": "POST log/witness",
    "log restart": "POST log/restart",
    "log prove": "GET log/prove/{message}",
    "log export": "GET log/export",
    "log verify": "POST log/verify",
    "relink start": "POST relinks",
    "relink status": "GET relinks",
    "relink diff": "GET relinks/diff",
    "relink accept": "POST relinks/accept",
    "relink reject": "POST relinks/reject",
    "relink run": "the work of a run itself, which a job of kind relink does in a running node",
    "vault status": "GET vault",
    "vault rotate": "POST vault/rotate",
    "vault reseal": "POST vault/reseal",
    "vault drop": "POST vault/drop",
}
"""Each command, or a whole noun of them: the path under /v1/admin that does the same, or why there is none."""
NOUNS = {"outbox", "relink", "partner", "agreement", "approval", "key", "tls", "stamps", "log", "vault", "alarms"}
"""Of these every command has a line of its own."""


def commands() -> Iterator[str]:
    def walk(group: Any, prefix: str) -> Iterator[str]:
        for name, command in group.commands.items():
            if not hasattr(command, "commands"):
                yield f"{prefix}{name}"
                continue
            yield from walk(command, f"{prefix}{name} ")
            if command.invoke_without_command:
                yield f"{prefix}{name}"

    yield from walk(LINE, "")


def line(command: str) -> str:
    """The line of a command: its own, or that of its noun where the noun administers nothing."""
    noun = command.split(" ", maxsplit=1)[0]
    return COMMANDS.get(command) or (COMMANDS.get(noun, "") if noun not in NOUNS else "")


def reaches(value: str) -> bool:
    return value.startswith(("GET ", "POST "))


@pytest.fixture(scope="module")
def paths(make_world: Any, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    with make_world(tmp_path_factory.mktemp("paths") / "nodes") as world:
        found = world.http.get(f"{world.url}/openapi.json").json()["paths"]
    prefix = "/v1/admin/"
    return {
        f"{method.upper()} {path.removeprefix(prefix)}"
        for path, methods in found.items()
        if path.startswith(prefix)
        for method in methods
    }


@pytest.mark.parametrize("command", sorted(commands()))
def test_a_command_has_a_path_or_a_reason(command: str, paths: set[str]) -> None:
    value = line(command)
    assert value, f"gateway {command}: give it a path under /v1/admin, or say here why it has none"
    assert value in paths if reaches(value) else len(value) > 20


def test_no_path_does_what_no_command_does(paths: set[str]) -> None:
    assert paths == {value for value in COMMANDS.values() if reaches(value)}


def test_no_line_speaks_of_a_command_that_is_gone() -> None:
    known = set(commands())
    nouns = {command.split(" ")[0] for command in known}
    assert set(COMMANDS) <= known | nouns


def test_openapi_says_what_opens_the_door_and_what_a_refusal_looks_like(world: Any) -> None:
    described = world.http.get(f"{world.url}/openapi.json").json()
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert "HTTPValidationError" not in str(described)
    operations = [
        operation for path, methods in described["paths"].items() if path.startswith("/v1/admin")
        for operation in methods.values()
    ]  # fmt: skip
    assert len(operations) > 50
    for operation in operations:
        assert operation["security"] == [{"token": []}], operation["operationId"]
        assert "application/problem+json" in operation["responses"]["4XX"]["content"], operation["operationId"]
    schema = operations[0]["responses"]["4XX"]["content"]["application/problem+json"]["schema"]
    refused = world.http.post(f"{world.url}/v1/admin/partners/suspend", headers=world.bearer("BLR/ADA"), json={"x": 1})
    assert set(schema["required"]) <= set(refused.json()) <= set(schema["properties"])
