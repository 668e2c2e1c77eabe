"""How well people are told apart: the whole online path over a crowd of ten states whose truth is known.

Everybody arrives in a random order, is matched against all who came before, and is linked, asked about or left
alone. Counted are pairs of descriptions in one identity, as they stand when nobody has answered a question yet:
precision and recall of what is linked without a human, and the share of arrivals that ask one.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks.report import row
from gateway.demo.crowd import Crowd, Described
from gateway.matching.candidates import Candidate
from gateway.matching.keys import keys
from gateway.matching.newcomers import Newcomer, match_newcomers
from gateway.matching.normalise import comparable
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.vault import Vault, new_keys

HUMANS, SEED, LOT = 50_000, 1, 500
SECRET = b"benchmark"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def arrivals(humans: int, seed: int = SEED) -> list[Described]:
    """The crowd's descriptions in a random order."""
    described = list(Crowd(seed).descriptions(humans))
    random.Random(seed).shuffle(described)
    return described


def arrive(session: Session, described: Sequence[Described]) -> None:
    """Store and match them, in lots, in their order; person number n is the n-th."""
    people = iter(enumerate(described, 1))
    while lot := list(islice(people, LOT)):
        newcomers, rows = [], []
        for number, each in lot:
            value = comparable(each.person)
            own = Candidate(number, each.register, protected=False, comparable=value)
            newcomers.append(Newcomer(own, keys(value, SECRET)))
            state, agency, system = each.register
            rows.append({"id": number, "state": state, "agency": agency, "system": system, "ref": str(number),
                         "comparable": value.to_json(), "states": [], "updated": NOW, "protected": False})  # fmt: skip
        session.execute(insert(tables.Person), rows)
        match_newcomers(session, newcomers, NOW)
        session.flush()
        session.expunge_all()


def judged(session: Session, described: Sequence[Described]) -> dict[str, float]:
    """Precision, recall and the share sent to review."""
    columns = tables.Table.metadata.tables["membership"].c
    held = dict(session.execute(select(columns.person_id, columns.identity_id).where(columns.until.is_(None))).all())
    people = [(each.human, held[number]) for number, each in enumerate(described, 1)]
    right = _pairs(people)
    found, true = _pairs(identity for _, identity in people), _pairs(human for human, _ in people)
    subjects = session.scalars(select(tables.Review.subject).where(tables.Review.kind == "link"))
    asked = {max(map(int, subject.split("-"))) for subject in subjects}
    return {
        "precision": right / found if found else 1.0,
        "recall": right / true if true else 1.0,
        "review": len(asked) / len(described),
    }


def _pairs(groups: Iterable[Any]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(groups).values())


def measure(scale: float) -> list[dict[str, Any]]:
    """Rows of `var/bench.json`; scale 1 is 50,000 people, about 68,000 descriptions."""
    described = arrivals(max(1_000, int(HUMANS * scale)))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'people.sqlite'}", Vault(new_keys(NOW)))
        database.upgrade()
        with database.begin() as session:
            arrive(session, described)
        with database.read() as session:
            figures = judged(session, described)
        database.close()
    return [row(f"match-quality-{name}", "share", value) for name, value in figures.items()]


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), indent=1))
