"""Whatever the exchange format has a family for, some register that comes with the gateway has it."""

from gateway.mapping import profile
from gateway.records.category import Category


def test_every_family_has_a_profile() -> None:
    assert {profile.load(name).category for name in profile.names()} == set(Category)
