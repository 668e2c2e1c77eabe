"""The pictures of a report: bars and points as SVG inside a page, whose style gives them their colours.

Numbers stand beside the bars, and a sign or a place says what a colour says, so nothing is lost on paper or to
an eye that sees no colours.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

WIDTH: Final = 760
_LABELS: Final = 230
"""Pixels kept for the names of levels."""
_FIGURES: Final = 700
"""Where the scale of weights ends; numbers stand at either end of a bar."""
_ROW: Final = 24
_TALL: Final = 220
"""Height of a chart of columns, and side of the square of calibration."""
_EDGE: Final = 96
"""Pixels kept at the left for the scale: counts of pairs reach thousands of millions."""
_AIR: Final = 16
"""Pixels kept at the right, and the least between two lines."""
_TOP: Final = 24

Figure = Callable[[float], str]
"""How a number is written in the reader's language."""


def weights(title: str, levels: Sequence[tuple[str, float]], bounds: tuple[float, float], figure: Figure) -> Markup:
    """Bars from zero to the right (for one person) and to the left (against); `bounds` are common to all columns."""
    low, high = min(bounds[0], 0.0), max(bounds[1], 0.0)
    # Numbers stand outside of the bars, so the scale keeps room for them at both ends.
    left, right = _LABELS + 50, _FIGURES

    def across(value: float) -> float:
        return round(left + (value - low) / ((high - low) or 1.0) * (right - left), 1)

    rows = Markup("").join(
        _weight(label, bits, (across(0.0), across(bits)), place * _ROW, figure)
        for place, (label, bits) in enumerate(levels)
    )
    height = len(levels) * _ROW + 4
    axis = Markup('<line class="axis" x1="{x}" x2="{x}" y1="0" y2="{y}"/>').format(x=across(0.0), y=height)
    return _picture(title, height, rows + axis)


def _weight(label: str, bits: float, ends: tuple[float, float], top: int, figure: Figure) -> Markup:
    zero, end = ends
    supports = bits >= 0
    return Markup(
        '<text x="0" y="{base}">{label}</text><rect class="{kind}" x="{x}" y="{y}" width="{width}" height="14"/>'
        '<text class="figure" x="{at}" y="{base}" text-anchor="{anchor}">{bits}</text>'
    ).format(
        base=top + 17,
        label=label,
        kind="for" if supports else "against",
        x=min(zero, end),
        y=top + 5,
        width=max(1.0, round(abs(end - zero), 1)),
        at=max(zero, end) + 6 if supports else min(zero, end) - 6,
        anchor="start" if supports else "end",
        bits=("+" if supports else "") + figure(bits),
    )


def columns(
    title: str, bars: Sequence[tuple[str, int]], figure: Figure, *, named: bool = True, ticks: Sequence[str] = ()
) -> Markup:
    """Columns whose height is the logarithm of a count; `ticks` stand evenly below where bars are not named."""
    top = max(1, math.ceil(math.log10(1 + max((count for _, count in bars), default=0))))
    step = (WIDTH - _EDGE - _AIR) / max(1, len(bars))
    wide = round(min(step * 0.86, 64.0), 1)
    drawn = Markup("").join(
        _column(bar, _EDGE + (place + 0.5) * step, wide, top, figure, named=named) for place, bar in enumerate(bars)
    )
    below = Markup("").join(
        Markup('<text class="soft" x="{x}" y="{y}" text-anchor="middle">{tick}</text>').format(
            x=round(_EDGE + place * step * len(bars) / max(1, len(ticks) - 1), 1), y=_TOP + _TALL + 18, tick=tick
        )
        for place, tick in enumerate(ticks)
    )
    lines = Markup("").join(
        _line(_height(10**power, top), figure(10**power), WIDTH - _AIR)
        for power in range(top + 1)
        if _TOP + _TALL - _height(10**power, top) >= _AIR
    ) + _line(_TOP + _TALL, "0", WIDTH - _AIR, kind="axis")
    return _picture(title, _TOP + _TALL + 28, lines + drawn + below)


def _height(count: int, top: int) -> float:
    """Where a count ends; one more than it, because a single one has to be seen and none not."""
    return round(_TOP + _TALL * (1 - math.log10(1 + count) / math.log10(1 + 10**top)), 1)


def _column(bar: tuple[str, int], middle: float, wide: float, top: int, figure: Figure, *, named: bool) -> Markup:
    label, count = bar
    y = _height(count, top)
    drawn = Markup(
        '<g><title>{label}: {count}</title><rect class="bar" x="{x}" y="{y}" width="{wide}" height="{height}"/></g>'
    ).format(
        label=label, count=figure(count), x=round(middle - wide / 2, 1), y=y, wide=wide,
        height=round(_TOP + _TALL - y, 1),
    )  # fmt: skip
    if not named:
        return drawn
    return drawn + Markup(
        '<text x="{x}" y="{above}" text-anchor="middle">{count}</text>'
        '<text class="soft" x="{x}" y="{below}" text-anchor="middle">{label}</text>'
    ).format(x=round(middle, 1), above=y - 6, below=_TOP + _TALL + 18, count=figure(count), label=label)


def _line(y: float, label: str, end: float, kind: str = "rule") -> Markup:
    return Markup(
        '<line class="{kind}" x1="{x}" x2="{end}" y1="{y}" y2="{y}"/>'
        '<text class="soft" x="{at}" y="{base}" text-anchor="end">{label}</text>'
    ).format(kind=kind, x=_EDGE, end=end, y=y, at=_EDGE - 8, base=round(y + 4, 1), label=label)


def calibration(title: str, points: Sequence[tuple[float, float, int]], figure: Figure) -> Markup:
    """What was given (to the right) against what was right (upward); the nearer to the slanting line, the better."""
    side = _TALL + 60

    def at(given: float, right: float) -> tuple[float, float]:
        return round(_EDGE + given * side, 1), round(_TOP + (1 - right) * side, 1)

    grid = Markup("").join(
        _line(at(0, share / 4)[1], figure(share / 4), _EDGE + side)
        + Markup('<text class="soft" x="{x}" y="{y}" text-anchor="middle">{tick}</text>').format(
            x=at(share / 4, 0)[0], y=_TOP + side + 28, tick=figure(share / 4)
        )
        for share in range(5)
    )
    perfect = Markup('<line class="mark" x1="{0}" y1="{1}" x2="{2}" y2="{3}"/>').format(*at(0, 0), *at(1, 1))
    most = max((pairs for *_, pairs in points), default=1)
    drawn = Markup("").join(
        Markup('<circle class="dot" cx="{x}" cy="{y}" r="{r}"><title>{said}</title></circle>').format(
            x=at(given, right)[0],
            y=at(given, right)[1],
            r=round(4 + 8 * math.sqrt(pairs / most), 1),
            said=f"{figure(given)} → {figure(right)} ({pairs})",
        )
        for given, right, pairs in points
    )
    return _picture(title, _TOP + side + 40, grid + perfect + drawn)


def _picture(title: str, height: int, inside: Markup) -> Markup:
    return Markup('<svg viewBox="0 0 {width} {height}" role="img" aria-label="{title}">{inside}</svg>').format(
        width=WIDTH, height=height, title=title, inside=inside
    )
