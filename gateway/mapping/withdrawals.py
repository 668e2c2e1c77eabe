"""What a register says is no more, as a message of its own beside the records: a body holds one or the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO, Final
from uuid import uuid4

from gateway.errors import SchemaInvalid
from gateway.mapping.convert import Mapped
from gateway.mapping.streams import Stream, key
from gateway.message.bodies import Withdrawal
from gateway.message.body import write_withdraw, write_withdrawal
from gateway.message.envelope import Header, Kind, write_message
from gateway.message.parse import parse
from gateway.message.rules import examine
from gateway.message.signature import Signer

_MOST: Final = 50_000
"""Withdrawals in one message."""

_VERSION: Final = 2
"""Mapped records are of version 1, since a register numbers nothing; what takes one back comes after it."""


class Withdrawals:
    """Writes Withdrawal messages for the rows that take a record back. The header given is that of the records."""

    def __init__(self, header: Header, new_file: Callable[[], BinaryIO], *, signer: Signer | None = None) -> None:
        self.count = 0
        """Records withdrawn so far."""
        self._header = replace(header, kind=Kind.WITHDRAWAL)
        self._new_file = new_file
        self._signer = signer
        self._open: Stream | None = None

    def taken(self, rows: Iterable[Mapped]) -> Iterator[Mapped]:
        """The same rows; what they withdraw is written on the way. SchemaInvalid where the header breaks a rule."""
        for item in rows:
            if item.withdrawn:
                self._add(Withdrawal(item.withdrawn, _VERSION))
            yield item
        if self._open is not None:
            self._open.close(self._header.created)

    def _add(self, withdrawal: Withdrawal) -> None:
        if self._open is None or len(self._open.ids) >= _MOST:
            self._open = self._begin(withdrawal)
        number = key(withdrawal.record_id)
        if number not in self._open.ids:
            self._open.add([number], write_withdraw(withdrawal).encode())
            self.count += 1

    def _begin(self, first: Withdrawal) -> Stream:
        """A new message. With its first withdrawal it is judged as a whole; the others differ in their ids alone."""
        if self._open is not None:
            self._open.close(self._header.created)
        header = replace(self._header, message_id=str(uuid4()))
        message = write_message(header, write_withdrawal([first]))
        findings = [item for item in examine(parse(message, limit=len(message)), protection=True)
                    if item.severity == "error"]  # fmt: skip
        if findings:
            raise SchemaInvalid(findings[0].message_en, where=findings[0].path)
        return Stream(self._new_file(), header, self._signer)
