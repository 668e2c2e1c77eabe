"""The tree `rows`: the latest state of every row that no message and no act covers, so that none changes unseen.

    TABLE KEYS DIGESTS SEAL    rows as a transaction has left them; KEYS with commas, `17+3` for 17, 18 and 19
    TABLE KEYS - SEAL          rows that are gone
    times LOG … SEAL           the times beside the leaves of a tree (gateway.ledger.leaftimes)
    guarded TABLE … SEAL       from here on every row of these tables has a leaf

The digests are keyed, and so is the seal, of the rest of the leaf at its very place: whoever can write into the
database, but has no key of the node, can make no leaf that holds, and put none of the node's at another place. Leaves
are appended last of all before the commit, by what a transaction has written (gateway.store.written), so that whoever
queues for this tree holds everything else already. The tree never leaves the node. At every checkpoint its size and
root become a leaf of the exchange tree, which partners countersign: `rows SIZE ROOT`.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final, TypeVar
from urllib.parse import quote, unquote

from sqlalchemy import JSON, Column, ColumnElement, Text, cast, select, tuple_, type_coerce, update
from sqlalchemy.orm import Session

from gateway.ledger import checkpoint, leaftimes
from gateway.ledger import log as tree
from gateway.ledger.guarded import GUARDED, PROOF, Guard
from gateway.ledger.log import Entry
from gateway.store.columns import Hidden, sealed_columns, stored, vault_of
from gateway.store.database import Database
from gateway.store.tables import LogLeaf, UtcDateTime
from gateway.store.vault import Vault
from gateway.store.written import Key, Keys

T = TypeVar("T")
Row = tuple[Mapping[str, Any], str, str]
"""The values of a row, its key as leaves spell it, and the digest that they have to have of it."""

ROWS: Final = "rows"
"""Name of the tree, and subject of its leaves in the exchange tree."""
BEGUN: Final = "guarded"
"""Subject of the leaf that says which tables are guarded from there on."""
GONE: Final = "-"
TOGETHER: Final = 500
"""Rows of one leaf, at most."""
_DIGEST: Final = 22
"""Characters of a digest: 132 bits of it."""


# --- What is written -------------------------------------------------------------------------------------


def keep(database: Database, clock: Callable[[], datetime]) -> None:
    """Guard a node's rows from now on: those there are, once in the life of a table, and every one that is written."""
    _begin(database, clock())
    database.watch(GUARDED, lambda session, keys: _append(session, keys, clock()))


def anchor(database: Database, party: str, now: datetime) -> None:
    """Before the exchange tree is signed: let it say what stands in this one. Nothing where it has not grown."""
    with database.read() as session:
        last = checkpoint.latest(session, party)
        if not tree.size(session, ROWS) or (last is not None and last.size == tree.size(session, "exchange")):
            return
    with database.begin() as session:
        tree.hold(session, "exchange")
        _add(session, list(leaftimes.due(session)), now)
        _anchor(session, now)


def _anchor(session: Session, now: datetime) -> None:
    size = tree.size(session, ROWS)
    tree.append(session, "exchange", ROWS, f"{ROWS} {size} {tree.root(session, ROWS, size).hex()}", now)


def _begin(database: Database, now: datetime) -> None:
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
        _add(session, [Entry(BEGUN, f"{BEGUN} {' '.join(new)}")], now)
        for guard in map(GUARDED.__getitem__, new):
            if guard.bears:
                _bear(session, guard, list(states(session, guard.whole)))
            for some in together(states(session, guard), TOGETHER):
                _add(session, _leaves(guard, some), now)
        _anchor(session, now)


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
        names, sealed = unsealed(leaf.content)
        if sealed != seal(vault_of(session), leaf.index, names):
            return []
        begun.update(names.split(" ")[1:])
    return [name for name in sorted(set(GUARDED) - begun) if not _is_spoken_of(session, name)]


def _is_spoken_of(session: Session, name: str) -> bool:
    """Whether a leaf tells of a row of the table: it is guarded then, although the leaf that says so is not there."""
    leaf = select(LogLeaf.index).where(LogLeaf.log == ROWS, LogLeaf.subject == name).limit(1)
    return session.scalar(leaf) is not None


