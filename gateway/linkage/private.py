"""Two files of keys compared: which records of two states may be one person, without a name in sight.

Keys that agree in some bits, drawn by a fixed seed, are candidates (Hamming LSH); those that are alike are joined one
to one, the likest first. Nothing here needs the secret. What is found is only ever yellow.
"""

from __future__ import annotations

import binascii
import csv
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.errors import Misuse, Unreadable
from gateway.linkage.clk import BITS, KEY_BYTES

DEVIATIONS: Final = 5.5
"""How far a pair must lie above what chance gives; measured on FEBRL4, where 5 to 7 give the same result."""
_LEAST, _MOST = 0.3, 0.75
"""Bounds of the same on the way from chance to equality."""
_FEW: Final = 10
_ENOUGH_OF_FEW: Final = 0.82
"""Taken where there are too few keys to measure chance."""
_ROUNDS: Final = 128
_CAP: Final = 50
"""Keys of the other side that one key is compared with in a round."""
_KEPT: Final = 10
"""The likest keys of the other side that are remembered of a key."""
_CHUNK: Final = 100_000
_WAITING: Final = 2_000_000
"""Pairs that may wait to be thinned out; bounds the memory however alike the keys are."""
_SAMPLE: Final = 20_000
_LINE: Final = 4096
_SEED: Final = 5

Words = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Keys:
    """One side's file."""

    ids: list[str]
    words: Words
    """A row a key."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the comparison came to."""

    left: int
    right: int
    pairs: int
    compared: int
    threshold: float
    """The likeness from which on pairs are proposed."""


def read_keys(path: Path) -> Keys:
    """A file `id,clk` (Misuse, Unreadable)."""
    ids: list[str] = []
    content = bytearray()
    try:
        if path.exists() and not path.is_file():
            raise Misuse("Keys are read from a file.", where=str(path))
        with path.open(encoding="utf-8", newline="") as file:
            # A longer line is no key, and its rest is then no row.
            reader = csv.reader(iter(lambda: file.readline(_LINE), ""), strict=True)
            if next(reader, None) != ["id", "clk"]:
                raise Unreadable("A file of keys has the columns id,clk; --private makes it.", where=str(path))
            for row in reader:
                if len(row) != 2:
                    raise Unreadable("A row has not the two cells id,clk.", where=f"{path}:{reader.line_num}")
                content += _key(row[1], f"{path}:{reader.line_num}")
                ids.append(row[0])
    except OSError as error:
        raise Misuse("The keys cannot be read.", where=str(path), reason=str(error)) from error
    except (UnicodeError, csv.Error, ValueError) as error:
        raise Unreadable("The file of keys is truncated or damaged.", where=str(path), reason=str(error)) from error
    if not ids:
        raise Unreadable("The file holds no key.", where=str(path))
    if len(set(ids)) < len(ids):
        raise Misuse("Some identifier stands in the file twice.", where=str(path))
    return Keys(ids, np.frombuffer(bytes(content), dtype=np.uint64).reshape(len(ids), -1))


