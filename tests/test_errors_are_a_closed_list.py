"""Refusals: stable codes, both languages, and a reference that lists every one of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import gateway.app  # noqa: F401 - kinds of refusal that live beside their use are known once imported
from gateway import errors
from gateway.commands.words import LINE
from gateway.errors import Misuse, Refusal

DOCS = Path(__file__).parents[1] / "docs" / "errors.md"


def kinds(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for kind in of.__subclasses__():
        if kind.__module__.startswith("gateway."):
            # A kind that has no code of its own is only another way to carry its parent's.
            if "code" in vars(kind):
                yield kind
            yield from kinds(kind)


def row(kind: type[Refusal]) -> str:
    return f"| `{kind.code}` | {kind.status} | {kind.exit_status} | {kind.title_en} | {kind.title_ru} |"


LOADED = list(LINE.commands.values())
"""Every command with its module, and with it the kinds of refusal that live beside their use."""
KINDS = sorted(kinds(), key=lambda kind: kind.code)


def test_the_reference_lists_every_refusal() -> None:
    rows = [row(kind) for kind in KINDS]
    table = re.findall(r"^\| `.*$", DOCS.read_text("utf-8"), re.MULTILINE)
    assert table == rows, "docs/errors.md is out of date; the table should be:\n" + "\n".join(rows)


def test_no_two_refusals_share_a_code() -> None:
    codes = [kind.code for kind in KINDS]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_each_has_a_code_of_its_own_a_status_and_both_languages(kind: type[Refusal]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert 400 <= kind.status <= 599
    assert kind.exit_status in (1, 2)
    assert kind.__doc__
    refusal = kind()
    assert re.fullmatch(r"[A-Z].*\.", refusal.title("en"), re.DOTALL)
    assert re.fullmatch(r"[А-Я].*\.", refusal.title("ru"), re.DOTALL)
    assert refusal.title("fr") == refusal.title("en")


def test_a_detail_is_also_the_reason_and_a_reason_alone_is_not_shown() -> None:
    told = Misuse("Say which.", where="--to")
    assert (told.detail, told.where, told.reason, str(told)) == ("Say which.", "--to", "Say which.", "Say which.")
    kept = errors.SignatureInvalid(reason="the digest differs")
    assert (kept.detail, kept.reason) == ("", "the digest differs")
    both = Misuse("Say which.", reason="nothing was said")
    assert (both.detail, both.reason) == ("Say which.", "nothing was said")
    assert str(errors.Expired()) == errors.Expired.title_en


def test_security_refusals_have_nothing_in_their_sentence_that_tells_two_causes_apart() -> None:
    """One sentence a kind, without a place for a value: what helps a clerk also helps an attacker."""
    for kind in (errors.SignatureInvalid, errors.UnknownPartner, errors.NotPermitted, errors.NotAuthenticated):
        assert "{" not in kind.title_en + kind.title_ru
        assert kind(reason="secret").detail == ""
