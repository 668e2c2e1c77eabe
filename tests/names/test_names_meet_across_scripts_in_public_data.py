"""How often the skeletons of public name pairs meet, and how seldom those of random pairs do.

The floors lie just under what was measured: they notice a loss, they do not claim that all is found. The
public pairs hold translations and pet names too, which no folding can join.
"""

from __future__ import annotations

import csv
import random
import zlib
from collections import defaultdict
from pathlib import Path

import pytest

from gateway.names.fold import readings, skeletons, tokens
from gateway.names.meeting import meet

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "data" / "names"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not FOLDER.exists(), reason="the public name pairs are not beside the project"),
]

FLOORS = {
    "be_cyr": 0.91,
    "uk_cyr": 0.88,
    "uz_tj_cyr": 0.84,
    "geor": 0.84,
    "armn": 0.82,
    "cyr_yo": 0.79,
    "kz_kg_cyr": 0.78,
    "tr_az_latn": 0.77,
    "az_latn": 0.65,
    "ro_md": 0.55,
}


def _forms(name: str) -> set[str]:
    return {skeleton for token in tokens(name) for skeleton in skeletons(token)}


@pytest.fixture(scope="module")
def pairs() -> dict[str, list[tuple[str, set[str], set[str]]]]:
    found = defaultdict(list)
    with (FOLDER / "script_pairs_dev.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found[row["class"]].append((row["native_form"], _forms(row["native_form"]), _forms(row["ascii_form"])))
    return found


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_the_two_spellings_of_a_public_pair_meet(pairs, name: str, floor: float) -> None:
    met = sum(bool(one & other) for _, one, other in pairs[name])
    assert met / len(pairs[name]) >= floor


def test_russian_tokens_meet_their_latin_spelling() -> None:
    lines = (FOLDER / "russian_tokens_dev.tsv").read_text(encoding="utf-8").splitlines()[:5000]
    rows = [line.split("\t") for line in lines]
    met = sum(bool(_forms(latin) & _forms(cyrillic.replace(" ", ""))) for latin, cyrillic, _ in rows)
    assert met / len(rows) >= 0.86


def test_random_pairs_seldom_meet(pairs) -> None:
    dice = random.Random(1)  # noqa: S311 - a draw that repeats, no secret
    everybody = [row for rows in pairs.values() for row in rows]
    drawn = [dice.choices(everybody, k=2) for _ in range(50_000)]
    unlike = [(one[1], other[2]) for one, other in drawn if one[0] != other[0]]
    assert sum(bool(one & other) for one, other in unlike) / len(unlike) <= 0.002


def test_the_canonical_cyrillic_reading_is_the_table_of_icao_9303() -> None:
    with (FOLDER / "icao9303_cyrillic.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            letter = row["letter"].lower()
            if letter != "ь" and readings(letter):
                assert readings(letter)[0] == row["recommended"].lower(), letter


def test_armenian_names_meet_the_spelling_they_have_in_russian_and_english() -> None:
    with (FOLDER / "armenian_pairs.csv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            assert _forms(row["armenian"]) & _forms(row["expected"]), row["armenian"]


def _held_out(item: str) -> bool:
    return zlib.crc32(item.encode()) % 2 == 1


def _script_pairs() -> list[tuple[str, str, str]]:
    with (FOLDER / "script_pairs_dev.csv").open(encoding="utf-8") as lines:
        rows = [(row["native_form"], row["ascii_form"], row["wikidata_id"]) for row in csv.DictReader(lines)]
    return [row for row in rows if _held_out(row[2])]


def _russian_tokens() -> list[tuple[str, str, str]]:
    lines = (FOLDER / "russian_tokens_dev.tsv").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines]
    natives = [(cyrillic.replace(" ", ""), latin) for latin, cyrillic, _ in rows]
    return [(native, latin, native) for native, latin in natives if _held_out(native)]


@pytest.mark.parametrize(("pairs_of", "floor"), [(_script_pairs, 0.90), (_russian_tokens, 0.94)])
def test_nine_of_ten_held_out_pairs_meet_and_two_in_a_thousand_random_ones(pairs_of, floor: float) -> None:
    rows = pairs_of()
    dice = random.Random(2)  # noqa: S311 - a draw that repeats, no secret
    drawn = dice.sample(rows, 5000)
    assert sum(meet(native, latin) for native, latin, _ in drawn) / len(drawn) >= floor
    pairs = [(one, other) for one, other in zip(*[iter(dice.choices(rows, k=60_000))] * 2, strict=True)]
    unlike = [(one[0], other[1]) for one, other in pairs if one[2] != other[2] and one[0] != other[0]]
    assert sum(meet(*pair) for pair in unlike) / len(unlike) <= 0.002