def _append(session: Session, keys: Keys, now: datetime) -> None:
    """The leaves of what a transaction has written."""
    if session.connection().dialect.name != "sqlite":
        # First, so that a row nobody here has changed is read after whoever did; SQLite has one writer anyway.
        tree.hold(session, ROWS)
    entries = [entry for name, some in keys.items() for entry in _written(session, GUARDED[name], some)]
    _add(session, entries, now)


def _add(session: Session, entries: Sequence[Entry], now: datetime) -> None:
    """Append leaves, each sealed at its place."""
    if not entries:
        return
    vault, end = vault_of(session), tree.OpenEnd(session, ROWS, len(entries), now)
    for entry in entries:
        end.add(Entry(entry.subject, f"{entry.content} {seal(vault, end.next, entry.content)}"))
    end.write()


def _written(session: Session, guard: Guard, keys: Collection[Key]) -> Iterator[Entry]:
    names = [column.name for column in guard.key]
    for some in together(keys, TOGETHER):
        gone = {_spelt(key) for key in _stored_keys(session, guard, some)}
        which = guard.key[0].in_([key[0] for key in some]) if len(names) == 1 else tuple_(*guard.key).in_(some)
        found = list(states(session, guard, which))
        gone.difference_update(key for _, key, _ in found)
        if guard.bears:
            fresh = _bear(session, guard, states(session, guard.whole, which))
            found = [row for row in found if row[1] in fresh]
        yield from _leaves(guard, found)
        if gone:
            # By length first, so that numbers follow each other.
            yield _leaf(guard, sorted(gone, key=lambda key: (len(key), key)), GONE)


def _bear(session: Session, guard: Guard, some: Iterable[Row]) -> set[str]:
    """Let rows bear their digests; the keys of those that have borne none yet."""
    fresh = set()
    for row, key, digest in list(some):
        fresh |= {key} if row[PROOF] is None else set()
        this = [column == row[column.name] for column in guard.key]
        session.connection().execute(update(guard.table).where(*this).values({PROOF: digest}))
    return fresh


def _leaves(guard: Guard, some: Iterable[Row]) -> list[Entry]:
    """One leaf for those that this tree covers; none where it covers none."""
    told = [(key, digest) for row, key, digest in some if guard.covered(row)]
    return [_leaf(guard, [key for key, _ in told], "".join([digest for _, digest in told]))] if told else []


def _leaf(guard: Guard, keys: Sequence[str], said: str) -> Entry:
    return Entry(guard.name, f"{guard.name} {','.join(_runs(keys))} {said}")


def _runs(keys: Iterable[str]) -> Iterator[str]:
    """Keys as a leaf spells them; of numbers that follow each other, the first and how many."""
    start, count = "", 0
    for key in keys:
        if count and _is_number(start) and key == str(int(start) + count):
            count += 1
            continue
        if count:
            yield f"{start}+{count}" if count > 1 else start
        start, count = key, 1
    if count:
        yield f"{start}+{count}" if count > 1 else start


def _is_number(key: str) -> bool:
    return key.isdecimal() and (key[0] != "0" or key == "0")


def _stored_keys(session: Session, guard: Guard, keys: Collection[Key]) -> Iterator[Key]:
    """Keys as the database has them: a hidden one must not stand in clear in a leaf."""
    dialect = session.connection().dialect
    hide = [
        column.type.dialect_impl(dialect).bind_processor(dialect) if isinstance(column.type, Hidden) else None
        for column in guard.key
    ]
    for key in keys:
        yield tuple(close(value) if close else value for close, value in zip(hide, key, strict=True))


# --- What is read ----------------------------------------------------------------------------------------


