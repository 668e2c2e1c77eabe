"""Records and persons to XML, in the very bytes that exclusive C14N gives for them.

The text is built by hand because a record is written millions of times: no whitespace between elements,
attributes in their canonical order, empty elements never closed in one tag. It declares no namespace; it
inherits the default one of the Message it is put into. Values are not judged here: the schema and the
business rules do that (schema.py, rules.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final, TypeVar

from gateway.message.fragments import day, each, optional
from gateway.message.text import attribute, moment, text
from gateway.message.write_details import WRITERS
from gateway.message.write_protected import PROTECTED_WRITERS
from gateway.records.person import Document, Identifier, Name, NameKind, Person, Sex
from gateway.records.record import Record

_Part = TypeVar("_Part")
_DETAILS: Final[dict[type, Callable[[Any], str]]] = WRITERS | PROTECTED_WRITERS


def write_record(record: Record) -> str:
    """The canonical `<Record>`; InvalidRequest for characters or times that XML cannot carry."""
    source = record.source
    return (
        f"<Record><RecordId>{text(record.record_id, 'RecordId')}</RecordId><Version>{record.version}</Version>"
        f"<Category>{record.category}</Category>"
        f"<Source>{_register(source.state, source.agency, source.system)}"
        f"<Record>{text(source.record, 'Record')}</Record></Source>"
        f"<Status>{text(record.status, 'Status')}</Status><Created>{moment(record.created, 'Created')}</Created>"
        f"{optional('LegalBasis', record.legal_basis)}{day('RetentionUntil', record.retention_until)}"
        f"{optional('Profile', record.profile)}{each('Flag', record.flags)}"
        f"{'' if record.person is None else _person(record.person)}"
        f"{_DETAILS[type(record.detail)](record.detail)}</Record>"
    )


@lru_cache(maxsize=64)
def _register(state: str, agency: str, system: str) -> str:
    """Where a record was born, up to its number: all records of a register share it."""
    return (
        f"<State>{text(state, 'State')}</State><Agency>{text(agency, 'Agency')}</Agency>"
        f"<System>{text(system, 'System')}</System>"
    )


def write_subject(subject: Person) -> str:
    """The canonical `<Subject>` of a query: what is known of the person asked about."""
    sex = "" if subject.sex is Sex.UNKNOWN else f"<Sex>{subject.sex}</Sex>"
    return (
        f"<Subject>{''.join(map(_name, subject.names))}{_birth_date(subject)}{sex}"
        f"{each('Citizenship', subject.citizenships)}{''.join(map(_identifier, subject.identifiers))}"
        f"{''.join(map(_document, subject.documents))}</Subject>"
    )


def _person(person: Person) -> str:
    return (
        f"<Person><Ref>{text(person.ref, 'Ref')}</Ref>{_all(_name, person.names)}"
        f"{_birth_date(person)}<Sex>{person.sex}</Sex>"
        f"{each('Citizenship', person.citizenships)}{each('FormerCitizenship', person.former_citizenships)}"
        f"{'<Stateless>true</Stateless>' if person.stateless else ''}"
        f"{optional('FormerHabitualResidence', person.former_habitual_residence)}"
        f"{optional('BirthCountry', person.birth_country)}{optional('BirthPlace', person.birth_place)}"
        f"{_all(_identifier, person.identifiers)}{_all(_document, person.documents)}</Person>"
    )


def _all(write: Callable[[_Part], str], parts: Sequence[_Part]) -> str:
    """All of them one after the other; nearly always there is one."""
    return write(parts[0]) if len(parts) == 1 else "".join(map(write, parts))


def _name(name: Name) -> str:
    return (
        f"{_name_tag(name.kind, name.language, name.script, no_patronymic=name.no_patronymic)}"
        f"{optional('FamilyName', name.family)}{optional('GivenName', name.given)}"
        f"{optional('PatronymicName', name.patronymic)}{optional('FullName', name.full)}</Name>"
    )


@lru_cache(maxsize=256)
def _name_tag(kind: NameKind, language: str, script: str, *, no_patronymic: bool) -> str:
    """There are few kinds of names in a register."""
    lang = f' lang="{attribute(language, "lang")}"' if language else ""
    without = ' noPatronymic="true"' if no_patronymic else ""
    return f'<Name kind="{kind}"{lang}{without} script="{attribute(script, "script")}">'


def _birth_date(person: Person) -> str:
    born = person.birth_date
    if born is None:
        return ""
    assumed = ' assumed="true"' if born.assumed else ""
    return f"<BirthDate{assumed}>{born}</BirthDate>"


def _identifier(identifier: Identifier) -> str:
    issuer = f' issuer="{attribute(identifier.issuer, "issuer")}"' if identifier.issuer else ""
    return (
        f'<Identifier check="{identifier.check}"{issuer} scheme="{attribute(identifier.scheme, "scheme")}">'
        f"{text(identifier.value, 'Identifier')}</Identifier>"
    )


def _document(document: Document) -> str:
    return (
        f"<Document>{optional('Country', document.country)}<Kind>{text(document.kind, 'Kind')}</Kind>"
        f"{optional('Series', document.series)}<Number>{text(document.number, 'Number')}</Number>"
        f"{day('Issued', document.issued)}{day('Expires', document.expires)}"
        f"{optional('Authority', document.authority)}</Document>"
    )
