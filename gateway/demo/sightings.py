"""What registers make of people: who was seen where, and how the clerk there wrote the person down.

A *sighting* is one register's description of one human. The same human is Юлдашев in Minsk, YULDASHEV in
Almaty and Yoʻldoshev in Tashkent, with a patronymic or without, with a birth date to the day or the year.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random
from typing import Final

from gateway.demo import spelling
from gateway.demo.humans import Human, Passport
from gateway.records.person import Sex
from gateway.records.synthetic import synthesise


@dataclass(frozen=True, slots=True)
class Register:
    """One national register of the demo."""

    name: str
    """Name of its mapping profile."""
    state: str
    system: str
    """As the profile has it; with the state and the row's own id it is the key of the truth."""
    scheme: str
    """Personal number it keeps, a scheme of gateway.records.identifiers."""
    weight: int
    """Its share of first sightings."""
    closed_to: str = ""
    """Citizens it never holds."""


REGISTERS: Final = {
    register.name: register
    for register in (
        Register("blr-permits", "BLR", "mvd-permits", "BY-IDN", 28, closed_to="BLR"),
        Register("kaz-stays", "KAZ", "mig-stays", "KZ-IIN", 27),
        Register("uzb-crossings", "UZB", "cross-board", "UZ-PINFL", 27),
        Register("kgz-stays", "KGZ", "mig-stays", "KG-PIN", 11, closed_to="KGZ"),
        Register("aze-permits", "AZE", "dmx-permits", "AZ-FIN", 7, closed_to="AZE"),
        Register("blr-bans", "BLR", "mvd-bans", "", 0, closed_to="BLR"),
        Register("kaz-bans", "KAZ", "mvd-bans", "KZ-IIN", 0, closed_to="KAZ"),
        Register("blr-asylum", "BLR", "dgm-asylum", "", 0, closed_to="BLR"),
    )
}
"""Every register; those of weight 0 are filled on purpose and not by chance."""

NUMBERED: Final = {"KZ-IIN": 0.75, "UZ-PINFL": 0.15, "KG-PIN": 0.8, "AZ-FIN": 0.7, "BY-IDN": 0.06}
"""Share of foreigners to whom the host state gave its own personal number."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """One spelling of one name in one script."""

    family: str
    given: str
    patronymic: str = ""

    def full(self) -> str:
        """The name unsplit, family name first."""
        return " ".join(filter(None, (self.family, self.given, self.patronymic)))


@dataclass(frozen=True, slots=True)
class Sighting:
    """How one register describes one human."""

    register: Register
    human: Human
    name: Spelled
    second: Spelled | None
    """The name in the register's other script, where it keeps one."""
    birth: date
    """As written; one in a hundred has day and month exchanged."""
    year_only: bool
    passport: Passport
    number: str
    """Personal number of this state; empty where it gave none."""


def sight(chance: Random, register: Register, human: Human) -> Sighting:
    """The register's description of the human."""
    passport = chance.choice(human.passports)
    if human.former_family and passport is human.passports[0]:
        # Papers made before the change of name show the former one; the register copies the papers.
        human = replace(human, family=human.former_family)
    name, second = SPELLERS[register.state](chance, human, passport)
    if chance.random() < 0.03:
        name = replace(name, family=spelling.slip(name.family, chance))
    if chance.random() < 0.02:
        name = replace(name, given=spelling.slip(name.given, chance))
    if chance.random() < 0.02:
        passport = replace(passport, number=one_digit_off(chance, passport.number))
    swapped = human.birth.day <= 12 and chance.random() < 0.01
    return Sighting(
        register=register,
        human=human,
        name=name,
        second=second,
        birth=human.birth.replace(day=human.birth.month, month=human.birth.day) if swapped else human.birth,
        year_only=chance.random() < 0.06,
        passport=passport,
        number=_number(chance, register, human),
    )


def one_digit_off(chance: Random, number: str) -> str:
    """The number with one digit, never the first, exchanged for another."""
    at = chance.randrange(1, len(number))
    return number[:at] + str((int(number[at]) + chance.randrange(1, 10)) % 10) + number[at + 1 :]


