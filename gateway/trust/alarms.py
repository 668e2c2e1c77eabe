"""Alarms: what administrators must see until it is over.

An alarm is one row for each code and subject, however often its cause is found again. Whoever looks at
something regularly raises its alarm while it is wrong and ends it when it is right again. An alarm that does
not end by itself (a fork of a partner's log is never undone by what it shows next) stays until a person
clears it, with a reason.

A subject is a partner, a key, a job, an authority: never a record or a person, so that nothing here can tell
of protection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from gateway import audit
from gateway.audit import Action
from gateway.errors import NotFound
from gateway.store.tables import Alarm
from gateway.trust import persons

SYSTEM: Final = "system"
"""The actor of what the node finds by itself."""


class Code(StrEnum):
    """Everything that can be wrong in a way that stays. A new alarm starts with a line here, and one below."""

    LOG_FORK = "log-fork"
    LOG_BROKEN = "log-broken"
    STAMPS_LATE = "stamps-late"
    KEY_EXPIRES = "key-expires"
    CHAIN_REFUSED = "chain-refused"
    REVOCATION_LATE = "revocation-late"
    KEY_REVOKED = "key-revoked"
    KEY_UNKNOWN = "key-unknown"
    REVOCATION_STALE = "revocation-stale"
    ROW_DAMAGED = "row-damaged"
    KEYS_TOO_MANY = "keys-too-many"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an alarm says to whoever reads it."""

    english: str
    russian: str
    ends: bool = True
    """Whether it ends by itself once its cause is gone; else a person clears it."""


MEANINGS: Final[Mapping[Code, Meaning]] = {
    Code.LOG_FORK: Meaning(
        "A partner has shown two versions of its log that contradict each other.",
        "Партнёр предъявил две версии своего журнала, которые противоречат друг другу.",
        ends=False,
    ),
    Code.LOG_BROKEN: Meaning(
        "This node's own log does not hold: something in the database was changed.",
        "Журнал этого узла нарушен: в базе данных что-то изменено.",
        ends=False,
    ),
    Code.STAMPS_LATE: Meaning(
        "Signatures have waited too long for their timestamp.",
        "Подписи слишком долго ждут штампа времени.",
    ),
    Code.KEY_EXPIRES: Meaning("A key or certificate is about to expire.", "Истекает срок ключа или сертификата."),
    Code.CHAIN_REFUSED: Meaning(
        "A key is refused: its chain does not hold, or its CA has put it on hold.",
        "Ключ отклоняется: его цепочка недействительна или удостоверяющий центр приостановил его.",
    ),
    Code.REVOCATION_LATE: Meaning(
        "A CA's next word on its revoked certificates is overdue; its keys will be refused soon.",
        "Удостоверяющий центр задерживает сведения об отзыве; скоро его ключи будут отклоняться.",
    ),
    Code.KEY_REVOKED: Meaning(
        "A key was revoked: look through what it signed (gateway key messages).",
        "Ключ отозван: просмотрите, что им подписано (gateway key messages).",
        ends=False,
    ),
    Code.KEY_UNKNOWN: Meaning(
        "Partners do not know this node's new key: let them compare its fingerprint by telephone.",
        "Партнёры не знают нового ключа узла: пусть сверят его отпечаток по телефону.",
    ),
    Code.REVOCATION_STALE: Meaning(
        "A CA's last word on its revoked certificates is too old: its keys are refused.",
        "Сведения удостоверяющего центра об отзыве устарели: его ключи отклоняются.",
    ),
    Code.ROW_DAMAGED: Meaning(
        "A certificate in the database cannot be read any more: it is refused, all others hold.",
        "Сертификат в базе данных больше не читается: он отклоняется, остальные действуют.",
    ),
    Code.KEYS_TOO_MANY: Meaning(
        "A partner has brought in more keys than anybody needs: further ones come in only by gateway key propose.",
        "Партнёр ввёл больше ключей, чем может понадобиться: новые вводятся только командой gateway key propose.",
        ends=False,
    ),
}


