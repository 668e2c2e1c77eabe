"""A population to be linked again, and models to do it by."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from typing import Any

from sqlalchemy import select

from gateway import audit
from gateway.exchange import administration, relinking
from gateway.exchange.relink_worker import Worker
from gateway.matching.identities import identities_of
from gateway.store import tables
from gateway.trust import approvals


def model(name: str, **bits: float) -> str:
    """The shipped model under another name, with other shares for some levels: `identifier_agree=0.5`."""
    data = json.loads((files("gateway.matching") / "weights.json").read_text("utf-8"))
    data["model"] = name
    for level, share in bits.items():
        field, _, which = level.partition("_")
        data["fields"][field]["levels"][which]["u"] = share
    return json.dumps(data, ensure_ascii=False)


def deaf(name: str) -> str:
    """A model to which nothing says anything: nobody is anybody."""
    data = json.loads(model(name))
    for level in (level for field in data["fields"].values() for level in field["levels"].values()):
        level["u"] = level["m"]
    return json.dumps(data)


class Population:
    """BLR with people in two registers, and a hand on the run."""

    def __init__(self, world: Any, make: Any) -> None:
        self.world, self.make = world, make
        self.worker = Worker(world.node, "this process")

    def arrive(self, *numbers: int, **changes: Any) -> None:
        for number in numbers:
            person = replace(self.make.somebody(number), **changes)
            self.world.submit(
                self.make.permit(number, person, state="BLR"), self.make.stay(number, person, state="BLR")
            )

    def start(self, content: str) -> None:
        with self.world.database.begin() as session:
            relinking.start(session, self.world.node, actor="anna", reason="Better names", content=content)

    def run(self) -> str:
        return self.worker.carry_on()

    def accept(self, actor: str = "boris") -> None:
        acts = administration.acts(self.world.node)
        with audit.keeping_traces(self.world.database) as session:
            run = relinking.latest(session)
            approvals.approve(
                session, run.approval, actor=actor, reason="Looked at it", now=self.world.clock(), acts=acts
            )

    def reject(self) -> None:
        with self.world.database.begin() as session:
            relinking.reject(session, actor="boris", reason="Too many splits", now=self.world.clock())

    def latest(self) -> tables.Relink:
        return self.world.rows(tables.Relink)[-1]

    def identities(self) -> dict[int, str]:
        with self.world.database.read() as session:
            return identities_of(session, session.scalars(select(tables.Person.id)))

    def links(self) -> set[tuple[int, int, str]]:
        rows = self.world.rows(tables.Link, tables.Link.retracted.is_(None))
        return {(row.left_id, row.right_id, row.verdict) for row in rows}
