"""Records and persons to XML, in the very bytes that exclusive C14N gives for them.

The text is built by hand because a record is written millions of times: no whitespace between elements,
attributes in their canonical order, empty elements never closed in one tag. It declares no namespace; it
inherits the default one of the Message it is put into. Values are not judged here: the schema and the
business rules do that (schema.py, rules.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from gateway.message.fragments import day, each, optional
from gateway.message.text import attribute, moment, text
from gateway.message.write_details import WRITERS
from gateway.message.write_protected import PROTECTED_WRITERS
from gateway.records.person import Document, Identifier, Name, Person, Sex
from gateway.records.record import Record

_DETAILS: Final[dict[type, Callable[[Any], str]]] = WRITERS | PROTECTED_WRITERS


def write_record(record: Record) -> str:
    """The canonical `<Record>`; InvalidRequest for characters or times that XML cannot carry."""
    source = record.source
    return (
        f"<Record><RecordId>{text(record.record_id, 'RecordId')}</RecordId><Version>{record.version}</Version>"
        f"<Category>{record.category.value}</Category>"
        f"<Source><State>{text(source.state, 'State')}</State><Agency>{text(source.agency, 'Agency')}</Agency>"
        f"<System>{text(source.system, 'System')}</System><Record>{text(source.record, 'Record')}</Record></Source>"
        f"<Status>{text(record.status, 'Status')}</Status><Created>{moment(record.created, 'Created')}</Created>"
        f"{optional('LegalBasis', record.legal_basis)}{day('RetentionUntil', record.retention_until)}"
        f"{optional('Profile', record.profile)}{each('Flag', record.flags)}"
        f"{'' if record.person is None else _person(record.person)}"
        f"{_DETAILS[type(record.detail)](record.detail)}</Record>"
    )


def write_subject(subject: Person) -> str:
    """The canonical `<Subject>` of a query: what is known of the person asked about."""
    sex = "" if subject.sex is Sex.UNKNOWN else f"<Sex>{subject.sex.value}</Sex>"
    return (
        f"<Subject>{''.join(map(_name, subject.names))}{_birth_date(subject)}{sex}"
        f"{each('Citizenship', subject.citizenships)}{''.join(map(_identifier, subject.identifiers))}"
        f"{''.join(map(_document, subject.documents))}</Subject>"
    )


def _person(person: Person) -> str:
    return (
        f"<Person><Ref>{text(person.ref, 'Ref')}</Ref>{''.join(map(_name, person.names))}"
        f"{_birth_date(person)}<Sex>{person.sex.value}</Sex>"
        f"{each('Citizenship', person.citizenships)}{each('FormerCitizenship', person.former_citizenships)}"
        f"{'<Stateless>true</Stateless>' if person.stateless else ''}"
        f"{optional('FormerHabitualResidence', person.former_habitual_residence)}"
        f"{optional('BirthCountry', person.birth_country)}{optional('BirthPlace', person.birth_place)}"
        f"{''.join(map(_identifier, person.identifiers))}{''.join(map(_document, person.documents))}</Person>"
    )


def _name(name: Name) -> str:
    language = f' lang="{attribute(name.language, "lang")}"' if name.language else ""
    without = ' noPatronymic="true"' if name.no_patronymic else ""
    return (
        f'<Name kind="{name.kind.value}"{language}{without} script="{attribute(name.script, "script")}">'
        f"{optional('FamilyName', name.family)}{optional('GivenName', name.given)}"
        f"{optional('PatronymicName', name.patronymic)}{optional('FullName', name.full)}</Name>"
    )


def _birth_date(person: Person) -> str:
    born = person.birth_date
    if born is None:
        return ""
    assumed = ' assumed="true"' if born.assumed else ""
    return f"<BirthDate{assumed}>{born}</BirthDate>"


def _identifier(identifier: Identifier) -> str:
    issuer = f' issuer="{attribute(identifier.issuer, "issuer")}"' if identifier.issuer else ""
    return (
        f'<Identifier check="{identifier.check.value}"{issuer} scheme="{attribute(identifier.scheme, "scheme")}">'
        f"{text(identifier.value, 'Identifier')}</Identifier>"
    )


def _document(document: Document) -> str:
    return (
        f"<Document>{optional('Country', document.country)}<Kind>{text(document.kind, 'Kind')}</Kind>"
        f"{optional('Series', document.series)}<Number>{text(document.number, 'Number')}</Number>"
        f"{day('Issued', document.issued)}{day('Expires', document.expires)}"
        f"{optional('Authority', document.authority)}</Document>"
    )
