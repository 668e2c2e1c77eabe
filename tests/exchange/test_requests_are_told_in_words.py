"""Whatever waits for a second person is told in words; a damaged request still shows what stands in it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.exchange import administration, in_words
from gateway.store.tables import Approval

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def asked(action: str, **payload: Any) -> Approval:
    return Approval(
        id="a", action=action, subject="KAZ/GATE", payload=payload, reason="x", requested_by="anna", requested=START,
        expires=START, needed=1, status="open",
    )  # fmt: skip


def test_every_act_that_can_be_approved_has_words(world) -> None:
    assert set(in_words._WORDS) == set(administration.acts(world.node))


@pytest.mark.parametrize("payload", [{}, {"certificate": "no"}, {"kid": 7}, {"kid": "0" * 64, "on": None}])
def test_no_payload_hides_a_request(world, payload) -> None:
    with world.node.database.read() as session:
        for action in (*administration.acts(world.node), "unheard-of"):
            words = in_words.of(session, asked(action, **payload))
            assert words.en
            assert words.ru
            if words.en.startswith(action):
                assert [value for _, _, value in words.facts] == [str(value) for value in payload.values()]


def test_a_partners_key_is_shown_by_the_fingerprint_that_is_compared(world) -> None:
    node = world.node
    with node.database.read() as session:
        signer = node.keyring.signer(session)
        words = in_words.of(session, asked("key-revoke", kid=signer.kid, invalid_since="2026-03-01"))
    assert re.search("Revoke our own key", words.en)
    assert re.search("Отозвать", words.ru)
    assert ("key", "ключ", signer.kid) in words.facts
