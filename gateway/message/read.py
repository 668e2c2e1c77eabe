"""Records and persons from XML. Every element given here has passed the schema; only then are the values safe.

An element that breaks the schema raises Unreadable, so that a forgotten validation shows as a refusal and
never as a traceback.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

from lxml import etree

from gateway.errors import Unreadable
from gateway.message.parse import NS
from gateway.records.dates import PartialDate
from gateway.records.labour import LabourPermit
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Check, Document, Identifier, Name, NameKind, Party, Person, Place, Sex
from gateway.records.protection import AsylumApplication
from gateway.records.record import Category, Detail, Record, Source
from gateway.records.restriction import EntryBan

Element = etree._Element  # noqa: SLF001 - lxml names its public element type with an underscore.

QUALIFIED = f"{{{NS}}}"
"""What lxml puts before the local name of every element of ours."""

_CUT = len(QUALIFIED)
# Looking a member up costs a fifth of calling the enumeration, and a record has half a dozen of them.
_CATEGORIES = {member.value: member for member in Category}
_NAME_KINDS: dict[str | None, NameKind] = {member.value: member for member in NameKind}
_CHECKS: dict[str | None, Check] = {member.value: member for member in Check}
_SEXES = {member.value: member for member in Sex}

_TRUE = frozenset({"true", "1"})
_SCHEMA_SPACE = " \t\n\r"
"""Whitespace that the schema allows around dates, numbers and booleans (whiteSpace=collapse)."""

_NUMBER = f"{QUALIFIED}Number"
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_VERSION = re.compile("[1-9][0-9]{0,14}")


def read_record(element: Element) -> Record:
    """The record of a schema-valid `<Record>`; Unreadable when it breaks the schema after all."""
    try:
        return _record(element)
    except (KeyError, ValueError, IndexError) as error:
        raise Unreadable("the record does not follow the schema", where="Record", reason=repr(error)) from error


def read_subject(element: Element) -> Person:
    """The person asked about, with an empty `ref`, of a schema-valid `<Subject>`; Unreadable otherwise."""
    try:
        return _person(element)
    except (KeyError, ValueError, IndexError) as error:
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


def texts(element: Element) -> dict[str, str]:
    """The texts of the child elements by local name; an empty element has an empty text."""
    return {child.tag[_CUT:]: child.text or "" for child in element}


def is_true(value: str) -> bool:
    """Whether an xs:boolean says true."""
    return value.strip(_SCHEMA_SPACE) in _TRUE


def _record(element: Element) -> Record:
    fields: dict[str, str] = {}
    flags: list[str] = []
    source = person = detail = None
    for child in element:
        name = child.tag[_CUT:]
        if name == "Person":
            person = _person(child)
        elif name == "Source":
            source = _source(child)
        elif name == "Flag":
            flags.append(child.text or "")
        elif name in _DETAILS:
            detail = _DETAILS[name](child)
        else:
            fields[name] = child.text or ""
    if source is None or person is None or detail is None:
        raise ValueError("a part is missing")
    return Record(
        record_id=fields["RecordId"],
        version=int(fields["Version"]),
        category=_CATEGORIES[fields["Category"]],
        source=source,
        status=fields["Status"],
        created=_moment(fields["Created"]),
        person=person,
        detail=detail,
        legal_basis=fields.get("LegalBasis", ""),
        retention_until=_day(fields.get("RetentionUntil")),
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
        name = child.tag[_CUT:]
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
    born = PartialDate.parse((element.text or "").strip(_SCHEMA_SPACE))
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
        issued=_day(fields.get("Issued")),
        expires=_day(fields.get("Expires")),
        authority=fields.get("Authority", ""),
    )


def _labour_permit(element: Element) -> LabourPermit:
    fields = texts(element)
    return LabourPermit(
        kind=fields["Kind"],
        number=fields["Number"],
        series=fields.get("Series", ""),
        valid_from=_day(fields.get("ValidFrom")),
        valid_to=_day(fields.get("ValidTo")),
        territory=fields.get("Territory", ""),
        occupation=fields.get("Occupation", ""),
        employer=_party(element, "Employer") if "Employer" in fields else None,
        authority=fields.get("Authority", ""),
    )


def _stay_registration(element: Element) -> StayRegistration:
    fields = texts(element)
    return StayRegistration(
        number=fields["Number"],
        stay_from=_date(fields["StayFrom"]),
        stay_to=_day(fields.get("StayTo")),
        arrived=_day(fields.get("Arrived")),
        place=_place(element) if "Place" in fields else None,
        host=_party(element, "Host") if "Host" in fields else None,
        purpose=fields.get("Purpose", ""),
        authority=fields.get("Authority", ""),
    )


def _border_crossing(element: Element) -> BorderCrossing:
    fields = texts(element)
    return BorderCrossing(
        direction=fields["Direction"],
        at=_moment(fields["At"]),
        checkpoint=fields["Checkpoint"],
        outcome=fields["Outcome"],
        purpose=fields.get("Purpose", ""),
        transport=fields.get("Transport", ""),
        counterpart=fields.get("Counterpart", ""),
    )


def _entry_ban(element: Element) -> EntryBan:
    fields = texts(element)
    return EntryBan(
        decision=fields["Decision"],
        authority=fields["Authority"],
        ban_from=_date(fields["BanFrom"]),
        ban_to=_day(fields.get("BanTo")),
        action=fields["Action"],
        territory=fields["Territory"],
        ground=fields.get("Ground", ""),
    )


def _asylum_application(element: Element) -> AsylumApplication:
    fields = texts(element)
    return AsylumApplication(
        application=fields["Application"],
        lodged=_date(fields["Lodged"]),
        registered=_day(fields.get("Registered")),
        decided=_day(fields.get("Decided")),
        certificate=fields.get("Certificate", ""),
        unaccompanied_minor=is_true(fields.get("UnaccompaniedMinor", "")),
        persecutors=tuple(child.text or "" for child in element if child.tag[_CUT:] == "Persecutor"),
    )


_DETAILS: dict[str, Callable[[Element], Detail]] = {
    "LabourPermit": _labour_permit,
    "StayRegistration": _stay_registration,
    "BorderCrossing": _border_crossing,
    "EntryBan": _entry_ban,
    "AsylumApplication": _asylum_application,
}


def _party(element: Element, role: str) -> Party:
    name = number = scheme = ""
    for child in _only(element, role):
        if child.tag == _NUMBER:
            number, scheme = child.text or "", child.get("scheme", "")
        else:
            name = child.text or ""
    return Party(name, number, scheme)


def _place(element: Element) -> Place:
    fields = texts(_only(element, "Place"))
    return Place(fields.get("Country", ""), fields.get("Region", ""), fields.get("Text", ""))


def _only(element: Element, name: str) -> Element:
    return next(element.iterchildren(QUALIFIED + name))


def _date(value: str) -> date:
    return date.fromisoformat(value.strip(_SCHEMA_SPACE))


def _day(value: str | None) -> date | None:
    return None if value is None else _date(value)


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value.strip(_SCHEMA_SPACE))
