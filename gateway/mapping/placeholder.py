"""1 January among birth dates: a clerk's way to write "unknown", told by how often it comes.

Nothing is changed for it: a frequency speaks of a file, not of a person. Whoever keeps the register may then say
`placeholder: 01.01` in the profile.
"""

from __future__ import annotations

from typing import Final

from gateway.findings import Finding
from gateway.mapping.declaration import Profile
from gateway.mapping.targets import Kind
from gateway.mapping.words import finding
from gateway.records.record import Record

_ENOUGH: Final = 200
"""Birth dates before a share says anything."""
_SHARE: Final = 8
"""More than one in so many; by chance it would be one in 365."""


class Spike:
    """Counts the birth dates of one file."""

    def __init__(self, profile: Profile) -> None:
        self.column = next((item.column for item in profile.fields if item.target.kind is Kind.BIRTH_DATE), "")
        self.told = profile.placeholder or not self.column
        self.dates = 0
        self.first_days = 0

    def looks(self, record: Record | None) -> bool:
        """Whether the file looks suspicious with this record; said once."""
        if self.told or record is None or record.person is None or (born := record.person.birth_date) is None:
            return False
        if not born.day:
            return False
        self.dates += 1
        if born.day != 1 or born.month != 1:
            return False
        self.first_days += 1
        self.told = self.dates >= _ENOUGH and self.first_days * _SHARE > self.dates
        return self.told

    def remark(self, row: int) -> Finding:
        """The finding, at the row where it showed."""
        return finding("MAP-PLACEHOLDER", "warning", self.column, row)
