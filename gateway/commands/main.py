"""The command `gateway`, put together from its nouns."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from gateway.commands import demo, key, ledger, mapping, message, node, partner, sync, terminal, watchlist
from gateway.errors import Refusal

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="The CIS migration exchange gateway. / Шлюз обмена миграционными сведениями СНГ.",
)
for noun in (node, demo, mapping, message, sync):
    noun.register(app)
for name, noun_app in (
    ("profiles", mapping.profiles),
    ("partner", partner.app),
    ("agreement", partner.agreements),
    ("approval", partner.approvals),
    ("key", key.app),
    ("sync", sync.app),
    ("outbox", sync.outbox),
    ("watchlist", watchlist.app),
    ("log", ledger.app),
    ("db", node.database),
):
    app.add_typer(noun_app, name=name)


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status: 0 done, 1 findings or refusal, 2 wrong use."""
    try:
        app(args=list(arguments), prog_name="gateway")
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else 0
    except Refusal as refusal:
        terminal.complain(refusal)
        return refusal.exit_status
    except BrokenPipeError:
        # The reader of our output has left; there is nobody to complain to.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
