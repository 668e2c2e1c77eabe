"""Countries as a register writes them: by its own codes first, then by the general list."""

from __future__ import annotations

from typing import Final

from gateway.mapping.folding import folded
from gateway.mapping.transform import Transform, Unfit
from gateway.records import countries

STATELESS: Final = "stateless"
"""What a code list gives, and `citizenship` holds, for a person without one."""

COUNTRY_FORMS: Final = ("alpha-3", "alpha-2", "numeric", *countries.LANGUAGES)
"""How a profile may write countries."""

_STATELESS_WRITTEN: Final = {"alpha-3": "XXA", "alpha-2": "XX", "russian": "ЛБГ"}


class Country:
    """Countries of one column: the profile's own codes first, then the general list."""

    def __init__(self, form: str, codes: dict[str, str] | None) -> None:
        self.form = form
        self.codes = {folded(national): common for national, common in (codes or {}).items()}
        self.back: dict[str, str] = {}
        for national, common in (codes or {}).items():
            self.back.setdefault(common, national)

    def read(self, text: str) -> str:
        """ISO 3166-1 alpha-3 or STATELESS."""
        text = " ".join(text.split())
        own = self.codes.get(folded(text))
        if own is not None:
            return own
        found = self._general(text)
        if found is None:
            if countries.means_stateless(text):
                return STATELESS
            raise Unfit("MAP-COUNTRY")
        if not found.alpha3:
            raise Unfit("MAP-COUNTRY-REVIEW")
        return found.alpha3

    def _general(self, text: str) -> countries.Country | None:
        if text.isascii() and text.isdigit():
            # A national number is no ISO number: the Kazakh 004 is not Afghanistan. Only a profile that
            # says so reads ISO numbers.
            return countries.by_number(text) if self.form == "numeric" else None
        return (countries.by_code(text) if len(text) in {2, 3} else None) or countries.by_name(text)

    def write(self, code: str) -> str:
        """The national code, else the form of the profile, else alpha-3, which every profile can read."""
        if code in self.back:
            return self.back[code]
        if code == STATELESS:
            return _STATELESS_WRITTEN.get(self.form, "stateless")
        found = countries.by_code(code)
        if found is None or self.form == "alpha-3":
            return code
        if self.form in {"alpha-2", "numeric"}:
            return found.alpha2 if self.form == "alpha-2" else found.numeric
        return found.names.get(countries.LANGUAGES[self.form], code)


def several(country: Country, separator: str) -> Transform:
    """Several countries in one cell, each once; one where there is no separator."""

    def read(text: str) -> tuple[str, ...]:
        parts = text.split(separator) if separator else [text]
        return tuple(dict.fromkeys(country.read(part) for part in parts if part.strip()))

    def write(codes: tuple[str, ...]) -> str:
        # One cell without a separator holds one value; the loss report tells what was left out.
        kept = codes if separator else codes[:1]
        return separator.join(country.write(code) for code in kept)

    return Transform(read, write)
