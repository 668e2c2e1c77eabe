"""Columns that tell of a person: sealed on their way into the database, opened on their way out.

Each engine has a dialect object of its own, so the vault of a node is remembered with it, and several nodes live
in one process. Statements that are written as text pass these types by: they see what a thief would see.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnClause, Connection, Engine, LargeBinary, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeEngine

from gateway.errors import KeyUnusable
from gateway.store.vault import Locked, Vault

_VAULTS: Final[WeakKeyDictionary[Dialect, Vault]] = WeakKeyDictionary()
_Processor = Callable[[Any], Any]


def entrust(engine: Engine, vault: Vault) -> None:
    """Give an engine the vault of its node, before its first statement."""
    _VAULTS[engine.dialect] = vault


def vault_of(session: Session | Connection) -> Vault:
    """The vault of the node whose database a session, or a connection, is on (Locked)."""
    connection = session.connection() if isinstance(session, Session) else session
    vault = _VAULTS.get(connection.dialect)
    if vault is None:
        raise Locked(KeyUnusable("The database was opened without the node's data keys."))
    return vault


class _Guarded(TypeDecorator[Any]):
    """A column whose stored form is for the vault only."""

    __abstract__ = True
    compares: tuple[Any, ...] = ()
    """Operators that mean in SQL what they mean in clear."""
    nothing: tuple[Any, Any] = ("", b"")
    """An empty value in clear and as it is stored."""

    def __init__(self, place: str) -> None:
        """`place` is bound to every value: `table.column`, or what several columns have in common."""
        super().__init__()
        self.place = place

    class Comparator(TypeDecorator.Comparator[Any]):
        """Refuses a comparison that would quietly never be true."""

        def operate(self, op: Any, *other: Any, **options: Any) -> Any:
            guarded: Any = self.type
            # The object mapper asks whether two columns are the same one in these words, too.
            empty = op in (operators.eq, operators.ne) and (isinstance(other[0], ColumnClause) or _is_empty(other[0]))
            if op in (operators.is_, operators.is_not) or op in guarded.compares or empty:
                return super().operate(op, *other, **options)
            raise TypeError(f"{guarded.place} is sealed: {op.__name__} on it says nothing")

    comparator_factory: Any = Comparator

    def bind_processor(self, dialect: Dialect) -> _Processor:
        """How a value goes into the database; made once for each engine, as hot paths demand."""
        vault, driver = _VAULTS.get(dialect), self.impl_instance.bind_processor(dialect)
        close = self._closing(vault) if vault is not None else _refusing(self.place, self.nothing[1])

        def process(value: Any) -> Any:
            closed = None if value is None else close(value)
            return closed if driver is None else driver(closed)

        return process

    def result_processor(self, dialect: Dialect, coltype: Any) -> _Processor:
        """How a value comes out of the database."""
        vault, driver = _VAULTS.get(dialect), self.impl_instance.result_processor(dialect, coltype)
        open_up = self._opening(vault) if vault is not None else _refusing(self.place, self.nothing[0])

        def process(value: Any) -> Any:
            plain = value if driver is None else driver(value)
            return None if plain is None else open_up(plain)

        return process

    def _closing(self, vault: Vault) -> _Processor:
        raise NotImplementedError

    def _opening(self, vault: Vault) -> _Processor:
        raise NotImplementedError


class Sealed(_Guarded):
    """Bytes that only this node can read."""

    impl = LargeBinary
    cache_ok = True
    nothing = (b"", b"")

    def _closing(self, vault: Vault) -> _Processor:
        seal, place = vault.seal, self.place.encode()
        return lambda value: seal(place, value)

    def _opening(self, vault: Vault) -> _Processor:
        unseal, place = vault.unseal, self.place.encode()
        return lambda value: unseal(place, value)


class SealedText(_Guarded):
    """A text that only this node can read; an empty one stays empty."""

    impl = LargeBinary
    cache_ok = True

    def _closing(self, vault: Vault) -> _Processor:
        seal, place = vault.seal, self.place.encode()
        return lambda value: seal(place, value.encode())

    def _opening(self, vault: Vault) -> _Processor:
        unseal, place = vault.unseal, self.place.encode()
        return lambda value: unseal(place, value).decode()


class SealedJson(_Guarded):
    """A small closed value that only this node can read."""

    impl = LargeBinary
    cache_ok = True

    def _closing(self, vault: Vault) -> _Processor:
        seal, place = vault.seal, self.place.encode()
        return lambda value: seal(place, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def _opening(self, vault: Vault) -> _Processor:
        unseal, place = vault.unseal, self.place.encode()
        return lambda value: json.loads(unseal(place, value).decode())


class Hidden(_Guarded):
    """A text that is searched for: to whoever lacks the node's search key it is a keyed hash.

    Columns that are compared with each other bear the same place.
    """

    impl = Text
    cache_ok = True
    compares = (operators.eq, operators.ne, operators.in_op, operators.not_in_op)
    nothing = ("", "")

    def _closing(self, vault: Vault) -> _Processor:
        hide, place = vault.hide, self.place.encode()
        return lambda value: hide(place, value)

    def _opening(self, vault: Vault) -> _Processor:
        reveal, place = vault.reveal, self.place.encode()
        return lambda value: reveal(place, value)


def sealed_columns(columns: Any) -> list[Any]:
    """Those of a table's columns whose values bear a data key."""
    return [column for column in columns if isinstance(column.type, Sealed | SealedText | SealedJson)]


def stored(column: Any) -> TypeEngine[bytes]:
    """The type by which the stored form of a sealed column is read and written as it is."""
    if not sealed_columns([column]):
        raise TypeError(f"{column} is not sealed")
    return LargeBinary()


def _refusing(place: str, nothing: Any) -> _Processor:
    """Where there are no keys: nothing is still nothing, everything else is refused."""

    def refuse(value: Any) -> Any:
        if _is_empty(value):
            return nothing
        raise Locked(KeyUnusable("The database was opened without the node's data keys.", where=place))

    return refuse


def _is_empty(value: Any) -> bool:
    return isinstance(value, str | bytes) and not value
