"""The lifecycle of every family: its states, and which may follow which (domain.md section 2).

A register reports what it knows when it knows it, so a receiver may have missed steps: `reachable` judges over
every chain of steps. What domain.md does not spell out (notices, residence permits, document states, quotas,
statistics, non-removal) is this project's own default.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from gateway.records.category import Category

Steps = dict[str, frozenset[str]]
"""State to the states it may go to next; a terminal state goes nowhere."""


def _steps(text: str) -> Steps:
    """Read `A > B C; B > C`; a state that only ever follows is terminal."""
    steps = {
        state.strip(): frozenset(following.split())
        for state, _, following in (part.partition(">") for part in text.split(";"))
    }
    terminal = frozenset[str]().union(*steps.values()) - set(steps)
    return steps | dict.fromkeys(sorted(terminal), frozenset())


TRANSITIONS: Final[dict[Category, Steps]] = {
    Category.LABOUR_PERMIT: _steps(
        "APPLIED > ISSUED REFUSED; ISSUED > EXTENDED SUSPENDED EXPIRED ANNULLED SURRENDERED;"
        "EXTENDED > EXTENDED SUSPENDED EXPIRED ANNULLED SURRENDERED;"
        "SUSPENDED > ISSUED EXTENDED EXPIRED ANNULLED SURRENDERED"
    ),
    Category.RECRUITMENT_LICENCE: _steps(
        "APPLIED > GRANTED REFUSED; GRANTED > SUSPENDED TERMINATED ANNULLED EXPIRED;"
        "SUSPENDED > GRANTED TERMINATED ANNULLED EXPIRED"
    ),
    Category.EMPLOYMENT_NOTICE: _steps(
        "NOTIFIED > REGISTERED REFUSED TERMINATED EXPIRED; REGISTERED > TERMINATED EXPIRED"
    ),
    Category.STAY_REGISTRATION: _steps(
        "NOTIFIED > REGISTERED; REGISTERED > EXTENDED SHORTENED DEREGISTERED EXPIRED OVERSTAY;"
        "EXTENDED > EXTENDED SHORTENED DEREGISTERED EXPIRED OVERSTAY;"
        "SHORTENED > EXTENDED SHORTENED DEREGISTERED EXPIRED OVERSTAY;"
        "EXPIRED > DEREGISTERED OVERSTAY; OVERSTAY > EXTENDED DEREGISTERED"
    ),
    Category.RESIDENCE_PERMIT: _steps(
        "APPLIED > ISSUED REFUSED; ISSUED > EXTENDED EXPIRED ANNULLED SURRENDERED;"
        "EXTENDED > EXTENDED EXPIRED ANNULLED SURRENDERED"
    ),
    Category.BORDER_CROSSING: _steps(
        "RECORDED > MATCHED CLOSED OVERSTAY_SUSPECTED; OVERSTAY_SUSPECTED > MATCHED CLOSED; MATCHED > CLOSED"
    ),
    Category.EXPULSION: _steps(
        "ORDERED > APPEALED SUSPENDED EXECUTED CANCELLED; APPEALED > ORDERED SUSPENDED EXECUTED CANCELLED;"
        "SUSPENDED > ORDERED APPEALED EXECUTED CANCELLED; EXECUTED > CLOSED; CANCELLED > CLOSED"
    ),
    Category.ENTRY_BAN: _steps(
        "PROPOSED > ACTIVE DELETED; ACTIVE > UNDER_REVIEW SUSPENDED FLAGGED EXTENDED LIFTED EXPIRED;"
        "UNDER_REVIEW > ACTIVE SUSPENDED EXTENDED LIFTED EXPIRED;"
        "SUSPENDED > ACTIVE UNDER_REVIEW LIFTED EXPIRED; FLAGGED > ACTIVE LIFTED EXPIRED;"
        "EXTENDED > EXTENDED UNDER_REVIEW SUSPENDED FLAGGED LIFTED EXPIRED; LIFTED > DELETED; EXPIRED > DELETED"
    ),
    Category.DOCUMENT_STATUS: _steps(
        "ISSUED > LOST STOLEN INVALID ANNULLED WITHDRAWN; LOST > FOUND STOLEN INVALID ANNULLED WITHDRAWN;"
        "STOLEN > FOUND INVALID ANNULLED WITHDRAWN; FOUND > LOST STOLEN INVALID ANNULLED WITHDRAWN;"
        "INVALID > ANNULLED WITHDRAWN"
    ),
    Category.QUOTA: _steps(
        "PROPOSED > APPROVED; APPROVED > REVISED EXHAUSTED CLOSED; REVISED > REVISED EXHAUSTED CLOSED;"
        "EXHAUSTED > REVISED CLOSED"
    ),
    Category.STATISTIC: _steps("PROVISIONAL > PROVISIONAL FINAL; FINAL > REVISED; REVISED > REVISED"),
    Category.ASYLUM_APPLICATION: _steps(
        "EXPRESSED_INTENT > REGISTERED WITHDRAWN; REGISTERED > UNDER_REVIEW DISCONTINUED WITHDRAWN;"
        "UNDER_REVIEW > GRANTED_REFUGEE GRANTED_SUBSIDIARY REFUSED DISCONTINUED WITHDRAWN;"
        "REFUSED > APPEALED REFUSED_FINAL; APPEALED > UNDER_REVIEW REFUSED_FINAL"
    ),
    Category.REFUGEE_STATUS: _steps(
        "GRANTED > ACTIVE; ACTIVE > TEMP_ABSENT CEASED CANCELLED NATURALISED DECEASED;"
        "TEMP_ABSENT > ACTIVE CEASED CANCELLED NATURALISED DECEASED"
    ),
    Category.SUBSIDIARY_PROTECTION: _steps(
        "GRANTED > EXTENDED EXPIRED CEASED CANCELLED UPGRADED; EXTENDED > EXTENDED EXPIRED CEASED CANCELLED UPGRADED"
    ),
    Category.TEMPORARY_PROTECTION_GROUP: _steps("OPEN > EXTENDED CLOSED; EXTENDED > EXTENDED CLOSED"),
    Category.TEMPORARY_PROTECTION: _steps("REGISTERED > ACTIVE; ACTIVE > ENDED MOVED_TO_INDIVIDUAL_PROCEDURE"),
    Category.NON_REMOVAL: _steps("GRANTED > EXTENDED LIFTED EXPIRED; EXTENDED > EXTENDED LIFTED EXPIRED"),
    Category.FAMILY_REUNIFICATION: _steps("REQUESTED > APPROVED REFUSED; APPROVED > ARRIVED"),
}
"""Every family's steps."""

