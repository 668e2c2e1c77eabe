"""How an answer to a partner leaves the node: when, and what is done once it has left."""

from __future__ import annotations

import re
import threading
import time
from typing import Final

from starlette.background import BackgroundTask

from gateway.exchange.node import Node
from gateway.exchange.outcome import Answer
from gateway.message.envelope import Kind

_KIND: Final = re.compile(rb"<Kind>([A-Za-z]+)</Kind>")
_BANS: Final = (b"EntryBan", b"Withdraw")
"""Names of elements without which a message cannot change the watchlist."""
_refreshing = threading.Lock()


def wait_for_bucket(node: Node, answer: bytes, began: float) -> None:
    """Hold an answer to a question back until a multiple of the bucket has passed since `began` (monotonic).

    How long a search took could tell how much was found and withheld. Receipts are not held back. The kind is
    read from the answer, which we wrote ourselves, and not from the question, which its sender may disguise.
    """
    bucket = node.settings.answer_bucket
    kind = _KIND.search(answer)
    if bucket and (kind is None or kind[1] != Kind.RECEIPT.encode()):
        time.sleep(bucket - (time.monotonic() - began) % bucket)


def afterwards(node: Node, raw: bytes, answer: Answer) -> BackgroundTask | None:
    """What is done once a message is answered: bans it brought are searched for from now on."""
    if answer.code or not any(name in raw for name in _BANS):
        return None
    return BackgroundTask(follow_watchlist, node)


def follow_watchlist(node: Node) -> None:
    """Take in what changed; where somebody is at it already, the next heartbeat takes in the rest."""
    if _refreshing.acquire(blocking=False):
        try:
            node.watchlist.refresh()
        finally:
            _refreshing.release()
