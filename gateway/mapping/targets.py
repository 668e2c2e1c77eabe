"""Where a national column can go: every path of a profile's `fields`, with its kind of value.

A path is flat: `name.family`, `name[2].given`, `document.number`, `identifier.KZ-IIN`, or a field of the
category's own detail such as `valid_from`. To open a new field of a record to profiles, add it here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from gateway.records.codes import BAN_GROUNDS, DOCUMENT_KINDS, PERMIT_KINDS, VISIT_PURPOSES
from gateway.records.identifiers import SCHEMES
from gateway.records.record import Category

# Two names in two scripts and the name in a travel document are what registers have; more would be a list.
_INDEXED = re.compile(r"(name|document)(?:\[([2-5])\])?\.([a-z+]+)")


class Kind(StrEnum):
    """What sort of value a target holds; transforms.py reads and writes each."""

    TEXT = "text"
    NAME = "name"
    DATE = "date"
    BIRTH_DATE = "birth date, possibly partial"
    MOMENT = "date and time"
    COUNTRY = "country"
    COUNTRIES = "countries"
    SEX = "sex"
    CODE = "code"
    FLAG = "yes or no"
    IDENTIFIER = "personal number"
    DOCUMENT_NUMBER = "document number"
    SERIES_AND_NUMBER = "document series and number in one"


@dataclass(frozen=True, slots=True)
class Target:
    """One place in a record that a column can fill."""

    path: str
    kind: Kind
    title_ru: str
    title_en: str
    essential: bool = True
    """Whether a value that cannot be read rejects the row; otherwise it is left out with a warning. Where
    leaving out would change what the record says (a ban without its end), it is essential."""
    codes: frozenset[str] = field(default=frozenset(), compare=False)
    """Common codes a code list may lead to; empty where the target takes any."""
    unfit: str = "MAP-CODE"
    """What an unknown code is called."""


def _t(path: str, kind: Kind, ru: str, en: str, *, essential: bool = True, **more: object) -> Target:
    return Target(path, kind, ru, en, essential, **more)  # type: ignore[arg-type]


_NAMES: Final = {
    part.path: part
    for part in (
        _t("family", Kind.NAME, "фамилия", "family name"),
        _t("given", Kind.NAME, "имя", "given name"),
        _t("patronymic", Kind.NAME, "отчество", "patronymic"),
        _t("full", Kind.NAME, "полное имя", "full name"),
    )
}

_DOCUMENTS: Final = {
    part.path: part
    for part in (
        _t("kind", Kind.CODE, "вид документа", "kind of document", codes=frozenset(DOCUMENT_KINDS)),
        _t("series", Kind.DOCUMENT_NUMBER, "серия документа", "document series"),
        _t("number", Kind.DOCUMENT_NUMBER, "номер документа", "document number"),
        _t("series+number", Kind.SERIES_AND_NUMBER, "серия и номер документа", "document series and number"),
        _t("country", Kind.COUNTRY, "государство выдачи", "issuing state"),
        _t("issued", Kind.DATE, "дата выдачи", "date of issue", essential=False),
        _t("expires", Kind.DATE, "срок действия", "date of expiry", essential=False),
        _t("authority", Kind.TEXT, "орган выдачи", "issuing authority", essential=False),
    )
}

_PERSON: Final = (
    _t("birth_date", Kind.BIRTH_DATE, "дата рождения", "birth date"),
    _t("sex", Kind.SEX, "пол", "sex", codes=frozenset("0129"), unfit="MAP-SEX"),
    _t("citizenship", Kind.COUNTRIES, "гражданство", "citizenship"),
    _t("former_citizenship", Kind.COUNTRIES, "прежнее гражданство", "former citizenship"),
    _t(
        "former_habitual_residence",
        Kind.COUNTRY,
        "страна прежнего проживания",
        "former habitual residence",
    ),
    _t("birth_country", Kind.COUNTRY, "страна рождения", "country of birth", essential=False),
    _t("birth_place", Kind.TEXT, "место рождения", "place of birth", essential=False),
    _t("legal_basis", Kind.TEXT, "правовое основание", "legal basis"),
)


def _place_and_host(of: str) -> tuple[Target, ...]:
    return (
        _t("place.country", Kind.COUNTRY, f"государство {of}", "country of the place", essential=False),
        _t("place.region", Kind.TEXT, "регион", "region", essential=False),
        _t("place.text", Kind.TEXT, "адрес", "address", essential=False),
        _t("host.name", Kind.TEXT, "принимающая сторона", "host", essential=False),
        _t("host.number", Kind.TEXT, "номер принимающей стороны", "number of the host", essential=False),
        _t("host.scheme", Kind.TEXT, "вид номера", "scheme of that number", essential=False),
    )


_PURPOSE: Final = _t("purpose", Kind.CODE, "цель поездки", "purpose", essential=False, codes=frozenset(VISIT_PURPOSES))

_DETAILS: Final[dict[Category, tuple[Target, ...]]] = {
    Category.LABOUR_PERMIT: (
        _t("kind", Kind.CODE, "вид разрешения", "kind of permit", codes=frozenset(PERMIT_KINDS)),
        _t("number", Kind.TEXT, "номер разрешения", "permit number"),
        _t("series", Kind.TEXT, "серия разрешения", "permit series"),
        _t("valid_from", Kind.DATE, "действует с", "valid from"),
        _t("valid_to", Kind.DATE, "действует по (включительно)", "valid to (inclusive)"),
        _t("territory", Kind.TEXT, "территория действия", "territory", essential=False),
        _t("occupation", Kind.TEXT, "профессия", "occupation", essential=False),
        _t("employer.name", Kind.TEXT, "наниматель", "employer", essential=False),
        _t("employer.number", Kind.TEXT, "номер нанимателя", "number of the employer", essential=False),
        _t("employer.scheme", Kind.TEXT, "вид номера", "scheme of that number", essential=False),
        _t("authority", Kind.TEXT, "орган", "authority", essential=False),
    ),
    Category.STAY_REGISTRATION: (
        _t("number", Kind.TEXT, "номер регистрации", "registration number"),
        _t("stay_from", Kind.DATE, "пребывание с", "stay from"),
        _t("stay_to", Kind.DATE, "пребывание по (включительно)", "stay to (inclusive)"),
        _t("arrived", Kind.DATE, "дата прибытия", "date of arrival", essential=False),
        *_place_and_host("пребывания"),
        _PURPOSE,
        _t("authority", Kind.TEXT, "орган", "authority", essential=False),
    ),
    Category.BORDER_CROSSING: (
        _t(
            "direction",
            Kind.CODE,
            "направление",
            "direction",
            codes=frozenset({"IN", "OUT"}),
            unfit="MAP-DIRECTION",
        ),
        _t("at", Kind.MOMENT, "дата и время пересечения", "date and time of crossing"),
        _t("checkpoint", Kind.TEXT, "пункт пропуска", "checkpoint"),
        _t("outcome", Kind.CODE, "результат", "outcome", codes=frozenset({"ADMITTED", "REFUSED", "TRANSIT"})),
        _PURPOSE,
        _t("transport", Kind.TEXT, "транспорт", "transport", essential=False),
        _t("counterpart", Kind.COUNTRY, "страна следования", "country come from or gone to", essential=False),
    ),
    Category.ENTRY_BAN: (
        _t("decision", Kind.TEXT, "номер решения", "number of the decision"),
        _t("authority", Kind.TEXT, "орган, принявший решение", "deciding authority"),
        _t("ban_from", Kind.DATE, "запрет с", "ban from"),
        _t("ban_to", Kind.DATE, "запрет по (включительно)", "ban to (inclusive)"),
        _t(
            "action",
            Kind.CODE,
            "действие",
            "action",
            codes=frozenset({"REFUSE_ENTRY", "CHECK", "CONTACT_ISSUER"}),
        ),
        _t("territory", Kind.CODE, "территория", "territory", codes=frozenset({"ISSUER", "ALL_PARTIES"})),
        _t("ground", Kind.CODE, "основание", "ground", codes=frozenset(BAN_GROUNDS)),
    ),
    Category.ASYLUM_APPLICATION: (
        _t("application", Kind.TEXT, "номер ходатайства", "number of the application"),
        _t("lodged", Kind.DATE, "дата подачи", "lodged on"),
        _t("registered", Kind.DATE, "дата регистрации", "registered on"),
        _t("decided", Kind.DATE, "дата решения", "decided on"),
        _t("certificate", Kind.TEXT, "номер свидетельства", "number of the certificate"),
        _t("unaccompanied_minor", Kind.FLAG, "несопровождаемый", "unaccompanied minor"),
        _t("persecutors", Kind.COUNTRIES, "государства преследования", "states named as persecutor"),
    ),
}

NEEDED: Final[dict[Category, tuple[str, ...]]] = {
    Category.LABOUR_PERMIT: ("kind", "number"),
    Category.STAY_REGISTRATION: ("number", "stay_from"),
    Category.BORDER_CROSSING: ("direction", "at", "checkpoint"),
    Category.ENTRY_BAN: ("decision", "authority", "ban_from"),
    Category.ASYLUM_APPLICATION: ("application", "lodged"),
}
"""Details without which there is no record; a profile has to fill them and a row has to have them."""

ORDERED: Final[dict[Category, tuple[tuple[str, str], ...]]] = {
    Category.LABOUR_PERMIT: (("valid_from", "valid_to"),),
    Category.STAY_REGISTRATION: (("stay_from", "stay_to"),),
    Category.BORDER_CROSSING: (),
    Category.ENTRY_BAN: (("ban_from", "ban_to"),),
    Category.ASYLUM_APPLICATION: (("lodged", "registered"), ("lodged", "decided")),
}
"""Pairs of dates of which the second must not lie before the first."""


def detail_targets(category: Category) -> tuple[Target, ...]:
    """The targets of a category's own detail, in the order of its fields."""
    return _DETAILS[category]


def find(path: str, category: Category) -> Target | None:
    """The target of a path in this category, None where there is none."""
    if path.startswith("identifier."):
        scheme = SCHEMES.get(path.removeprefix("identifier."))
        if scheme is None:
            return None
        return Target(path, Kind.IDENTIFIER, scheme.title_ru, scheme.title_en, essential=False)
    if match := _INDEXED.fullmatch(path):
        group, _, part = match.groups()
        parts = {"name": _NAMES, "document": _DOCUMENTS}[group]
        return replace(parts[part], path=path) if part in parts else None
    return next((target for target in (*_PERSON, *_DETAILS[category]) if target.path == path), None)


def paths(category: Category) -> list[str]:
    """Every path of a category, for messages and documentation."""
    return [
        *(f"name.{part}" for part in _NAMES),
        *(target.path for target in _PERSON),
        *(f"document.{part}" for part in _DOCUMENTS),
        *(f"identifier.{key}" for key in SCHEMES),
        *(target.path for target in _DETAILS[category]),
    ]
