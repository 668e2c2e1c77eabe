"""The comparison as a table for people and as rows for `var/bench-linkage.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.linkage.metrics import Figures
from benchmarks.linkage.running import Run
from benchmarks.report import Row, row

OURS = "gateway"


def shown(name: str, runs: Sequence[Run], console: Console) -> None:
    """One data set: two lines a peer, as documented and at the threshold that the truth would choose."""
    table = Table(title=name, title_justify="left")
    for heading in ("contestant", "pairs P / R / F1", "clusters P / R / F1", "B³ P / R / F1"):
        table.add_column(heading)
    for heading in ("review", "s", "CPU s", "MB"):
        table.add_column(heading, justify="right")
    for each in runs:
        if each.failure:
            table.add_row(each.contestant, each.failure)
        for number, line in enumerate(each.lines):
            cost = ("", "", "") if number else (f"{each.seconds:.1f}", f"{each.cpu:.1f}", f"{each.memory:,.0f}")
            review = "" if line.review is None else f"{line.review:.2%}"
            who = f"{line.contestant}, {line.note}" if line.note else line.contestant
            table.add_row(who, _figures(line.pairs), _figures(line.clusters), _figures(line.b_cubed), review, *cost)
            if line.sure is not None:
                table.add_row("  linked without review", "", _figures(line.sure))
    console.print(table)


def _figures(figures: Figures | None) -> str:
    if figures is None:
        return ""
    return " / ".join(map(_figure, (figures.precision, figures.recall, figures.f1)))


def rows(name: str, runs: Sequence[Run]) -> list[Row]:
    """Ours beside each peer at its best threshold."""
    known = {each.contestant: each for each in runs if not each.failure}
    ours = known.pop(OURS, None)
    if ours is None or ours.best is None:
        return []
    lines = {peer: each.best for peer, each in known.items() if each.best}
    found: list[Row] = []
    for kind in ("clusters", "b_cubed"):
        for part in ("precision", "recall", "f1"):
            value = getattr(getattr(ours.best, kind), part)
            peers = {peer: round(getattr(getattr(line, kind), part), 5) for peer, line in lines.items()}
            found.append(
                row(f"link-{name}-{kind.replace('b_cubed', 'b3')}-{part}", "share", round(value, 5), peers=peers)
            )
    pairs = {peer: round(max(line.pairs.f1 for line in each.lines if line.pairs), 5)
             for peer, each in known.items() if any(line.pairs for line in each.lines)}  # fmt: skip
    found.append(row(f"link-{name}-pairs-f1", "share", round(ours.best.clusters.f1, 5), peers=pairs))
    if ours.best.review is not None and ours.best.sure is not None:
        found.append(row(f"link-{name}-review", "share", round(ours.best.review, 5)))
        found.append(row(f"link-{name}-sure-precision", "share", round(ours.best.sure.precision, 5)))
        found.append(row(f"link-{name}-sure-recall", "share", round(ours.best.sure.recall, 5)))
    return found + costs(f"link-{name}", ours, known)


def costs(name: str, ours: Run, peers: Mapping[str, Run]) -> list[Row]:
    """Seconds under the bare name's `-seconds`, processor seconds, and the largest resident size."""
    return [
        row(
            f"{name}-{part}",
            unit,
            getattr(ours, field),
            peers={peer: getattr(run, field) for peer, run in peers.items()},
        )
        for part, unit, field in (("seconds", "s", "seconds"), ("cpu", "s", "cpu"), ("memory", "MB", "memory"))
    ]


def verdict(name: str, runs: Sequence[Run]) -> str:
    """In words: whether ours is above the best peer by the F1 of clusters, as documented and at its best."""
    lines = {each.contestant: each.lines for each in runs if each.lines}
    own = lines.pop(OURS, None)
    if own is None:
        return f"{name}: ours gave no answer"
    ours = own[0].clusters.f1
    if not lines:
        return f"{name}: {_figure(ours)}, no peer to compare with"
    plain = max((found[0].clusters.f1, peer) for peer, found in lines.items())
    chosen = max((max(line.clusters.f1 for line in found), peer) for peer, found in lines.items())
    return (
        f"{name}: {_figure(ours)}, "
        f"{_word(ours, plain[0])} the best peer as documented ({plain[1]} {_figure(plain[0])}), "
        f"{_word(ours, chosen[0])} the best one at the threshold that the truth would choose "
        f"({chosen[1]} {_figure(chosen[0])})"
    )


def _word(ours: float, theirs: float) -> str:
    return "above" if ours > theirs else "equal to" if ours == theirs else "BELOW"


def _figure(value: float) -> str:
    return f"{value:.4f}".removeprefix("0")
