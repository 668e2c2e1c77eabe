"""How well names meet across scripts: pairs of one name whose skeletons meet, and random pairs that do.

Reads the public name pairs beside the project; without them there is nothing to measure and no row.
"""

from __future__ import annotations

import csv
import json
import random
import time
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import Any

from gateway.names.fold import readings, skeletons, tokens

FOLDER = Path(__file__).parents[1] / ".." / "shared" / "data" / "names"
RANDOM_PAIRS = 50_000
Pairs = list[tuple[str, str]]


def pairs_by_class() -> dict[str, Pairs]:
    """The class of a pair to its native and Latin spellings; empty where the data are absent."""
    found: dict[str, Pairs] = defaultdict(list)
    if not FOLDER.exists():
        return {}
    with (FOLDER / "script_pairs_dev.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found[row["class"]].append((row["native_form"], row["ascii_form"]))
    with (FOLDER / "russian_tokens_dev.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            latin, cyrillic, _ = line.rstrip("\n").split("\t")
            found["ru_tokens"].append((cyrillic.replace(" ", ""), latin))
    return dict(sorted(found.items()))


def forms(name: str) -> set[str]:
    """The skeletons of every word of a name."""
    return {skeleton for token in tokens(name) for skeleton in skeletons(token)}


def meeting(pairs: Pairs, seed: int = 1) -> tuple[float, float]:
    """Share of true pairs that meet, and of random pairs of two different native spellings that do."""
    dice = random.Random(seed)
    folded = [(native, forms(native), forms(latin)) for native, latin in pairs]
    true = sum(bool(one & other) for _, one, other in folded) / len(folded)
    drawn = (dice.choices(folded, k=2) for _ in range(RANDOM_PAIRS))
    unlike = [(one, other) for (native, one, _), (another, _, other) in drawn if native != another]
    return true, sum(bool(one & other) for one, other in unlike) / len(unlike)


def same_reading(pairs: Pairs) -> float:
    """Share of true pairs that one reading spells alike, letter by letter: what transliteration alone finds."""
    spelt = ((set(map(readings, tokens(native))), set(map(readings, tokens(latin)))) for native, latin in pairs)
    hits = [any(set(one) & set(other) for one, other in product(left, right)) for left, right in spelt]
    return sum(hits) / len(hits)


def measure(scale: float = 1.0) -> list[dict[str, Any]]:
    """Rows of `var/bench.json`; scale below 1 takes a part of each class."""
    classes = pairs_by_class()
    rows: list[dict[str, Any]] = []
    everything: Pairs = []
    for name, pairs in classes.items():
        part = pairs[: max(300, int(len(pairs) * min(1.0, scale)))]
        true, chance = meeting(part)
        rows.append(row(f"names-{name.replace('_', '-')}-true", "share", true, same_reading(part)))
        rows.append(row(f"names-{name.replace('_', '-')}-random", "share", chance, None))
        everything += part
    if everything:
        rows.append(row("names-all-random", "share", meeting(everything)[1], None))
        rows.append(row("names-skeletons-per-second", "names/s", speed(everything), None))
    return rows


def row(name: str, unit: str, value: float, floor: float | None) -> dict[str, Any]:
    ratio = value / floor if floor else None
    return {"name": name, "unit": unit, "value": value, "floor": floor, "ratio": ratio, "peers": {}}


def speed(pairs: Pairs) -> float:
    """Names folded to skeletons a second, none of them seen before."""
    for cached in (tokens, skeletons):
        cached.cache_clear()
    names = list({name for pair in pairs for name in pair})
    started = time.perf_counter()
    for name in names:
        forms(name)
    return len(names) / (time.perf_counter() - started)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
