"""The reviewer's desk on the command line: who sits at it, and by which key that is proved.

Without a key a name is a claim, and a claim sees no value of a person and nothing across the asylum firewall.
With `--key` and `--cert` of an agency that the settings name as reviewer it is that agency, as over REST.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from gateway import audit
from gateway.commands import keyholder
from gateway.commands.terminal import settings_of
from gateway.errors import Misuse, NotPermitted
from gateway.exchange.linking import Desk
from gateway.exchange.node import Node
from gateway.exchange.sight import Viewer
from gateway.founding import open_node
from gateway.trust import persons, tokens

Purpose = Annotated[
    str,
    typer.Option("--purpose", envvar="GATEWAY_PURPOSE", help="Code of the purpose, for the audit. / Код цели."),
]
Key = Annotated[
    Path | None, typer.Option("--key", metavar="KEY", help="Key that proves the agency of --as. / Ключ ведомства.")
]
Certificate = Annotated[
    Path | None, typer.Option("--cert", metavar="CERT", help="Its certificate. / Сертификат ключа.")
]
One = Annotated[
    str,
    typer.Argument(metavar="PERSON", help="`p-…`, id of a record, or STATE/AGENCY/SYSTEM/REF. / Запись о человеке."),
]
Other = Annotated[str, typer.Argument(metavar="OTHER", help="The other one, likewise. / Вторая запись.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=500, help="At most so many. / Не больше.")]


@dataclass(frozen=True, slots=True)
class Chair:
    """Who wants to sit down."""

    config: Path
    actor: str
    purpose: str
    key: Path | None = None
    certificate: Path | None = None

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The desk in one unit of work, which keeps the traces of a refusal."""
        node = open_node(settings_of(self.config))
        with audit.keeping_traces(node.database) as session:
            yield Desk(session, node, self._viewer(session, node))

    def _viewer(self, session: Session, node: Node) -> Viewer:
        if self.key is None or self.certificate is None:
            persons.check(self.actor)
            if self.actor == "matcher" or "/" in self.actor:
                raise Misuse("An agency is proved by --key and --cert; else say who you are.", where="--as")
            return Viewer(self.actor, "", self.purpose)
        now, audience = node.clock(), f"{node.settings.url}/v1/token"
        signer = keyholder.signer(self.key, self.certificate, now)
        proved = tokens.exchange(
            session,
            tokens.assertion(signer, self.actor, audience=audience, now=now),
            audience=audience,
            issuer=node.settings.node,
            signer=node.keyring.signer(session),
            certificates_of=lambda party: node.keyring.verifiers(party, now, session),
            now=now,
        ).client
        if proved.id not in node.settings.reviewers:
            raise NotPermitted("The settings do not name this agency as reviewer.", where=proved.id)
        return Viewer(proved.id, proved.agency_class, self.purpose)
