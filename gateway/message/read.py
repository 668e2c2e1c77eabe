"""Records and persons from XML. Every element given here has passed the schema; only then are the values safe.

An element that breaks the schema raises Unreadable, so that a forgotten validation shows as a refusal and
never as a traceback.
"""

from __future__ import annotations

import re

from gateway.errors import Unreadable
from gateway.message.elements import CUT, QUALIFIED, SCHEMA_SPACE, Element, instant, is_true, maybe_day, texts
from gateway.message.families import DETAILS
from gateway.records.dates import PartialDate
from gateway.records.person import Check, Document, Identifier, Name, NameKind, Person, Sex
from gateway.records.record import Category, Record, Source

# Looking a member up costs a fifth of calling the enumeration, and a record has half a dozen of them.
_CATEGORIES = {member.value: member for member in Category}
_NAME_KINDS: dict[str | None, NameKind] = {member.value: member for member in NameKind}
_CHECKS: dict[str | None, Check] = {member.value: member for member in Check}
_SEXES = {member.value: member for member in Sex}

_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_VERSION = re.compile("[1-9][0-9]{0,14}")


def read_record(element: Element) -> Record:
    """The record of a schema-valid `<Record>`; Unreadable when it breaks the schema after all."""
    try:
        return _record(element)
    except (KeyError, ValueError, StopIteration) as error:
        raise Unreadable("the record does not follow the schema", where="Record", reason=repr(error)) from error


def read_subject(element: Element) -> Person:
    """The person asked about, with an empty `ref`, of a schema-valid `<Subject>`; Unreadable otherwise."""
    try:
        return _person(element)
    except (KeyError, ValueError, StopIteration) as error:
        raise Unreadable("the subject does not follow the schema", where="Subject", reason=repr(error)) from error


def identity(element: Element) -> tuple[str, int]:
    """Id and version of a `<Record>` or `<Withdraw>` that may break the schema, to name it in a receipt.

    What does not have the required form is left out (empty id, version 0): it may be anything at all.
    """
    record_id = element.findtext(f"{QUALIFIED}RecordId", "")
    version = element.findtext(f"{QUALIFIED}Version", "")
    return (
        record_id if _UUID.fullmatch(record_id) else "",
        int(version) if _VERSION.fullmatch(version) else 0,
    )


def _record(element: Element) -> Record:
    fields: dict[str, str] = {}
    flags: list[str] = []
    source = person = detail = None
    for child in element:
        name = child.tag[CUT:]
        if name == "Person":
            person = _person(child)
        elif name == "Source":
            source = _source(child)
        elif name == "Flag":
            flags.append(child.text or "")
        elif name in DETAILS:
            detail = DETAILS[name](child)
        else:
            fields[name] = child.text or ""
    if source is None or detail is None:
        raise ValueError("a part is missing")
    return Record(
        record_id=fields["RecordId"],
        version=int(fields["Version"]),
        category=_CATEGORIES[fields["Category"]],
        source=source,
        status=fields["Status"],
        created=instant(fields["Created"]),
        person=person,
        detail=detail,
        legal_basis=fields.get("LegalBasis", ""),
        retention_until=maybe_day(fields.get("RetentionUntil")),
        profile=fields.get("Profile", ""),
        flags=tuple(flags),
    )


def _source(element: Element) -> Source:
    fields = texts(element)
    return Source(fields["State"], fields["Agency"], fields["System"], fields["Record"])


def _person(element: Element) -> Person:
    names: list[Name] = []
    identifiers: list[Identifier] = []
    documents: list[Document] = []
    citizenships: list[str] = []
    former: list[str] = []
    birth_date = None
    fields: dict[str, str] = {}
    for child in element:
        name = child.tag[CUT:]
        if name == "Name":
            names.append(_name(child))
        elif name == "Identifier":
            identifiers.append(_identifier(child))
        elif name == "Document":
            documents.append(_document(child))
        elif name == "Citizenship":
            citizenships.append(child.text or "")
        elif name == "FormerCitizenship":
            former.append(child.text or "")
        elif name == "BirthDate":
            birth_date = _birth_date(child)
        else:
            fields[name] = child.text or ""
    return Person(
        ref=fields.get("Ref", ""),
        names=tuple(names),
        birth_date=birth_date,
        sex=_SEXES[fields.get("Sex", "0")],
        citizenships=tuple(citizenships),
        former_citizenships=tuple(former),
        stateless=is_true(fields.get("Stateless", "")),
        former_habitual_residence=fields.get("FormerHabitualResidence", ""),
        birth_country=fields.get("BirthCountry", ""),
        birth_place=fields.get("BirthPlace", ""),
        identifiers=tuple(identifiers),
        documents=tuple(documents),
    )


def _name(element: Element) -> Name:
    parts = texts(element)
    return Name(
        family=parts.get("FamilyName", ""),
        given=parts.get("GivenName", ""),
        patronymic=parts.get("PatronymicName", ""),
        full=parts.get("FullName", ""),
        script=_mark(element, "script"),
        language=element.get("lang", ""),
        kind=_NAME_KINDS[element.get("kind")],
        no_patronymic=is_true(element.get("noPatronymic", "")),
    )


def _birth_date(element: Element) -> PartialDate:
    born = PartialDate.parse((element.text or "").strip(SCHEMA_SPACE))
    if is_true(element.get("assumed", "")):
        return PartialDate(born.year, born.month, born.day, assumed=True)
    return born


def _identifier(element: Element) -> Identifier:
    return Identifier(
        scheme=_mark(element, "scheme"),
        value=element.text or "",
        issuer=element.get("issuer", ""),
        check=_CHECKS[element.get("check")],
    )


def _mark(element: Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise KeyError(name)
    return value


def _document(element: Element) -> Document:
    fields = texts(element)
    return Document(
        country=fields.get("Country", ""),
        kind=fields["Kind"],
        number=fields["Number"],
        series=fields.get("Series", ""),
        issued=maybe_day(fields.get("Issued")),
        expires=maybe_day(fields.get("Expires")),
        authority=fields.get("Authority", ""),
    )
