"""TLS files change on the disk, which knows no transaction: a run that is killed anywhere leaves nothing in the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select

from gateway.errors import KeyUnusable
from gateway.exchange import administration
from gateway.settings import Settings, Tls
from gateway.store.database import Database
from gateway.store.tables import Audit
from gateway.trust import certificates, keyfiles, tls, tls_renewal

STEPS = ("open", "fsync", "link", "replace", "unlink")
"""What changes files."""


class Killed(BaseException):
    """The process is gone, and its transaction with it."""


@contextmanager
def killed_at(step: int) -> Iterator[None]:
    """The process ends just before its change of files of this number."""
    numbers = count()

    def until(real: Callable[..., Any]) -> Callable[..., Any]:
        def change(*args: Any, **named: Any) -> Any:
            if (real.__name__ != "open" or args[1] & os.O_CREAT) and next(numbers) >= step:
                raise Killed
            return real(*args, **named)

        return change

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(os, name, until(getattr(os, name)))
        yield


@pytest.fixture
def settings(tmp_path, monkeypatch) -> Settings:
    (tmp_path / "node").mkdir()
    monkeypatch.setenv("GATEWAY_KEY_PASSWORD", "correct horse")
    return Settings(state="BLR", agency="GATE", directory=tmp_path / "node", tls=Tls())


def generate(database: Database, settings: Settings, now, *, following: bool) -> str:
    with database.begin() as session:
        made = administration.make_tls(session, settings, ["localhost"], following=following, actor="anna", now=now)
    return certificates.fingerprint(made)


def activate(database: Database, settings: Settings, now) -> str:
    with database.begin() as session:
        return certificates.fingerprint(administration.activate_tls(session, settings, actor="anna", now=now))


def trail(database: Database) -> list[tuple[str, str, str]]:
    with database.read() as session:
        query = select(Audit).where(Audit.action.like("tls-%")).order_by(Audit.id)
        return [(row.action, row.actor, row.detail["fingerprint"]) for row in session.scalars(query)]


def look(database: Database, settings: Settings, now) -> None:
    """What the scheduled look at keys does."""
    with database.read() as session:
        if tls_renewal.nothing_new(session, settings):
            return
    with database.begin() as session:
        tls_renewal.note(session, settings, now)


@pytest.mark.parametrize("following", [False, True])
@pytest.mark.parametrize("step", range(10))
def test_a_key_that_was_being_made_is_made_again_or_stands_by(sqlite, settings, now, step, following) -> None:
    name = "next" if following else "tls"
    if following:
        generate(sqlite, settings, now, following=False)
    folder = settings.directory / "tls"
    with killed_at(step), pytest.raises(Killed):
        generate(sqlite, settings, now, following=following)
    complete = (folder / f"{name}.crt.pem").exists()
    if complete:
        with pytest.raises(KeyUnusable, match="already"):
            generate(sqlite, settings, now, following=following)
    else:
        generate(sqlite, settings, now, following=following)
    tls.check(folder / f"{name}.crt.pem", folder / f"{name}.pem", settings.key_password())
    assert {path.name for path in folder.iterdir() if name in path.name} == {f"{name}.pem", f"{name}.crt.pem"}
    look(sqlite, settings, now)
    print_ = tls_renewal.held(settings)["tls-next" if following else "tls-shown"]
    assert trail(sqlite)[-1][1:] == ("system" if complete else "anna", print_)


@pytest.mark.parametrize("step", range(8))
def test_an_activation_that_was_killed_is_whole_after_the_next_start(sqlite, settings, now, step) -> None:
    old = generate(sqlite, settings, now, following=False)
    new = generate(sqlite, settings, now, following=True)
    with killed_at(step), pytest.raises(Killed):
        activate(sqlite, settings, now)
    # The node starts again, whatever was being done, and its scheduled look follows.
    tls_renewal.finish(settings)
    tls.server_context(settings)
    look(sqlite, settings, now)
    shown = tls_renewal.held(settings)["tls-shown"]
    assert shown in (old, new)
    if shown == old:
        assert activate(sqlite, settings, now) == new
    tls.server_context(settings)
    assert trail(sqlite)[-1] == ("tls-activated", "anna" if shown == old else "system", new)


def test_a_commit_that_fails_after_the_files_changed_is_made_good(database, settings, now) -> None:
    generate(database, settings, now, following=False)
    new = generate(database, settings, now, following=True)

    def lost() -> None:
        with database.begin() as session:
            administration.activate_tls(session, settings, actor="anna", now=now)
            raise Killed

    with pytest.raises(Killed):
        lost()
    assert [action for action, *_ in trail(database)] == ["tls-generated"] * 2
    for _ in range(2):
        look(database, settings, now)
    assert trail(database)[2:] == [("tls-activated", "system", new)]


def test_what_somebody_put_in_place_by_hand_is_told_once(database, settings, now) -> None:
    generate(database, settings, now, following=False)
    made = tls.create(settings.directory, party="BLR/GATE", hosts=["localhost"], password=settings.key_password(),
                      now=now, name="next")  # fmt: skip
    for _ in range(2):
        look(database, settings, now)
    assert trail(database)[1:] == [("tls-generated", "system", certificates.fingerprint(made))]


def test_a_key_that_somebody_put_there_is_never_given_up(sqlite, settings, now) -> None:
    generate(sqlite, settings, now, following=False)
    place = settings.directory / "tls" / "next.pem"
    keyfiles.write_new(place, b"their own", 0o600)
    with pytest.raises(KeyUnusable, match="already"):
        generate(sqlite, settings, now, following=True)
    assert place.read_bytes() == b"their own"
    # Nor does a start put in place a certificate that merely stands by.
    tls_renewal.finish(settings)
    place.unlink()
    keyfiles.write_new(place.with_name("next.crt.pem"), (place.with_name("tls.crt.pem")).read_bytes(), 0o644)
    tls_renewal.finish(settings)
    assert place.with_name("next.crt.pem").exists()
