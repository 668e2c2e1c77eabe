"""The audit trail: every row sealed by a leaf, administrative acts shown to partners as digests, failures kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from gateway import audit
from gateway.audit import Action
from gateway.errors import NotPermitted
from gateway.ledger import log
from gateway.store.database import Database
from gateway.store.tables import Audit, LogLeaf


def write(session, now, action: Action = Action.PERSON_QUERY, **changes) -> Audit:
    values = {"actor": "KAZ/MVD", "subject": "query", "outcome": "nothing", "purpose": "BORDER_CHECK", **changes}
    return audit.write(session, action, at=now, **values)


def test_a_read_that_found_nothing_is_written_down_with_who_why_and_what(database: Database, now) -> None:
    with database.begin() as session:
        write(session, now, detail={"candidates": 0})
    with database.read() as session:
        row = session.scalars(select(Audit)).one()
        assert (row.action, row.actor, row.subject) == ("person-query", "KAZ/MVD", "query")
        assert (row.purpose, row.outcome, row.at, row.detail["candidates"]) == ("BORDER_CHECK", "nothing", now, 0)


def test_every_row_is_sealed_by_a_leaf_of_the_audit_tree(database: Database, now) -> None:
    with database.begin() as session:
        for number in range(3):
            write(session, now, subject=f"s{number}")
    with database.read() as session:
        for row in session.scalars(select(Audit)):
            leaf = session.get_one(LogLeaf, ("audit", row.log_index))
            assert leaf.content == f"person-query {audit.digest(row)}"


@pytest.mark.parametrize(
    "change",
    [{"actor": "X"}, {"subject": "X"}, {"outcome": "X"}, {"purpose": "X"}, {"action": "X"}, {"detail": {"salt": "0"}}],
)
def test_a_row_changed_afterwards_no_longer_fits_its_leaf(sqlite: Database, now, change: dict) -> None:
    with sqlite.begin() as session:
        write(session, now)
    with sqlite.begin() as session:
        session.execute(update(Audit).values(**change))
    with sqlite.read() as session:
        row = session.scalars(select(Audit)).one()
        assert audit.digest(row) not in session.get_one(LogLeaf, ("audit", row.log_index)).content


@pytest.mark.parametrize("action", sorted(set(Action) - audit.ADMINISTRATIVE))
def test_no_read_and_no_act_about_a_person_moves_the_tree_partners_see(sqlite: Database, now, action: Action) -> None:
    with sqlite.begin() as session:
        write(session, now, action)
        assert (log.size(session, "exchange"), log.size(session, "audit")) == (0, 1)


@pytest.mark.parametrize("action", sorted(audit.ADMINISTRATIVE))
def test_an_administrative_act_is_shown_to_partners_as_a_digest_only(sqlite: Database, now, action: Action) -> None:
    with sqlite.begin() as session:
        row = write(session, now, action, actor="anna")
        (leaf,) = log.find(session, "exchange", "act")
        assert leaf.content == f"act {audit.digest(row)}"
        assert (log.size(session, "exchange"), log.size(session, "audit")) == (1, 1)


def test_two_equal_acts_have_different_digests_so_that_none_can_be_guessed(sqlite: Database, now) -> None:
    with sqlite.begin() as session:
        assert audit.digest(write(session, now)) != audit.digest(write(session, now))


def test_a_strangers_long_or_strange_words_are_kept_as_far_as_they_fit(database: Database, now) -> None:
    with database.begin() as session:
        write(session, now, actor="x" * 500, subject="a\x00b\nc\ud800", outcome="y" * 90, purpose="z" * 90)
    with database.read() as session:
        row = session.scalars(select(Audit)).one()
        assert (row.actor, row.subject, row.outcome, row.purpose) == ("x" * 80, "a?b?c?", "y" * 40, "z" * 32)
        assert audit.digest(row) in session.get_one(LogLeaf, ("audit", row.log_index)).content


def test_what_was_audited_before_a_refusal_stays(database: Database, now) -> None:
    def attempt() -> None:
        with audit.keeping_traces(database) as session:
            write(session, now, outcome="not-permitted")
            raise NotPermitted

    with pytest.raises(NotPermitted):
        attempt()
    with database.read() as session:
        assert session.scalars(select(Audit.outcome)).all() == ["not-permitted"]


def test_a_mistake_of_ours_is_no_refusal_and_undoes_everything(database: Database, now) -> None:
    def attempt() -> None:
        with audit.keeping_traces(database) as session:
            write(session, now)
            raise KeyError

    with pytest.raises(KeyError):
        attempt()
    with database.read() as session:
        assert session.scalars(select(Audit)).all() == []
        assert log.size(session, "audit") == 0
