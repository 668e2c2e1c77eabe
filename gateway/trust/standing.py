"""How a certificate that a CA has issued stands: its chains, and what the CAs in them have said of it.

Made from rows of the database and judged at a time without them, so that a message costs a few comparisons.
Fail closed: where nobody can say any more whether a certificate was revoked, it is refused; other keys go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.errors import CertificateRevoked, KeyUnusable, RevocationUnknown
from gateway.settings import Revocation as Rules
from gateway.store.tables import RevocationSource
from gateway.trust import anchors, certificates, chains, responders, revocation, revocation_lists
from gateway.trust.chains import Chain
from gateway.trust.revocation import Place, Revoked, Statement

SKEW: Final = timedelta(minutes=5)
"""How far the clock of a CA may be ahead of ours; a list is made for hours, so this need not be narrow."""
FOREVER: Final = datetime.max.replace(tzinfo=UTC)

_ChainKey = tuple[str, tuple[str, ...]]
_StatementKey = tuple[tuple[str, str, str], datetime | None]


def sources(session: Session) -> list[dict[str, Any]]:
    """What every CA last said of revoked certificates, when, and what is wrong; in plain values."""
    row = RevocationSource
    names = ("url", "serial", "issuer", "this_update", "next_update", "fetched", "tried", "trouble")
    query = select(*(getattr(row, name) for name in names)).order_by(row.url, row.serial)
    return [dict(each) for each in session.execute(query).mappings()]


@dataclass(frozen=True, slots=True)
class Step:
    """One certificate of a chain, its issuer, and what is known of it."""

    certificate: Certificate
    issuer: Certificate
    places: tuple[Place, ...]
    """Where it is asked about."""
    revoked: Revoked | None
    until: datetime | None
    """When the next word on it is due; None where there was never one."""
    limit: datetime | None
    """When the last word on it ends to count."""

    def check(self, at: datetime) -> None:
        """Refuse a certificate that is revoked, or of which too little is known (KeyUnusable)."""
        who, by = chains.name(self.certificate), chains.name(self.issuer)
        if self.revoked is not None:
            word = "put on hold" if self.revoked.hold else "revoked"
            raise CertificateRevoked(
                f"{by} has {word} the certificate of {who}: {self.revoked.reason}, since {self.revoked.since:%Y-%m-%d}."
            )
        if self.until is None or self.limit is None:
            raise RevocationUnknown(f"{by} has not yet said whether the certificate of {who} is revoked.")
        if at >= self.limit:
            raise RevocationUnknown(f"The last word of {by} was good until {self.until:%Y-%m-%d %H:%M} UTC.")


@dataclass(frozen=True, slots=True)
class Standing:
    """A certificate with every chain that leads to an anchor of its party."""

    paths: tuple[tuple[Chain, tuple[Step, ...]], ...]
    refusal: KeyUnusable | None
    """Why it has no chain at all."""
    good: tuple[tuple[datetime, datetime], ...]
    """From when until when each of them is good, as far as is known: all that a message is held against."""

    def check(self, at: datetime) -> None:
        """Refuse the certificate, unless one chain of it is good at that time (KeyUnusable says why)."""
        if self.holds(at):
            return
        refusal = self.refusal
        for chain, steps in self.paths:
            try:
                chain.check_time(at)
                for step in steps:
                    step.check(at)
            except KeyUnusable as error:
                refusal = refusal or error
        raise refusal or RevocationUnknown("No chain of the certificate is good at that time.")

    def holds(self, at: datetime) -> bool:
        """Whether a signature of that time is taken."""
        return any(start <= at < end for start, end in self.good)

    @property
    def starts(self) -> datetime | None:
        """When the first of its chains begins; None where it has none."""
        return min((chain.starts for chain, _ in self.paths), default=None)

    @property
    def ends(self) -> datetime | None:
        """When the last of its chains expires, which may be before the certificate does; None where it has none."""
        return max((chain.ends for chain, _ in self.paths), default=None)

    @property
    def steps(self) -> list[Step]:
        """Everything that is asked about, of every chain."""
        return [step for _, steps in self.paths for step in steps]

    @property
    def revoked(self) -> Revoked | None:
        """The end of the certificate, once no chain is left without one: the latest of them, and never a hold."""
        ends = [[step.revoked for step in steps if step.revoked is not None and not step.revoked.hold]
                for _, steps in self.paths]  # fmt: skip
        if not ends or not all(ends):
            return None
        return max((min(path, key=lambda end: end.since) for path in ends), key=lambda end: end.since)


class Standings:
    """Makes standings, and remembers what it has checked: chains by certificate and anchors, statements by row."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._alone: dict[str, bool] = {}
        self._chains: dict[_ChainKey, list[Chain] | KeyUnusable] = {}
        self._statements: dict[_StatementKey, Statement | None] = {}

    def of(self, session: Session, keys: Iterable[tuple[str, str, str]]) -> dict[str, Standing]:
        """The standing of each key (name, party, PEM with its chain) that a CA has issued; none for any other."""
        issued = [key for key in keys if self._issued(key[0], key[2])]
        if not issued:
            return {}
        known = _Known(session, self._statements)
        trusted = anchors.active(session)
        standings = {kid: self._judged(kid, text, trusted.get(party, ()), known) for kid, party, text in issued}
        self._statements = known.used
        return standings

    def _judged(self, kid: str, text: str, trusted: tuple[Certificate, ...], known: _Known) -> Standing:
        """The standing of a key; where the library finds out only now that it cannot read something, that key's end."""
        try:
            return self._standing(kid, text, trusted, known)
        except certificates.UNFIT as error:
            refusal = RevocationUnknown("What its CAs have said of the certificate cannot be read.", reason=str(error))
            return Standing((), refusal, ())

    def _issued(self, kid: str, text: str) -> bool:
        """Whether a CA has issued it; a row that was damaged is nobody's, and nothing of it is remembered."""
        alone = self._alone.get(kid)
        if alone is None:
            try:
                alone = self._alone[kid] = chains.is_self_signed(certificates.load(text))
            except KeyUnusable:
                return False
        return not alone

    def _standing(self, kid: str, text: str, trusted: tuple[Certificate, ...], known: _Known) -> Standing:
        key = kid, tuple(certificates.key_id(anchor) for anchor in trusted)
        found = self._chains.get(key)
        if found is None:
            found = self._chains[key] = _find(text, trusted)
        if isinstance(found, KeyUnusable):
            return Standing((), found, ())
        paths = tuple((chain, tuple(self._step(*step, known) for step in chain.steps)) for chain in found)
        return Standing(paths, None, tuple(_good(chain, steps) for chain, steps in paths))

    def _step(self, certificate: Certificate, issuer: Certificate, known: _Known) -> Step:
        rules = self.rules
        places = revocation.places(certificate, issuer, rules.addresses)
        if not places and rules.addresses.get(certificates.key_id(issuer)) == revocation.NONE:
            return Step(certificate, issuer, (), None, FOREVER, FOREVER)
        said = [each for place in places if (each := known.statement(place, certificate, issuer)) is not None]
        said = [each for each in said if revocation.covers(each, certificate)]
        ends = [end for each in said if (end := revocation.revoked(each, certificate)) is not None]
        until = max((each.until for each in said), default=None)
        limit = None if until is None else after(until, rules.stale)
        return Step(certificate, issuer, places, min(ends, key=_weight, default=None), until, limit)


