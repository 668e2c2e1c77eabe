"""The tree `rows`: the latest state of every row that no message and no act covers, so that none changes unseen.

    TABLE KEYS DIGESTS BEFORE    rows as a transaction has left them; KEYS with commas, `17+3` for 17, 18 and 19
    TABLE KEYS - BEFORE          rows that are gone, or that another tree covers from now on
    guarded TABLE …              from here on every row of these tables has a leaf
    spoilt TABLE KEYS            rows that somebody else has changed before the node itself wrote them

BEFORE is the digests of the same rows as the transaction has found them, `+` where they were not there, or `?` where
nobody knows. So a row that somebody has changed stays found, although the node itself writes it again.

The digests are keyed. Leaves are appended last of all before the commit, by what a transaction has written
(gateway.store.written), so that whoever queues for this tree holds everything else already. The tree never leaves the
node. At every checkpoint its size and root become a leaf of the exchange tree, which partners countersign:
`rows SIZE ROOT`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from gateway.ledger import checkpoint, rowstate
from gateway.ledger import log as tree
from gateway.ledger.guarded import GUARDED, Guard
from gateway.ledger.log import Entry
from gateway.ledger.rowstate import GONE, NEW, TOGETHER, UNKNOWN, Row, spelt_keys, states, states_of, together
from gateway.store.columns import vault_of
from gateway.store.database import Database
from gateway.store.tables import LogLeaf, RowDigest
from gateway.store.written import ABSENT, Key, Keys

ROWS: Final = "rows"
"""Name of the tree, and subject of its leaves in the exchange tree."""
BEGUN: Final = "guarded"
"""Subject of the leaf that says which tables are guarded from there on."""
SPOILT: Final = "spoilt"
"""Subject of the leaf that says which rows were found otherwise than their digests beside the tree say."""


def keep(database: Database) -> None:
    """Guard a node's rows from now on: those there are, once in the life of a table, and every one that is written."""
    _begin(database)
    # Of a table of which few rows are covered whoever writes them tells, and no commit has to look at the others.
    database.watch([guard.name for guard in GUARDED.values() if not guard.among], _before, _append)


def anchor(database: Database, party: str) -> None:
    """Before the exchange tree is signed: let it say what stands in this one. Nothing where it has not grown."""
    with database.read() as session:
        last = checkpoint.latest(session, party)
        if not tree.size(session, ROWS) or (last is not None and last.size == tree.size(session, "exchange")):
            return
    with database.begin() as session:
        tree.hold(session, "exchange")
        _anchor(session)


def said_since(session: Session, name: str, since: int, most: int) -> Iterator[tuple[int, list[tuple[str, str, str]]]]:
    """What the next leaves about a table say that are sealed: the place of each leaf, and what it tells."""
    vault = vault_of(session)
    for leaf in tree.find(session, ROWS, name, since=since, most=most):
        own = leaf.seal == tree.seal(vault, ROWS, leaf.index, leaf.content)
        yield leaf.index, rowstate.told(leaf.content) if own else []


def _anchor(session: Session) -> None:
    size = tree.size(session, ROWS)
    tree.append(session, "exchange", ROWS, f"{ROWS} {size} {tree.root(session, ROWS, size).hex()}")


# --- What is there already -------------------------------------------------------------------------------


def _begin(database: Database) -> None:
    with database.read() as session:
        if not _new(session):
            return
    with database.begin() as session:
        tree.hold(session, "exchange")
        tree.hold(session, ROWS)
        # Another process may have been first.
        new = _new(session)
        if not new:
            return
        tree.append(session, ROWS, BEGUN, f"{BEGUN} {' '.join(new)}")
        for guard in map(GUARDED.__getitem__, new):
            for some in together(states(session, guard.whole), TOGETHER) if guard.apart else ():
                _put_apart(session, guard, some, {})
            for some in together(states(session, guard), TOGETHER):
                covered = [(key, digest, None) for row, key, digest in some if guard.covered(row)]
                tree.append_all(session, ROWS, _leaves(guard, covered))
        _anchor(session)


def _new(session: Session) -> list[str]:
    """Tables that are not guarded yet.

    A tree that is gone is not begun anew, nor is a table whose beginning was changed: what is gone would never be
    missed, and this node would vouch for what somebody has changed.
    """
    said = tree.find(session, ROWS, BEGUN)
    if not said and tree.find(session, "exchange", ROWS):
        return []
    begun: set[str] = set()
    for leaf in said:
        if leaf.seal != tree.seal(vault_of(session), ROWS, leaf.index, leaf.content):
            return []
        begun.update(leaf.content.split(" ")[1:])
    return [name for name in sorted(set(GUARDED) - begun) if not _is_spoken_of(session, name)]