INITIAL: Final[dict[Category, frozenset[str]]] = {
    category: frozenset({next(iter(steps))}) for category, steps in TRANSITIONS.items()
} | {
    Category.DOCUMENT_STATUS: frozenset({"ISSUED", "LOST", "STOLEN", "INVALID", "ANNULLED", "WITHDRAWN"}),
    Category.STATISTIC: frozenset({"PROVISIONAL", "FINAL"}),
}
"""Where a family's lifecycle begins: the state named first, unless there are several."""

STATES: Final[dict[Category, frozenset[str]]] = {category: frozenset(steps) for category, steps in TRANSITIONS.items()}
"""The states of each family's lifecycle."""


def terminal(category: Category) -> frozenset[str]:
    """The states from which nothing follows."""
    return frozenset(state for state, following in TRANSITIONS[category].items() if not following)


def reachable(category: Category, before: str, after: str) -> bool:
    """Whether a record of this family may be in `after` when it was in `before`, steps between them unseen.

    Every state is reachable from itself; KeyError for a `before` that is no state of the family.
    """
    return after in _reached(category)[before]


@cache
def _reached(category: Category) -> Steps:
    """Every state with all that can follow it, itself included."""
    steps = TRANSITIONS[category]
    reached: Steps = {}
    for start in steps:
        seen, pending = {start}, [start]
        while pending:
            fresh = steps[pending.pop()] - seen
            seen |= fresh
            pending.extend(fresh)
        reached[start] = frozenset(seen)
    return reached
