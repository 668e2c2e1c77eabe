"""Which column of a register says what: logical columns, their kinds, and the headers they are known by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Final

from gateway.errors import Misuse


class Kind(Enum):
    """How the values of a column are prepared and compared."""

    NAME = "name"
    """One name, in any script."""
    FULL = "full"
    """Several names in one cell, in any order."""
    DATE = "date"
    CODE = "code"
    """A value of a short list: it agrees or it does not."""
    IDENTIFIER = "identifier"
    """A number or word that belongs to one person or few."""
    TEXT = "text"
    """Words that say where or what: they agree, look alike, or differ."""


LOGICAL: Final[Mapping[str, Kind]] = {
    "family_name": Kind.NAME,
    "family_name_2": Kind.NAME,
    "given_name": Kind.NAME,
    "given_name_2": Kind.NAME,
    "patronymic": Kind.NAME,
    "full_name": Kind.FULL,
    "birth_date": Kind.DATE,
    "sex": Kind.CODE,
    "citizenship": Kind.CODE,
    "birth_place": Kind.TEXT,
    "document": Kind.IDENTIFIER,
    "identifier": Kind.IDENTIFIER,
    "address": Kind.TEXT,
    "address_2": Kind.TEXT,
    "street_number": Kind.CODE,
    "place": Kind.TEXT,
    "region": Kind.CODE,
    "postcode": Kind.TEXT,
    "occupation": Kind.TEXT,
    "phone": Kind.IDENTIFIER,
    "email": Kind.IDENTIFIER,
}
"""The logical columns of the contract; any other name is a plain attribute (Kind.TEXT)."""

_SYNONYMS: Final = {
    "family_name": "surname last_name lastname familyname family_names фамилия",
    "family_name_2": "surname_2 second_surname maiden_name birth_name previous_surname фамилия_при_рождении "
    "девичья_фамилия прежняя_фамилия",
    "given_name": "first_name firstname forename givenname given_names name_first имя",
    "given_name_2": "middle_name second_name middlename middle_initial forename_2 second_forename второе_имя",
    "patronymic": "fathers_name father_name otchestvo отчество",
    "full_name": "name fullname person_name фио ф_и_о полное_имя",
    "birth_date": "dob date_of_birth birthdate birth_day dateofbirth born дата_рождения д_р",
    "sex": "gender пол",
    "citizenship": "nationality country_of_citizenship гражданство подданство",
    "birth_place": "place_of_birth birthplace pob место_рождения",
    "document": "document_number passport passport_number passport_no doc_number паспорт номер_документа "
    "номер_паспорта серия_номер документ",
    "identifier": "soc_sec_id ssn national_id personal_number personal_id iin inn snils pinfl idnp инн иин снилс "
    "пинфл личный_номер идентификационный_номер",
    "address": "address_1 street street_name adresse адрес улица",
    "address_2": "address_line_2 unit_number квартира",
    "street_number": "house_number house дом номер_дома",
    "place": "city town suburb locality settlement город населенный_пункт населённый_пункт",
    "region": "state province county oblast область регион край",
    "postcode": "zip zipcode zip_code postal_code postcode_fake индекс почтовый_индекс",
    "occupation": "job profession профессия должность род_занятий",
    "phone": "telephone phone_number mobile телефон",
    "email": "e_mail email_address mail почта электронная_почта",
}
_BY_HEADER: Final = {
    header: name for name, headers in _SYNONYMS.items() for header in (name, *headers.split())
}  # fmt: skip
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NUMBERED: Final = re.compile(r"_\d+$")
RESERVED: Final = frozenset({"id", "rid", "rowid", "copies", "row", "n", "weight", "probability"})
"""Columns of our own tables."""
_OURS: Final = re.compile(r"whole_\w+|\w+_[lr]")
"""What whole names are cut into, and the two sides of a pair."""
_MADE: Final = {
    Kind.NAME: ("light", "bones", "sets"),
    Kind.FULL: ("words", "light", "bones"),
    Kind.DATE: ("year", "month", "day"),
    Kind.IDENTIFIER: ("scheme",),
}
"""What is made of a column, under its name and one of these words (`prepare.py`)."""
_SQL: Final = """
all analyse analyze and anti any array as asc asof asymmetric at authorization binary both by case cast check collate
collation column columns concurrently constraint create cross default deferrable desc describe distinct do else end
except false fetch for foreign freeze from full generated glob group having ilike in initially inner intersect into is
isnull join lambda lateral leading left like limit map natural not notnull null offset on only or order outer overlaps
pivot pivot_longer pivot_wider placing positional primary qualify references returning right select semi show similar
some struct summarize symmetric table tablesample then to trailing true try_cast tuple union unique unpack unpivot
using variadic verbose when where window with
"""
SQL_WORDS: Final = frozenset(_SQL.split())
"""Words of the engine's own language."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the register that takes part."""

    name: str
    """Its logical name."""
    source: str
    """Its name in the header."""
    kind: Kind


