"""How well names meet across scripts: pairs of one name that do, and random pairs that do.

Reads the public name pairs beside the project; without them there is nothing to measure and no row.

Two questions are asked of each class of pairs. *Keys*: do the two spellings share a consonant skeleton, the
key of matching's index? *Meet*: gateway.names.meeting.meet, a shared key up to one consonant and alike in
sound, as the watchlist looks for candidates. The constants of `meet` were chosen on one half of the pairs
(even CRC-32 of the native spelling's item); the other half, held out, is reported apart.
"""

from __future__ import annotations

import csv
import json
import random
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from gateway.names import meeting
from gateway.names.accepted import reads_as
from gateway.names.fold import all_lights, lights, readings, skeletons, tokens
from gateway.names.meeting import meet
from gateway.names.script import script_of

FOLDER = Path(__file__).parents[1] / ".." / "shared" / "data" / "names"
RANDOM_PAIRS = 200_000
SMALL_CLASS = 20_000
"""Random pairs within one class, whose few thousand rows repeat soon."""
SEED = 1


class Pair(NamedTuple):
    """One name in its native script and in Latin letters."""

    native: str
    latin: str
    item: str
    """What the two are names of; two rows of one item are never a random pair."""

    @property
    def held_out(self) -> bool:
        """Whether the pair took no part in choosing the constants."""
        return zlib.crc32(self.item.encode()) % 2 == 1


def pairs_by_class() -> dict[str, list[Pair]]:
    """The class of a pair to its pairs; `script-pairs` and `ru-tokens` are whole files. Empty without data."""
    found: dict[str, list[Pair]] = defaultdict(list)
    if not FOLDER.exists():
        return {}
    with (FOLDER / "script_pairs_dev.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            pair = Pair(row["native_form"], row["ascii_form"], row["wikidata_id"])
            found["script-pairs"].append(pair)
            found[row["class"].replace("_", "-")].append(pair)
    with (FOLDER / "russian_tokens_dev.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            latin, cyrillic, _ = line.rstrip("\n").split("\t")
            native = cyrillic.replace(" ", "")
            found["ru-tokens"].append(Pair(native, latin, native))
    return dict(sorted(found.items()))


def share_key(left: str, right: str) -> bool:
    """Whether two names share a skeleton, matching's own key."""
    return not _skeletons(left).isdisjoint(_skeletons(right))


def _skeletons(name: str) -> set[str]:
    return {skeleton for token in tokens(name) for skeleton in skeletons(token)}


def spelt_alike(left: str, right: str) -> bool:
    """Whether one reading spells both alike, letter by letter: what transliteration alone finds."""
    ours, theirs = ({reading for token in tokens(name) for reading in readings(token)} for name in (left, right))
    return any(one == other for one, other in product(ours, theirs))


def strangers(pairs: list[Pair], count: int) -> Iterator[tuple[Pair, Pair]]:
    """Random pairs of rows of different items and different native spellings."""
    dice = random.Random(SEED)
    for _ in range(count):
        while True:
            one, other = dice.choices(pairs, k=2)
            if one.item != other.item and one.native != other.native:
                break
        yield one, other


def share(asked: Any, pairs: list[tuple[str, str]]) -> float:
    """The share of pairs of which `asked` is true."""
    return sum(asked(*pair) for pair in pairs) / max(1, len(pairs))


def measure(scale: float = 1.0) -> list[dict[str, Any]]:
    """Rows of `var/bench.json`; scale below 1 takes a part of each class and fewer random pairs."""
    scale = min(1.0, scale)
    rows: list[dict[str, Any]] = []
    classes = pairs_by_class()
    for name, pairs in classes.items():
        part = pairs[: max(300, int(len(pairs) * scale))]
        rows += of_class(name, part, int((RANDOM_PAIRS if len(pairs) > 10_000 else SMALL_CLASS) * scale))
    for name in ("script-pairs", "ru-tokens"):
        if classes:
            rows += of_full_names(name, classes[name], int(RANDOM_PAIRS * scale))
    if classes:
        rows += published()
        rows.append(row("names-skeletons-per-second", "names/s", speed(classes["script-pairs"], _skeletons)))
        rows.append(row("names-keys-per-second", "names/s", speed(classes["script-pairs"], _keys)))
    return rows


def of_class(name: str, pairs: list[Pair], drawn: int) -> list[dict[str, Any]]:
    """The rows of one class, word by word."""
    true = [(pair.native, pair.latin) for pair in pairs]
    held_out = [(pair.native, pair.latin) for pair in pairs if pair.held_out]
    chance = [(one.native, other.latin) for one, other in strangers(pairs, drawn)]
    floor = share(spelt_alike, true)
    return [
        row(f"names-{name}-keys", "share", share(share_key, true), floor),
        row(f"names-{name}-keys-random", "share", share(share_key, chance)),
        row(f"names-{name}-meet", "share", share(meet, true), floor),
        row(f"names-{name}-meet-held-out", "share", share(meet, held_out)),
        row(f"names-{name}-meet-random", "share", share(meet, chance)),
    ]


def of_full_names(name: str, pairs: list[Pair], drawn: int) -> list[dict[str, Any]]:
    """The rows of full names put together of two words, in either order, as a record holds them."""
    made = list(zip(strangers(pairs, drawn), strangers(pairs[::-1], drawn), strict=True))
    true = [(f"{a.native} {b.native}", f"{b.latin} {a.latin}") for (a, b), _ in made[:SMALL_CLASS]]
    chance = [(f"{a.native} {b.native}", f"{c.latin} {d.latin}") for (a, b), (c, d) in made]
    return [
        row(f"names-{name}-full-meet", "share", share(meet, true)),
        row(f"names-{name}-full-random", "share", share(meet, chance)),
    ]


PUBLISHED = {
    "transliteration-cases": ("transliteration_cases.csv", "source", "expected"),
    "cyrillic-schemes": ("cyrillic_schemes_samples.csv", "source", "expected"),
    "armenian-pairs": ("armenian_pairs.csv", "armenian", "expected"),
}


def published() -> list[dict[str, Any]]:
    """Of published transliterations: those whose every word meets, and those we would accept letter by letter."""
    rows = []
    for name, (file, native, latin) in PUBLISHED.items():
        with (FOLDER / file).open(encoding="utf-8") as lines:
            pairs = [(each[native], each[latin]) for each in csv.DictReader(lines)]
        rows.append(row(f"names-{name}-meet", "share", share(meet, pairs)))
        # A Russian spelling of an Armenian name is no Latin one: only the pairs into Latin can be read.
        into_latin = [pair for pair in pairs if script_of(pair[1]) != "Cyrl"]
        rows.append(row(f"names-{name}-read", "share", share(reads_as, into_latin)))
    return rows


def row(name: str, unit: str, value: float, floor: float | None = None) -> dict[str, Any]:
    """One row of `var/bench.json`."""
    return {
        "name": name, "unit": unit, "value": value, "floor": floor, "ratio": value / floor if floor else None,
        "peers": {},
    }  # fmt: skip


def _keys(name: str) -> set[str]:
    return {key for token in tokens(name) for key in meeting.keys(token)}


def speed(pairs: list[Pair], folded: Any) -> float:
    """Names folded a second, none of them seen before."""
    for cached in (tokens, lights, all_lights, skeletons, meeting.forms, meeting.bones, meeting.keys):
        cached.cache_clear()
    names = list({name for pair in pairs for name in (pair.native, pair.latin)})
    started = time.perf_counter()
    for name in names:
        folded(name)
    return len(names) / (time.perf_counter() - started)


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
