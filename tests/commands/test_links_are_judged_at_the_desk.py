"""`gateway identity` and `gateway review`: who is taken for whom and why, and the word of whoever sits at the desk."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import select

from gateway.exchange import submit
from gateway.founding import open_node
from gateway.partners import directory
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.movement import StayRegistration
from gateway.records.person import Check, Identifier, Name, Person, Sex
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Record, Source, record_id
from gateway.settings import load
from gateway.store import tables
from gateway.trust import keyfiles

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
KARIMOV = Person(
    ref="1",
    names=(Name("Каримов", "Асан", "Бакирович", script="Cyrl", language="ru"),),
    birth_date=PartialDate(1985, 6, 15),
    sex=Sex.MALE,
    citizenships=("UZB",),
    identifiers=(Identifier("UZ-PINFL", "31506852600019", "UZB", Check.VALID),),
)
WHO = ("--as", "anna", "--purpose", "STAY_CONTROL")


def a_record(category: Category, agency: str, status: str, detail: Any, number: str) -> Record:
    source = Source("BLR", agency, category.value.lower().replace("_", "-"), number)
    return Record(record_id(source), 1, category, source, status, NOW, KARIMOV, detail)


RECORDS = (
    a_record(Category.LABOUR_PERMIT, "MVD", "ISSUED", LabourPermit("patent", "LP1"), "LP1"),
    a_record(Category.STAY_REGISTRATION, "MVD", "REGISTERED",
             StayRegistration("SR1", date(2026, 1, 1), date(2026, 12, 31)), "SR1"),
    a_record(Category.ASYLUM_APPLICATION, "DGM", "REGISTERED", AsylumApplication("AA1", date(2026, 2, 1)), "AA1"),
)  # fmt: skip


@pytest.fixture(scope="module")
def staffed(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node with one human being in three registers, one of them the asylum unit's, and a reviewer of that unit."""
    place = tmp_path_factory.mktemp("staffed") / "node"
    shutil.copytree(founded, place)
    settings = (place / "gateway.toml").read_text()
    (place / "gateway.toml").write_text('reviewers = ["BLR/DGM"]\n' + settings)
    node = open_node(load(place / "gateway.toml"))
    now = node.clock()
    with node.database.begin() as session:
        submit.submit(session, node, RECORDS, state="BLR", journal_id=None, now=now)
        made = keyfiles.create(place / "agency", party="BLR/DGM", algorithm="p256", password=b"test", now=now)
        directory.propose(
            session, id="BLR/DGM", agency_class="REF", kind="agency", certificate=made, actor="anna", now=now
        )
        directory.activate(session, "BLR/DGM", actor="boris", now=now)
    node.database.close()
    return place


@pytest.fixture
def desk(staffed: Path, gateway: Any, tmp_path: Path) -> SimpleNamespace:
    """Calls a command on a copy of the node."""
    place = tmp_path / "node"
    shutil.copytree(staffed, place)
    config = place / "gateway.toml"
    key = next(path for path in (place / "agency" / "keys").glob("*.pem") if not path.name.endswith(".crt.pem"))
    proof = ("--as", "BLR/DGM", "--purpose", "PROTECTION", "--key", key,
             "--cert", key.with_name(f"{key.stem}.crt.pem"))  # fmt: skip

    def audited() -> list[tuple[str, ...]]:
        node = open_node(load(config))
        with node.database.read() as session:
            rows = session.scalars(select(tables.Audit).order_by(tables.Audit.id)).all()
        node.database.close()
        return [(row.actor, row.action, row.purpose, row.outcome) for row in rows]

    return SimpleNamespace(
        call=lambda *a, who=WHO: gateway(*a, *who, "--config", config), proof=proof, audited=audited,
        permit=RECORDS[0].record_id, stay=RECORDS[1].record_id, case=RECORDS[2].record_id,
    )  # fmt: skip


def test_a_person_is_shown_and_every_look_is_audited(desk: Any) -> None:
    shown = desk.call("identity", "show", desk.permit, "--json").json
    assert re.fullmatch("p-[0-9a-z]{13}", shown["person"])
    assert [each["register"] for each in shown["members"]] == ["BLR/MVD/labour-permit", "BLR/MVD/stay-registration"]
    assert desk.audited()[-1] == ("anna", "link-read", "STAY_CONTROL", "2 members")
    told = desk.call("identity", "show", shown["person"])
    assert "Judgements in force" in told.out
    assert "Каримов" not in told.out


