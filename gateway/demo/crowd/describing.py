"""What a register says of somebody: spelled in its way, with the gaps and slips that registers have."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Final

from gateway.demo import spelling
from gateway.demo.crowd.spellers import SPELLERS
from gateway.demo.humans import Human, Passport
from gateway.demo.sightings import Spelled, one_digit_off
from gateway.names.script import script_of
from gateway.records.dates import PartialDate
from gateway.records.identifiers import check
from gateway.records.person import Document, Identifier, Name, Person, Sex
from gateway.records.synthetic import synthesise

if TYPE_CHECKING:
    from gateway.demo.crowd.people import Soul


@dataclass(frozen=True, slots=True)
class Source:
    """One register of one state."""

    state: str
    scheme: str
    """Personal number that the state gives its citizens."""
    numbered: float
    """Share of foreigners to whom it gives one as well."""

    @property
    def register(self) -> tuple[str, str, str]:
        """State, agency and system, as a person's row has them."""
        return self.state, "MIG", "crowd"


REGISTERS: Final = (
    Source("BLR", "BY-IDN", 0.06), Source("KAZ", "KZ-IIN", 0.75), Source("UZB", "UZ-PINFL", 0.15),
    Source("KGZ", "KG-PIN", 0.8), Source("AZE", "AZ-FIN", 0.7), Source("RUS", "RU-SNILS", 0.35),
    Source("TJK", "TJ-INN", 0.1), Source("ARM", "AM-PSN", 0.3), Source("TKM", "TM-PN", 0.05),
    Source("MDA", "MD-IDNP", 0.5),
)  # fmt: skip
"""One register a state."""
_SCHEMES: Final = {source.state: source.scheme for source in REGISTERS}

IN_PASSPORT: Final = frozenset({"UZB", "KAZ", "KGZ", "AZE", "BLR", "MDA", "ARM"})
"""States whose passports show the personal number, so that registers abroad can copy it."""
SHARES: Final = {
    "slip-family": 0.03, "slip-given": 0.02, "order": 0.004, "no-patronymic": 0.06, "unsplit": 0.01,
    "year": 0.03, "january": 0.01, "swapped": 0.01, "digit": 0.008, "no-birth": 0.003,
    "no-document": 0.03, "document-digit": 0.015, "both-documents": 0.35, "no-country": 0.04,
    "copied-number": 0.45, "number-digit": 0.008, "no-sex": 0.02, "wrong-sex": 0.002,
    "no-citizenship": 0.02, "wrong-citizenship": 0.004, "no-birth-country": 0.15, "no-place": 0.15,
    "borrowed": 0.5,
}  # fmt: skip
"""How often a description has each gap or slip."""


@dataclass(frozen=True, slots=True)
class Described:
    """One description, and whom it is of."""

    human: int
    """Number of the human being: the truth."""
    register: tuple[str, str, str]
    """State, agency and system of the register."""
    person: Person


def describe(chance: Random, source: Source, soul: Soul) -> Described:
    """What the register says of the human being."""
    human, passport = soul.human, chance.choice(soul.human.passports)
    if human.former_family and passport is human.passports[0]:
        # Papers made before the change of name show the former one; the register copies the papers.
        human = replace(human, family=human.former_family)
    if soul.borrowed is not None and _happens(chance, "borrowed"):
        passport = soul.borrowed
    names = _names(chance, source, human, passport)
    person = Person(
        ref=str(human.number),
        names=names,
        birth_date=_birth(chance, human.birth),
        sex=_sex(chance, human),
        citizenships=_citizenships(chance, soul),
        birth_country="" if _happens(chance, "no-birth-country") else human.citizenship,
        birth_place="" if _happens(chance, "no-place") else soul.place[names[0].script == "Latn"],
        identifiers=_identifiers(chance, source, human),
        documents=_documents(chance, human, passport),
    )
    return Described(human.number, source.register, person)


def _happens(chance: Random, what: str) -> bool:
    return chance.random() < SHARES[what]


