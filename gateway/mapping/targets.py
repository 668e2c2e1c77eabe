"""Where a national column can go: every path of a profile's `fields`, with its kind of value.

A path is flat: `name.family`, `name[2].given`, `document.number`, `identifier.KZ-IIN`, or a field of the
category's own detail such as `valid_from`. To open a new field of a record to profiles, add it to the tables of
its family (family_targets.py, protection_targets.py).
"""

from __future__ import annotations

import re
from dataclasses import MISSING, fields, replace
from typing import Final

from gateway.mapping.family_targets import FAMILY_TARGETS
from gateway.mapping.protection_targets import PROTECTION_TARGETS
from gateway.mapping.target import Kind, Target, target
from gateway.records.codes import DOCUMENT_KINDS
from gateway.records.identifiers import SCHEMES
from gateway.records.record import DETAIL_OF, Category

__all__ = [
    "DETAIL_TARGETS",
    "NEEDED",
    "ORDERED",
    "Kind",
    "Target",
    "detail_targets",
    "document_targets",
    "find",
    "name_targets",
    "paths",
    "person_targets",
]

# Two names in two scripts and the name in a travel document are what registers have; more would be a list.
_INDEXED = re.compile(r"(name|document)(?:\[([2-5])\])?\.([a-z+]+)")


_NAMES: Final = {
    part.path: part
    for part in (
        target("family", Kind.NAME, "фамилия", "family name"),
        target("given", Kind.NAME, "имя", "given name"),
        target("patronymic", Kind.NAME, "отчество", "patronymic"),
        target("full", Kind.NAME, "полное имя", "full name"),
    )
}

_DOCUMENTS: Final = {
    part.path: part
    for part in (
        target("kind", Kind.CODE, "вид документа", "kind of document", codes=frozenset(DOCUMENT_KINDS)),
        target("series", Kind.DOCUMENT_NUMBER, "серия документа", "document series"),
        target("number", Kind.DOCUMENT_NUMBER, "номер документа", "document number"),
        target("series+number", Kind.SERIES_AND_NUMBER, "серия и номер документа", "document series and number"),
        target("country", Kind.COUNTRY, "государство выдачи", "issuing state"),
        target("issued", Kind.DATE, "дата выдачи", "date of issue", essential=False),
        target("expires", Kind.DATE, "срок действия", "date of expiry", essential=False),
        target("authority", Kind.TEXT, "орган выдачи", "issuing authority", essential=False),
    )
}

_PERSON: Final = (
    target("alias", Kind.NAMES, "другие имена", "other names", essential=False),
    target("birth_date", Kind.BIRTH_DATE, "дата рождения", "birth date"),
    target("sex", Kind.SEX, "пол", "sex", codes=frozenset("0129"), unfit="MAP-SEX"),
    target("citizenship", Kind.COUNTRIES, "гражданство", "citizenship"),
    target("former_citizenship", Kind.COUNTRIES, "прежнее гражданство", "former citizenship"),
    target(
        "former_habitual_residence",
        Kind.COUNTRY,
        "страна прежнего проживания",
        "former habitual residence",
    ),
    target("birth_country", Kind.COUNTRY, "страна рождения", "country of birth", essential=False),
    target("birth_place", Kind.TEXT, "место рождения", "place of birth", essential=False),
    target("legal_basis", Kind.TEXT, "правовое основание", "legal basis"),
)


DETAIL_TARGETS: Final[dict[Category, tuple[Target, ...]]] = FAMILY_TARGETS | PROTECTION_TARGETS
"""The targets of each family's own detail."""

_BARE: Final = ("legal_basis",)
"""What a record has beside its detail where it speaks of nobody."""


def _needed(category: Category) -> tuple[str, ...]:
    """The fields of a detail without a default; a party is needed with its number, for a name may be anybody's."""
    paths = [item.name for item in fields(DETAIL_OF[category]) if item.default is MISSING]
    titles = {target.path for target in DETAIL_TARGETS[category]}
    return tuple(path for name in paths for path in ([name] if name in titles else [f"{name}.name", f"{name}.number"]))