def _is_spoken_of(session: Session, name: str) -> bool:
    """Whether a leaf tells of a row of the table: it is guarded then, although the leaf that says so is not there."""
    leaf = select(LogLeaf.index).where(LogLeaf.log == ROWS, LogLeaf.subject == name).limit(1)
    return session.scalar(leaf) is not None


# --- What is written -------------------------------------------------------------------------------------


def _before(connection: Connection, table: str, keys: Collection[Key]) -> Mapping[Key, str | None]:
    """The digests of rows that are about to be changed; None of one that something else covers."""
    guard = GUARDED[table]
    found = {
        key: digest if guard.covered(row) else None
        for some in together(keys, TOGETHER)
        for row, key, digest in states_of(connection, guard.whole, some, held=True)
    }
    return {
        key: found[said] for key, said in zip(keys, spelt_keys(connection, guard, keys), strict=True) if said in found
    }


def _append(session: Session, keys: Keys) -> None:
    """The leaves of what a transaction has written."""
    if session.connection().dialect.name != "sqlite":
        # First, so that a row nobody here has changed is read after whoever did; SQLite has one writer anyway.
        tree.hold(session, ROWS)
    entries = [entry for name, some in keys.items() for entry in _written(session, GUARDED[name], some)]
    tree.append_all(session, ROWS, entries)


def _written(session: Session, guard: Guard, keys: Mapping[Key, str | None]) -> Iterator[Entry]:
    connection = session.connection()
    for some in together(keys, TOGETHER):
        before = dict(zip(spelt_keys(connection, guard, some), map(keys.__getitem__, some), strict=True))
        found = states_of(connection, guard, some)
        gone = before.keys() - {key for _, key, _ in found}
        if guard.apart:
            fresh, spoilt = _put_apart(session, guard, states_of(connection, guard.whole, some), before)
            found = [row for row in found if row[1] in fresh]
            # What they are is said beside the tree, and was held against what they were.
            before = dict.fromkeys(before)
        yield from _leaves(guard, [(key, digest, before.get(key)) for row, key, digest in found if guard.covered(row)])
        yield from _leaves(guard, [(key, GONE, before[key]) for key in _in_order(gone)])
        if guard.apart and spoilt:
            yield Entry(SPOILT, f"{SPOILT} {guard.name} {','.join(rowstate.runs(_in_order(spoilt)))}")


def _put_apart(
    session: Session, guard: Guard, some: Iterable[Row], before: Mapping[str, str | None]
) -> tuple[set[str], set[str]]:
    """Write down the digests of rows beside the tree.

    The keys of those that had none yet; and of those that were otherwise, before, than their digest said.
    """
    digests = {key: digest for _, key, digest in some}
    own, connection = RowDigest.of == guard.name, session.connection()
    asked = {*digests, *before}
    known = dict(connection.execute(select(RowDigest.key, RowDigest.digest).where(own, RowDigest.key.in_(asked))).all())
    connection.execute(delete(RowDigest).where(own, RowDigest.key.in_(before.keys() - digests.keys())))
    moved = update(RowDigest).where(own, RowDigest.key == bindparam("row")).values(digest=bindparam("now"))
    if again := [{"row": key, "now": digest} for key, digest in digests.items() if key in known]:
        connection.execute(moved, again)
    fresh = digests.keys() - known.keys()
    if fresh:
        connection.execute(insert(RowDigest), [{"of": guard.name, "key": key, "digest": digests[key]} for key in fresh])
    return set(fresh), {key for key, was in before.items() if was is not None and was != known.get(key, ABSENT)}


def _leaves(guard: Guard, told: Iterable[tuple[str, str, str | None]]) -> list[Entry]:
    """Leaves for rows: key, digest or GONE, and what each was before; those of which one word is said stand apart."""
    alike: dict[tuple[str, str], list[tuple[str, str, str]]] = {}
    for key, now, before in told:
        was = UNKNOWN if before is None else before or NEW
        # One that came and went in one transaction was never there.
        if (now, was) != (GONE, NEW):
            kind = (now if now == GONE else "", was if was in (NEW, UNKNOWN) else "")
            alike.setdefault(kind, []).append((key, now, was))
    return [_leaf(guard, rows, *kind) for kind, rows in alike.items()]


def _leaf(guard: Guard, rows: Sequence[tuple[str, str, str]], now: str, was: str) -> Entry:
    keys, digests, before = zip(*rows, strict=True)
    spelt = ",".join(rowstate.runs(keys))
    return Entry(guard.name, f"{guard.name} {spelt} {now or ''.join(digests)} {was or ''.join(before)}")


def _in_order(keys: Iterable[str]) -> list[str]:
    """By length first, so that numbers follow each other."""
    return sorted(keys, key=lambda key: (len(key), key))
