from __future__ import annotations

from datetime import timedelta

import pytest

from gateway.settings import Job
from gateway.store.tables import JobRun, Journal, Key, Lease, LogCheckpoint, Outbox, Partner, Review
from gateway.trust import alarms
from gateway.web.console import attention
from gateway.web.console.overview import KeyLine, PartnerLine, read_overview

NODE = "BLR/GATE"
DELIVER = Job(name="deliver", kind="deliver", every=2)


def partner(id_: str, now, *, class_="ADM", status="active", seen=None, trouble="", kind="node") -> Partner:
    return Partner(
        id=id_,
        state=id_[:3],
        agency=id_[4:],
        agency_class=class_,
        kind=kind,
        status=status,
        created=now,
        seen=seen,
        trouble=trouble,
    )


def arrived(at, *, sender: str | None = "KAZ/GATE", state="accepted", number=0, **more) -> Journal:
    return Journal(
        sender=sender,
        message_id=f"{at.isoformat()}-{number}",
        kind="RecordBatch",
        channel="rest",
        digest="",
        raw=b"",
        received=at,
        state=state,
        **more,
    )


def outgoing(at, number: int, *, to="KAZ/GATE", state="delivered", **more) -> Outbox:
    return Outbox(
        message_id=f"out-{number}",
        partner=to,
        kind="RecordBatch",
        raw=b"",
        digest="",
        created=at,
        next_at=at,
        state=state,
        **more,
    )


def test_a_new_node_has_an_empty_overview_and_nothing_to_worry_about(database, now):
    overview = read_overview(database, node=NODE, now=now)
    assert overview.database == database.engine.dialect.name
    assert (overview.partners, overview.keys, overview.queues, overview.last, overview.jobs) == ((), (), (), (), ())
    assert (overview.checkpoint, overview.leader, overview.reviews, overview.dead_letters) == (None, None, 0, 0)
    assert len(overview.hours) == 24
    assert attention.concerns(overview) == ()


def test_messages_are_counted_in_the_hour_they_passed(database, now):
    now = now.replace(hour=9, minute=26, second=0)
    with database.begin() as session:
        session.add(arrived(now - timedelta(minutes=27), number=1))
        session.add(arrived(now - timedelta(minutes=25), number=2))
        session.add(arrived(now - timedelta(minutes=24), number=3, sender=None, state="refused"))
        session.add(arrived(now - timedelta(hours=23, minutes=26), number=4))
        session.add(arrived(now - timedelta(hours=23, minutes=27), number=5))
        session.add(outgoing(now, 1, delivered=now - timedelta(minutes=1)))
        session.add(outgoing(now, 2, state="waiting"))
        session.add(outgoing(now, 3, delivered=now - timedelta(hours=24)))
    hours = read_overview(database, node=NODE, now=now).hours
    assert [(hour.received, hour.refused, hour.sent) for hour in hours] == [
        (1, 0, 0),
        *[(0, 0, 0)] * 21,
        (1, 0, 0),
        (2, 1, 1),
    ]
    assert hours[-1].start == now.replace(minute=0)
    assert hours[0].start == hours[-1].start - timedelta(hours=23)


def test_the_backlog_is_counted_per_partner_with_the_age_of_its_oldest_message(database, now):
    with database.begin() as session:
        session.add(outgoing(now - timedelta(hours=2), 1, state="waiting"))
        session.add(outgoing(now - timedelta(hours=1), 2, state="sending"))
        session.add(outgoing(now - timedelta(days=3), 3, state="dead", code="unavailable", attempts=12))
        session.add(outgoing(now, 4, delivered=now))
        session.add(outgoing(now, 5, to="UZB/GATE", delivered=now))
    overview = read_overview(database, node=NODE, now=now)
    (queue,) = overview.queues
    assert (queue.partner, queue.waiting, queue.sending, queue.dead) == ("KAZ/GATE", 1, 1, 1)
    assert queue.oldest == now - timedelta(hours=2)
    (dead,) = overview.dead
    assert (dead.code, dead.attempts) == ("unavailable", 12)
    assert [(concern.level, concern.key) for concern in attention.concerns(overview)] == [
        ("bad", "concern.dead"),
        ("warn", "concern.waiting"),
    ]


