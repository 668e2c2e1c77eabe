"""From some hundred thousand records on, the pairs that may be proposed are spent where they find most."""

from __future__ import annotations

from gateway.linkage.blocking import MANY, rules
from gateway.linkage.columns import Column, kind_of
from gateway.linkage.prepare import Prepared

NAMES = ("family_name", "given_name", "patronymic")


def _rules(records: int, *columns: str) -> set[str]:
    known = tuple(Column(name, name, kind_of(name)) for name in columns)
    return {rule.name for rule in rules(Prepared(known, records, records))}


def test_with_birth_dates_neither_rare_words_nor_halves_of_postcodes_are_keys() -> None:
    columns = (*NAMES, "birth_date", "postcode", "address")
    spared = _rules(MANY - 1, *columns) - _rules(MANY, *columns)
    assert {"rare given name", "rare patronymic", "rare address", "family name and half a postcode"} <= spared


def test_each_name_with_the_birth_date_stays() -> None:
    assert {"family name and birth date", "given name and birth date", "birth date", "rare family name"} <= _rules(
        MANY, *NAMES, "birth_date"
    )


def test_without_birth_dates_rare_words_and_halves_of_postcodes_stay() -> None:
    assert {"rare given name", "rare patronymic", "family name and half a postcode"} <= _rules(MANY, *NAMES, "postcode")
