"""Same, different, or for a human to look at: the judgement on a pair, with its reasons.

No automatic link rests on name and birth date alone: they need a personal number or a document that
agrees, or a father's name or birthplace beside them (domain.md 7.2, the guard for namesakes).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from gateway.matching.compare import Comparison
from gateway.matching.thresholds import Thresholds, thresholds

Verdict = Literal["positive", "candidate", "none"]
Colour = Literal["white", "yellow", "green"]

RIVAL_BITS: Final = 6.0
"""A second person this close to the best one makes the choice a guess (64 to 1 is the least that counts)."""

REASONS: Final[dict[str, tuple[str, str]]] = {
    "identifier": ("совпадает личный номер с верной контрольной цифрой", "a checked personal number agrees"),
    "document": ("совпадает документ", "a document agrees"),
    "number": ("совпадает личный номер без контрольной цифры", "a personal number without a check digit agrees"),
    "full-name": ("совпадают полное имя, дата рождения и ещё один признак",
                  "full name, birth date and one thing more agree"),
    "weak": ("признаков совпадения мало", "the evidence is weak"),
    "twins": ("фамилия и дата рождения общие, имена различны: возможно, близнецы",
              "family name and birth date agree, the given names differ: perhaps twins"),
    "generations": ("имена совпадают, даты рождения далеки: возможно, родственники или тёзки",
                    "the names agree, the birth dates are far apart: perhaps relatives or namesakes"),
    "numbers-differ": ("личные номера одной схемы различны", "personal numbers of one scheme differ"),
    "borrowed": ("документ или номер совпадает, остальное противоречит: возможно, чужой документ",
                 "a document or number agrees and the rest contradicts: perhaps a borrowed document"),
    "failed-check": ("совпадающий номер не проходит проверку", "the number that agrees fails its check"),
    "partial-date": ("дата рождения известна не полностью", "the birth date is not fully known"),
    "name-and-date": ("совпадают только имя и дата рождения", "only name and birth date agree"),
    "rival": ("почти так же подходит другой человек", "another person fits almost as well"),
    "same-register": ("обе записи из одного регистра", "both records are of one register"),
    "contradiction": ("один из признаков противоречит", "one field contradicts"),
    "protected": ("запись о защите: решает только человек", "a protection record: only a human decides"),
    "separated": ("человек уже разделил эту группу", "a human has separated these before"),
    "group-contradicts": ("другая запись этой группы противоречит", "another record of the group contradicts"),
    "group-too-large": ("группа стала бы слишком большой", "the group would become too large"),
}  # fmt: skip
"""Every reason, in Russian and English."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The judgement on a pair."""

    verdict: Verdict
    colour: Colour
    """`white` the same, `yellow` for a human, `green` different people with similar data."""
    reasons: tuple[str, ...]
    """Codes of REASONS."""

    def sentences(self, language: str) -> list[str]:
        """The reasons in `ru` or `en`."""
        return [REASONS[reason][0 if language == "ru" else 1] for reason in self.reasons]


def decide(
    best: Comparison,
    second: Comparison | None = None,
    *,
    same_register: bool = False,
    limits: Thresholds | None = None,
) -> Decision:
    """Judge the best candidate; `second` is the best one that belongs to another identity.

    `same_register` says that both rows are of one register under two references: a register knows its own
    people, so only a personal number may overrule it. `limits` are those of the model at the present size of
    the population; without them those of the shipped one among USUAL_SIZE people.
    """
    limits = limits or thresholds()
    shown = _Shown(best)
    against = tuple(_against(shown))
    if against and (shown.number or shown.paper):
        return Decision("candidate", "yellow", ("borrowed", *against))
    if best.weight < limits.review or against:
        return Decision("none", "green", against or ("weak",))
    doubts = tuple(_doubts(best, shown, second, same_register=same_register))
    if doubts or best.weight < limits.link:
        return Decision("candidate", "yellow", doubts or ("weak",))
    return Decision("positive", "white", (shown.ground,))


def contradicted(pair: Comparison) -> bool:
    """Whether something speaks against one human being, however many bits the rest has; weights do not judge it."""
    return any(True for _ in _against(_Shown(pair)))


def one_being(pair: Comparison, limits: Thresholds) -> bool:
    """Whether two candidates so surely describe one human being that neither is the other's rival."""
    decision = decide(pair, limits=limits)
    return decision.verdict == "positive" or (
        pair.weight >= limits.link and set(decision.reasons) <= {"name-and-date", "partial-date"}
    )


_PAPER: Final = frozenset({"agree", "agree-folded", "agree-open"})
_ALIKE: Final = frozenset({"exact", "equivalent", "sound", "near"})
_ONE_NAME: Final = frozenset({"exact", "equivalent", "sound"})


