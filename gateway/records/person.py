"""A person as one state describes one. Names follow SEMIC Core Person 2.1.1 where it has them.

There is no field for ethnicity, religion, political opinion, health or persecution grounds, and none may
be added: what does not exist cannot leak.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from gateway.records.dates import PartialDate
from gateway.records.value import quick


class NameKind(StrEnum):
    """Why a person bears this name."""

    PRIMARY = "primary"
    BIRTH = "birth"
    FORMER = "former"
    ALIAS = "alias"


class Check(StrEnum):
    """What a scheme's own rule says of an identifier. A failed check is flagged, never a reason to reject."""

    VALID = "VALID"
    STRUCTURE_OK_NO_CHECK = "STRUCTURE_OK_NO_CHECK"
    INVALID_CHECK = "INVALID_CHECK"
    INVALID_FORMAT = "INVALID_FORMAT"


class Sex(StrEnum):
    """ISO/IEC 5218."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    NOT_APPLICABLE = "9"


@quick
@dataclass(frozen=True, slots=True)
class Name:
    """One spelling of one name. A part is empty where the source does not tell it apart or has none."""

    family: str = ""
    given: str = ""
    patronymic: str = ""
    full: str = ""
    """Only where the source gives the name unsplit."""
    script: str = "Zyyy"
    """ISO 15924: Cyrl, Latn, Armn, Geor; Zyyy where it is mixed or unknown."""
    language: str = ""
    """ISO 639-1, empty where unknown."""
    kind: NameKind = NameKind.PRIMARY
    no_patronymic: bool = False
    """The source says that there is none, which differs from not telling."""


@quick
@dataclass(frozen=True, slots=True)
class Identifier:
    """A personal number with its scheme: the scheme must travel with the value (domain.md 1.4)."""

    scheme: str
    """Key of gateway.records.identifiers.SCHEMES, for example `KZ-IIN`."""
    value: str
    issuer: str = ""
    """State that issued it, ISO 3166-1 alpha-3; not necessarily the person's citizenship."""
    check: Check = Check.STRUCTURE_OK_NO_CHECK


@quick
@dataclass(frozen=True, slots=True)
class Document:
    """An identity or travel document, in the order of the EAEU model."""

    country: str
    """Issuing state, ISO 3166-1 alpha-3 or an ICAO 9303 code; empty where unknown."""
    kind: str
    """Common code, see gateway.records.codes.DOCUMENT_KINDS."""
    number: str
    series: str = ""
    issued: date | None = None
    expires: date | None = None
    """None where unknown or open-ended."""
    authority: str = ""


@quick
@dataclass(frozen=True, slots=True)
class Person:
    """One description of one human being by one state's register."""

    ref: str
    """The register's own stable reference for the person; unique within the source, meaningless outside."""
    names: tuple[Name, ...]
    birth_date: PartialDate | None = None
    sex: Sex = Sex.UNKNOWN
    citizenships: tuple[str, ...] = ()
    """ISO 3166-1 alpha-3, present and claimed."""
    former_citizenships: tuple[str, ...] = ()
    stateless: bool = False
    former_habitual_residence: str = ""
    birth_country: str = ""
    birth_place: str = ""
    identifiers: tuple[Identifier, ...] = ()
    documents: tuple[Document, ...] = ()

    def states(self) -> Iterator[str]:
        """Every state this description ties the person to; the firewall builds the risk set from it."""
        yield from self.citizenships
        yield from self.former_citizenships
        yield self.former_habitual_residence
        yield self.birth_country
        yield from (document.country for document in self.documents)
        yield from (identifier.issuer for identifier in self.identifiers)


@quick
@dataclass(frozen=True, slots=True)
class Party:
    """A natural or legal person beside the migrant: an employer, a host, an authority."""

    name: str
    number: str = ""
    scheme: str = ""
    """Scheme of the number, for example `BY-UNP`."""


@quick
@dataclass(frozen=True, slots=True)
class Place:
    """Where something is or happens."""

    country: str = ""
    region: str = ""
    text: str = field(default="")
    """Address or name as the register has it."""