class _Known:
    """What CAs have said, as the database has it."""

    def __init__(self, session: Session, before: Mapping[_StatementKey, Statement | None]) -> None:
        row = RevocationSource
        self._session = session
        self._before = before
        query = select(row.url, row.serial, row.issuer, row.fetched).where(row.fetched.is_not(None))
        self._fetched = {(url, serial, issuer): at for url, serial, issuer, at in session.execute(query)}
        self.used: dict[_StatementKey, Statement | None] = {}

    def statement(self, place: Place, certificate: Certificate, issuer: Certificate) -> Statement | None:
        fetched = self._fetched.get(place.key)
        if fetched is None:
            return None
        key = place.key, fetched
        if key not in self.used:
            kept = self._before.get(key)
            self.used[key] = kept or self._read(place, certificate, issuer, fetched)
        return self.used[key]

    def _read(self, place: Place, certificate: Certificate, issuer: Certificate, at: datetime) -> Statement | None:
        row = self._session.get(RevocationSource, place.key, populate_existing=True)
        return None if row is None else kept_statement(row.content, place, certificate, issuer, at)


def kept_statement(
    content: bytes, place: Place, certificate: Certificate, issuer: Certificate, at: datetime
) -> Statement | None:
    """A statement that was found good when it was fetched, read again; None where the row no longer fits."""
    try:
        return read_statement(content, place, certificate, issuer, at)
    except KeyUnusable:
        return None


def read_statement(
    content: bytes, place: Place, certificate: Certificate, issuer: Certificate, at: datetime
) -> Statement:
    """A list or an answer, whichever the place gives (RevocationRefused)."""
    if place.serial:
        return responders.read(content, certificate, issuer, at, SKEW)
    return revocation_lists.read(content, place, issuer, at, SKEW)


def after(at: datetime, seconds: float) -> datetime:
    """A time that much later; some CAs promise their next list for the end of time."""
    try:
        return at + timedelta(seconds=seconds)
    except OverflowError:
        return FOREVER


def _find(text: str, trusted: tuple[Certificate, ...]) -> list[Chain] | KeyUnusable:
    try:
        certificate, *between = certificates.load_all(text)
        return chains.find(certificate, between, trusted)
    except KeyUnusable as refusal:
        return refusal


def _good(chain: Chain, steps: tuple[Step, ...]) -> tuple[datetime, datetime]:
    """From when until when a chain is good: never, where one of its certificates is revoked or was never asked of."""
    limits = [step.limit for step in steps if step.limit is not None and step.revoked is None]
    end = min(chain.ends, *limits) if len(limits) == len(steps) else chain.starts
    return chain.starts, end


def _weight(end: Revoked) -> tuple[bool, datetime]:
    """What stays before what is only on hold, and the earlier before the later."""
    return end.hold, end.since
