"""Four eyes: who may vote, what ends a request, and that an act happens with the last vote or not at all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gateway import audit
from gateway.errors import ApprovalClosed, ApprovalRequired, InvalidRequest, KeyUnusable, NotFound, Refusal
from gateway.store.database import Database
from gateway.store.tables import Approval, ApprovalVote, Audit, Key
from gateway.trust import approvals, lifecycle


class Desk:
    """An administrators' desk on which acts are remembered."""

    def __init__(self, database: Database, clock) -> None:
        self.database, self.clock = database, clock
        self.done: list[dict] = []
        self.acts: dict[str, approvals.Act] = {"partner-add": self._act}

    def _act(self, session, approval: Approval, actor: str, now) -> None:
        self.done.append({**approval.payload, "by": actor})

    def ask(self, *, needed: int = 1, action: str = "partner-add", **payload: str) -> str:
        with audit.keeping_traces(self.database) as session:
            return approvals.request(
                session, action, "KAZ/MVD", payload, actor="anna", reason="new treaty", now=self.clock(), needed=needed
            ).id

    def approve(self, name: str, actor: str, reason: str = "checked") -> str:
        with audit.keeping_traces(self.database) as session:
            return approvals.approve(session, name, actor=actor, reason=reason, now=self.clock(), acts=self.acts).status

    def reject(self, name: str, actor: str) -> str:
        with audit.keeping_traces(self.database) as session:
            return approvals.reject(session, name, actor=actor, reason="no", now=self.clock()).status

    def audited(self) -> list[tuple[str, str, str]]:
        with self.database.read() as session:
            rows = session.execute(select(Audit.action, Audit.actor, Audit.outcome).order_by(Audit.id))
            return [tuple(row) for row in rows]


@pytest.fixture
def desk(database: Database, clock) -> Desk:
    return Desk(database, clock)


def test_a_second_person_sets_the_act_in_motion(desk: Desk) -> None:
    name = desk.ask(endpoint="https://kaz.example")
    assert desk.done == []
    assert desk.approve(name, "boris") == "approved"
    assert desk.done == [{"endpoint": "https://kaz.example", "by": "boris"}]
    assert desk.audited() == [
        ("approval-requested", "anna", "done"),
        ("approval-approved", "boris", "done"),
        ("approval-executed", "boris", "done"),
    ]


def test_whoever_asks_does_not_approve_and_the_attempt_is_audited(desk: Desk) -> None:
    name = desk.ask()
    with pytest.raises(ApprovalRequired):
        desk.approve(name, "anna")
    assert desk.done == []
    assert desk.audited()[-1] == ("approval-denied", "anna", "denied")
    assert desk.approve(name, "boris") == "approved"


def test_where_two_have_to_agree_nobody_counts_twice(desk: Desk) -> None:
    name = desk.ask(needed=2)
    assert desk.approve(name, "boris") == "open"
    with pytest.raises(ApprovalRequired, match="already voted"):
        desk.approve(name, "boris")
    with pytest.raises(ApprovalRequired, match="already voted"):
        desk.reject(name, "boris")
    assert desk.done == []
    assert desk.approve(name, "vera") == "approved"
    assert len(desk.done) == 1


def test_one_rejection_ends_a_request(desk: Desk) -> None:
    name = desk.ask(needed=2)
    desk.approve(name, "boris")
    assert desk.reject(name, "vera") == "rejected"
    with pytest.raises(ApprovalClosed, match="rejected"):
        desk.approve(name, "gleb")
    assert desk.done == []
    assert desk.audited()[-1] == ("approval-denied", "gleb", "denied")


def test_whoever_asked_may_take_it_back(desk: Desk) -> None:
    assert desk.reject(desk.ask(), "anna") == "rejected"


def test_an_act_is_carried_out_once(desk: Desk) -> None:
    name = desk.ask()
    desk.approve(name, "boris")
    with pytest.raises(ApprovalClosed, match="approved"):
        desk.approve(name, "vera")
    assert len(desk.done) == 1


def test_a_request_dies_after_its_time(desk: Desk) -> None:
    name, other = desk.ask(), desk.ask()
    desk.clock.advance(days=7)
    with pytest.raises(ApprovalClosed, match="expired"):
        desk.approve(name, "boris")
    with desk.database.begin() as session:
        assert approvals.waiting(session, desk.clock()) == []
        assert approvals.expire(session, desk.clock()) == 1
        assert session.get_one(Approval, other).status == "expired"
    assert desk.done == []
    assert ("approval-expired", "clock", "done") in desk.audited()


def test_open_requests_are_listed_oldest_first(desk: Desk) -> None:
    first = desk.ask()
    desk.clock.advance(hours=1)
    second = desk.ask()
    desk.reject(desk.ask(), "boris")
    with desk.database.read() as session:
        assert [approval.id for approval in approvals.waiting(session, desk.clock())] == [first, second]


def test_an_act_that_fails_takes_the_vote_back_so_it_can_be_given_again(desk: Desk) -> None:
    name = desk.ask()
    good = desk.acts["partner-add"]

    def fail(session, approval, actor, now) -> None:
        session.add(Key(kid="x", party="KAZ/MVD", algorithm="p256", certificate="", status="active",
                        not_before=now, not_after=now, changed=now))  # fmt: skip
        raise KeyUnusable("The certificate expired.")

    desk.acts["partner-add"] = fail
    with pytest.raises(KeyUnusable):
        desk.approve(name, "boris")
    with desk.database.read() as session:
        assert session.scalars(select(Key)).all() == []
        assert session.scalars(select(ApprovalVote)).all() == []
        assert session.get_one(Approval, name).status == "open"
    assert desk.audited()[-1] == ("approval-executed", "boris", "key-unusable")
    desk.acts["partner-add"] = good
    assert desk.approve(name, "boris") == "approved"


