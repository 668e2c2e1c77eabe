"""The chart of flows: messages per hour, in above the axis and out below, as SVG without styles or scripts.

Places across are percentages and heights are pixels, so the letters keep their size when the chart is
narrow. Direction is told by the side of the axis and not by colour alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from gateway.web.console.words import Words

HEIGHT = 244
MIDDLE = 116
"""Pixels from the top to the axis."""
REACH = 94
"""Pixels of the longest bar."""
LEFT = 8.0
"""Per cent of the width kept for the numbers of the scale."""
FOOT = HEIGHT - 6
"""Base line of the hours' names."""


@dataclass(frozen=True, slots=True)
class Hour:
    """What passed in one hour that began at `start`."""

    start: datetime
    received: int
    refused: int
    """Of those received."""
    sent: int


def draw(hours: Sequence[Hour], words: Words) -> Markup:
    """The chart of these hours, oldest first; safe to place into a page as it is."""
    top = ceiling(max((max(hour.received, hour.sent) for hour in hours), default=0))
    width = (100 - LEFT) / max(1, len(hours))
    parts = [_scale(top, words)]
    for position, hour in enumerate(hours):
        parts.append(_bars(hour, LEFT + position * width, width, top, words))
        if hour.start.hour % 6 == 0:
            parts.append(_name(hour, LEFT + (position + 0.5) * width))
    return Markup(
        '<svg class="chart" xmlns="http://www.w3.org/2000/svg" width="100%" height="{height}" role="img" '
        'aria-labelledby="flow-title flow-desc"><title id="flow-title">{title}</title>'
        '<desc id="flow-desc">{desc}</desc>{parts}</svg>'
    ).format(
        height=HEIGHT,
        title=words("flows.title"),
        desc=words(
            "flows.desc",
            received=sum(hour.received for hour in hours),
            refused=sum(hour.refused for hour in hours),
            sent=sum(hour.sent for hour in hours),
        ),
        parts=Markup("").join(parts),
    )


def ceiling(most: int) -> int:
    """The end of the scale: the next 2, 4 or 10 times a power of ten, so that its half is a round number."""
    power = 1
    while True:
        for step in (2, 4, 10):
            if most <= step * power:
                return step * power
        power *= 10


def _scale(top: int, words: Words) -> Markup:
    """Five lines across with their numbers; large numbers are given in thousands or millions."""
    unit, name = next(
        (size, name)
        for size, name in ((1_000_000, "flows.millions"), (1_000, "flows.thousands"), (1, "flows.ones"))
        if top >= 2 * size or size == 1
    )
    lines = [
        Markup(
            '<line class="{kind}" x1="{left}%" x2="100%" y1="{y}" y2="{y}"/>'
            '<text class="scale" x="{end}%" y="{text}">{value}</text>'
        ).format(
            kind="axis" if share == 0 else "grid",
            left=LEFT,
            end=LEFT - 1,
            y=MIDDLE - share * REACH,
            text=MIDDLE - share * REACH + 4,
            value=words.decimal(abs(share) * top / unit),
        )
        for share in (1, 0.5, 0, -0.5, -1)
    ]
    unit_line = Markup('<text class="unit" x="0" y="11">{}</text>').format(words(name))
    return Markup("").join([unit_line, *lines])


def _bars(hour: Hour, x: float, width: float, top: int, words: Words) -> Markup:
    up = _length(hour.received, top)
    down = _length(hour.sent, top)
    return Markup(
        "<g><title>{told}</title>"
        '<rect class="hour" x="{x}%" y="{upper}" width="{width}%" height="{full}"/>'
        '<rect class="in" x="{inner}%" y="{y}" width="{bar}%" height="{up}"/>'
        '<rect class="out" x="{inner}%" y="{middle}" width="{bar}%" height="{down}"/></g>'
    ).format(
        told=words("flows.hour", at=words.moment(hour.start), received=hour.received, sent=hour.sent),
        x=round(x, 3),
        inner=round(x + width * 0.14, 3),
        width=round(width, 3),
        bar=round(width * 0.72, 3),
        upper=MIDDLE - REACH,
        full=2 * REACH,
        y=round(MIDDLE - up, 2),
        up=round(up, 2),
        middle=MIDDLE,
        down=round(down, 2),
    )


def _length(count: int, top: int) -> float:
    """Pixels of a bar; something is never drawn as nothing."""
    return max(1.5, REACH * count / top) if count else 0.0


def _name(hour: Hour, x: float) -> Markup:
    return Markup('<text class="when" x="{x}%" y="{y}">{hour}</text>').format(
        x=round(x, 3), y=FOOT, hour=hour.start.strftime("%H:%M")
    )