def test_the_last_twenty_messages_come_from_both_directions_newest_first(database, now):
    with database.begin() as session:
        for number in range(30):
            session.add(arrived(now - timedelta(seconds=2 * number), number=number))
            session.add(outgoing(now - timedelta(seconds=2 * number + 1), number, delivered=now))
            # Row numbers follow the order of arrival, so the older ones have to be written first.
    with database.begin() as session:
        for table in (Journal, Outbox):
            rows = session.query(table).all()
            times = sorted(row.received if isinstance(row, Journal) else row.created for row in rows)
            for row, at in zip(sorted(rows, key=lambda row: row.id), times, strict=True):
                setattr(row, "received" if isinstance(row, Journal) else "created", at)
    last = read_overview(database, node=NODE, now=now).last
    assert len(last) == 20
    assert [message.direction for message in last] == ["in", "out"] * 10
    assert [message.at for message in last] == [now - timedelta(seconds=number) for number in range(20)]


def test_only_our_own_exchange_log_is_shown_as_checkpoint(database, now):
    with database.begin() as session:
        for party, size in ((NODE, 7), (NODE, 12), (f"{NODE}#audit", 900), ("KAZ/GATE", 4_000)):
            session.add(LogCheckpoint(party=party, size=size, root="ab" * 32, at=now, signed=""))
    checkpoint = read_overview(database, node=NODE, now=now).checkpoint
    assert checkpoint is not None
    assert checkpoint.size == 12


def test_nothing_on_the_page_changes_when_somebody_seeks_protection(database, now):
    with database.begin() as session:
        session.add(partner("KAZ/GATE", now, seen=now))
        session.add(partner("BLR/REFU", now, class_="REF", kind="agency"))
        session.add(arrived(now, number=1))
        session.add(Review(kind="link", subject="1:2", detail={}, created=now))
    jobs = [DELIVER, Job(name="asylum", kind="push", partner="BLR/REFU", every=60)]
    before = read_overview(database, node=NODE, now=now, jobs=jobs)
    with database.begin() as session:
        unit = session.get_one(Partner, "BLR/REFU")
        unit.seen, unit.trouble = now, "unavailable"
        session.add(Review(kind="protected-link", subject="1:3", detail={}, protected=True, created=now))
        session.add(Review(kind="link", subject="1:4", detail={}, protected=True, created=now - timedelta(days=9)))
        session.add(Review(kind="interlock", subject="ban:5", detail={}, created=now))
        session.add(arrived(now, number=2, sender="BLR/REFU"))
        session.add(outgoing(now, 1, to="BLR/REFU", delivered=now))
        session.add(outgoing(now, 2, to="BLR/REFU", state="waiting"))
        session.add(outgoing(now, 3, to="BLR/REFU", state="dead", code="unavailable"))
        session.add(LogCheckpoint(party=f"{NODE}#audit", size=3, root="00", at=now, signed=""))
        session.add(JobRun(job="asylum", holder="x", started=now, state="failed", outcome="withheld 1"))
    assert read_overview(database, node=NODE, now=now, jobs=jobs) == before


def test_a_batch_withheld_for_review_looks_like_any_other(database, now):
    with database.begin() as session:
        session.add(arrived(now, number=1, stored=3))
        session.add(arrived(now, number=2, state="partly", stored=2, withheld=1))
        session.add(arrived(now, number=3, state="partly", stored=2, refused=1))
    last = read_overview(database, node=NODE, now=now).last
    assert sorted(message.state for message in last) == ["accepted", "accepted", "partly"]
    assert last.count(next(message for message in last if message.state == "accepted")) == 2


@pytest.mark.parametrize(
    ("status", "trouble", "ago", "kind", "key"),
    [
        ("active", "", 60, "node", "answers.yes"),
        ("active", "unavailable", 60, "node", "answers.no"),
        ("active", "", None, "node", "answers.not_yet"),
        ("active", "", 90_000, "node", "answers.silent"),
        ("active", "", 90_000, "agency", "answers.yes"),
        ("suspended", "unavailable", 60, "node", "answers.not_active"),
        ("proposed", "", None, "node", "answers.not_active"),
    ],
)
def test_a_partner_answers_or_it_is_said_why_not(now, *, status, trouble, ago, kind, key):
    seen = None if ago is None else now - timedelta(seconds=ago)
    line = PartnerLine("KAZ/GATE", "KAZ", "ADM", kind, "rest", status, seen, trouble, private=False)
    assert attention.answers(line, now).key == key


