"""The ECM classifier of recordlinkage, which learns without labels, over comparisons as in its documentation.

Names and words agree from a Jaro-Winkler similarity of .85, everything else when it is equal. Blocks are single
columns; where one would make too many pairs, that column is taken together with each of the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any, Final

import numpy as np
import pandas as pd
import recordlinkage

from benchmarks.linkage.cases import IDENTITY, Case
from benchmarks.linkage.outcome import Output, write_clusters, write_pairs

MOST: Final = 400_000
"""Pairs of one block."""
THRESHOLD: Final = 0.5
"""A pair that is more likely true than not is a match: what the classifier itself calls one."""
_ALIKE: Final = {
    "given_name", "given_name_2", "family_name", "family_name_2", "patronymic", "full_name", "address", "place",
    "birth_place", "occupation",
}  # fmt: skip
_BLOCKS: Final = (
    "given_name", "family_name", "birth_date", "identifier", "document", "postcode", "email", "phone", "birth_place",
)  # fmt: skip


def run(case: Case, output: Output) -> Mapping[str, Any]:
    """Index, compare, classify; pairs and clusters are written."""
    frame = pd.read_csv(case.register, dtype=str, keep_default_na=False).set_index(IDENTITY)
    frame = frame.rename(columns={header: name for name, header in case.columns.items()}).replace("", None)
    frames = (frame,)
    if case.two_files:
        files = pd.read_csv(case.truth, dtype=str).set_index(IDENTITY)["file"]
        frames = (frame[files == "0"], frame[files == "1"])
    index = _index(frames)
    compare = recordlinkage.Compare()
    for name in case.columns:
        if name in _ALIKE:
            compare.string(name, name, method="jarowinkler", threshold=0.85, label=name)
        else:
            compare.exact(name, name, label=name)
    features = compare.compute(index, *frames)
    classifier = recordlinkage.ECMClassifier()
    classifier.fit(features)
    probability = classifier.prob(features)
    if hasattr(probability, "to_numpy"):
        probability = probability.to_numpy()
    probability = np.asarray(probability, dtype=float)
    left, right = features.index.get_level_values(0), features.index.get_level_values(1)
    write_clusters(output.clusters, frame.index, left[probability >= THRESHOLD], right[probability >= THRESHOLD])
    output.stop()
    write_pairs(output.pairs, left, right, probability)
    return {"threshold": THRESHOLD}


def _index(frames: tuple[Any, ...]) -> Any:
    """The union of all blocks that are not too wide."""
    known = [name for name in _BLOCKS if name in frames[0].columns]
    narrow = [name for name in known if _pairs(frames, [name]) <= MOST]
    blocks = [[name] for name in narrow]
    blocks += [
        [one, other]
        for one, other in combinations(known, 2)
        if one not in narrow and other not in narrow and _pairs(frames, [one, other]) <= MOST
    ]
    indexer = recordlinkage.Index()
    for columns in blocks:
        indexer.block(columns)
    return indexer.index(*frames)


def _pairs(frames: tuple[Any, ...], columns: list[str]) -> int:
    sizes = [frame.dropna(subset=columns).groupby(columns).size() for frame in frames]
    if len(sizes) == 1:
        return int((sizes[0] * (sizes[0] - 1) // 2).sum())
    return int((sizes[0] * sizes[1]).fillna(0).sum())
