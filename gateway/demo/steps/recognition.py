"""Step 5: one human being under several names in several states is recognised, and nobody else."""

from __future__ import annotations

from sqlalchemy import func, select

from gateway.demo.stage import Stage, expect
from gateway.demo.truth import Described, Recognition
from gateway.message.parse import NS, parse
from gateway.message.read import read_record
from gateway.store import tables

PRECISION, RECALL = 0.99, 0.85
"""What has to be reached without a human; what is uncertain waits in the review queue instead."""


def run(stage: Stage) -> str:
    """Compare every node's identities with the truth, over pairs of descriptions from two states."""
    told = []
    for state in stage.nodes:
        found, waiting = measure(stage, state)
        told.append(
            f"{state} {found.true} true pairs, precision {found.precision:.4f}, recall {found.recall:.4f}, "
            f"{waiting} for review"
        )
        expect(found.precision >= PRECISION, f"{state}: precision {found.precision:.4f} ({found})")
        expect(found.recall >= RECALL, f"{state}: recall {found.recall:.4f} ({found}, {waiting} for review)")
    return "; ".join(told)


def measure(stage: Stage, state: str) -> tuple[Recognition, int]:
    """Recognition at one node, and how many pairs wait for a human there."""
    with stage.nodes[state].database.read() as session:
        rows = session.execute(
            select(
                tables.Person.id, tables.Person.state, tables.Membership.identity_id, func.min(tables.Record.payload)
            )
            .join(tables.Record, tables.Record.person_id == tables.Person.id)
            .join(tables.Membership, tables.Membership.person_id == tables.Person.id)
            .where(tables.Membership.until.is_(None), tables.Person.protected.is_(False))
            .group_by(tables.Person.id, tables.Person.state, tables.Membership.identity_id)
        ).all()
        waiting = session.scalar(
            select(func.count())
            .select_from(tables.Review)
            .where(tables.Review.state == "open", tables.Review.kind == "link")
        )
    described = [Described(person_state, key(payload), identity) for _, person_state, identity, payload in rows]
    return stage.population.truth.measure(described), waiting or 0


def key(payload: str) -> str:
    """The name by which the truth knows a record's row."""
    source = read_record(parse(f'<Body xmlns="{NS}">{payload}</Body>'.encode(), limit=1_000_000)[0]).source
    return f"{source.state}/{source.system}/{source.record}"