@pytest.mark.parametrize(
    ("left", "level", "key"),
    [
        (400, "good", "expiry.fine"),
        (61, "good", "expiry.fine"),
        (60, "notice", "expiry.two_months"),
        (31, "notice", "expiry.two_months"),
        (30, "warn", "expiry.month"),
        (14, "warn", "expiry.fortnight"),
        (7, "bad", "expiry.week"),
        (1, "bad", "expiry.last_day"),
        (0, "bad", "expiry.last_day"),
        (-1, "bad", "expiry.expired"),
    ],
)
def test_a_key_is_warned_of_at_sixty_thirty_fourteen_seven_and_one_day(now, left, level, key):
    line = KeyLine("00", NODE, own=True, algorithm="p256", status="active", not_after=now, left=left)
    assert attention.expiry(line) == attention.Judgement(level, key)


def test_days_left_are_whole_days_and_retired_keys_are_gone(database, now):
    with database.begin() as session:
        for number, (status, length) in enumerate(
            [
                ("active", timedelta(days=2, hours=23)),
                ("retired", timedelta(days=5)),
                ("active", timedelta(seconds=-1)),
                ("retiring", timedelta(hours=2)),
            ]
        ):
            session.add(
                Key(
                    kid=f"{number:064x}",
                    party="KAZ/GATE",
                    algorithm="p256",
                    certificate="",
                    status=status,
                    not_before=now,
                    not_after=now + length,
                    changed=now,
                )
            )
    overview = read_overview(database, node=NODE, now=now)
    assert [(key.status, key.left) for key in overview.keys] == [("active", -1), ("retiring", 0), ("active", 2)]
    assert [(concern.key, concern.values["n"]) for concern in attention.concerns(overview)] == [
        ("concern.key.partner.expired", 0),
        ("concern.key.partner.expires", 2),
    ]


@pytest.mark.parametrize(
    ("state", "ago", "key"),
    [
        ("done", 5, "run.done"),
        ("running", 5, "run.running"),
        ("failed", 5, "run.failed"),
        ("died", 5, "run.died"),
        ("done", 90, "run.late"),
    ],
)
def test_a_job_is_judged_by_its_last_run(database, now, state, ago, key):
    with database.begin() as session:
        for started, how in ((now - timedelta(hours=1), "failed"), (now - timedelta(seconds=ago), state)):
            session.add(JobRun(job="deliver", holder="x", started=started, finished=started, state=how, outcome=""))
        session.add(Lease(name="scheduler", holder="x", until=now + timedelta(seconds=5)))
    overview = read_overview(database, node=NODE, now=now, jobs=[DELIVER])
    assert attention.run(overview.jobs[0]).key == key
    assert overview.jobs[0].failures == (2 if state in {"failed", "died"} else 1)


def test_a_schedule_that_nobody_runs_is_told(database, now):
    with database.begin() as session:
        session.add(Lease(name="scheduler", holder="x", until=now - timedelta(seconds=1)))
    overview = read_overview(database, node=NODE, now=now, jobs=[DELIVER])
    assert [concern.key for concern in attention.concerns(overview)] == ["concern.no_leader"]


def test_an_alarm_is_the_first_thing_told_unless_it_is_about_an_asylum_unit(database, now):
    with database.begin() as session:
        session.add(partner("BLR/REFU", now, class_="REF"))
        for subject in ("KAZ/GATE", "BLR/REFU"):
            alarms.raise_alarm(session, alarms.Code.LOG_FORK, subject, now)
    overview = read_overview(database, node=NODE, now=now)
    assert [(concern.level, concern.key, concern.values) for concern in attention.concerns(overview)] == [
        ("bad", "concern.alarm", {"alarm": "log-fork", "subject": "KAZ/GATE"})
    ]