class _Shown:
    """The levels of a comparison, by field, and what they amount to."""

    __slots__ = ("birth", "document", "family", "full", "given", "identifiers", "number", "paper", "patronymic",
                 "place", "sex")  # fmt: skip

    def __init__(self, best: Comparison) -> None:
        levels = {row.field: row.level for row in best.evidence}
        self.identifiers = best.levels("identifier")
        self.birth, self.sex = levels.get("birth", ""), levels.get("sex", "")
        self.family, self.given, self.full = levels.get("family", ""), levels.get("given", ""), levels.get("full", "")
        self.patronymic, self.place = levels.get("patronymic", ""), levels.get("birthplace", "")
        self.document = levels.get("document", "")
        self.number = "agree" in self.identifiers
        """A checked personal number agrees."""
        self.paper = self.document in _PAPER or "agree-unchecked" in self.identifiers
        """A document agrees, or a number that has no check digit."""

    @property
    def ground(self) -> str:
        """What a link would rest on."""
        if self.number:
            return "identifier"
        if self.paper:
            return "document" if self.document in _PAPER else "number"
        return "full-name"

    @property
    def settled(self) -> bool:
        """Whether number or paper, the full birth date and a name agree: a slip elsewhere is then a slip."""
        named = (
            self.given in _ALIKE
            or self.full in {"exact", "near", "part"}
            or (self.given in {"distant", "initial"} and self.family in _ONE_NAME)
        )
        return (self.number or self.paper) and self.birth in {"day", "placeholder"} and named


def _against(shown: _Shown) -> Iterator[str]:
    """What speaks against one human being, however many bits the rest has."""
    if "differ" in shown.identifiers and not shown.number:
        yield "numbers-differ"
    if shown.birth == "differ":
        yield "generations"
    if "differ" in {shown.given, shown.full}:
        same_day = shown.birth in {"day", "placeholder", "month", "year"}
        yield "twins" if same_day else "contradiction"


def _doubts(best: Comparison, shown: _Shown, second: Comparison | None, *, same_register: bool) -> Iterator[str]:
    """What keeps a good match from being linked without a human."""
    if same_register and not shown.number:
        yield "same-register"
    if not shown.number and shown.identifiers & {"agree-invalid", "typo"}:
        yield "failed-check"
    if _contradicts(shown):
        yield "contradiction"
    if shown.number or (shown.paper and shown.birth):
        return
    if not _dated(shown):
        yield "partial-date"
    if shown.given == "near" and shown.document in {"digit", "differ"}:
        # Twins are often given names alike (Hasan, Husan), and passports that were printed one after the other.
        yield "twins"
    if not _one_thing_more(shown):
        yield "name-and-date"
    if second is not None and second.weight > best.weight - RIVAL_BITS and not contradicted(second):
        yield "rival"


def _dated(shown: _Shown) -> bool:
    """Whether the birth dates agree to the day, or what else agrees makes up for the slip or the gap there is."""
    if shown.birth == "day":
        return True
    father, place = _father(shown), shown.place == "agree"
    if shown.birth in {"swapped", "digit"}:
        # Father and son, or two namesakes, may well be born a digit apart; an exchange is hardly chance.
        return (father and place) or (shown.birth == "swapped" and (father or place))
    # A document without any birth date: whoever else is entered in it bears another name.
    return not shown.birth and shown.paper and (father or place) and {shown.given, shown.family} <= _ONE_NAME


def _father(shown: _Shown) -> bool:
    return shown.patronymic in {"exact", "near"}


def _one_thing_more(shown: _Shown) -> bool:
    """What beside name and date must agree before a link may be made: the father, the place, or nearly a document."""
    if _father(shown) or shown.place == "agree":
        return True
    return shown.document == "digit" and shown.given in _ONE_NAME


_HARD: Final = {"sex": {"differ"}, "birth": {"same-year", "near-year"}}
"""Levels that a human must see whatever else agrees."""
_DOUBTFUL: Final = {
    "family": {"differ", "changed", "distant"},
    "given": {"distant", "initial"},
    "full": {"part"},
    "patronymic": {"differ"},
}
"""Levels that a true pair shows now and then, and that a human must see unless number or paper settles them."""


def _contradicts(shown: _Shown) -> bool:
    if shown.identifiers & {"differ", "differ-unchecked"}:
        return True
    if any(getattr(shown, field) in levels for field, levels in _HARD.items()):
        return True
    if shown.settled and not (shown.family == "differ" and not shown.number):
        return False
    return any(getattr(shown, field) in levels for field, levels in _DOUBTFUL.items())
