"""What a linkage came to, as one page that opens anywhere: no script, nothing fetched, and no value of a person.

Names of columns come from a stranger's file, so everything that is not ours is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from gateway.linkage import charts
from gateway.linkage.model import bits
from gateway.linkage.outcome import Outcome
from gateway.linkage.report_words import BANDS, COUNTS, LEVELS, RIVALS, RULES, STAGES, WORDS

_SIZES: Final = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (6, 10), (11, 20), (21, 50), (51, None))
"""From and to: sizes of clusters that are counted together."""
_STYLE: Final = """
:root{color-scheme:light dark;--ground:#fff;--ink:#16202b;--soft:#55606d;--rule:#d5dae0;--axis:#7b8694;--for:#1f6f54;
--against:#b3402f;--bar:#33587d}
@media screen and (prefers-color-scheme:dark){:root{--ground:#12171d;--ink:#e9edf1;--soft:#a3adb8;--rule:#2c353f;
--axis:#8893a0;--for:#4fb58f;--against:#e5796a;--bar:#8fb6dd}}
body{background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,'Segoe UI',Roboto,'Noto Sans',sans-serif;
max-width:800px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin:2.2rem 0 .3rem}h3{font-size:1rem;margin:1rem 0 .2rem;
overflow-wrap:anywhere}
p{margin:.3rem 0 .8rem}.soft,h3 small{color:var(--soft);font-weight:400}
table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid var(--rule);padding:.3rem .8rem .3rem 0;
text-align:left;vertical-align:top;overflow-wrap:break-word}th{color:var(--soft);font-weight:500}
td.number,th.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
svg{display:block;width:100%;height:auto}svg text{font-size:13px;fill:var(--ink);font-variant-numeric:tabular-nums}
svg .soft{fill:var(--soft)}.rule{stroke:var(--rule)}.axis{stroke:var(--axis)}
.mark{stroke:var(--axis);stroke-dasharray:4 3}.for{fill:var(--for)}.against{fill:var(--against)}
.bar{fill:var(--bar)}.dot{fill:var(--bar);fill-opacity:.75}
section,figure,tr{break-inside:avoid}section.long{break-inside:auto}h2,h3{break-after:avoid}
@media print{body{max-width:none;margin:0;font-size:11pt;print-color-adjust:exact;-webkit-print-color-adjust:exact}}
"""


def page(outcome: Outcome, language: str) -> str:
    """The report as HTML, in Russian (`ru`) or English (anything else)."""
    tongue = _Tongue(language)
    sections = (
        _counts(outcome, tongue),
        _bands(outcome, tongue),
        _sizes(outcome, tongue),
        _histogram(outcome, tongue),
        _calibration(outcome, tongue),
        _weights(outcome, tongue),
        _rivals(outcome, tongue),
        _rules(outcome, tongue),
        _seconds(outcome, tongue),
    )
    return Markup(
        '<!DOCTYPE html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        # The page says itself that it needs nothing: whatever slipped in would not run.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<style>{style}</style></head><body><h1>{title}</h1><p class="soft">{lead}</p>{sections}</body></html>\n'
    ).format(
        language=tongue.code,
        title=tongue("title"),
        lead=tongue("lead"),
        style=Markup(_STYLE),  # noqa: S704 - a constant of ours
        sections=Markup("\n").join(sections),
    )


class _Tongue:
    """The reader's language: its words and how it writes numbers."""

    def __init__(self, language: str) -> None:
        self.code = "ru" if language == "ru" else "en"
        self._place = 1 if self.code == "ru" else 0

    def __call__(self, key: str, words: Mapping[str, tuple[str, str]] = WORDS) -> str:
        return words[key][self._place] if key in words else key

    def number(self, value: float, places: int = 0) -> str:
        """A number with the sign, the point and the thousands that the language has."""
        text = f"{value:,.{places}f}".replace(",", "\N{NO-BREAK SPACE}").replace("-", "\N{MINUS SIGN}")
        return text.replace(".", ",") if self.code == "ru" else text

    def bits(self, value: float) -> str:
        return self.number(value, 1)

    def share(self, value: float) -> str:
        return self.number(value, 2)


def _section(tongue: _Tongue, key: str, inside: Markup, kind: str = "") -> Markup:
    """A heading, what it means, and what is shown."""
    return Markup('<section class="{kind}"><h2>{heading}</h2><p class="soft">{about}</p>{inside}</section>').format(
        kind=kind, heading=tongue(key), about=tongue(f"{key}-about"), inside=inside
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int]) -> Markup:
    """A table; the columns whose places are in `numbers` stand to the right."""

    def line(cells: Sequence[str], tag: str) -> Markup:
        return Markup("<tr>{}</tr>").format(
            Markup("").join(
                Markup("<{tag}{kind}>{cell}</{tag}>").format(
                    tag=tag, kind=Markup(' class="number"') if place in numbers else "", cell=cell
                )
                for place, cell in enumerate(cells)
            )
        )

    head = line(heads, "th") if heads else Markup("")
    return Markup("<table>{}{}</table>").format(head, Markup("").join(line(row, "td") for row in rows))


def _counts(outcome: Outcome, tongue: _Tongue) -> Markup:
    figures = {
        "rows": outcome.rows,
        "records": outcome.records,
        "clusters": outcome.clusters,
        "linked": outcome.rows - outcome.sizes.get(1, 0),
        "compared": outcome.compared,
        "labels": outcome.labels,
    }
    rows = [(tongue(key, COUNTS), tongue.number(figure)) for key, figure in figures.items()]
    rows.append((tongue("prior", COUNTS), f"1 : {tongue.number(1 / outcome.model.prior)}"))
    return _section(tongue, "counts", _table((), rows, frozenset({1})))


def _bands(outcome: Outcome, tongue: _Tongue) -> Markup:
    rows = [
        (
            tongue(band, BANDS),
            tongue.number(count),
            f"{tongue.number(100 * count / max(1, outcome.rows), 1)}\N{NO-BREAK SPACE}%",
            tongue(f"{band}-about", BANDS),
        )
        for band, count in outcome.bands.items()
    ]
    heads = (tongue("band"), tongue("rows"), tongue("share"), tongue("meaning"))
    return _section(tongue, "bands", _table(heads, rows, frozenset({1, 2})))


def _sizes(outcome: Outcome, tongue: _Tongue) -> Markup:
    bars = [
        (
            f"{low}+" if high is None else str(low) if low == high else f"{low}–{high}",
            sum(count for size, count in outcome.sizes.items() if low <= size and (high is None or size <= high)),
        )
        for low, high in _SIZES
    ]
    while len(bars) > 3 and not bars[-1][1]:
        bars.pop()
    return _section(tongue, "sizes", charts.columns(tongue("sizes"), bars, tongue.number))


def _histogram(outcome: Outcome, tongue: _Tongue) -> Markup:
    number = len(outcome.histogram)
    bars = [
        (f"{tongue.share(place / number)}–{tongue.share((place + 1) / number)}", count)
        for place, count in enumerate(outcome.histogram)
    ]
    ticks = [tongue.number(place / 10, 1) for place in range(11)]
    return _section(
        tongue, "histogram", charts.columns(tongue("histogram"), bars, tongue.number, named=False, ticks=ticks)
    )


def _calibration(outcome: Outcome, tongue: _Tongue) -> Markup:
    if not outcome.calibration:
        return Markup("")
    rows = [
        (tongue.share(given), tongue.share(right), tongue.number(pairs)) for given, right, pairs in outcome.calibration
    ]
    heads = (tongue("given"), tongue("right"), tongue("pairs"))
    drawn = charts.calibration(tongue("calibration"), outcome.calibration, tongue.share)
    return _section(tongue, "calibration", drawn + _table(heads, rows, frozenset({0, 1, 2})))


def _weights(outcome: Outcome, tongue: _Tongue) -> Markup:
    found = [
        (item.name, [(tongue(level.label, LEVELS), bits(level)) for level in item.levels])
        for item in outcome.model.comparisons
    ]
    every = [weight for _, levels in found for _, weight in levels] or [0.0]
    bounds = min(every), max(every)
    drawn = Markup("").join(
        Markup('<div style="break-inside:avoid"><h3>{name} <small>{header}</small></h3>{chart}</div>').format(
            name=name, header=_header(outcome, name), chart=charts.weights(name, levels, bounds, tongue.bits)
        )
        for name, levels in found
    )
    return _section(tongue, "weights", drawn, "long")


def _header(outcome: Outcome, name: str) -> str:
    """What the register calls the column, where it has another name for it."""
    source = outcome.columns.get(name, name)
    return source if source != name else ""


def _rivals(outcome: Outcome, tongue: _Tongue) -> Markup:
    if not outcome.model.rivals:
        return Markup("")
    pairs = outcome.rows * (outcome.rows - 1) / 2
    found = [(tongue("prior", COUNTS), outcome.model.prior)]
    found += [(tongue(rival.name, RIVALS), rival.share) for rival in outcome.model.rivals]
    rows = [(name, tongue.number(share * pairs)) for name, share in found]
    return _section(tongue, "rivals", _table((tongue("kind"), tongue("pairs")), rows, frozenset({1})))


def _rules(outcome: Outcome, tongue: _Tongue) -> Markup:
    rows = [(_rule(rule, tongue), tongue.number(made), tongue.number(forgone)) for rule, made, forgone in outcome.rules]
    heads = (tongue("rule"), tongue("made"), tongue("forgone"))
    return _section(tongue, "rules", _table(heads, rows, frozenset({1, 2})), "long")


def _rule(name: str, tongue: _Tongue) -> str:
    """A rule is named by its parts; a part that is no word of ours, such as a column, stays as it is."""
    return "".join(tongue(part, RULES) for part in re.split("( and |, |^rare )", name))


def _seconds(outcome: Outcome, tongue: _Tongue) -> Markup:
    rows = [(tongue(stage, STAGES), tongue.number(spent, 2)) for stage, spent in outcome.seconds.items()]
    rows.append((tongue("sum"), tongue.number(sum(outcome.seconds.values()), 2)))
    return _section(tongue, "seconds", _table((tongue("stage"), tongue("spent")), rows, frozenset({1})))
