"""Work on several partners at once, so that a slow one holds up nobody but itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from queue import Empty, SimpleQueue


def side_by_side(work: Callable[[str], int], names: Iterable[str], *, threads: int) -> int:
    """Do the work for every name, at most `threads` at once; return the sum of what the calls return.

    Every name has its turn even where another one fails; then the first failure is raised. The threads are
    daemons: a process that was told to stop does not wait for a partner that does not answer.
    """
    waiting: SimpleQueue[str] = SimpleQueue()
    for name in names:
        waiting.put(name)
    done: SimpleQueue[int] = SimpleQueue()
    failed: SimpleQueue[BaseException] = SimpleQueue()

    def take_turns() -> None:
        while True:
            try:
                name = waiting.get_nowait()
            except Empty:
                return
            try:
                done.put(work(name))
            except BaseException as error:  # noqa: BLE001 - handed to the caller, who knows what to do with it.
                failed.put(error)

    crowd = [threading.Thread(target=take_turns, daemon=True) for _ in range(min(threads, waiting.qsize()))]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    if not failed.empty():
        raise failed.get()
    return sum(done.get() for _ in range(done.qsize()))
