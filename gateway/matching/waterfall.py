"""The evidence on a pair as a waterfall: each field moves the sum to the right or to the left (SVG).

It stands alone: letters, colours and its own ground are in it, for bright and dark screens and for paper.
Direction is told by the point of the bar and by the sign, not by colour alone. No value of a person is drawn
unless it is handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import Final

from markupsafe import Markup

from gateway.matching.explain import VERDICTS, Explanation, Row, bits, capital, number, text

WIDTH: Final = 880
LEFT: Final = 380
"""Pixels kept for the sentences."""
RIGHT: Final = 786
"""Where the scale ends and the numbers begin."""
_TOP: Final = 118
"""Base of the heading: the first row begins here."""
_LETTERS: Final = 44
"""Letters of a sentence in one line: 13-pixel letters of any usual face then stay left of the bars."""
_BAR: Final = 18
_POINT: Final = 6
"""Pixels of a bar's point, by which its direction is seen."""
_STYLE: Final = """
.ground{fill:#fff}.ink{fill:#16202b}.soft{fill:#55606d}.rule{stroke:#d5dae0}.axis{stroke:#7b8694}
.mark{stroke:#7b8694;stroke-dasharray:4 3}.join{stroke:#7b8694}.for{fill:#1f6f54}.against{fill:#b3402f}
.sum{fill:#33475b}text{font:13px system-ui,'Segoe UI',Roboto,'Noto Sans',sans-serif}
.head{font-size:17px;font-weight:600}.small{font-size:11.5px}.strong{font-weight:600}
.figure{font-variant-numeric:tabular-nums;text-anchor:end}line{stroke-width:1}
@media screen and (prefers-color-scheme:dark){.ground{fill:#12171d}.ink{fill:#e9edf1}.soft{fill:#a3adb8}
.rule{stroke:#2c353f}.axis,.mark,.join{stroke:#8893a0}.for{fill:#4fb58f}.against{fill:#e5796a}.sum{fill:#9fb4ca}}
"""
_WORDS: Final = {
    "en": ("Evidence that two descriptions are of one human being", "sum", "to a human from", "link from", "model"),
    "ru": ("Доводы за то, что две записи об одном человеке", "итог", "к человеку от", "связь от", "модель"),
}


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def __call__(self, value: float) -> float:
        return round(LEFT + (value - self.low) / (self.high - self.low) * (RIGHT - LEFT), 1)


def draw(told: Explanation, names: tuple[str, str], values: Mapping[str, tuple[str, str]] | None = None) -> str:
    """The picture. `names` is what the two descriptions are called; `values` are shown under their field."""
    words = _WORDS[told.language if told.language in _WORDS else "en"]
    sums = [0.0]
    for row in told.rows:
        sums.append(sums[-1] + row.bits)
    scale = _scale(sums, told)
    parts, y = [], _TOP
    for row, (before, after) in zip(told.rows, pairwise(sums), strict=True):
        lines = wrap(capital(row.sentence), _LETTERS)
        shown = _values(row, values or {})
        parts.append(_row((lines, shown), y, (scale(before), scale(after)), row.bits, told.language))
        y += _height(lines, shown)
    parts.append(_total(told, y, scale, words[1]))
    bottom = y + 44
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="t d"><title id="t">{title}</title><desc id="d">{desc}</desc>'
        '<style>{style}</style><rect class="ground" width="{width}" height="{height}"/>{head}{marks}{parts}'
        '<text class="soft small" x="20" y="{foot}">{model}</text></svg>\n'
    ).format(
        width=WIDTH,
        height=bottom + 28,
        title=words[0],
        desc=text(told),
        style=Markup(_STYLE),  # noqa: S704 - a constant of ours
        head=_head(told, names, words[0]),
        marks=_marks(told, scale, bottom, words),
        parts=Markup("").join(parts),
        foot=bottom + 16,
        model=f"{words[4]} {told.model}",
    )


def _scale(sums: list[float], told: Explanation) -> _Scale:
    """From the least to the greatest that has to be seen, with a little room at both ends."""
    low, high = min(*sums, 0.0), max(*sums, told.link_bits)
    room = (high - low) * 0.04
    return _Scale(low - room, high + room)


def _height(lines: list[str], shown: list[str]) -> int:
    return max(28, 17 * len(lines) + 15 * len(shown) + 11)


def _values(row: Row, values: Mapping[str, tuple[str, str]]) -> list[str]:
    pair = values.get(row.field)
    return wrap(_printable(" / ".join(each or "–" for each in pair)), _LETTERS + 6)[:3] if pair else []


