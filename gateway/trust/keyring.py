"""The keys a running node works with: its own signer, and the certificates its partners are held to.

Rows are read again whenever the counter of key changes has moved, so a revocation in one process is seen by
all. Key files are opened once and kept open.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.algorithms import registry
from gateway.algorithms.token import Token
from gateway.errors import KeyUnusable, NotFound, SignatureInvalid, UnknownPartner
from gateway.settings import Revocation
from gateway.store.database import Database
from gateway.store.tables import Counter, Key, Partner
from gateway.trust import anchors, certificates, keyfiles, lifecycle, tokenkeys
from gateway.trust.keyfiles import Signer
from gateway.trust.standing import Standing, Standings

ACCEPTABLE = frozenset({"active", "retiring"})
"""The states in which a key's signatures are taken."""
_DAMAGED = "The certificate of this key cannot be read: its row in the database is damaged."
_log = logging.getLogger(__name__)
_CHANGED_HERE = frozenset({lifecycle.CHANGED_HERE, anchors.CHANGED_HERE})


@dataclass(frozen=True, slots=True)
class KnownKey:
    """One row of the table of keys, with its certificate read."""

    kid: str
    party: str
    own: bool
    status: str
    not_before: datetime
    not_after: datetime
    certificate: Certificate
    algorithm: str
    """Name in the registry of algorithms."""
    agreed: tuple[str, ...] = ()
    """The algorithms agreed with the partner; empty: every one that needs no agreement by name."""
    home: str = ""
    standing: Standing | None = None
    """Where a CA has issued a partner's certificate: its chains and what the CAs say of it. Our own is judged by
    partners; here it is the state of the key that stops it."""

    @property
    def begins(self) -> datetime:
        """From when it is valid: with the chain above it, where it needs one."""
        starts = self.standing.starts if self.standing is not None else None
        return max(self.not_before, starts) if starts is not None else self.not_before

    def acceptable(self, at: datetime) -> bool:
        """Whether what it signed at that time is taken."""
        return self.current(at) and not self.outside(at)

    def outside(self, at: datetime) -> str:
        """Why signatures of its algorithm are not taken at that time; empty where they are."""
        if not self.own and not registry.agreed(self.algorithm, self.agreed, at):
            return f"{self.algorithm} is not agreed with {self.party}"
        return registry.obstacle(self.algorithm, "verify", at)

    def current(self, at: datetime) -> bool:
        """Whether the key is one that is taken at that time, whatever its algorithm."""
        if self.status not in ACCEPTABLE or not self.not_before <= at < self.not_after:
            return False
        return self.standing is None or self.standing.holds(at)

    def objection(self, at: datetime) -> str:
        """Why it is not acceptable at that time, for our own log."""
        if self.status not in ACCEPTABLE:
            return f"is {self.status}"
        if not self.not_before <= at < self.not_after:
            return "is outside the validity of its certificate"
        try:
            if self.standing is not None:
                self.standing.check(at)
        except KeyUnusable as refusal:
            return f"is refused: {refusal.code}: {refusal.reason}"
        return f"is {self.status}"


@dataclass(frozen=True, slots=True)
class _Snapshot:
    version: tuple[int, ...]
    read: datetime
    keys: dict[str, KnownKey]
    parties: dict[str, tuple[KnownKey, ...]]
    damaged: Mapping[str, bool]
    """Keys whose certificate cannot be read, which are refused until their row is mended: are they what we sign with?
    """


