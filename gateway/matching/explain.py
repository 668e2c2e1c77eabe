"""Why two descriptions are, or are not, taken for one human being: as sentences, as plain values, as bars.

Any pair can be explained, also one that nobody ever linked. What is said comes from comparing them as they are
now, with the judgements on the pair and the evidence these rested on beside it. No value of a person is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.matching.candidates import Candidate, fetch
from gateway.matching.compare import Comparison
from gateway.matching.decide import REASONS, Decision
from gateway.matching.evidence import Evidence
from gateway.matching.identities import identities_of
from gateway.matching.links import MATCHER, is_word
from gateway.matching.model import standard
from gateway.matching.yardstick import Yardstick, yardstick
from gateway.store.tables import Link

VERDICTS: Final[dict[str, tuple[str, str]]] = {
    "positive": ("один человек", "one human being"),
    "negative": ("разные люди", "different people"),
    "unsure": ("установить нельзя", "it cannot be told"),
    "candidate": ("решает человек", "for a human to decide"),
    "none": ("оснований для связи нет", "no ground for a link"),
}
"""What a verdict says, in Russian and English."""


@dataclass(frozen=True, slots=True)
class Row:
    """One field's testimony, ready to be read or drawn."""

    field: str
    label: str
    level: str
    bits: float
    sentence: str
    """What the field says, without its bits."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that can be said about one pair, in one language."""

    language: str
    rows: tuple[Row, ...]
    """The evidence as it is now, in the order of its fields."""
    weight: float
    """Bits: their sum."""
    review_bits: float
    """From here a human looks."""
    link_bits: float
    """From here the matcher may link by itself."""
    model: str
    proposal: Decision | None
    """What the matcher would make of the pair alone; None where one of the two was never made comparable."""
    standing: dict[str, Any] | None
    """The judgement in force."""
    history: tuple[dict[str, Any], ...]
    """Every judgement there was, the oldest first."""
    together: bool
    """Whether both belong to one identity now."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, with the text."""
        proposal = self.proposal and {
            "verdict": self.proposal.verdict,
            "colour": self.proposal.colour,
            "reasons": [{"code": code, "sentence": reason(code, self.language)} for code in self.proposal.reasons],
        }
        return {
            "language": self.language,
            "together": self.together,
            "judgement": self.standing,
            "proposal": proposal,
            "weight": round(self.weight, 1),
            "thresholds": {"review": round(self.review_bits, 1), "link": round(self.link_bits, 1)},
            "model": self.model,
            "evidence": [
                {"field": row.field, "label": row.label, "level": row.level, "bits": round(row.bits, 1),
                 "sentence": f"{capital(row.sentence)}."}
                for row in self.rows
            ],
            "history": list(self.history),
            "text": text(self),
        }  # fmt: skip


def explain(session: Session, left: int, right: int, *, language: str = "en", protected: bool = False) -> Explanation:
    """Explain the pair; `protected` says that the reader may see what lies across the asylum firewall (R6)."""
    found = fetch(session, sorted({left, right}))
    measure = yardstick(session)
    comparison = measure.compare(found[0].comparable, found[1].comparable) if len(found) == 2 else None
    links = session.scalars(
        select(Link).where(Link.left_id == min(left, right), Link.right_id == max(left, right)).order_by(Link.id)
    ).all()
    history = [_judgement(link, language) for link in links if protected or not link.protected]
    identities = identities_of(session, (left, right))
    return Explanation(
        language=language,
        rows=tuple(rows_of(comparison.evidence, language)) if comparison else (),
        weight=comparison.weight if comparison else 0.0,
        review_bits=measure.limits.review,
        link_bits=measure.limits.link,
        model=measure.model.name,
        proposal=_proposal(measure, found, comparison),
        standing=next((each for each in reversed(history) if each["retracted"] is None), None),
        history=tuple(history),
        together=len(set(identities.values())) == 1 and len(identities) == 2,
    )


def explain_link(link: Link, language: str = "en") -> dict[str, Any]:
    """Why a judgement was made when it was made: its reasons, and the evidence as it was then."""
    told = _judgement(link, language)
    rows = sorted(rows_of(map(_stored, link.evidence), language), key=lambda row: -abs(row.bits))
    sentences = [f"{capital(row.sentence)} ({bits(row.bits, language)})." for row in rows]
    return told | {
        "evidence": [{"field": row.field, "label": row.label, "level": row.level, "bits": round(row.bits, 1)}
                     for row in rows],
        "text": " ".join([f"{capital(each)}." for each in told["reasons"] if each] + sentences),
    }  # fmt: skip


def _proposal(measure: Yardstick, found: Sequence[Candidate], comparison: Comparison | None) -> Decision | None:
    if comparison is None:
        return None
    one, other = found
    decision = measure.decide(comparison, None, same_register=one.register == other.register)
    if decision.verdict == "positive" and (one.protected or other.protected):
        return Decision("candidate", "yellow", ("protected", *decision.reasons))
    return decision