def _number(chance: Random, register: Register, human: Human) -> str:
    own = human.citizenship == register.state
    if not register.scheme or not (own or chance.random() < NUMBERED[register.scheme]):
        return ""
    return synthesise(register.scheme, human.birth, Sex(human.sex), human.number)


def _patronymic(chance: Random, human: Human, *styles: Callable[[Human], str]) -> str:
    """The patronymic in the first of the register's habits as a rule, in another one or absent at times."""
    if human.father is None or chance.random() < 0.1:
        return ""
    style = styles[0] if chance.random() < 0.7 else chance.choice(styles)
    return style(human) or styles[0](human)


def _in_russian(human: Human) -> str:
    return spelling.russian_patronymic(human.father[0], woman=human.woman) if human.father else ""


def _in_russian_turkic(human: Human) -> str:
    if human.father is None:
        return ""
    return spelling.russian_turkic_patronymic(human.tradition, human.father[0], woman=human.woman)


def _at_home(human: Human) -> str:
    if human.father is None:
        return ""
    return spelling.native_patronymic(human.tradition, human.father[1], woman=human.woman)


def russian(chance: Random, human: Human) -> Spelled:
    """As Russian papers have it; ё is often written е."""
    patronymic = _patronymic(chance, human, _in_russian, _in_russian_turkic)
    written = Spelled(human.family[0], human.given[0], patronymic)
    if chance.random() < 0.5:
        return Spelled(*(part.replace("ё", "е").replace("Ё", "Е") for part in parts(written)))
    return written


def parts(spelled: Spelled) -> Sequence[str]:
    """Family name, given name and patronymic."""
    return spelled.family, spelled.given, spelled.patronymic


def home(chance: Random, human: Human) -> Spelled:
    """As the papers of the home state have it in its own language."""
    return Spelled(human.family[1], human.given[1], _patronymic(chance, human, _at_home))


def _belarusian(chance: Random, human: Human, _: Passport) -> tuple[Spelled, None]:
    return russian(chance, human), None


def _kazakh(chance: Random, human: Human, passport: Passport) -> tuple[Spelled, Spelled | None]:
    at_home = human.tradition == "kk" and chance.random() < 0.55
    name = home(chance, human) if at_home else russian(chance, human)
    return name, Spelled(passport.family, passport.given) if chance.random() < 0.5 else None


def _uzbek(chance: Random, human: Human, passport: Passport) -> tuple[Spelled, Spelled | None]:
    if human.tradition == "uz" and human.citizenship == "UZB":
        name = home(chance, human)
        second = Spelled(*map(spelling.uzbek_cyrillic, parts(name))) if chance.random() < 0.5 else None
        # Keyboards have many apostrophes; the CLDR collation of Uzbek treats them as one.
        sign = chance.choices("ʻ'‘`", (5, 3, 1, 1))[0]
        return Spelled(*(part.replace("ʻ", sign) for part in parts(name))), second
    in_russian = russian(chance, human)
    if chance.random() < 0.25:
        return Spelled(*map(spelling.uzbek, parts(in_russian))), in_russian
    return Spelled(passport.family, passport.given), in_russian if chance.random() < 0.3 else None


def _kyrgyz(chance: Random, human: Human, _: Passport) -> tuple[Spelled, None]:
    return russian(chance, human), None


def _azerbaijani(chance: Random, human: Human, passport: Passport) -> tuple[Spelled, None]:
    if human.tradition == "az":
        return home(chance, human), None
    if chance.random() < 0.3:
        return Spelled(passport.family, passport.given), None
    return Spelled(*map(spelling.azerbaijani, parts(russian(chance, human)))), None


SPELLERS: Final[dict[str, Callable[[Random, Human, Passport], tuple[Spelled, Spelled | None]]]] = {
    "BLR": _belarusian, "KAZ": _kazakh, "UZB": _uzbek, "KGZ": _kyrgyz, "AZE": _azerbaijani,
}  # fmt: skip
