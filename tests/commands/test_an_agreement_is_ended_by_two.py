"""`gateway agreement end` asks; a second person's word ends it, at once or after its last day; it prolongs nothing."""

from __future__ import annotations

import shutil
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from gateway import settings
from gateway.clock import utc_now
from gateway.store.database import Database
from gateway.store.tables import Agreement, Audit

TODAY = utc_now().date()
WHO = ("--as", "anna", "--reason", "denounced on 1 March", "--json")


@pytest.fixture
def config(founded, tmp_path):
    shutil.copytree(founded, tmp_path / "node")
    config = tmp_path / "node" / "gateway.toml"
    database = Database(settings.load(config).database)
    with database.begin() as session:
        for name, last in (("kaz-out", None), ("kaz-short", TODAY + timedelta(days=10))):
            session.add(
                Agreement(
                    id=name, instrument="Protocol 7", partner_state="KAZ", direction="out",
                    categories=["LABOUR_PERMIT"], purposes=["LABOUR_REGULATION"], agency_classes=["MIG"],
                    withheld_fields=[], valid_from=date(2020, 1, 1), valid_to=last,
                )
            )  # fmt: skip
    database.close()
    return config


@pytest.fixture
def end(gateway, config):
    """A function that asks for an agreement to end as anna."""
    return lambda name="kaz-out", *others: gateway("agreement", "end", name, *others, *WHO, "--config", config)


@pytest.fixture
def approve(gateway, config):
    def agree(asked, who: str = "boris"):
        return gateway(
            "approval", "approve", asked.json["approval"], "--as", who, "--reason", "read", "--config", config
        )

    return agree


def rows(config, table, *where) -> list:
    database = Database(settings.load(config).database)
    with database.read() as session:
        found = list(session.scalars(select(table).where(*where).order_by(table.id)))
    database.close()
    return found


def last_days(config) -> list[date | None]:
    return [row.valid_to for row in rows(config, Agreement)]


def test_it_ends_at_once_when_a_second_person_has_agreed(config, end, approve) -> None:
    before = last_days(config)
    asked = end()
    assert (asked.status, asked.json["agreement"]) == (0, "kaz-out")
    assert approve(asked, "anna").err.split(":")[0] == "approval-required"
    assert last_days(config) == before
    assert approve(asked).status == 0
    assert last_days(config) == [TODAY - timedelta(days=1), before[1]]
    (act,) = rows(config, Audit, Audit.action == "agreement-ended")
    assert (act.actor, act.subject, act.outcome) == ("boris", "kaz-out", "done")
    said = {"reason": "denounced on 1 March", "instrument": "Protocol 7", "last": str(TODAY - timedelta(days=1))}
    assert act.detail.items() >= said.items()


def test_it_ends_after_the_day_that_was_asked_for(config, end, approve) -> None:
    last = TODAY + timedelta(days=3)
    assert approve(end("kaz-short", "--last", str(last))).status == 0
    assert last_days(config) == [None, last]


def test_the_request_is_told_in_words(gateway, end, config, monkeypatch) -> None:
    end()
    shown = " ".join(gateway("approval", "list", "--config", config).out.split())
    for word in (
        "End agreement kaz-out: no more records to KAZ",
        "Protocol 7",
        "LABOUR_PERMIT",
        "at once",
        "denounced",
    ):
        assert word in shown, (word, shown)
    monkeypatch.setenv("GATEWAY_LANG", "ru")
    shown = " ".join(gateway("approval", "list", "--config", config).out.split())
    assert "Прекратить соглашение kaz-out: более не" in shown


@pytest.mark.parametrize(
    ("name", "others", "code"),
    [
        ("nothing", (), "not-found"),
        ("kaz\x00", (), "not-found"),
        ("kaz-out", ("--last", str(TODAY - timedelta(days=1))), "invalid-request"),
        ("kaz-short", ("--last", str(TODAY + timedelta(days=10))), "invalid-request"),
        ("kaz-short", ("--last", str(TODAY + timedelta(days=11))), "invalid-request"),
        ("kaz-out", ("--last", "tomorrow"), "misuse"),
    ],
)
def test_an_end_that_is_none_is_refused(end, name, others, code) -> None:
    refused = end(name, *others)
    assert (refused.status in (1, 2), refused.err.split(":")[0]) == (True, code)


def test_what_is_asked_twice_ends_once(config, end, approve) -> None:
    first, second = end(), end()
    assert approve(first).status == 0
    assert approve(second).err.split(":")[0] == "invalid-request"
    assert end().err.split(":")[0] == "invalid-request"
    assert len(rows(config, Audit, Audit.action == "agreement-ended")) == 1


def test_a_reason_is_demanded(gateway, config) -> None:
    assert gateway("agreement", "end", "kaz-out", "--as", "anna", "--config", config).status == 2
    blank = gateway("agreement", "end", "kaz-out", "--as", "anna", "--reason", " ", "--config", config)
    assert blank.err.split(":")[0] == "invalid-request"
