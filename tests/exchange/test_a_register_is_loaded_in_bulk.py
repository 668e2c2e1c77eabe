"""`gateway load`: a register's whole file is kept, matched and findable, whatever happens on the way."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from gateway.errors import Misuse, NotPermitted, Refusal, Unavailable
from gateway.exchange import load, lots, readahead
from gateway.store import tables

HEAD = (
    "Фамилия;Имя;Отчество;Дата рождения;Пол;Гражданство;Идентификационный номер;Серия;Номер;Дата выдачи;"
    "Срок действия;Вид документа;№ спецразрешения;Действует с;Действует по;Наниматель;УНП"
)
FAMILIES = ("Кашафов", "Судатеев", "Жуледоев", "Мирохазов", "Ботурин", "Галисов", "Ферузов", "Чариев")
GIVEN = ("Химаро", "Вакаро", "Лесуй", "Роман", "Тимур")


def _file(place: Path, count: int, *, bad: int = 0) -> Path:
    """A register of as many permits, each of another person; the last `bad` rows name no citizenship we know."""
    rows = [
        f"{FAMILIES[number % 8]};{GIVEN[number % 5]};;{number % 28 + 1:02}.{number % 12 + 1:02}.{1950 + number % 50};М;"
        f"{'ГДЕ-ТО' if number >= count - bad else 'УЗБЕКИСТАН'};;AA;{1000000 + number};;;паспорт;СР-{number:06};"
        "01.02.2026;31.01.2027;;"
        for number in range(count)
    ]
    place.write_bytes(("\r\n".join((HEAD, *rows)) + "\r\n").encode("windows-1251"))
    return place


def _count(world: Any, table: type[tables.Table]) -> int:
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lots of ten, each with a commit of its own."""
    monkeypatch.setattr(lots, "LOT", 10)
    monkeypatch.setattr(load, "TOGETHER", 1)


def _load(world: Any, source: Path, **options: Any) -> load.Loaded:
    options = {"actor": "anna", "reading": load.here} | options
    return load.load(world.node, "blr-permits", source, **options)


@pytest.mark.parametrize("reading", [load.here, readahead.ahead])
def test_every_row_is_kept_and_every_person_is_findable(either_world: Any, tmp_path: Path, reading: Any) -> None:
    done = _load(either_world, _file(tmp_path / "file.csv", 60, bad=3), reading=reading)
    assert (done.tally.rows, done.tally.rejected, done.kept.stored, done.kept.refused) == (60, 3, 57, 0)
    assert _count(either_world, tables.Record) == _count(either_world, tables.Person) == 57
    assert _count(either_world, tables.Membership) >= 57
    with either_world.database.read() as session:
        keyed = session.scalar(select(func.count(tables.PersonKey.person_id.distinct())))
    assert keyed == 57
    assert either_world.rows(tables.Bookmark) == []
    assert either_world.rows(tables.Audit, tables.Audit.action == "record-submitted")[-1].actor == "anna"


def test_the_same_file_again_changes_nothing(world: Any, tmp_path: Path) -> None:
    source = _file(tmp_path / "file.csv", 40)
    _load(world, source)
    again = _load(world, source)
    assert (again.kept.stored, again.kept.unchanged, again.skipped) == (0, 40, 0)


@pytest.mark.usefixtures("small")
def test_a_load_that_broke_off_goes_on_after_its_last_commit(either_world: Any, tmp_path: Path) -> None:
    source, seen = _file(tmp_path / "file.csv", 55, bad=2), []

    def breaks(lot: readahead.Lot) -> None:
        seen.append(lot.rows)
        if lot.rows == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _load(either_world, source, progress=breaks)
    assert _count(either_world, tables.Record) == 20
    done = _load(either_world, source)
    assert (done.skipped, done.kept.stored, done.kept.unchanged) == (20, 33, 0)
    assert (done.tally.rows, done.tally.rejected) == (55, 2)
    assert done.absence in {"not-said", "not-judged"}
    assert _count(either_world, tables.Record) == _count(either_world, tables.Person) == 53