def _judgement(link: Link, language: str) -> dict[str, Any]:
    # The matcher gives codes; a human's reason is their own words, whatever they look like.
    codes = link.reason.split(",") if link.actor == MATCHER else []
    return {
        "verdict": link.verdict,
        "colour": link.colour,
        "weight": round(link.weight, 1),
        "model": link.model,
        "actor": link.actor,
        "human": is_word(link),
        "reasons": [reason(code, language) for code in codes] or [link.reason],
        "created": link.created,
        "retracted": link.retracted,
        "retracted_by": link.retracted_by,
    }


def _stored(row: Sequence[Any]) -> Evidence:
    return Evidence.from_list(row)


def rows_of(evidence: Any, language: str) -> list[Row]:
    """The evidence with its words; a level that the present model no longer knows goes by its name."""
    model, chosen = standard(), language == "ru"
    rows = []
    for each in evidence:
        level = model.levels.get((each.field, each.level))
        said = f"{each.field}: {each.level}" if level is None else level.ru if chosen else level.en
        label = model.labels.get(each.field, (each.field, each.field))[0 if chosen else 1]
        rows.append(Row(each.field, label, each.level, each.bits, said + _rarity(each.term, language)))
    return rows


def _rarity(term: float, language: str) -> str:
    """How much of the bits comes from how rare or how common the word is; the word itself is not told."""
    if abs(term) < 0.05:
        return ""
    english, russian = ("a rare word", "редкое слово") if term > 0 else ("a common word", "частое слово")
    return f" ({russian if language == 'ru' else english}: {number(term, language, sign=True)})"


# --- Words -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sentences:
    """What an explanation is said in, in one language."""

    together: str
    apart: str
    unjudged: str
    standing: str
    bare: str
    """One of the two cannot be compared."""
    proposal: str
    weight: str
    place: int
    """Of the language in VERDICTS."""


_SAID: Final = {
    "en": _Sentences(
        together="Both belong to one identity.",
        apart="They belong to different identities.",
        unjudged="There is no judgement on this pair.",
        standing="Judgement in force: {said}, by {actor} on {day}{why}.",
        bare="One of the two was never made comparable, so there is nothing to compare.",
        proposal="By itself the matcher says: {} ({}).",
        weight="Evidence: {}. A human looks from {}, a link may be made from {} (model {}).",
        place=1,
    ),
    "ru": _Sentences(
        together="Обе записи относятся к одной личности.",
        apart="Записи относятся к разным личностям.",
        unjudged="Решения об этой паре нет.",
        standing="Действующее решение: {said}; решил {actor} {day}{why}.",
        bare="Одна из записей не подготовлена к сравнению: сравнивать нечего.",
        proposal="Программа сама решила бы: {} ({}).",
        weight="Вес: {}. Человек смотрит от {}, связь возможна от {} (модель {}).",
        place=0,
    ),
}


def text(told: Explanation) -> str:
    """The explanation to be read aloud: what holds, what the matcher thinks and why, field by field."""
    language = "ru" if told.language == "ru" else "en"
    said = _SAID[language]
    lines = [said.together if told.together else said.apart]
    lines.append(said.unjudged if told.standing is None else _standing(told.standing, said.standing, said.place))
    if told.proposal is None:
        return "\n".join([*lines, said.bare])
    reasons = "; ".join(told.proposal.sentences(language))
    lines += [said.proposal.format(VERDICTS[told.proposal.verdict][said.place], reasons), _weighed(said.weight, told)]
    return "\n".join([*lines, *(f"{bits(row.bits, language):>12}  {capital(row.sentence)}." for row in told.rows)])


def _weighed(pattern: str, told: Explanation) -> str:
    thresholds = (number(value, told.language) for value in (told.review_bits, told.link_bits))
    return pattern.format(bits(told.weight, told.language), *thresholds, told.model)


def _standing(standing: dict[str, Any], pattern: str, language: int) -> str:
    why = "; ".join(filter(None, standing["reasons"]))
    said = VERDICTS[standing["verdict"]][language]
    day = standing["created"].strftime("%Y-%m-%d" if language else "%d.%m.%Y")
    return pattern.format(said=said, actor=standing["actor"], day=day, why=f" ({why})" if why else "")


def reason(code: str, language: str) -> str:
    """The sentence of a reason's code; a code that this version does not know stands for itself."""
    return REASONS[code][0 if language == "ru" else 1] if code in REASONS else code


def bits(value: float, language: str) -> str:
    """A weight with its sign and unit."""
    unit = "бит" if language == "ru" else "bits"
    return f"{number(value, language, sign=True)} {unit}"


def number(value: float, language: str, *, sign: bool = False) -> str:
    """A number with one decimal, as the language writes it."""
    # The true minus is as wide as the plus, so that columns of figures stand under each other.
    shown = (f"{value:+.1f}" if sign else f"{value:.1f}").replace("-", "−")
    return shown.replace(".", ",") if language == "ru" else shown


def capital(sentence: str) -> str:
    """The sentence with a capital at its beginning."""
    return sentence[:1].upper() + sentence[1:]
