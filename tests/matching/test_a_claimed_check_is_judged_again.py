"""A partner can call any number valid; what joins two descriptions is our own verdict."""

from __future__ import annotations

from gateway.matching.normalise import comparable
from gateway.records.person import Check, Identifier, Name, Person


def test_a_number_that_fails_its_check_counts_as_failed_whatever_its_sender_says() -> None:
    claimed = tuple(
        Identifier(scheme, value, "KAZ", Check.VALID)
        for scheme, value in (("KZ-IIN", "850615300108"), ("KZ-IIN", "850615300109"), ("XX-NONE", "77"))
    )
    found = comparable(Person("1", (Name("Ким", "Вера"),), identifiers=claimed)).identifiers
    assert found == (
        ("KZ-IIN", "850615300108", "INVALID_CHECK"),
        ("KZ-IIN", "850615300109", "VALID"),
        ("XX-NONE", "77", "VALID"),
    )