def _row(words: tuple[list[str], list[str]], y: int, way: tuple[float, float], weight: float, language: str) -> Markup:
    """One field: its sentence with the values below, its bar, and its bits."""
    (lines, shown), (start, end) = words, way
    label = Markup("").join(
        Markup('<text class="ink" x="20" y="{y}">{line}</text>').format(y=y + 17 + 17 * place, line=line)
        for place, line in enumerate(lines)
    )
    below = y + 17 * len(lines) + 15
    label += Markup("").join(
        Markup('<text class="soft small" x="20" y="{y}">{line}</text>').format(y=below + 15 * place, line=line)
        for place, line in enumerate(shown)
    )
    height = _height(lines, shown)
    return Markup(
        '<g><line class="rule" x1="20" x2="{edge}" y1="{y}" y2="{y}"/>{label}'
        '<polygon class="{kind}" points="{points}"/><line class="join" x1="{end}" x2="{end}" y1="{y1}" y2="{y2}"/>'
        '<text class="ink figure" x="{edge}" y="{base}">{figure}</text></g>'
    ).format(
        edge=WIDTH - 20,
        y=y,
        label=label,
        kind="for" if weight >= 0 else "against",
        points=_arrow(start, end, y + 5),
        end=end,
        y1=y + 5 + _BAR,
        y2=y + height + 5,
        base=y + 18,
        figure=number(weight, language, sign=True),
    )


def _arrow(start: float, end: float, y: int) -> str:
    """A bar with a point where it leads to; one that hardly moves is a point alone."""
    length = max(2.0, abs(end - start))
    way = 1 if end >= start else -1
    tip = start + way * length
    shoulder = round(tip - way * min(_POINT, length), 1)
    corners = ((start, y), (shoulder, y), (round(tip, 1), y + _BAR / 2), (shoulder, y + _BAR), (start, y + _BAR))
    return " ".join(f"{x},{height}" for x, height in corners)


def _total(told: Explanation, y: int, scale: _Scale, word: str) -> Markup:
    left, right = sorted((scale(0.0), scale(told.weight)))
    return Markup(
        '<g><line class="axis" x1="20" x2="{edge}" y1="{y}" y2="{y}"/><text class="ink strong" x="20" y="{base}">{word}'
        '</text><rect class="sum" x="{left}" y="{top}" width="{width}" height="{bar}"/>'
        '<text class="ink strong figure" x="{edge}" y="{base}">{figure}</text></g>'
    ).format(
        edge=WIDTH - 20,
        y=y,
        base=y + 24,
        word=capital(word),
        left=left,
        top=y + 10,
        width=round(max(2.0, right - left), 1),
        bar=_BAR,
        figure=bits(told.weight, told.language),
    )


def _marks(told: Explanation, scale: _Scale, bottom: int, words: tuple[str, ...]) -> Markup:
    """Zero and the two thresholds, across all rows; their names stand apart even where they are close."""
    zero = Markup('<line class="axis" x1="{x}" x2="{x}" y1="{top}" y2="{bottom}"/>').format(
        x=scale(0.0), top=_TOP - 8, bottom=bottom
    )
    named = ((told.review_bits, words[2], "end", _TOP - 30), (told.link_bits, words[3], "end", _TOP - 14))
    return zero + Markup("").join(
        Markup(
            '<line class="mark" x1="{x}" x2="{x}" y1="{y}" y2="{bottom}"/>'
            '<text class="soft small" x="{at}" y="{y}" text-anchor="{anchor}">{word}</text>'
        ).format(
            x=scale(value), at=scale(value) - 5, y=y, bottom=bottom, anchor=anchor,
            word=f"{word} {number(value, told.language)}",
        )
        for value, word, anchor, y in named
    )  # fmt: skip


def _head(told: Explanation, names: tuple[str, str], title: str) -> Markup:
    language = 0 if told.language == "ru" else 1
    verdict = told.standing["verdict"] if told.standing else told.proposal.verdict if told.proposal else "none"
    return Markup(
        '<text class="ink head" x="20" y="30">{title}</text><text class="soft" x="20" y="52">{names}</text>'
        '<text class="ink" x="20" y="74">{verdict}</text>'
    ).format(title=title, names=_printable(" — ".join(names)), verdict=capital(VERDICTS[verdict][language]) + _by(told))


def _by(told: Explanation) -> str:
    return f" ({_printable(told.standing['actor'])})" if told.standing else ""


def _printable(words: str) -> str:
    """Without what XML does not allow."""
    return "".join(letter if letter.isprintable() else " " for letter in words)
