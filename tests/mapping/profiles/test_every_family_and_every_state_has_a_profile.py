"""Whatever the exchange format has a family for, some register has it; and every state of the region has a register."""

from gateway.mapping import profile
from gateway.records.category import Category
from gateway.records.codes import STATES


def test_every_family_has_a_profile() -> None:
    assert {profile.load(name).category for name in profile.names()} == set(Category)


def test_every_state_has_a_profile() -> None:
    assert {profile.load(name).state for name in profile.names()} == set(STATES)
