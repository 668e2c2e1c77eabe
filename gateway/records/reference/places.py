"""Codes of places that stand beside ISO 3166-1: regions, ICAO's codes, the lists of other bodies, occupations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from gateway.records.reference import rows


@dataclass(frozen=True, slots=True)
class Region:
    """A region of a state of the region, ISO 3166-2."""

    code: str
    state: str
    ru: str
    en: str
    national: str
    """What the state itself calls it, in its own language; not read in a published source."""


@dataclass(frozen=True, slots=True)
class TravelCode:
    """A code that stands for a nationality in a machine-readable document and is no country (ICAO Doc 9303-3)."""

    code: str
    common: str
    """Alpha-3 code of the state, `stateless`, or empty where it names no state."""
    ru: str
    en: str
    sensitive: bool
    """Whether the code alone tells that its bearer is a refugee: it must not leave the protected part."""
    source: str


@cache
def regions() -> dict[str, Region]:
    """Regions by code."""
    return {row["code"]: Region(**row) for row in rows("regions")}


_SHORTENED: Final = (
    *(("область", "обл."), ("область", "обл"), ("вобласць", "вобл."), ("облысы", "обл."), ("облусу", "обл.")),
    *(("район", "р-н"), ("Республика", "Респ."), ("қаласы", "қ."), ("шаары", "ш."), ("viloyati", "vil.")),
    *(("shahri", "sh."), ("welaýaty", "wel."), ("rayonu", "r."), ("մարզ", "մ.")),
)
"""Words of the names of regions that registers shorten."""


def region_names(state: str) -> dict[str, str]:
    """The regions of a state by the names that its registers write, the state's own first, and by their code."""
    own = [region for region in regions().values() if region.state == state]
    found = {
        name: region.code for part in ("national", "ru", "code") for region in own if (name := getattr(region, part))
    }
    for name, code in list(found.items()):
        for word, short in _SHORTENED:
            if word in name.split():
                found.setdefault(name.replace(word, short), code)
    for region in own:
        # A name of one word is that of a city, which Russian clerks mark as one.
        if " " not in region.ru:
            found.update(dict.fromkeys((f"г. {region.ru}", f"г.{region.ru}", f"город {region.ru}"), region.code))
    return found


@cache
def travel_codes() -> dict[str, TravelCode]:
    """ICAO's codes beside ISO 3166-1, by code."""
    return {
        row["code"]: TravelCode(
            row["code"], row["common"], row["ru"], row["en"], row["sensitive"] == "yes", row["source"]
        )
        for row in rows("icao")
    }


@cache
def _listed() -> dict[tuple[str, str], str]:
    return {(row["list"], row["code"]): row["alpha3"] for row in rows("country_codes")}


def country_in(list_name: str, code: str) -> str | None:
    """Alpha-3 code of a country by a code of another list (`KZ-STATES`, `OKSM`, `UNHCR`), where that differs.

    Empty where the list has the code and ISO has none, which needs a human; None where the list says nothing of
    its own. UNHCR's codes look like ISO's and are not: its AUS is Austria.
    """
    return _listed().get((list_name, code.strip().upper()))


@cache
def occupation_groups() -> dict[str, tuple[str, str]]:
    """Major, sub-major and minor groups of ISCO-08 by code, with their Russian and English label."""
    return {row["code"]: (row["ru"], row["en"]) for row in rows("isco08")}


def is_occupation(code: str) -> bool:
    """Whether a code has the form of an ISCO-08 unit group: four digits inside an existing minor group."""
    return re.fullmatch(r"\d{4}", code, re.ASCII) is not None and code[:3] in occupation_groups()


def occupation(code: str) -> tuple[str, str] | None:
    """Russian and English label of the closest group of ISCO-08 that holds a code: minor, sub-major, else major."""
    groups = occupation_groups()
    return groups.get(code[:3]) or groups.get(code[:2]) or groups.get(code[:1])