def test_an_act_nobody_knows_is_refused_and_stays_open(desk: Desk) -> None:
    name = desk.ask(action="launch")
    with pytest.raises(InvalidRequest, match="Nothing is known"):
        desk.approve(name, "boris")


@pytest.mark.parametrize(
    ("actor", "reason"),
    [
        ("", "why"),
        ("  ", "why"),
        ("b\x00", "why"),
        ("b" * 81, "why"),
        ("boris", ""),
        ("boris", "x" * 401),
        ("boris", "\x00"),
    ],
)
def test_who_and_why_are_always_said(desk: Desk, actor: str, reason: str) -> None:
    name = desk.ask()
    with pytest.raises(InvalidRequest):
        desk.approve(name, actor, reason)
    assert desk.audited()[-1] == ("approval-denied", actor.replace("\x00", "?")[:80], "invalid-request")


def test_a_request_needs_somebody_else_and_some_time(desk: Desk) -> None:
    with pytest.raises(InvalidRequest):
        desk.ask(needed=0)


def test_an_unknown_request_is_not_found(desk: Desk) -> None:
    for name in ("nowhere", "", "zero\x00"):
        with pytest.raises(NotFound):
            desk.approve(name, "boris")
        assert desk.audited()[-1] == ("approval-denied", "boris", "not-found")


def test_a_revocation_by_four_eyes_reaches_the_key(database: Database, clock, certificates_of, now) -> None:
    with database.begin() as session:
        kid = lifecycle.propose(session, certificates_of("KAZ/MVD"), party="KAZ/MVD", actor="anna", now=now).kid
        since = now - timedelta(days=2)
        payload = {"kid": kid, "invalid_since": since.isoformat()}
        name = approvals.request(
            session, "key-revoke", kid[:80], payload, actor="anna", reason="laptop lost", now=now
        ).id
    with database.begin() as session:
        approvals.approve(session, name, actor="boris", reason="confirmed", now=now, acts=lifecycle.ACTS)
    with database.read() as session:
        key = session.get_one(Key, kid)
        assert (key.status, key.invalid_since) == ("revoked", since)


def test_the_audit_shows_the_digest_of_what_was_approved(desk: Desk) -> None:
    name = desk.ask(endpoint="https://kaz.example")
    desk.approve(name, "boris")
    with desk.database.read() as session:
        digests = {row.detail["digest"] for row in session.scalars(select(Audit))}
        assert digests == {approvals.digest(session.get_one(Approval, name))}


def test_every_denial_is_a_refusal_with_a_code(desk: Desk) -> None:
    name = desk.ask()
    with pytest.raises(Refusal) as raised:
        desk.approve(name, "anna")
    assert raised.value.code == "approval-required"


@pytest.mark.parametrize("alias", ["Anna", "ANNA", "\u0430nna", "\u0430nn\u0430", "\uff41nna", "\u00e1nna", "an na"])
def test_another_spelling_is_no_second_person(desk: Desk, alias: str) -> None:
    name = desk.ask(needed=2)
    with pytest.raises((ApprovalRequired, InvalidRequest)):
        desk.approve(name, alias)
    desk.approve(name, "Boris 1")
    for same in ("boris 1", "B\u043eris 1", "Boris l"):
        with pytest.raises(ApprovalRequired, match="already voted"):
            desk.approve(name, same)
    assert desk.done == []


@pytest.mark.parametrize(
    "actor",
    [" boris", "boris ", "bo  ris", "boris\u3164", "bo\u034fris", "boris\u2800", "\u200bboris", "system", "Clock"],
)
def test_nobody_goes_by_a_name_that_shows_as_another(desk: Desk, actor: str) -> None:
    name = desk.ask()
    with pytest.raises(InvalidRequest):
        desk.approve(name, actor)
    assert desk.approve(name, "\u0411\u043e\u0440\u0438\u0441 \u041f\u0435\u0442\u0440\u043e\u0432") == "approved"


@pytest.mark.parametrize(
    "change",
    [
        {"payload": {"endpoint": "https://evil.example"}},
        {"subject": "KAZ/EVIL"},
        {"action": "partner-suspend"},
        {"requested_by": "gleb"},
        {"needed": 1},
        {"expires": datetime(2036, 1, 1, tzinfo=UTC)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_request_that_was_changed_in_the_database_opens_nothing(desk: Desk, change: dict) -> None:
    name = desk.ask(needed=2, endpoint="https://kaz.example")
    desk.approve(name, "boris")
    with desk.database.begin() as session:
        for field, value in change.items():
            setattr(session.get_one(Approval, name), field, value)
    with pytest.raises(ApprovalRequired, match="not what was asked for"):
        desk.approve(name, "vera")
    assert desk.done == []
    assert desk.audited()[-1] == ("approval-denied", "vera", "denied")
    assert desk.reject(name, "vera") == "rejected"


def test_two_last_votes_at_once_carry_the_act_out_once(desk: Desk) -> None:
    name = desk.ask()

    def vote(actor: str) -> str:
        try:
            return desk.approve(name, actor)
        except ApprovalClosed:
            return "too late"

    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(vote, ["boris", "vera", "gleb", "dora"]))
    assert sorted(said) == ["approved", "too late", "too late", "too late"]
    assert len(desk.done) == 1