@pytest.mark.usefixtures("small")
def test_a_load_killed_before_its_books_were_closed_only_closes_them(
    world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = _file(tmp_path / "file.csv", 30)
    with monkeypatch.context() as broken:
        broken.setattr(load.audit, "write", lambda *_args, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            _load(world, source)
    done = _load(world, source)
    assert (done.skipped, done.kept.stored, done.kept.unchanged, done.tally.rows) == (30, 0, 0, 30)
    assert world.rows(tables.Bookmark) == []


_SCRIPT = """
import sys
import threading
from gateway.exchange import load
from gateway.commands.main import run
if __name__ == "__main__":
    load.TOGETHER = 1
    sys.exit(run(sys.argv[1:]))
"""


def test_a_process_that_is_killed_loses_nothing_and_doubles_nothing(world: Any, tmp_path: Path) -> None:
    source, rows = _file(tmp_path / "file.csv", 2_500), 2_500
    script = tmp_path / "loading.py"
    script.write_text(_SCRIPT, encoding="utf-8")
    config = world.directory / "blr" / "gateway.toml"
    root = str(Path(__file__).parents[2])
    command = [sys.executable, str(script), "load", "blr-permits", str(source), "--config", str(config), "--as", "anna"]
    environment = {**os.environ, "PYTHONPATH": root}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL) as process:
        for _ in range(600):
            if _count(world, tables.Record) or process.poll() is not None:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    kept = _count(world, tables.Record)
    assert 0 < kept < rows
    assert kept % lots.LOT == 0
    assert _count(world, tables.Person) == kept
    done = _load(world, source)
    assert (done.skipped, done.kept.stored, done.kept.unchanged) == (kept, rows - kept, 0)
    assert _count(world, tables.Record) == _count(world, tables.Person) == rows


@pytest.mark.usefixtures("small")
def test_two_loads_of_one_file_do_not_run_side_by_side(world: Any, tmp_path: Path) -> None:
    source = _file(tmp_path / "file.csv", 40)
    other: list[readahead.Lot] = []

    def meddles(lot: readahead.Lot) -> None:
        if not other:
            other.append(lot)

    work = load._Work(world.node, load.profile.load("blr-permits"), world.clock(), "load:x", meddles)
    assert work.begin() == 0
    order = readahead.Order("blr-permits", source, "BLR", world.node.search_secret, world.clock())
    work.keep_some(readahead.read(order), 0)
    with pytest.raises(Misuse):
        work.keep_some(readahead.read(order), 0)
    assert _count(world, tables.Record) == 10


def test_another_states_register_is_not_taken(world: Any, tmp_path: Path) -> None:
    with pytest.raises(NotPermitted):
        load.load(world.node, "kaz-stays", _file(tmp_path / "file.csv", 1), actor="anna", reading=load.here)


def test_a_file_that_is_not_there_is_told(world: Any, tmp_path: Path) -> None:
    with pytest.raises(Misuse):
        _load(world, tmp_path / "nothing.csv")


def test_what_spoils_the_file_in_the_other_process_is_told_here(world: Any, tmp_path: Path) -> None:
    source = tmp_path / "file.csv"
    source.write_bytes(b"\x00\x01\x02")
    with pytest.raises(Refusal) as here:
        _load(world, source)
    with pytest.raises(Refusal) as there:
        _load(world, source, reading=readahead.ahead)
    assert (type(there.value), there.value.detail, there.value.where) == (
        type(here.value), here.value.detail, here.value.where,
    )  # fmt: skip


def test_a_reading_process_that_dies_is_noticed() -> None:
    receiving, sending = multiprocessing.get_context("spawn").Pipe(duplex=False)
    sending.close()
    with pytest.raises(Unavailable):
        next(readahead._received(receiving))


@pytest.mark.usefixtures("small")
def test_of_two_loads_that_begin_at_once_one_goes_through_and_the_other_is_refused(
    either_world: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, ready = _file(tmp_path / "file.csv", 40), threading.Barrier(2)
    begin = load._Work.begin
    done: list[Any] = []

    def together(work: Any) -> int:
        ready.wait(timeout=30)
        at = begin(work)
        ready.wait(timeout=30)
        return at

    def run() -> None:
        try:
            done.append(_load(either_world, source).kept.stored)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test looks at it.
            done.append(error)

    monkeypatch.setattr(load._Work, "begin", together)
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    stored, (refused,) = [each for each in done if each == 40], [each for each in done if each != 40]
    assert stored == [40], done
    assert isinstance(refused, Misuse), done
    assert refused.detail == "Another process is loading this file."
    assert _count(either_world, tables.Record) == 40
    assert either_world.rows(tables.Bookmark) == []
