"""States of the region, the bodies they belong to, and who is bound by which instrument on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final, Literal, cast

from gateway.records.reference import UNVERIFIED, Span, rows

Status = Literal["member", "associate", "observer", "leaving", "left"]
Standing = Literal["party", "signatory", "left", "none"]
BODIES: Final = ("CIS", "EAEU", "CHMA")


@dataclass(frozen=True, slots=True)
class State:
    """A state of the region."""

    code: str
    """ISO 3166-1 alpha-3."""
    alpha2: str
    numeric: str
    languages: tuple[str, ...]
    """ISO 639-1, the state language first."""
    scripts: tuple[str, ...]
    """ISO 15924."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What a state is to a body (the CIS, the EAEU, the Council of Heads of Migration Authorities) and when."""

    body: str
    state: str
    status: Status
    held: Span
    note: str
    source: str


@dataclass(frozen=True, slots=True)
class Instrument:
    """A treaty, or an act that exchange may rest on."""

    key: str
    signed: str
    """As exactly as it is known: `1998-03-06` or `2020`."""
    place: str
    ru: str
    en: str
    source: str


@dataclass(frozen=True, slots=True)
class Party:
    """A state's standing under an instrument."""

    instrument: str
    state: str
    standing: Literal["party", "signatory"]
    signed: str
    bound: Span
    """When it is bound; without a first day, bound since a day that our sources do not tell."""
    note: str
    source: str

    @property
    def verified(self) -> bool:
        """Whether it was read in a published source; nobody may be shown the rest as law."""
        return self.source != UNVERIFIED


@cache
def states() -> dict[str, State]:
    """The twelve states by alpha-3 code."""
    return {
        row["code"]: State(
            row["code"], row["alpha2"], row["numeric"], tuple(row["languages"].split()), tuple(row["scripts"].split())
        )
        for row in rows("states")
    }


@cache
def memberships() -> tuple[Membership, ...]:
    """Every membership, past ones included."""
    return tuple(
        Membership(
            row["body"],
            row["state"],
            cast("Status", row["status"]),
            Span.of(row["valid_from"], row["valid_to"]),
            row["note"],
            row["source"],
        )
        for row in rows("memberships")
    )


def membership(body: str, state: str, on: date) -> Membership | None:
    """What a state is to a body on a day; None where it never had to do with it."""
    held = (row for row in memberships() if (row.body, row.state) == (body, state))
    return next((row for row in held if row.held.covers(on)), None)


def members(body: str, on: date) -> tuple[str, ...]:
    """The states that belong to a body on a day, those about to leave and associates included."""
    inside = {"member", "associate", "leaving"}
    return tuple(
        row.state for row in memberships() if row.body == body and row.status in inside and row.held.covers(on)
    )


@cache
def instruments() -> dict[str, Instrument]:
    """Every instrument by its key."""
    return {row["key"]: Instrument(**row) for row in rows("instruments")}


@cache
def parties() -> tuple[Party, ...]:
    """Every state's standing under every instrument."""
    return tuple(
        Party(
            row["instrument"],
            row["state"],
            cast("Literal['party', 'signatory']", row["standing"]),
            row["signed"],
            Span.of(row["bound_from"], row["bound_to"]),
            row["note"],
            row["source"],
        )
        for row in rows("parties")
    )


def party(instrument: str, state: str, on: date) -> Party | None:
    """The row by which an instrument binds a state on a day; None where it does not, as far as our sources tell."""
    found = _row(instrument, state)
    return found if found is not None and _standing(found, on) == "party" else None


def standing(instrument: str, state: str, on: date) -> Standing:
    """Whether a state is bound, has only signed, has left, or has nothing to do with an instrument on a day."""
    found = _row(instrument, state)
    return "none" if found is None else _standing(found, on)


def _row(instrument: str, state: str) -> Party | None:
    return next((row for row in parties() if (row.instrument, row.state) == (instrument, state)), None)


def _standing(found: Party, on: date) -> Standing:
    signed = found.signed or instruments()[found.instrument].signed
    if not Span.of(signed, "").covers(on):
        return "none"
    if found.standing == "signatory":
        return "signatory"
    if found.bound.covers(on):
        return "party"
    began = found.bound.first is None or Span(found.bound.first).covers(on)
    return "left" if began else "signatory" if found.signed else "none"