def _key(text: str, where: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("A key is not written in base64.", where=where) from error
    # A balanced key has half of its bits set, so whatever else got into the file is told at once.
    if len(key) != KEY_BYTES or int.from_bytes(key).bit_count() != BITS:
        raise Unreadable("This is no key of this version.", where=where)
    return key


def link_keys(left: Path, right: Path, target: Path, moved: Callable[[float], None]) -> Found:
    """Write `id_l,id_r,similarity,band` for the pairs that may be one person, the likest first."""
    # 1. Both files are read, and what chance alone would give is measured.
    mine, theirs = read_keys(left), read_keys(right)
    threshold = _threshold(mine.words, theirs.words)
    # 2. Candidates are compared, round by round.
    near, compared = _near(mine.words, theirs.words, threshold, moved)
    # 3. The likest are joined first, one to one.
    taken = _one_to_one(*near)
    # 4. The pairs are written; no likeness of keys spares a human's look.
    with target.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(("id_l", "id_r", "similarity", "band"))
        out.writerows((mine.ids[one], theirs.ids[other], f"{share:.4f}", "yellow") for one, other, share in taken)
    return Found(len(mine.ids), len(theirs.ids), len(taken), compared, round(threshold, 4))


def likeness(left: Words, right: Words) -> Shares:
    """Dice of keys, row by row; as every key has BITS set, that is the share of them in common."""
    common: Shares = np.bitwise_count(left & right).sum(axis=1, dtype=np.int64) / BITS
    return common


def _threshold(left: Words, right: Words) -> float:
    """The likeness that strangers hardly reach, told from pairs drawn by lot.

    It depends on how many columns there are and how much they vary, so no fixed number would do. The quantiles are
    those of a mean and a deviation above it, for in small files some of the pairs drawn are of one person.
    """
    if max(len(left), len(right)) < _FEW:
        return _ENOUGH_OF_FEW
    draw = np.random.default_rng(_SEED)
    ones, others = draw.integers(0, len(left), _SAMPLE), draw.integers(0, len(right), _SAMPLE)
    mean, above = np.quantile(likeness(left[ones], right[others]), (0.5, 0.8413))
    way = min(_MOST, max(_LEAST, DEVIATIONS * float(above - mean) / max(1 - float(mean), 1e-9)))
    return float(mean) + (1 - float(mean)) * way


Near = tuple[Places, Places, Shares]


def _near(left: Words, right: Words, threshold: float, moved: Callable[[float], None]) -> tuple[Near, int]:
    """The pairs at least as alike as the threshold that some round proposes, and how many were compared."""
    draw = np.random.default_rng(_SEED)
    width = int(np.clip(np.ceil(np.log2(max(len(left), len(right)))) + 1, 6, 24))
    waiting: list[Near] = []
    waits = compared = 0
    for turn in range(_ROUNDS):
        places = draw.choice(BITS * 2, width, replace=False)
        for ones, others in _proposed(_sampled(left, places), _sampled(right, places), turn):
            shares = likeness(left[ones], right[others])
            kept = shares >= threshold
            waiting.append((ones[kept], others[kept], shares[kept]))
            compared += len(ones)
            waits += int(kept.sum())
            if waits > _WAITING:
                waiting, waits = [_likest(waiting, len(right))], 0
        waiting = [_likest(waiting, len(right))]
        moved((turn + 1) / _ROUNDS)
    return waiting[0], compared


def _proposed(mine: Places, hers: Places, turn: int) -> Iterator[tuple[Places, Places]]:
    """The pairs whose drawn bits are equal, in chunks."""
    order = np.argsort(hers, kind="stable")
    ordered = hers[order]
    first = np.searchsorted(ordered, mine, "left")
    many = np.searchsorted(ordered, mine, "right") - first
    # Where more are equal than are compared, every round takes others of them.
    first += (turn * _CAP) % np.maximum(many - _CAP + 1, 1)
    many = np.minimum(many, _CAP)
    for begin in range(0, len(mine), _CHUNK // _CAP):
        counts = many[begin : begin + _CHUNK // _CAP]
        ones = np.repeat(np.arange(begin, begin + len(counts)), counts)
        steps = np.arange(len(ones)) - np.repeat(np.cumsum(counts) - counts, counts)
        yield ones, order[first[ones] + steps]


def _sampled(keys: Words, places: Places) -> Places:
    """The drawn bits of every key as one number."""
    octets = keys.view(np.uint8)
    found = np.zeros(len(keys), np.int64)
    for place in places:
        found = found << 1 | (octets[:, place >> 3] >> (7 - (place & 7)) & 1)
    return found


def _likest(parts: Sequence[Near], width: int) -> Near:
    """Every pair once, and of every key of the left only its likest few."""
    near = tuple(np.concatenate(column) for column in zip(*parts, strict=True))
    _, once = np.unique(near[0] * width + near[1], return_index=True)
    ones, others, shares = (part[once] for part in near)
    order = np.lexsort((others, -shares, ones))
    ones, others, shares = ones[order], others[order], shares[order]
    rank = np.arange(len(ones)) - np.searchsorted(ones, ones, "left")
    kept = rank < _KEPT
    return ones[kept], others[kept], shares[kept]


def _one_to_one(ones: Places, others: Places, shares: Shares) -> list[tuple[int, int, float]]:
    taken: list[tuple[int, int, float]] = []
    mine: set[int] = set()
    theirs: set[int] = set()
    for place in np.lexsort((others, ones, -shares)):
        one, other = int(ones[place]), int(others[place])
        if one not in mine and other not in theirs:
            mine.add(one)
            theirs.add(other)
            taken.append((one, other, float(shares[place])))
    return taken
