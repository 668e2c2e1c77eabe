"""Settings: every option described in docs/settings.md, every mistake named, none believed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from gateway.errors import KeyUnusable, Misuse
from gateway.settings import (
    OVERRIDES,
    Job,
    Limits,
    Retention,
    Revocation,
    Settings,
    Stamps,
    TimestampAuthority,
    Tls,
    Token,
    load,
    parse,
)

DOCS = Path(__file__).parents[1] / "docs" / "settings.md"
PLACE = "settings.toml"


def described(model: type[BaseModel], prefix: str = "") -> Iterator[str]:
    """One line of the table for each option of a model."""
    for name, option in model.model_fields.items():
        kind = option.annotation
        if kind in (Tls | None, Token | None) or (isinstance(kind, type) and issubclass(kind, BaseModel)):
            continue
        left_out = {"directory": "."}.get(name, option.default)  # load() fills it in
        default = "required" if left_out is PydanticUndefined else f"`{shown(left_out)}`"
        yield f"| `{prefix}{name}` | {written(kind)} | {default} | {option.description} |"


def shown(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    return "[]" if value == () else "none" if value is None else str(value)


def written(kind: Any) -> str:
    choices = [choice for choice in get_args(kind) if isinstance(choice, str)]
    if choices:
        return ", ".join(f'"{choice}"' for choice in choices)
    names = {str: "text", int: "whole number", float: "number", Path: "path", dict[str, str]: "table of texts"}
    return names.get(
        kind,
        "path"
        if Path in get_args(kind)
        else "list of texts"
        if kind == tuple[str, ...] or any(get_origin(part) is Literal for part in get_args(kind))
        else "list of tables",
    )


def test_the_docs_are_the_models_own_words() -> None:
    rows = [
        *described(Settings),
        *described(Tls, "tls."),
        *described(Token, "token."),
        *described(Limits, "limits."),
        *described(Stamps, "stamps."),
        *described(TimestampAuthority, "stamps.authorities[]."),
        *described(Retention, "retention."),
        *described(Revocation, "revocation."),
        *described(Job, "jobs[]."),
    ]
    table = re.findall(r"^\| `(?!GATEWAY_).*$", DOCS.read_text("utf-8"), re.MULTILINE)
    assert table == rows, "docs/settings.md is out of date; the table should be:\n" + "\n".join(rows)


def test_the_docs_name_the_environment_variables() -> None:
    text = DOCS.read_text("utf-8")
    assert [name for name in OVERRIDES if f"`GATEWAY_{name.upper()}`" not in text] == []


def test_the_least_settings_are_a_state(tmp_path: Path) -> None:
    (tmp_path / PLACE).write_text('state = "KAZ"\n')
    settings = load(tmp_path / PLACE)
    assert (settings.node, settings.directory) == ("KAZ/GATE", tmp_path.resolve())
    assert settings.database == f"sqlite:///{tmp_path.resolve()}/gateway.sqlite"
    assert settings.url == "http://127.0.0.1:8080"


def test_paths_are_meant_from_where_the_file_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / PLACE).write_text('state = "KAZ"\ndirectory = "node"\nkey_password_file = "node/word"\n')
    monkeypatch.chdir("/")
    settings = load(tmp_path / PLACE)
    assert settings.directory == tmp_path.resolve() / "node"
    assert settings.key_password_file == tmp_path.resolve() / "node" / "word"


def test_the_environment_overrides_what_a_container_has_to_say(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / PLACE).write_text('state = "KAZ"\nport = 1\nhost = "127.0.0.1"\n')
    for name, value in (("DATABASE_URL", "sqlite:///x"), ("HOST", "::1"), ("PORT", "8443")):
        monkeypatch.setenv(f"GATEWAY_{name}", value)
    settings = load(tmp_path / PLACE)
    assert (settings.database, settings.url) == ("sqlite:///x", "http://[::1]:8443")
    monkeypatch.setenv("GATEWAY_PUBLIC_URL", "https://gate.example")
    assert load(tmp_path / PLACE).url == "https://gate.example"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "state: Field required"),
        ("state = 'belarus'", "state:"),
        ("state = 'BLR'\ncolour = 'red'", "colour: Extra inputs"),
        ("state = 'BLR'\nport = 'many'", "port:"),
        ("state = 'BLR'\nport = 0", "port:"),
        ("state = 'BLR'\nhost = ''", "host:"),
        ("state = 'BLR'\ndirectory = 5", "directory:"),
        ("state = 'BLR'\ndirectory = \"a\\u0000b\"", "A path in the settings"),
        ("state = 'BLR'\nmessage_lifetime = inf", "message_lifetime:"),
        ("state = 'BLR'\nclock_skew = nan", "clock_skew:"),
        ("state = 'BLR'\npublic_url = 'gate.example'", "public_url:"),
        ("state = 'BLR'\nlimits = 3", "limits:"),
        ("state = 'BLR'\napprovals = 0", "approvals:"),
        ("state = 'BLR'\nadministrators = ['KAZ/ADA']", "KAZ/ADA is no agency of BLR"),
        ("state = 'BLR'\nadministrators = ['BLR/GATE']", "BLR/GATE is no agency of BLR"),
        ("state = 'BLR'\n[revocation.addresses]\n'ftp://ca/x' = 'http://mirror/x'", "revocation.addresses:"),
        ("state = 'BLR'\n[revocation.addresses]\n'http://ca/x' = 'none'", "revocation.addresses:"),
        ("state = 'BLR'\n[revocation.addresses]\n'http://ca/x' = 'http://user@mirror/x'", "revocation.addresses:"),
        ("state = 'BLR'\n[limits]\nmessage_bytes = -1", "limits.message_bytes:"),
        ("state = 'BLR'\n[[jobs]]\nname = 'a'\nkind = 'dance'\nevery = 5", "jobs.0.kind:"),
        ("state = 'BLR'\n[[jobs]]\nname = 'a'\nkind = 'pull'\nevery = 5\npartner = 'kaz'", "jobs.0.partner:"),
        ("state = 'BLR'\n" + "[[jobs]]\nname = 'a'\nkind = 'pull'\nevery = 5\n" * 2, "Two jobs have the same name"),
        ("state = 'BLR'\nstate = 'KAZ'", "not TOML"),
        ("state = [[[", "not TOML"),
        ("state = " + "[" * 5_000, "not TOML"),
    ],
)
def test_a_mistake_is_named_with_its_option(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / PLACE).write_text(text)
    with pytest.raises(Misuse) as refused:
        load(tmp_path / PLACE)
    assert told in refused.value.detail
    assert refused.value.where == str(tmp_path / PLACE)
    assert refused.value.exit_status == 2


def test_all_mistakes_are_named_at_once() -> None:
    with pytest.raises(Misuse) as refused:
        parse({"state": "x", "port": -1, "directory": "/", "wrong": 1}, where="here")
    assert all(f"{name}:" in refused.value.detail for name in ("state", "port", "wrong"))


def test_a_file_that_is_not_there_not_utf_8_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match="gateway init"):
        load(tmp_path / "none.toml")
    with pytest.raises(Misuse, match="cannot be read"):
        load(tmp_path)
    (tmp_path / PLACE).write_bytes("contact = 'дежурный'".encode("windows-1251"))
    with pytest.raises(Misuse, match="not UTF-8"):
        load(tmp_path / PLACE)


def test_the_password_of_the_keys_comes_from_its_file_or_the_environment(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("GATEWAY_KEY_PASSWORD", raising=False)
    plain = parse({"state": "BLR", "directory": str(tmp_path)}, where="")
    with pytest.raises(Misuse, match="GATEWAY_KEY_PASSWORD"):
        plain.key_password()
    monkeypatch.setenv("GATEWAY_KEY_PASSWORD", "from outside")
    assert plain.key_password() == b"from outside"
    filed = plain.model_copy(update={"key_password_file": tmp_path / "word"})
    with pytest.raises(Misuse, match="cannot be read"):
        filed.key_password()
    (tmp_path / "word").write_text("from the file\n")
    for mode in (0o644, 0o640, 0o604):
        (tmp_path / "word").chmod(mode)
        with pytest.raises(KeyUnusable, match=f"mode {mode:04o}"):
            filed.key_password()
    (tmp_path / "word").chmod(0o600)
    assert filed.key_password() == b"from the file"