def _names(chance: Random, source: Source, human: Human, passport: Passport) -> tuple[Name, ...]:
    first, second = SPELLERS[source.state](chance, human, passport)
    if _happens(chance, "slip-family"):
        first = replace(first, family=spelling.slip(first.family, chance))
    if _happens(chance, "slip-given"):
        first = replace(first, given=spelling.slip(first.given, chance))
    if _happens(chance, "no-patronymic"):
        first = replace(first, patronymic="")
    if _happens(chance, "order"):
        first = replace(first, family=first.given, given=first.family)
    if _happens(chance, "unsplit"):
        return (Name(full=first.full(), script=script_of(first.full())),)
    return tuple(_name(spelled) for spelled in (first, second) if spelled is not None)


def _name(spelled: Spelled) -> Name:
    return Name(spelled.family, spelled.given, spelled.patronymic, script=script_of(spelled.family + spelled.given))


def _birth(chance: Random, born: date) -> PartialDate | None:
    if _happens(chance, "no-birth"):
        return None
    if _happens(chance, "year"):
        return PartialDate(born.year)
    if _happens(chance, "january"):
        return PartialDate(born.year, 1, 1, assumed=chance.random() < 0.5)
    if born.day <= 12 and _happens(chance, "swapped"):
        return PartialDate(born.year, born.day, born.month)
    if _happens(chance, "digit"):
        return _one_digit_of(chance, born)
    return PartialDate.of(born)


def _one_digit_of(chance: Random, born: date) -> PartialDate:
    day = born.day // 10 * 10 + chance.randrange(1, 9)
    if chance.random() < 0.5:
        return PartialDate(born.year, born.month, min(day, 28))
    return PartialDate(born.year // 10 * 10 + chance.randrange(10), born.month, min(born.day, 28))


def _sex(chance: Random, human: Human) -> Sex:
    if _happens(chance, "no-sex"):
        return Sex.UNKNOWN
    return Sex(human.sex) if not _happens(chance, "wrong-sex") else Sex.MALE if human.woman else Sex.FEMALE


def _citizenships(chance: Random, soul: Soul) -> tuple[str, ...]:
    if _happens(chance, "no-citizenship"):
        return ()
    if _happens(chance, "wrong-citizenship"):
        return (chance.choice(REGISTERS).state,)
    former = soul.former_citizenship
    return (former if former and chance.random() < 0.4 else soul.human.citizenship,)


def _identifiers(chance: Random, source: Source, human: Human) -> tuple[Identifier, ...]:
    """The register's own number, and the one that the passport shows."""
    own = human.citizenship == source.state
    schemes = [source.scheme] if own or chance.random() < source.numbered else []
    if not own and human.citizenship in IN_PASSPORT and _happens(chance, "copied-number"):
        schemes.append(_SCHEMES[human.citizenship])
    found = []
    for scheme in schemes:
        if scheme == "AM-PSN" and (human.birth.month, human.birth.year % 100) == (6, 66):
            continue  # No Armenian number holds three sixes in a row, and these would.
        value = synthesise(scheme, human.birth, Sex(human.sex), human.number)
        if _happens(chance, "number-digit") and value.isdigit():
            value = one_digit_off(chance, value)
        found.append(check(scheme, value))
    return tuple(found)


def _documents(chance: Random, human: Human, passport: Passport) -> tuple[Document, ...]:
    if _happens(chance, "no-document"):
        return ()
    shown = [passport]
    if len(human.passports) > 1 and _happens(chance, "both-documents"):
        shown = list(dict.fromkeys([passport, *human.passports]))
    return tuple(_document(chance, each) for each in shown)


def _document(chance: Random, passport: Passport) -> Document:
    number = one_digit_off(chance, passport.number) if _happens(chance, "document-digit") else passport.number
    country = "" if _happens(chance, "no-country") else passport.country
    return Document(country, "PASSPORT", number, passport.series, passport.issued, passport.expires)