def raise_alarm(
    session: Session, code: Code, subject: str, now: datetime, detail: Mapping[str, Any] | None = None
) -> bool:
    """Say that something is wrong; True where that is news. The first time of each is audited.

    Finding it again only moves `seen` and keeps the latest `detail` (plain JSON values, never a personal one);
    of an alarm that a person has to clear the first detail stays, because it is the evidence.
    """
    subject, detail = subject[:120], dict(detail or {})
    if _still(session, code, subject, now, detail):
        return False
    if not _begin(session, code, subject, now, detail):
        # Another process found the same thing at the same moment.
        return False
    audit.write(session, Action.ALARM_RAISED, actor=SYSTEM, subject=f"{code} {subject}", outcome="raised", at=now)
    return True


def clear(session: Session, code: Code, subject: str, now: datetime) -> bool:
    """Say that something is right again; True where an alarm ended by that. Costs nothing where there is none.

    ValueError for an alarm that only a person may clear.
    """
    if not MEANINGS[code].ends:
        raise ValueError(f"{code} does not end by itself")
    ended = _end(session, code, subject[:120], now)
    if ended:
        audit.write(session, Action.ALARM_ENDED, actor=SYSTEM, subject=f"{code} {subject}", outcome="ended", at=now)
    return ended


def dismiss(session: Session, code: str, subject: str, *, actor: str, reason: str, now: datetime) -> None:
    """A person clears an alarm, of whatever kind, and says why (NotFound, InvalidRequest).

    One whose cause is still there comes back the next time that somebody looks.
    """
    persons.check(actor)
    persons.check_reason(reason)
    # A name with a zero character would be an error of PostgreSQL instead of an answer.
    if not f"{code}{subject}".isprintable() or not _end(session, code, subject, now):
        raise NotFound("There is no such open alarm.", where=f"{code} {subject}")
    audit.write(
        session,
        Action.ALARM_CLEARED,
        actor=actor,
        subject=f"{code} {subject}",
        outcome=audit.DONE,
        at=now,
        detail={"reason": reason},
    )


def open_alarms(session: Session, code: Code | None = None) -> Sequence[Alarm]:
    """Every alarm that holds, the oldest first; those of one code when it is given."""
    query = select(Alarm).where(Alarm.cleared.is_(None)).order_by(Alarm.raised, Alarm.code, Alarm.subject)
    return session.scalars(query if code is None else query.where(Alarm.code == code)).all()


def shown(row: Alarm) -> dict[str, Any]:
    """An alarm as it is told, with what it means."""
    return {
        "code": row.code,
        "subject": row.subject,
        "raised": row.raised,
        "seen": row.seen,
        "cleared": row.cleared,
        "detail": row.detail,
        "meaning_en": sentence(row.code, "en"),
        "meaning_ru": sentence(row.code, "ru"),
    }


def sentence(code: str, language: str) -> str:
    """What an alarm means, in `ru` or `en`; the code itself where a newer program raised it."""
    meaning = MEANINGS.get(Code(code)) if code in set(Code) else None
    if meaning is None:
        return code
    return meaning.russian if language == "ru" else meaning.english


def _still(session: Session, code: Code, subject: str, now: datetime, detail: dict[str, Any]) -> bool:
    """Whether it was known already."""
    known = session.execute(
        update(Alarm)
        .where(Alarm.code == code, Alarm.subject == subject, Alarm.cleared.is_(None))
        .values({"seen": now} | ({"detail": detail} if MEANINGS[code].ends else {}))
        .returning(Alarm.code)
    ).first()
    return known is not None


def _begin(session: Session, code: Code, subject: str, now: datetime, detail: dict[str, Any]) -> bool:
    """Open the row, which may be there from an earlier time; False where another was first."""
    again = session.execute(
        update(Alarm)
        .where(Alarm.code == code, Alarm.subject == subject, Alarm.cleared.is_not(None))
        .values(raised=now, seen=now, cleared=None, detail=detail)
        .returning(Alarm.code)
    ).first()
    if again is not None:
        return True
    try:
        with session.begin_nested():
            session.add(Alarm(code=code, subject=subject, raised=now, seen=now, detail=detail))
    except IntegrityError:
        return False
    return True


def _end(session: Session, code: str, subject: str, now: datetime) -> bool:
    ended = session.execute(
        update(Alarm)
        .where(Alarm.code == code, Alarm.subject == subject, Alarm.cleared.is_(None))
        .values(cleared=now)
        .returning(Alarm.code)
    ).first()
    return ended is not None
