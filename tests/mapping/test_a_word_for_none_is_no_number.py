"""Trap of domain.md 1.4: the field of a number is filled although the person has none."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gateway.mapping import convert


@pytest.mark.parametrize("written", ["0", "000000000000", "-", "не имеется", "жоқ", "000-000"])
def test_a_word_for_none_is_no_number_and_no_finding(mapped: Callable[..., convert.Mapped], written: str) -> None:
    for name, column in (("blr-permits", "Идентификационный номер"), ("kaz-stays", "iin")):
        result = mapped(name, {column: written})
        codes = {finding.code for finding in result.findings}
        assert not codes & {"MAP-CHECK-DIGIT", "MAP-IDENTIFIER-FORMAT", "MAP-EMBEDDED"}, (name, codes)
        assert result.record is None or result.record.person.identifiers == ()
