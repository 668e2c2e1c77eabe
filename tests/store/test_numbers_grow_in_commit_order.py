"""Numbers are gapless and in commit order, whoever takes them at once, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

from gateway.store import numbers, tables
from gateway.store.database import Database

WORKERS = 4
TAKES = 6


def test_the_first_number_is_one_and_each_counter_has_its_own(database: Database) -> None:
    with database.begin() as session:
        assert numbers.take(session, "record") == 1
        assert numbers.take(session, "record", 3) == 2
        assert numbers.take(session, "record") == 5
        assert numbers.take(session, "exchange") == 1


def test_what_is_rolled_back_leaves_no_gap(database: Database) -> None:
    with suppress(RuntimeError), database.begin() as session:
        numbers.take(session, "record", 10)
        raise RuntimeError
    with database.begin() as session:
        assert numbers.take(session, "record") == 1
        with suppress(RuntimeError), session.begin_nested():
            numbers.take(session, "record")
            raise RuntimeError
        assert numbers.take(session, "record") == 2


def test_two_first_takers_at_once_both_get_a_number(database: Database) -> None:
    together = Barrier(WORKERS)

    def first() -> int:
        together.wait()
        with database.begin() as session:
            return numbers.take(session, "never-seen")

    with ThreadPoolExecutor(WORKERS) as pool:
        taken = [future.result() for future in [pool.submit(first) for _ in range(WORKERS)]]
    assert sorted(taken) == list(range(1, WORKERS + 1))


def test_concurrent_numbers_are_gapless_and_become_visible_in_their_order(database: Database) -> None:
    """Each transaction writes its number down; a reader that looks at any moment sees no hole before the last."""
    together = Barrier(WORKERS + 1)

    def work(worker: int) -> None:
        together.wait()
        for turn in range(TAKES):
            with database.begin() as session:
                number = numbers.take(session, "record")
                # The number stands in the name, so that reading needs no second table.
                session.add(tables.Counter(name=f"seen-{worker}-{turn}", value=number))

    def watch() -> None:
        together.wait()
        seen: list[int] = []
        while len(seen) < WORKERS * TAKES:
            with database.read() as session:
                rows = session.query(tables.Counter.value).where(tables.Counter.name.startswith("seen-"))
                seen = sorted(value for (value,) in rows)
            assert seen == list(range(1, len(seen) + 1))

    with ThreadPoolExecutor(WORKERS + 1) as pool:
        futures = [pool.submit(work, worker) for worker in range(WORKERS)] + [pool.submit(watch)]
        for future in futures:
            future.result()
