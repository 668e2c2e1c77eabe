"""Same, different, or for a human to look at: the judgement on a pair, with its reasons.

No automatic link rests on name and birth date alone: they need a personal number or a document that
agrees, or a father's name or birthplace beside them (domain.md 7.2, the guard for namesakes).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from gateway.matching.compare import Comparison

Verdict = Literal["positive", "candidate", "none"]
Colour = Literal["white", "yellow", "green"]

LINK_BITS: Final = 30.0
"""From here a link may be made: with a million people it leaves about one false pair in a thousand."""
REVIEW_BITS: Final = 17.0
"""From here a human should look: below, chance alone gives more pairs than review can bear."""
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


def decide(best: Comparison, second: Comparison | None = None, *, same_register: bool = False) -> Decision:
    """Judge the best candidate; `second` is the best one that belongs to another identity.

    `same_register` says that both rows are of one register under two references: a register knows its own
    people, so only a personal number may overrule it.
    """
    against = tuple(_against(best))
    number = "agree" in best.levels("identifier")
    document = bool(best.levels("document") & {"agree", "agree-folded"})
    unchecked = "agree-unchecked" in best.levels("identifier")
    if against and (number or document or unchecked):
        return Decision("candidate", "yellow", ("borrowed", *against))
    if best.weight < REVIEW_BITS or against:
        return Decision("none", "green", against or ("weak",))
    doubts = tuple(_doubts(best, second, number=number, paper=document or unchecked, same_register=same_register))
    if doubts or best.weight < LINK_BITS:
        return Decision("candidate", "yellow", doubts or ("weak",))
    grounds = (("identifier", number), ("document", document), ("number", unchecked), ("full-name", True))
    return Decision("positive", "white", (next(reason for reason, holds in grounds if holds),))


def _against(best: Comparison) -> Iterator[str]:
    """What speaks against one human being, however many bits the rest has."""
    birth, given, full = best.levels("birth"), best.levels("given"), best.levels("full")
    if "differ" in best.levels("identifier") and "agree" not in best.levels("identifier"):
        yield "numbers-differ"
    if "differ" in birth:
        yield "generations"
    if "differ" in given | full and birth & {"day", "placeholder", "month", "year"}:
        yield "twins"
    elif "differ" in given | full:
        yield "contradiction"


def _doubts(
    best: Comparison, second: Comparison | None, *, number: bool, paper: bool, same_register: bool
) -> Iterator[str]:
    """What keeps a good match from being linked without a human. `paper`: a document or unchecked number."""
    if same_register and not number:
        yield "same-register"
    if not number and best.levels("identifier") & {"agree-invalid", "typo"}:
        yield "failed-check"
    if _contradicts(best):
        yield "contradiction"
    if number or (paper and best.levels("birth")):
        return
    if "day" not in best.levels("birth"):
        yield "partial-date"
    if not (best.levels("patronymic") & {"exact"} or best.levels("birthplace") & {"agree"}):
        yield "name-and-date"
    if second is not None and second.weight > best.weight - RIVAL_BITS and not tuple(_against(second)):
        yield "rival"


_DOUBTFUL: Final = {
    "family": {"differ", "changed", "distant"},
    "given": {"distant", "initial"},
    "full": {"part"},
    "patronymic": {"differ"},
    "birth": {"same-year", "near-year"},
    "identifier": {"differ", "differ-unchecked"},
    "sex": {"differ"},
}
"""Levels that a true pair shows now and then, and that a human must see before the link is made."""


def _contradicts(best: Comparison) -> bool:
    return any(best.levels(field) & levels for field, levels in _DOUBTFUL.items())
