"""`gateway log verify`: nobody can make a person unfindable, or findable by what is not theirs, unseen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, func, insert, select, update

from gateway.store import tables
from gateway.sync.push import push
from tests.sync.test_no_row_changes_unseen import found, thief

KEY = tables.PersonKey


def known(world: Any) -> tuple[int, int]:
    """A node that knows some people, and one of the keys by which one of them is found."""
    world.permits(3)
    push(world.blr, "KAZ/GATE")
    assert found(world.blr) == set()
    with world.blr.database.read() as session:
        key, person = session.execute(select(KEY.key, KEY.person_id).order_by(KEY.key)).first()
    return key, person


def test_a_key_that_was_removed_is_found(either_world: Any) -> None:
    key, person = known(either_world)
    with thief(either_world.blr) as connection:
        connection.execute(delete(KEY).where(KEY.key == key, KEY.person_id == person))
    assert found(either_world.blr) == {f"LOG-ROW-MISSING person_key[{key}|{person}]"}


def test_a_key_that_was_changed_is_found(either_world: Any) -> None:
    key, person = known(either_world)
    with thief(either_world.blr) as connection:
        connection.execute(update(KEY).where(KEY.key == key, KEY.person_id == person).values(key=7))
    assert found(either_world.blr) == {
        f"LOG-ROW-MISSING person_key[{key}|{person}]", f"LOG-ROW-ADDED person_key[7|{person}]",
    }  # fmt: skip


def test_a_key_that_was_slipped_in_or_is_nobodys_is_found(either_world: Any) -> None:
    key, person = known(either_world)
    with thief(either_world.blr) as connection:
        last = connection.scalar(select(func.max(tables.Person.id)))
        connection.execute(insert(KEY), [{"key": 7, "person_id": person}, {"key": key, "person_id": last + 1}])
    assert found(either_world.blr) == {
        f"LOG-ROW-ADDED person_key[7|{person}]", f"LOG-ROW-ADDED person_key[{key}|{last + 1}]",
    }  # fmt: skip


def test_a_description_of_an_older_form_is_left_to_its_next_match(either_world: Any) -> None:
    """Its keys are of the program that made them."""
    key, person = known(either_world)
    with either_world.blr.database.begin() as session:
        row = session.get_one(tables.Person, person)
        row.comparable = row.comparable.replace("[[3,", "[[2,", 1)
        session.execute(delete(KEY).where(KEY.key == key, KEY.person_id == person))
    assert found(either_world.blr) == set()