@dataclass(frozen=True, slots=True)
class Plan:
    """What of a register is read."""

    id_source: str
    """The header of the column that identifies a record."""
    columns: tuple[Column, ...]


def kind_of(name: str) -> Kind:
    """The kind of a logical column; a numbered further one (phone_2) is of the kind of the first.

    A further whole name (full_name_2) is compared as one name: only the first is told apart into its parts.
    """
    further = LOGICAL.get(_NUMBERED.sub("", name), Kind.TEXT)
    return LOGICAL.get(name) or (Kind.NAME if further is Kind.FULL else further)


def declared_columns(text: str) -> dict[str, str]:
    """`family_name=surname,given_name=first_name` as a table (Misuse)."""
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, sign, source = (piece.strip() for piece in part.partition("="))
        if not sign or not source or not _NAME.fullmatch(name):
            raise Misuse(f"Columns are written logical=header,…, and not {part!r}.", where="--columns")
        if name in found:
            raise Misuse(f"{name} is named twice.", where="--columns")
        found[name] = source
    return found


def recognise(header: Sequence[str], declared: Mapping[str, str], id_source: str) -> Plan:
    """Which columns of a header take part: those declared, or else those known by their names (Misuse)."""
    identity = _in_header(id_source, header, "--id")
    if declared:
        columns = _declared(header, declared)
    else:
        known = ((_BY_HEADER.get(_folded(name)), name) for name in header if name != identity)
        first = {name: source for name, source in reversed([*known]) if name is not None}
        columns = tuple(Column(name, first[name], kind_of(name)) for name in LOGICAL if name in first)
    if not columns:
        raise Misuse(
            f"No column of the register is known by its name; say which are meant: --columns family_name=…,"
            f"birth_date=…. The register has: {', '.join(header)}.",
            where="--columns",
        )
    for column in columns:
        _in_header(column.source, header, "--columns")
    return Plan(identity, columns)


def _declared(header: Sequence[str], declared: Mapping[str, str]) -> tuple[Column, ...]:
    columns: list[Column] = []
    made = {f"{name}_{word}" for name in declared for word in _MADE.get(kind_of(name), ())}
    for name, source in declared.items():
        if name in RESERVED | SQL_WORDS | made or _OURS.fullmatch(name):
            raise Misuse(f"{name} is a word of the program's own: name the column otherwise.", where="--columns")
        close = get_close_matches(name, LOGICAL, n=1, cutoff=0.85)
        if name not in LOGICAL and close and _NUMBERED.sub("", name) not in LOGICAL:
            raise Misuse(f"There is no logical column {name}; did you mean {close[0]}?", where="--columns")
        found = _in_header(source, header, "--columns")
        if any(column.source == found for column in columns):
            raise Misuse(f"The column {found} is used twice; that would count its evidence twice.", where="--columns")
        columns.append(Column(name, found, kind_of(name)))
    return tuple(columns)


def _in_header(source: str, header: Sequence[str], option: str) -> str:
    """The header's own spelling of a column (Misuse where there is none, or two)."""
    found = [name for name in header if name == source] or [name for name in header if _folded(name) == _folded(source)]
    if not found:
        raise Misuse(f"The register has no column {source}. It has: {', '.join(header)}.", where=option)
    if len(found) > 1:
        raise Misuse(f"The register has {len(found)} columns {source}; which is meant cannot be told.", where=option)
    return found[0]


def _folded(header: str) -> str:
    return re.sub(r"\W+", "_", header.casefold()).strip("_")
