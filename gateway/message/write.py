"""Records and persons to XML, in the very bytes that exclusive C14N gives for them.

The text is built by hand because a record is written millions of times: no whitespace between elements,
attributes in their canonical order, empty elements never closed in one tag. It declares no namespace; it
inherits the default one of the Message it is put into. Values are not judged here: the schema and the
business rules do that (schema.py, rules.py).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from gateway.errors import InvalidRequest
from gateway.message.text import attribute, moment, text
from gateway.records.labour import LabourPermit
from gateway.records.movement import BorderCrossing, StayRegistration
from gateway.records.person import Document, Identifier, Name, Party, Person, Place, Sex
from gateway.records.protection import AsylumApplication
from gateway.records.record import Detail, Record
from gateway.records.restriction import EntryBan


def write_record(record: Record) -> str:
    """The canonical `<Record>`; InvalidRequest for characters or times that XML cannot carry."""
    source = record.source
    return (
        f"<Record><RecordId>{text(record.record_id, 'RecordId')}</RecordId><Version>{record.version}</Version>"
        f"<Category>{record.category.value}</Category>"
        f"<Source><State>{text(source.state, 'State')}</State><Agency>{text(source.agency, 'Agency')}</Agency>"
        f"<System>{text(source.system, 'System')}</System><Record>{text(source.record, 'Record')}</Record></Source>"
        f"<Status>{text(record.status, 'Status')}</Status><Created>{moment(record.created, 'Created')}</Created>"
        f"{_optional('LegalBasis', record.legal_basis)}{_day('RetentionUntil', record.retention_until)}"
        f"{_optional('Profile', record.profile)}{_each('Flag', record.flags)}"
        f"{'' if record.person is None else _person(record.person)}{_detail(record.detail)}</Record>"
    )


def write_subject(subject: Person) -> str:
    """The canonical `<Subject>` of a query: what is known of the person asked about."""
    sex = "" if subject.sex is Sex.UNKNOWN else f"<Sex>{subject.sex.value}</Sex>"
    return (
        f"<Subject>{''.join(map(_name, subject.names))}{_birth_date(subject)}{sex}"
        f"{_each('Citizenship', subject.citizenships)}{''.join(map(_identifier, subject.identifiers))}"
        f"{''.join(map(_document, subject.documents))}</Subject>"
    )


def _person(person: Person) -> str:
    return (
        f"<Person><Ref>{text(person.ref, 'Ref')}</Ref>{''.join(map(_name, person.names))}"
        f"{_birth_date(person)}<Sex>{person.sex.value}</Sex>"
        f"{_each('Citizenship', person.citizenships)}{_each('FormerCitizenship', person.former_citizenships)}"
        f"{'<Stateless>true</Stateless>' if person.stateless else ''}"
        f"{_optional('FormerHabitualResidence', person.former_habitual_residence)}"
        f"{_optional('BirthCountry', person.birth_country)}{_optional('BirthPlace', person.birth_place)}"
        f"{''.join(map(_identifier, person.identifiers))}{''.join(map(_document, person.documents))}</Person>"
    )


def _name(name: Name) -> str:
    language = f' lang="{attribute(name.language, "lang")}"' if name.language else ""
    without = ' noPatronymic="true"' if name.no_patronymic else ""
    return (
        f'<Name kind="{name.kind.value}"{language}{without} script="{attribute(name.script, "script")}">'
        f"{_optional('FamilyName', name.family)}{_optional('GivenName', name.given)}"
        f"{_optional('PatronymicName', name.patronymic)}{_optional('FullName', name.full)}</Name>"
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
        f"<Document>{_optional('Country', document.country)}<Kind>{text(document.kind, 'Kind')}</Kind>"
        f"{_optional('Series', document.series)}<Number>{text(document.number, 'Number')}</Number>"
        f"{_day('Issued', document.issued)}{_day('Expires', document.expires)}"
        f"{_optional('Authority', document.authority)}</Document>"
    )


def _detail(detail: Detail) -> str:
    match detail:
        case LabourPermit():
            return _labour_permit(detail)
        case StayRegistration():
            return _stay_registration(detail)
        case BorderCrossing():
            return _border_crossing(detail)
        case EntryBan():
            return _entry_ban(detail)
        case AsylumApplication():
            return _asylum_application(detail)
        case _:
            raise InvalidRequest("this family is not written yet", where="Detail")


def _labour_permit(permit: LabourPermit) -> str:
    return (
        f"<LabourPermit><Kind>{text(permit.kind, 'Kind')}</Kind>{_optional('Series', permit.series)}"
        f"<Number>{text(permit.number, 'Number')}</Number>{_day('ValidFrom', permit.valid_from)}"
        f"{_day('ValidTo', permit.valid_to)}{_optional('Territory', permit.territory)}"
        f"{_optional('Occupation', permit.occupation)}{_party('Employer', permit.employer)}"
        f"{_optional('Authority', permit.authority)}</LabourPermit>"
    )


def _stay_registration(stay: StayRegistration) -> str:
    return (
        f"<StayRegistration><Number>{text(stay.number, 'Number')}</Number>"
        f"<StayFrom>{stay.stay_from.isoformat()}</StayFrom>{_day('StayTo', stay.stay_to)}"
        f"{_day('Arrived', stay.arrived)}{_place(stay.place)}{_party('Host', stay.host)}"
        f"{_optional('Purpose', stay.purpose)}{_optional('Authority', stay.authority)}</StayRegistration>"
    )


def _border_crossing(crossing: BorderCrossing) -> str:
    return (
        f"<BorderCrossing><Direction>{text(crossing.direction, 'Direction')}</Direction>"
        f"<At>{moment(crossing.at, 'At')}</At><Checkpoint>{text(crossing.checkpoint, 'Checkpoint')}</Checkpoint>"
        f"<Outcome>{text(crossing.outcome, 'Outcome')}</Outcome>{_optional('Purpose', crossing.purpose)}"
        f"{_optional('Transport', crossing.transport)}{_optional('Counterpart', crossing.counterpart)}"
        "</BorderCrossing>"
    )


def _entry_ban(ban: EntryBan) -> str:
    return (
        f"<EntryBan><Decision>{text(ban.decision, 'Decision')}</Decision>"
        f"<Authority>{text(ban.authority, 'Authority')}</Authority><BanFrom>{ban.ban_from.isoformat()}</BanFrom>"
        f"{_day('BanTo', ban.ban_to)}<Action>{text(ban.action, 'Action')}</Action>"
        f"<Territory>{text(ban.territory, 'Territory')}</Territory>{_optional('Ground', ban.ground)}</EntryBan>"
    )


def _asylum_application(application: AsylumApplication) -> str:
    minor = "<UnaccompaniedMinor>true</UnaccompaniedMinor>" if application.unaccompanied_minor else ""
    return (
        f"<AsylumApplication><Application>{text(application.application, 'Application')}</Application>"
        f"<Lodged>{application.lodged.isoformat()}</Lodged>{_day('Registered', application.registered)}"
        f"{_day('Decided', application.decided)}{_optional('Certificate', application.certificate)}{minor}"
        f"{_each('Persecutor', application.persecutors)}</AsylumApplication>"
    )


def _party(element: str, party: Party | None) -> str:
    if party is None:
        return ""
    number = ""
    if party.number:
        scheme = f' scheme="{attribute(party.scheme, "scheme")}"' if party.scheme else ""
        number = f"<Number{scheme}>{text(party.number, 'Number')}</Number>"
    return f"<{element}><Name>{text(party.name, 'Name')}</Name>{number}</{element}>"


def _place(place: Place | None) -> str:
    if place is None:
        return ""
    return (
        f"<Place>{_optional('Country', place.country)}{_optional('Region', place.region)}"
        f"{_optional('Text', place.text)}</Place>"
    )


def _optional(element: str, value: str) -> str:
    if not value:
        return ""
    # Most values are one word and need no look at their characters.
    return f"<{element}>{value if value.isalnum() else text(value, element)}</{element}>"


def _day(element: str, value: date | None) -> str:
    return f"<{element}>{value.isoformat()}</{element}>" if value else ""


def _each(element: str, values: Iterable[str]) -> str:
    return "".join([f"<{element}>{text(value, element)}</{element}>" for value in values])