def test_a_pair_is_explained_in_both_languages_with_a_picture(desk: Any, monkeypatch, tmp_path: Path) -> None:
    told = desk.call("identity", "explain", desk.permit, desk.stay, "--svg", tmp_path / "w.svg")
    assert "Judgement in force: one human being, by matcher" in told.out
    assert "personal numbers agree" in told.out
    picture = (tmp_path / "w.svg").read_text("utf-8")
    assert etree.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"
    monkeypatch.setenv("LC_ALL", "ru_RU.UTF-8")
    told = desk.call("review", "show", desk.permit, desk.stay, "--svg", tmp_path / "r.svg")
    assert "Действующее решение: один человек" in told.out
    for text in (told.out, picture, (tmp_path / "r.svg").read_text("utf-8")):
        assert not re.search("Каримов|karimov|1985|31506852600019", text, re.IGNORECASE)


def test_a_pair_is_parted_asked_about_and_decided(desk: Any) -> None:
    pair = desk.permit, desk.stay
    parted = desk.call("identity", "split", *pair, "--reason", "Two photographs", "--json").json
    assert parted["verdict"] == "negative"
    assert len(set(parted["identities"])) == 2
    assert desk.call("review", "list").out == "Nothing waits.\n"
    desk.call("identity", "ask", *pair, "--reason", "Look again")
    (waiting,) = desk.call("review", "list", "--json").json
    assert waiting["reasons"] == ["Look again"]
    assert "Look again" in desk.call("review", "list").out
    done = desk.call("review", "decide", *pair, "--verdict", "unsure", "--reason", "No photograph")
    assert "it cannot be told" in done.out
    joined = desk.call("identity", "join", *pair, "--reason", "Seen together", "--json").json
    assert len(set(joined["identities"])) == 1
    history = desk.call("identity", "history", desk.permit)
    assert all(word in history.out for word in ("joined", "left", "judged", "retracted"))
    assert ("anna", "link-judged", "STAY_CONTROL", "unsure") in desk.audited()


def test_what_lies_across_the_firewall_takes_the_owners_key(desk: Any, monkeypatch) -> None:
    monkeypatch.setenv("GATEWAY_KEY_PASSWORD", "test")
    for who in (WHO, ("--as", "anna", "--purpose", "PROTECTION")):
        hidden = desk.call("identity", "show", desk.case, who=who)
        unknown = desk.call("identity", "show", "p-0000000000000", who=who)
        assert (hidden.status, hidden.err) == (unknown.status, unknown.err) == (1, hidden.err)
    claimed = desk.call("identity", "show", desk.case, who=("--as", "BLR/DGM", "--purpose", "PROTECTION"))
    assert claimed.err.startswith("misuse:")
    assert desk.call("identity", "show", desk.case, "--json", who=desk.proof).json["members"]
    assert desk.audited()[-1][:3] == ("BLR/DGM", "link-read", "PROTECTION")
    (waiting, *_) = desk.call("review", "list", "--json", who=desk.proof).json
    assert "BLR/DGM/asylum-application" in waiting["registers"]
    assert "asylum" not in desk.call("review", "list", "--json").out


def test_values_take_a_proved_agency(desk: Any, monkeypatch) -> None:
    told = desk.call("identity", "explain", desk.permit, desk.stay, "--values", "--json")
    assert told.json["values"] == {}
    monkeypatch.setenv("GATEWAY_KEY_PASSWORD", "test")
    told = desk.call("identity", "explain", desk.permit, desk.case, "--values", "--json", who=desk.proof)
    # Of the permit the asylum unit may read nothing for the purpose of protection.
    assert told.json["values"]["birth"] == ["", "1985-06-15"]
    curious = (*desk.proof[:2], "--purpose", "CURIOSITY", *desk.proof[4:])
    stranger = desk.call("identity", "show", desk.case, who=curious)
    assert stranger.status == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("identity", "show", "nobody"), "not-found"),
        (("identity", "join", "nobody", "else", "--reason", " "), "invalid-request"),
        (("review", "list", "--after", "nobody"), "not-found"),
    ],
)
def test_what_cannot_be_done_is_one_plain_sentence(desk: Any, arguments, words) -> None:
    told = desk.call(*arguments)
    assert told.status == 1
    assert told.err.startswith(f"{words}: ")
    assert told.err.count("\n") == 1
