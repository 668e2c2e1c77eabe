"""A message of ours that is written piece by piece, so that no memory has to hold it."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from gateway.algorithms import registry
from gateway.algorithms.entry import SHA256
from gateway.message.envelope import Header, write_message
from gateway.message.signature import END, Signer, seal


class Stream:
    """One message in the making. Its bytes are canonical, so its digest grows with them."""

    def __init__(self, file: BinaryIO, header: Header, signer: Signer | None = None) -> None:
        """`signer` is whoever signs it in the end."""
        opening, self._closing = around(header)
        self._file = file
        self._mark = header.message_id
        self._signer = signer
        self._digest = (registry.get(signer.algorithm).digest if signer else SHA256).new()
        self.size = 0
        """Bytes of what stands in the body so far."""
        self.ids: dict[int, None] = {}
        """Of the records it speaks of, each of which it may name once. A dictionary takes half the room of a set."""
        self._write(opening)

    def add(self, ids: list[int], body: bytes) -> None:
        """Put judged items behind the others."""
        self.ids.update(dict.fromkeys(ids))
        self.size += len(body)
        self._write(body)

    def close(self, at: datetime) -> None:
        """End the message, with its signature if there is somebody to sign."""
        if self._signer is None:
            self._write(self._closing)
        else:
            self._digest.update(self._closing)
            signature = seal(self._mark, self._digest.digest(), self._signer, at)
            self._file.write(b"".join((self._closing.removesuffix(END), signature, END)))
        self._file.close()

    def _write(self, content: bytes) -> None:
        self._digest.update(content)
        self._file.write(content)


def around(header: Header) -> tuple[bytes, bytes]:
    """What stands before and behind the items of a body, whose element bears the name of the message's kind."""
    end = f"</{header.kind}>"
    empty = write_message(header, f"<{header.kind}>{end}")
    cut = empty.index(end.encode())
    return empty[:cut], empty[cut:]


def key(record_id: str) -> int:
    """A record's id as a number: tens of thousands of them are kept for each message."""
    return int(record_id.replace("-", ""), 16)
