"""What pairs are judged by: the model in force at this node, and its thresholds.

The model of this program's version holds until the node has learned one of its own and people have accepted it
(gateway.exchange.relinking). Which one is in force is read once in a unit of work, so that a unit never mixes two,
and every process follows with its next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import LargeBinary, func, select, type_coerce
from sqlalchemy.orm import Session

from gateway.matching import decide as judging
from gateway.matching.compare import Comparison, compare
from gateway.matching.decide import Decision, decide
from gateway.matching.evidence import of
from gateway.matching.model import Model, read_model, standard
from gateway.matching.normalise import Comparable
from gateway.store.tables import LinkModel


@dataclass(frozen=True, slots=True, eq=False)
class Yardstick:
    """A model with its thresholds."""

    model: Model
    link: float
    """Bits from which a pair may be linked without a human."""
    review: float
    """Bits from which a human should look."""

    def compare(self, left: Comparable, right: Comparable) -> Comparison:
        """Weigh two descriptions under this model."""
        found = compare(left, right)
        if self.model is standard():
            return found
        rows = tuple(of(row.field, row.level, self.model) for row in found.evidence)
        return Comparison(sum(row.bits for row in rows), rows)

    def decide(self, best: Comparison, second: Comparison | None = None, *, same_register: bool = False) -> Decision:
        """Judge a pair, as gateway.matching.decide does."""
        return decide(best, second, same_register=same_register)

    def tells(self, comparison: Comparison) -> bool:
        """Whether a pair may be linked, asked about, or be the rival of one that may."""
        return comparison.weight > self.review - judging.RIVAL_BITS or self.decide(comparison).verdict != "none"


_KEPT: Final = "yardstick"


def yardstick(session: Session) -> Yardstick:
    """The yardstick in force, the same one throughout a unit of work."""
    kept: Yardstick | None = session.info.get(_KEPT)
    if kept is None:
        kept = session.info[_KEPT] = measuring(active(session), session)
    return kept


def forget(session: Session) -> None:
    """Read again what is in force: this very unit of work has changed it."""
    session.info.pop(_KEPT, None)


def measuring(model: Model, _session: Session) -> Yardstick:
    """A model with its thresholds at the present size of the population."""
    return Yardstick(model, judging.LINK_BITS, judging.REVIEW_BITS)


def active(session: Session) -> Model:
    """The model in force."""
    # The sealed bytes differ with every sealing, so they tell one model of one node from every other.
    seal = func.substr(type_coerce(LinkModel.content, LargeBinary()), 1, 64)
    row = session.execute(select(LinkModel.name, seal).where(LinkModel.state == "active")).first()
    return standard() if row is None else _read(session, row.name, bytes(row[1]))


def stored(session: Session, name: str) -> Model:
    """A model that the node keeps, whatever its state; KeyError where there is none of that name."""
    row = session.get(LinkModel, name)
    if row is None:
        raise KeyError(name)
    return read_model(row.content)


_READ: Final[dict[tuple[str, bytes], Model]] = {}


def _read(session: Session, name: str, seal: bytes) -> Model:
    known = _READ.get((name, seal))
    if known is None:
        _READ.clear()
        known = _READ[name, seal] = stored(session, name)
    return known


@lru_cache(1)
def shipped() -> str:
    """The name of the model of this program's version."""
    return standard().name


def described(row: LinkModel) -> dict[str, Any]:
    """A model for the list of models; without its weights."""
    names = ("name", "state", "created", "created_by", "trained_on", "activated")
    return {name: getattr(row, name) for name in names}