def states(session: Session, guard: Guard, *where: ColumnElement[bool]) -> Iterator[Row]:
    """Rows of a table in the order of their keys; with what they bear, if they do."""
    vault, key = vault_of(session), [column.name for column in guard.key]
    columns, borne = guard.columns, [guard.table.c[PROOF]] if guard.bears else []
    names = [column.name for column in columns]
    plainly = session.connection().dialect.name == "sqlite"
    wanted = [*(_as_stored(column, plainly=plainly) for column in columns), *borne]
    query = select(*wanted).where(*where).order_by(*guard.key)
    for values in session.connection().execute(query, execution_options={"yield_per": TOGETHER}):
        row: dict[str, Any] = dict(zip(names, values, strict=False))
        digest = _digest(vault, guard.name, row)
        if borne:
            row[PROOF] = values[-1]
        yield row, _spelt([row[name] for name in key]), digest


def unsealed(content: str) -> tuple[str, str]:
    """What a leaf says, and its seal."""
    said, _, sealed = content.rpartition(" ")
    return said, sealed


def seal(vault: Vault, place: int, said: str) -> str:
    """What shows that this node has said so in this very leaf."""
    return _short(vault.digest(b"row leaf", f"{place} {said}".encode()))


def told(content: str) -> list[tuple[str, str]]:
    """The rows that a leaf without its seal speaks of, by their keys, with the digest of each or GONE.

    Empty where it makes no sense.
    """
    words = content.split(" ")
    if len(words) != 3:
        return []
    keys = list(_keys_in(words[1]))
    if words[2] == GONE:
        return [(key, GONE) for key in keys]
    digests = [words[2][place : place + _DIGEST] for place in range(0, len(words[2]), _DIGEST)]
    return list(zip(keys, digests, strict=True)) if len(digests) == len(keys) else []


def _keys_in(said: str) -> Iterator[str]:
    for part in said.split(","):
        start, run, count = part.partition("+")
        if not run:
            yield part
        elif start.isdecimal() and count.isdecimal() and int(count) <= TOGETHER:
            yield from map(str, range(int(start), int(start) + int(count)))


def together(values: Iterable[T], most: int) -> Iterator[list[T]]:
    """Values, so many at a time."""
    left = iter(values)
    while some := list(islice(left, most)):
        yield some


def shown(key: str) -> str:
    """A key as people read it."""
    return unquote(key)


def _spelt(key: Iterable[Any]) -> str:
    """A key as leaves spell it: one printable word without comma and plus."""
    return "|".join([str(part) if isinstance(part, int) else quote(str(part), safe="/:#.@") for part in key])


def _digest(vault: Vault, table: str, row: Mapping[str, Any]) -> str:
    """Of every value that is there: a column that comes later and is empty changes nothing.

    Names and values follow each other, each with its kind and its length, so that no two rows are written the same.
    """
    said = [table.encode()]
    for name, value in row.items():
        if value is not None:
            kind, plain = _KINDS[type(value)]
            raw = plain(value)
            said += (b"%s %s %d " % (name.encode(), kind, len(raw)), raw)
    return _short(vault.digest(b"row state", b"\n".join(said)))


def _short(digest: bytes) -> str:
    return base64.b64encode(digest).decode()[:_DIGEST]


def _as_stored(column: Column[Any], *, plainly: bool) -> ColumnElement[Any]:
    """A column as the database has it: JSON to the letter, sealed and hidden values without opening them.

    `plainly` where the database keeps times as text, which need not be read to be compared.
    """
    if sealed_columns([column]):
        return type_coerce(column, stored(column))
    if isinstance(column.type, Hidden) or (plainly and isinstance(column.type, UtcDateTime)):
        return type_coerce(column, Text())
    return cast(column, Text) if isinstance(column.type, JSON) else column


_KINDS: Final[Mapping[type, tuple[bytes, Callable[[Any], bytes]]]] = {
    str: (b"text", str.encode),
    bytes: (b"bytes", bytes),
    bool: (b"truth", lambda value: b"%d" % value),
    int: (b"number", lambda value: b"%d" % value),
    float: (b"real", lambda value: repr(value).encode()),
    date: (b"day", lambda value: value.isoformat().encode()),
    datetime: (b"time", lambda value: value.astimezone(UTC).isoformat(timespec="microseconds").encode()),
}
"""How the values of each type that drivers give are written for a digest."""
