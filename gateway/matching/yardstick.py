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
from gateway.matching.model import Model, read_model, standard
from gateway.matching.normalise import Comparable
from gateway.matching.thresholds import Thresholds, thresholds
from gateway.store.tables import LinkModel, Person


@dataclass(frozen=True, slots=True, eq=False)
class Yardstick:
    """A model with its thresholds."""

    model: Model
    limits: Thresholds

    def compare(self, left: Comparable, right: Comparable) -> Comparison:
        """Weigh two descriptions under this model."""
        return compare(left, right, self.model)

    def decide(self, best: Comparison, second: Comparison | None = None, *, same_register: bool = False) -> Decision:
        """Judge a pair, as gateway.matching.decide does."""
        return decide(best, second, same_register=same_register, limits=self.limits)

    def one_being(self, left: Comparable, right: Comparable) -> bool:
        """Whether two candidates so surely describe one human being that neither is the other's rival."""
        return judging.one_being(self.compare(left, right), self.limits)

    def tells(self, comparison: Comparison) -> bool:
        """Whether a pair may be linked, asked about, or be the rival of one that may."""
        if comparison.weight > self.limits.review - judging.RIVAL_BITS:
            return True
        return self.decide(comparison).verdict != "none"


SMALLEST: Final = 100_000
"""Descriptions that thresholds assume where there are fewer."""
_KEPT: Final = "yardstick"
# Asked with every message, and a statement costs more to make than to run.
_HIGHEST: Final = select(func.max(Person.id))
# The sealed bytes differ with every sealing, so they tell one model of one node from every other.
_SEAL: Final = func.substr(type_coerce(LinkModel.content, LargeBinary()), 1, 64)
_ACTIVE: Final = select(LinkModel.name, _SEAL).where(LinkModel.state == "active")


def yardstick(session: Session) -> Yardstick:
    """The yardstick in force, the same one throughout a unit of work."""
    kept: Yardstick | None = session.info.get(_KEPT)
    if kept is None:
        kept = session.info[_KEPT] = measuring(active(session), session)
    return kept


def forget(session: Session) -> None:
    """Read again what is in force: this very unit of work has changed it."""
    session.info.pop(_KEPT, None)


def measuring(model: Model, session: Session) -> Yardstick:
    """A model with its thresholds at the present size of the population.

    A population that is still growing is judged as a larger one: what is linked now stays when it has grown.
    """
    size = max(session.scalar(_HIGHEST) or 0, SMALLEST)
    return Yardstick(model, thresholds(model, int(float(f"{size:.2g}"))))


def active(session: Session) -> Model:
    """The model in force."""
    row = session.execute(_ACTIVE).first()
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
