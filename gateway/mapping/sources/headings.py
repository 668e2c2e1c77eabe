"""The header of a table: which columns it names, and whether it stands there once more."""

from __future__ import annotations

from collections.abc import Sequence

from gateway.errors import Unreadable
from gateway.mapping.declaration import Profile


class Headings:
    """The column names of a profile as people write them above a table."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.known = {column.casefold(): column for column in (*profile.columns, *profile.dropped)}
        self.known.update({heading.casefold(): column for heading, column in profile.headings.items()})
        written = (*profile.columns, *profile.dropped, *profile.headings)
        self.words = {form for word in written for form in (word, word.upper(), word.lower(), word.capitalize())} - {""}
        """What a header's first or last cell says, for a quick look at every row."""

    def named(self, raw: Sequence[str]) -> list[str]:
        """The columns by the names of the profile: spaces, case and other headings put aside."""
        tidy = (" ".join(heading.split()) for heading in raw)
        return [self.known.get(heading.casefold(), heading) for heading in tidy]

    def missing(self, header: Sequence[str]) -> list[str]:
        """Columns that the profile cannot do without."""
        profile = self.profile
        return [column for column in profile.columns if column not in header and column not in profile.optional]

    def refuse_doubled(self, header: Sequence[str], name: str) -> None:
        """Unreadable where a column stands there twice: nobody could tell which one is meant."""
        doubled = sorted({column for column in header if column and header.count(column) > 1})
        if doubled:
            raise Unreadable(f"{name}: column {doubled[0][:80]!r} stands twice in the header", where=name)

    def unknown(self, header: Sequence[str]) -> list[str]:
        """Columns that the profile neither maps nor drops."""
        known = {*self.profile.columns, *self.profile.dropped, ""}
        return [column for column in header if column not in known]

    def again(self, cells: Sequence[str], header: Sequence[str]) -> bool | None:
        """None where a row is no header; else whether it names the same columns in the same order."""
        names = self.named(cells)
        found = sum(name in self.known.values() for name in names)
        filled = sum(bool(name) for name in names)
        if found < min(2, len(header)) or 2 * found < filled:
            return None
        return list(names) == list(header)


def refuse_missing(name: str, missing: list[str]) -> Unreadable:
    """The sentence about columns that are not there."""
    more = " and more" if len(missing) > 5 else ""
    return Unreadable(f"{name} lacks the columns {', '.join(missing[:5])}{more}", where=name)
