"""`python -m benchmarks.weights [FILE]`: train the model that the gateway ships, as it was trained.

From a crowd of 20,000 people of ten states (seed 7): the levels' shares without labels, the calibration from
the crowd's truth. Nothing but the seed and the priors beside this file goes in, so that the same code gives the
same file; a test holds that what is shipped is what this writes in shape.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from gateway.demo.crowd import Crowd
from gateway.matching.compare import compare
from gateway.matching.decide import contradicted
from gateway.matching.keys import keys
from gateway.matching.model import Model, read_model
from gateway.matching.normalise import Comparable, comparable
from gateway.matching.training import train

HUMANS, SEED = 20_000, 7
NAME = "crowd-1"
SOURCE = (
    f"Trained by `python -m benchmarks.weights` on the descriptions of {HUMANS:,} people of the generator "
    f"(gateway.demo.crowd, seed {SEED}): levels by EM and random pairs, calibration by the generator's truth."
)
PRIORS = Path(__file__).with_name("priors.json")
SHIPPED = Path(__file__).parents[1] / "gateway" / "matching" / "weights.json"
LARGEST = 100
"""Descriptions under one key that are paired."""


def judged(
    people: Sequence[Comparable], truth: Sequence[int], start: Model
) -> Iterator[tuple[Comparable, Comparable, bool]]:
    """What a reviewer who knows everything would say of the pairs that share a key and that no guard stops."""
    index: defaultdict[int, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        for key in keys(person, b"training"):
            index[key].append(place)
    groups = [group for group in index.values() if 1 < len(group) <= LARGEST]
    pairs = {(one, other) for group in groups for at, other in enumerate(group) for one in group[:at]}
    for one, other in sorted(pairs):
        if not contradicted(compare(people[one], people[other], start)):
            yield people[one], people[other], truth[one] == truth[other]


def model() -> Model:
    """The model that is shipped, trained anew."""
    start = read_model(PRIORS.read_text("utf-8"))
    described = list(Crowd(SEED).descriptions(HUMANS))
    people = [comparable(each.person) for each in described]
    verdicts = judged(people, [each.human for each in described], start)
    return train(people, name=NAME, source=SOURCE, judged=verdicts, start=start)


if __name__ == "__main__":
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else SHIPPED
    path.write_text(model().to_json(), "utf-8")
    print(f"{path}: {path.stat().st_size:,} bytes")
