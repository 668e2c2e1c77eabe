"""The command `gateway`, put together from its nouns."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from gateway.commands import terminal, words
from gateway.errors import Misuse, Refusal


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 1 findings or refusal, 2 wrong use."""
    status = _status(arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output has left; there is nobody to complain to.
        _swallow_output()
    except OSError as error:
        status = _unwritable(error)
    return status


def _status(arguments: Sequence[str]) -> int:
    try:
        left = words.LINE.main(args=list(arguments), prog_name="gateway", standalone_mode=False)
    except Refusal as refusal:
        terminal.complain(refusal)
        return refusal.exit_status
    except typer.TyperException as wrong:
        return _wrong_use(wrong)
    except typer.Abort:
        return 1
    except SystemExit as leaving:
        # The web server leaves with numbers of its own, and Typer so when nobody reads our output any more.
        return 1 if leaving.code else 0
    except Exception as error:
        # Whatever it is, a traceback would tell the user nothing and might quote a record.
        if os.environ.get("GATEWAY_DEBUG"):
            raise
        return _unforeseen(error)
    return left if isinstance(left, int) else 0


def _unforeseen(error: Exception) -> int:
    """A place that cannot be used, or else a bug of ours."""
    if isinstance(error, OSError) and error.filename is not None:
        # A name that no file system takes, a disk that fails: the place says more than the class of the error.
        terminal.complain(Misuse("The file or folder cannot be used.", where=str(error.filename)))
        return Misuse.exit_status
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        # What is longer than the buffer fails while it is written, and not at the end.
        return _unwritable(error)
    sentence = terminal.pick(
        "Something unforeseen happened inside the program. Set GATEWAY_DEBUG=1 to see where.",
        "Внутренняя ошибка программы. GATEWAY_DEBUG=1 покажет место.",
    )
    terminal.remark(f"internal-error: {sentence} [{type(error).__name__}]")
    return 1


def _unwritable(error: OSError) -> int:
    """Output that nobody can take."""
    _swallow_output()
    terminal.complain(Misuse("Standard output cannot be written.", where="stdout", reason=str(error)))
    return Misuse.exit_status


def _wrong_use(wrong: Any) -> int:
    """What Typer refuses: an unknown command or option, a missing or unfit argument; or nothing was said at all."""
    context = getattr(wrong, "ctx", None)
    if type(wrong).__name__ == "NoArgsIsHelpError":
        terminal.remark(wrong.format_message())
        return 2
    if context is not None:
        terminal.remark(context.get_usage())
    terminal.complain(Misuse(wrong.format_message(), where=context.command_path if context else "gateway"))
    return 2


def _swallow_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