class Keyring:
    """All keys of a node, safe to share between threads.

    Pass the `session` of a transaction that is open anyway: asking for a second connection while holding a
    first one can bring a busy node to a halt.
    """

    def __init__(
        self,
        database: Database,
        directory: Path,
        password: bytes,
        clock: Callable[[], datetime],
        *,
        fresh: float = 0.0,
        revocation: Revocation | None = None,
        token: Token | None = None,
    ) -> None:
        """`directory` is the node's, `token` where its keys may live that are no files.

        `fresh` is how many seconds an answer may be old before we look again.
        """
        self._database = database
        self._directory = directory
        self._password = password
        self._clock = clock
        self._fresh = fresh
        self._token = token
        self._snapshot: _Snapshot | None = None
        self._certificates: dict[str, Certificate] = {}
        self._told: set[str] = set()
        """Damaged keys that the program's log has named."""
        self._standings = Standings(revocation or Revocation())
        self._signers: dict[str, Signer] = {}

    def signer(self, session: Session | None = None) -> Signer:
        """The key this node signs with now (KeyUnusable when there is none that can be used)."""
        now = self._clock()
        known = self._keys(session)
        own = [key for key in known.keys.values() if key.own and key.status == "active"]
        for kid, signing in known.damaged.items():
            if signing:
                raise KeyUnusable(_DAMAGED, where=kid)
        if not own:
            raise KeyUnusable("This node has no active key; run `gateway key generate` and `gateway key activate`.")
        if not own[0].current(now):
            raise KeyUnusable("The certificate of this node's key has expired; activate a new key.", where=own[0].kid)
        # A provider that is missing says itself what to install.
        registry.proved(own[0].algorithm)
        obstacle = registry.obstacle(own[0].algorithm, "sign", now)
        if obstacle:
            raise KeyUnusable("This node does not sign with keys of this algorithm any more.", reason=obstacle)
        return self._open(own[0])

    def certificate(self, kid: str, session: Session | None = None) -> Certificate:
        """The certificate of any key that was ever entered, whatever its state (NotFound, KeyUnusable)."""
        known = self._keys(session)
        key = known.keys.get(kid)
        if kid in known.damaged:
            raise KeyUnusable(_DAMAGED, where=kid)
        if key is None:
            raise NotFound("There is no key of that name.", where=kid)
        return key.certificate

    def trusted(self, kid: str, at: datetime, session: Session | None = None) -> KnownKey:
        """A partner's key whose signatures of that time are taken (UnknownPartner says no more than that).

        SignatureInvalid for a key that would be, were its algorithm agreed with the partner and in use that day.
        """
        known = self._keys(session)
        key = known.keys.get(kid)
        if key is None or not key.acceptable(at):
            # A key that was just entered signs its first message before an answer kept here is old enough.
            known = self._keys(session, again=True)
            key = known.keys.get(kid)
        if key is None or key.own or not key.current(at):
            unknown = "has a damaged row" if kid in known.damaged else "is not known"
            raise UnknownPartner(reason=f"key {kid[:16]} {unknown if key is None else key.objection(at)}")
        outside = key.outside(at)
        if outside:
            raise SignatureInvalid(reason=f"key {kid[:16]}: {outside}")
        return key

    def find(self, fits: Callable[[Certificate], bool], at: datetime, session: Session | None = None) -> KnownKey:
        """The one key of a partner that is taken at that time and fits (UnknownPartner for none, and for two)."""
        keys = [
            key
            for key in self._keys(session).keys.values()
            if not key.own and key.acceptable(at) and fits(key.certificate)
        ]
        if len(keys) != 1:
            raise UnknownPartner(reason=f"{len(keys)} keys fit what the envelope names")
        return keys[0]

    def verifiers(
        self, party: str, at: datetime, session: Session | None = None, *, again: bool = False
    ) -> list[tuple[str, Certificate]]:
        """The keys of a party whose signatures of that time are taken: name and certificate.

        With `again`, whatever was kept here is compared with the database: a key that came in just now counts.
        """
        keys = self._keys(session, again=again).parties.get(party, ())
        return [(key.kid, key.certificate) for key in keys if key.acceptable(at)]

    def opened(self, kid: str, session: Session | None = None) -> Signer:
        """An own key of any state, to sign with: a request for a certificate, a last word (NotFound, KeyUnusable)."""
        key = self._keys(session).keys.get(kid)
        if key is None:
            known = self._keys(session, again=True)
            key = known.keys.get(kid)
            if kid in known.damaged:
                raise KeyUnusable(_DAMAGED, where=kid)
        if key is None or not key.own:
            raise NotFound("This node has no key of that name.", where=kid)
        return self._open(key)

    def forget(self) -> None:
        """Look at the database before the next answer: a change of keys was committed just now."""
        self._snapshot = None

    def _open(self, key: KnownKey) -> Signer:
        signer = self._signers.get(key.kid)
        if signer is None:
            if key.home.startswith(tokenkeys.SCHEME):
                signer = tokenkeys.open_signer(self._token, key.home, key.certificate)
            else:
                path = keyfiles.path_of(self._directory, key.home)
                signer = keyfiles.open_signer(path, key.certificate, self._password)
            self._signers[key.kid] = signer
        return signer

    def _keys(self, session: Session | None, *, again: bool = False) -> _Snapshot:
        known = self._snapshot
        if session is not None and not session.info.keys().isdisjoint(_CHANGED_HERE):
            # What this session changed may still be undone: answer from it, and keep nothing.
            return self._load(session)
        if not again and known is not None and 0 <= (self._clock() - known.read).total_seconds() < self._fresh:
            return known
        if session is not None:
            return self._renew(session, known)
        with self._database.read() as reader:
            return self._renew(reader, known)

    def _renew(self, session: Session, known: _Snapshot | None) -> _Snapshot:
        # Whoever mends a damaged row by hand moves no counter.
        if known is None or known.damaged or known.version != _version(session):
            known = self._load(session)
        else:
            known = replace(known, read=self._clock())
        self._snapshot = known
        return known

    def _load(self, session: Session) -> _Snapshot:
        # The version first: a change that comes between the two reads is then seen next time.
        version = _version(session)
        query = select(
            Key.kid, Key.party, Key.own, Key.status, Key.not_before, Key.not_after, Key.certificate, Key.algorithm,
            Key.home,
        )  # fmt: skip
        rows = session.execute(query.order_by(Key.not_before.desc())).all()
        read = {row.kid: found for row in rows if (found := self._certificate(row.kid, row.certificate)) is not None}
        partners = ((row.kid, row.party, row.certificate) for row in rows
                    if row.kid in read and not row.own and row.status in ACCEPTABLE)  # fmt: skip
        standings = self._standings.of(session, partners)
        agreed = {party: tuple(names) for party, names in session.execute(select(Partner.id, Partner.algorithms))}
        keys, damaged = {}, {}
        for kid, party, own, status, start, end, _, algorithm, home in rows:
            if kid not in read:
                damaged[kid] = bool(own and status == "active")
                continue
            names = () if own else agreed.get(party, ())
            standing = standings.get(kid)
            keys[kid] = KnownKey(kid, party, own, status, start, end, read[kid], algorithm, names, home, standing)
        return _Snapshot(version, self._clock(), keys, _by_party(keys.values()), damaged)

    def _certificate(self, kid: str, text: str) -> Certificate | None:
        """The certificate of a row; None for a damaged one, which ends what that key signs and nobody else's."""
        found = self._certificates.get(kid)
        if found is None:
            try:
                found = self._certificates[kid] = certificates.held(kid, text)
            except KeyUnusable as refusal:
                if kid not in self._told:
                    self._told.add(kid)
                    _log.error("key %s is refused: %s", kid, refusal.detail)
        return found


def _version(session: Session) -> tuple[int, ...]:
    query = select(Counter.value).where(Counter.name.in_((lifecycle.CHANGES, anchors.CHANGES)))
    return tuple(session.scalars(query.order_by(Counter.name)))


def _by_party(keys: Iterable[KnownKey]) -> dict[str, tuple[KnownKey, ...]]:
    found: dict[str, tuple[KnownKey, ...]] = {}
    for key in keys:
        found[key.party] = (*found.get(key.party, ()), key)
    return found
