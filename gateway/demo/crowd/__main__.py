"""`python -m gateway.demo.crowd HUMANS OUT.csv [--seed N]`: a register for `gateway link`, with the truth beside it."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from gateway.demo.crowd import Crowd, Described
from gateway.records.person import Name

COLUMNS: Final = (
    "id", "family_name", "given_name", "patronymic", "full_name", "family_name_2", "given_name_2", "birth_date",
    "sex", "citizenship", "birth_place", "document", "identifier", "human",
)  # fmt: skip
"""The logical columns of `gateway link`, and `human`: whom the row is of."""


def rows(described: Iterator[Described]) -> Iterator[tuple[str, ...]]:
    """One row a description, without personal numbers of several schemes: the first one only."""
    for number, each in enumerate(described, 1):
        person = each.person
        first, second = (*person.names, Name())[:2]
        document = next((item.series + item.number for item in person.documents), "")
        identifier = next((f"{item.scheme}:{item.value}" for item in person.identifiers), "")
        yield (
            str(number), first.family, first.given, first.patronymic, first.full, second.family, second.given,
            str(person.birth_date or ""), person.sex.value, ",".join(person.citizenships), person.birth_place,
            document, identifier, str(each.human),
        )  # fmt: skip


def main() -> None:
    """Write the register."""
    parser = argparse.ArgumentParser(prog="python -m gateway.demo.crowd", description=__doc__)
    parser.add_argument("humans", type=int)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with options.out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(rows(Crowd(options.seed).descriptions(options.humans)))


if __name__ == "__main__":
    main()