NEEDED: Final[dict[Category, tuple[str, ...]]] = {category: _needed(category) for category in Category}
"""Details without which there is no record; a profile has to fill them and a row has to have them."""

ORDERED: Final[dict[Category, tuple[tuple[str, str], ...]]] = dict.fromkeys(Category, ()) | {
    Category.LABOUR_PERMIT: (("valid_from", "valid_to"),),
    Category.RECRUITMENT_LICENCE: (("valid_from", "valid_to"),),
    Category.EMPLOYMENT_NOTICE: (("work_from", "work_to"), ("contract_date", "ended")),
    Category.STAY_REGISTRATION: (("stay_from", "stay_to"),),
    Category.RESIDENCE_PERMIT: (("valid_from", "valid_to"),),
    Category.EXPULSION: (("decided", "executed"),),
    Category.ENTRY_BAN: (("ban_from", "ban_to"),),
    Category.STATISTIC: (("period_from", "period_to"),),
    Category.ASYLUM_APPLICATION: (("lodged", "registered"), ("lodged", "decided"), ("decided", "appealed")),
    Category.REFUGEE_STATUS: (("granted", "absent_since"), ("absent_since", "returned"), ("granted", "ended")),
    Category.SUBSIDIARY_PROTECTION: (("granted", "valid_from"), ("valid_from", "valid_to")),
    Category.TEMPORARY_PROTECTION_GROUP: (("decided", "start"), ("start", "end")),
    Category.TEMPORARY_PROTECTION: (("registered", "valid_to"), ("registered", "ended")),
    Category.NON_REMOVAL: (("valid_from", "valid_to"), ("valid_from", "ended")),
    Category.FAMILY_REUNIFICATION: (("requested", "decided"), ("decided", "arrived")),
}
"""Pairs of dates of which the second must not lie before the first: what the business rules refuse."""


def name_targets() -> tuple[Target, ...]:
    """The parts of a name, each below `name.`."""
    return tuple(_NAMES.values())


def document_targets() -> tuple[Target, ...]:
    """The parts of a document, each below `document.`."""
    return tuple(_DOCUMENTS.values())


def person_targets(category: Category | None = None) -> tuple[Target, ...]:
    """What a record of the category has beside its detail, in one column each."""
    if category is not None and category.about == "nobody":
        return tuple(target for target in _PERSON if target.path in _BARE)
    return _PERSON


def detail_targets(category: Category) -> tuple[Target, ...]:
    """The targets of a category's own detail, in the order of its fields."""
    return DETAIL_TARGETS[category]


def find(path: str, category: Category) -> Target | None:
    """The target of a path in this category, None where there is none."""
    if category.about == "nobody":
        return next((target for target in _general(category) if target.path == path), None)
    if path.startswith("identifier."):
        scheme = SCHEMES.get(path.removeprefix("identifier."))
        if scheme is None:
            return None
        return Target(path, Kind.IDENTIFIER, scheme.title_ru, scheme.title_en, essential=False)
    if match := _INDEXED.fullmatch(path):
        group, _, part = match.groups()
        parts = {"name": _NAMES, "document": _DOCUMENTS}[group]
        return replace(parts[part], path=path) if part in parts else None
    return next((target for target in _general(category) if target.path == path), None)


def _general(category: Category) -> tuple[Target, ...]:
    """The targets of one column: those of the person where there is one, and those of the detail."""
    return (*person_targets(category), *DETAIL_TARGETS[category])


def paths(category: Category) -> list[str]:
    """Every path of a category, for messages and documentation."""
    if category.about == "nobody":
        return [target.path for target in _general(category)]
    return [
        *(f"name.{part}" for part in _NAMES),
        *(target.path for target in _PERSON),
        *(f"document.{part}" for part in _DOCUMENTS),
        *(f"identifier.{key}" for key in SCHEMES),
        *(target.path for target in DETAIL_TARGETS[category]),
    ]
