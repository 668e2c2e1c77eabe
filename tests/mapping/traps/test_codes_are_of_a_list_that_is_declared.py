"""The traps of codes in domain.md's list, through a whole profile; the lists themselves are tested in tests/records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gateway.mapping import convert

FIELDS = {"Ф": "name.family", "Г": "citizenship", "Р": "birth_country"}


@pytest.fixture
def citizen(own_profile: Any) -> Any:
    """The citizenship that a cell becomes both ways, or the code of the finding it makes."""

    def read(cell: str, *, form: str = "russian", more: str = "") -> str:
        profile = own_profile(fields=FIELDS | {"Г": f"{{to: citizenship, write: {form}}}"}, more=more)
        row = {"Ф": "Ким", "Г": cell, "Р": ""}
        mapped = own_profile.one(profile, row)
        if mapped.record is None:
            return str(mapped.findings[0].code)
        record, again = own_profile.both_ways(profile, row)
        assert again == record
        return str(",".join(record.person.citizenships) or ("stateless" if record.person.stateless else ""))

    return read


@pytest.mark.parametrize("cell", ["51", "051", "001", "004", "643"])
def test_a_number_is_no_country_where_no_classifier_is_declared(citizen: Any, cell: str) -> None:
    assert citizen(cell) == "MAP-COUNTRY"


def test_purposes_of_a_visit_are_those_of_their_own_list(of_shipped: Callable[..., convert.Mapped]) -> None:
    """01 in one state and 1 in another are two lists; what a list lacks is left out with a warning."""
    assert of_shipped("kaz-stays", {"visit_purpose_code": "01"}).record.detail.purpose
    assert of_shipped("uzb-crossings", {"trip_purpose_code": "1"}).record.detail.purpose
    strange = of_shipped("uzb-crossings", {"trip_purpose_code": "01"})
    assert strange.record.detail.purpose == ""
    assert [(finding.code, finding.severity) for finding in strange.findings] == [("MAP-CODE", "warning")]
