"""How the registers of the five states that the demo has no files of write a name: the generator's own rules.

As in gateway.demo.spelling, they are apart from gateway.names, so that nothing marks its own work.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from gateway.demo import sightings, spelling
from gateway.demo.humans import Human, Passport
from gateway.demo.sightings import Spelled, home, parts, russian

Speller = Callable[[Random, Human, Passport], tuple[Spelled, Spelled | None]]

_ARMENIAN: Final = {
    "a": "ա", "b": "բ", "g": "գ", "d": "դ", "e": "ե", "z": "զ", "zh": "ժ", "i": "ի", "l": "լ", "kh": "խ", "ts": "ծ",
    "k": "կ", "h": "հ", "gh": "ղ", "ch": "չ", "m": "մ", "y": "յ", "n": "ն", "sh": "շ", "o": "ո", "p": "պ", "j": "ջ",
    "r": "ր", "s": "ս", "v": "վ", "t": "տ", "u": "ու", "f": "ֆ", "ye": "ե",
}  # fmt: skip
_RUSSIAN_IN_ARMENIAN: Final = dict(zip("абвгдезиклмнопрстфхцчш", "աբվգդեզիկլմնոպրստֆխցչշ", strict=True)) | {
    "ж": "ժ", "у": "ու", "э": "է", "ю": "յու", "я": "յա", "ё": "յո", "й": "յ", "ы": "ի", "ь": "", "ъ": "", "щ": "շչ",
}  # fmt: skip
_TO_TURKMEN: Final = dict(zip("абвгдезиклмнопрстуфхыэ", "abwgdeziklmnoprstufhye", strict=True)) | {
    "ж": "ž", "й": "ý", "ц": "s", "ч": "ç", "ш": "ş", "щ": "ş", "ь": "", "ъ": "", "ё": "ýo", "ю": "ýu", "я": "ýa",
}  # fmt: skip
_TO_ROMANIAN: Final = dict(zip("абвгдезиклмнопрстуфхэ", "abvgdeziclmnoprstufhe", strict=True)) | {
    "ж": "j", "й": "i", "ц": "ț", "ч": "ci", "ш": "ș", "щ": "șci", "ы": "î", "ь": "", "ъ": "", "ё": "io", "ю": "iu",
    "я": "ia", "ке": "che", "ки": "chi", "ге": "ghe", "ги": "ghi",
}  # fmt: skip


def _respelled(name: Spelled, table: dict[str, str]) -> Spelled:
    return Spelled(*(spelling.respell(part, table) for part in parts(name)))


def _shown(passport: Passport) -> Spelled:
    return Spelled(passport.family, passport.given)


def _russian(chance: Random, human: Human, passport: Passport) -> tuple[Spelled, Spelled | None]:
    return russian(chance, human), _shown(passport) if chance.random() < 0.4 else None


def _tajik(chance: Random, human: Human, passport: Passport) -> tuple[Spelled, Spelled | None]:
    if human.tradition == "tg" and chance.random() < 0.75:
        return home(chance, human), None
    return russian(chance, human), _shown(passport) if chance.random() < 0.2 else None


def _armenian(chance: Random, human: Human, passport: Passport) -> tuple[Spelled, Spelled | None]:
    second = _shown(passport) if chance.random() < 0.5 else None
    if human.tradition == "hy":
        # The genitive of the father's name is the patronymic.
        father = human.father[1] + "i" if human.father and chance.random() < 0.8 else ""
        return _respelled(Spelled(human.family[1], human.given[1], father), _ARMENIAN), second
    return _respelled(russian(chance, human), _RUSSIAN_IN_ARMENIAN), second


def _turkmen(chance: Random, human: Human, passport: Passport) -> tuple[Spelled, Spelled | None]:
    if human.tradition == "tk":
        return home(chance, human), None
    if chance.random() < 0.5:
        return _shown(passport), russian(chance, human) if chance.random() < 0.3 else None
    return _respelled(russian(chance, human), _TO_TURKMEN), None


def _moldovan(chance: Random, human: Human, passport: Passport) -> tuple[Spelled, Spelled | None]:
    if human.tradition == "ro":
        return home(chance, human), None
    if chance.random() < 0.7:
        return _shown(passport), None
    return _respelled(russian(chance, human), _TO_ROMANIAN), None


SPELLERS: Final[dict[str, Speller]] = {
    **sightings.SPELLERS,
    "RUS": _russian, "TJK": _tajik, "ARM": _armenian, "TKM": _turkmen, "MDA": _moldovan,
}  # fmt: skip
"""State to the habits of its registers."""
