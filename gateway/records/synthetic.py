"""Synthetic personal numbers: well formed, with right check digits, and nobody's.

Used by the demonstration, by tests and by benchmarks. The numbers are computed; a real person may by chance
bear one, so they must never leave a test system.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from stdnum.az import voen
from stdnum.by import unp
from stdnum.ru import inn, ogrn
from stdnum.ua import edrpou, rntrc

from gateway.errors import Misuse
from gateway.records.checkdigits import check_731, check_iin, check_ogrnip, check_snils
from gateway.records.person import Sex

_REGIONS: Final = "ABCHKEM"
_FIN_SIGNS: Final = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def _sign(born: date, sex: Sex) -> int:
    """Sex and century in one digit, as Belarus, Kazakhstan and Uzbekistan write it."""
    return (born.year - 1800) // 100 * 2 + (1 if sex is Sex.MALE else 2)


def _by_idn(born: date, sex: Sex, serial: int) -> str:
    region = _REGIONS[serial // 1000 % len(_REGIONS)]
    base = f"{_sign(born, sex)}{born:%d%m%y}{region}{serial % 1000:03d}PB"
    return base + check_731(base)


def _kz_iin(born: date, sex: Sex, serial: int) -> str:
    while True:
        base = f"{born:%y%m%d}{_sign(born, sex)}{serial % 10_000:04d}"
        digit = check_iin(base)
        if digit is not None:
            return base + digit
        # A number whose check would be 10 is never issued: the state skips it, and so do we. The next serial
        # can therefore give the same number.
        serial += 1


def _uz_pinfl(born: date, sex: Sex, serial: int) -> str:
    base = f"{_sign(born, sex)}{born:%d%m%y}{serial % 1_000_000:06d}"
    return base + check_731(base)


def _kg_pin(born: date, sex: Sex, serial: int) -> str:
    return f"{2 if sex is Sex.MALE else 1}{born:%d%m%Y}{serial % 100_000:05d}"


def _am_psn(born: date, sex: Sex, serial: int) -> str:
    month = born.month + {18: 80, 19: 0, 20: 20}[born.year // 100]
    # No Armenian number holds three sixes in a row behind day and month; its check digit is unpublished, any will do.
    value = f"{born.day + (10 if sex is Sex.MALE else 50)}{month:02d}{born:%y}{serial % 1000:03d}8"
    return value if "666" not in value[4:] else _am_psn(born, sex, serial + 1)


def _az_fin(_born: date, _sex: Sex, serial: int) -> str:
    value = ""
    # A fixed odd multiplier spreads neighbouring serials and stays one to one modulo 34 to the seventh.
    # Zeros alone would stand for "none", so that serial 0 has the number of the last one.
    rest = (serial % 34**7 or 34**7 - 1) * 20_211_003 % 34**7
    for _ in range(7):
        rest, place = divmod(rest, 34)
        value += _FIN_SIGNS[place]
    return value


def _md_idnp(born: date, _sex: Sex, serial: int) -> str:
    base = f"2{born.year % 1000:03d}{serial % 100_000_000:08d}"
    return base + check_731(base)


def _ru_snils(_born: date, _sex: Sex, serial: int) -> str:
    base = f"{(100_000_000 + serial) % 1_000_000_000:09d}"
    return base + check_snils(base)


def _ru_inn(_born: date, _sex: Sex, serial: int) -> str:
    base = f"50{serial % 100_000_000:08d}"
    return base + str(inn.calc_personal_check_digits(base))


def _ru_pass_int(born: date, _sex: Sex, serial: int) -> str:
    return f"45{(born.year + 20) % 100:02d}{serial % 999_999 + 1:06d}"


def _ua_rnokpp(born: date, sex: Sex, serial: int) -> str:
    # Five digits hold birth dates from 1900 to 2173; an older person gets none of them.
    days = max((born - date(1899, 12, 31)).days, 0)
    base = f"{days:05d}{serial % 1000:03d}{1 if sex is Sex.MALE else 2}"
    return base + str(rntrc.calc_check_digit(base))


def _ua_unzr(born: date, _sex: Sex, serial: int) -> str:
    base = f"{born:%Y%m%d}{serial % 9999 + 1:04d}"
    return base + check_731(base)


def _issued(base: Callable[[int], str], holds: Callable[[str], bool], serial: int) -> str:
    """The first number from this serial on that the state would issue: some have no check digit to carry."""
    while True:
        for digit in "0123456789":
            value = base(serial).replace("?", digit)
            if holds(value):
                return value
        serial += 1


def _by_unp(_born: date, _sex: Sex, serial: int) -> str:
    return _issued(lambda number: f"1{number % 10_000_000:07d}?", unp.is_valid, serial)


def _az_voen(_born: date, _sex: Sex, serial: int) -> str:
    return _issued(lambda number: f"{number % 100_000_000:08d}?1", voen.is_valid, serial)


def _kz_bin(_born: date, _sex: Sex, serial: int) -> str:
    return _issued(
        lambda number: f"150640{number % 100_000:05d}?", lambda value: value[11] == check_iin(value[:11]), serial
    )


def _md_idno(_born: date, _sex: Sex, serial: int) -> str:
    base = f"1015{serial % 100_000_000:08d}"
    return base + check_731(base)


def _ru_inn_org(_born: date, _sex: Sex, serial: int) -> str:
    base = f"77{serial % 10_000_000:07d}"
    return base + str(inn.calc_company_check_digit(base))


def _ru_ogrn(_born: date, _sex: Sex, serial: int) -> str:
    base = f"11577{serial % 10_000_000:07d}"
    return base + str(ogrn.calc_check_digit(base + "0"))


def _ru_ogrnip(_born: date, _sex: Sex, serial: int) -> str:
    base = f"31577{serial % 1_000_000_000:09d}"
    return base + check_ogrnip(base)


def _ua_edrpou(_born: date, _sex: Sex, serial: int) -> str:
    base = f"3{serial % 1_000_000:06d}"
    return base + str(edrpou.calc_check_digit(base))


def _plain(before: str, places: int) -> Callable[[date, Sex, int], str]:
    """A maker of numbers that are a serial behind some signs, and nothing more is known of them."""
    return lambda _born, _sex, serial: f"{before}{serial % 10**places:0{places}d}"


_MAKERS: Final[dict[str, Callable[[date, Sex, int], str]]] = {
    "BY-IDN": _by_idn,
    "KZ-IIN": _kz_iin,
    "UZ-PINFL": _uz_pinfl,
    "RU-SNILS": _ru_snils,
    "RU-INN": _ru_inn,
    "KG-PIN": _kg_pin,
    "AZ-FIN": _az_fin,
    "MD-IDNP": _md_idnp,
    "AM-PSN": _am_psn,
    "TJ-INN": _plain("1", 8),
    "TM-PN": _plain("1", 9),
    "GE-PN": _plain("01", 9),
    "UA-RNOKPP": _ua_rnokpp,
    "UA-UNZR": _ua_unzr,
    "RU-PASS-INT": _ru_pass_int,
    "RU-PASS-EXT": _plain("75", 7),
    "RU-PATENT": _plain("77", 10),
    "RU-VNZH": _plain("82", 7),
    "TJ-PASS": _plain("A", 8),
    "TM-PASS": _plain("A", 7),
    "TM-PASS-INT": _plain("IAŞ", 6),
    "UA-PASS": _plain("КС", 6),
    "UA-ID": _plain("01", 7),
    "BY-UNP": _by_unp,
    "RU-INN-ORG": _ru_inn_org,
    "RU-OGRN": _ru_ogrn,
    "RU-OGRNIP": _ru_ogrnip,
    "KZ-BIN": _kz_bin,
    "MD-IDNO": _md_idno,
    "AZ-VOEN": _az_voen,
    "UA-EDRPOU": _ua_edrpou,
    "KG-INN": _plain("1", 13),
    "UZ-INN": _plain("3", 8),
    "TJ-INN-ORG": _plain("1", 8),
    "AM-TIN": _plain("1", 7),
    "TM-TIN": _plain("1", 11),
}


def synthesise(key: str, birth_date: date, sex: Sex, serial: int) -> str:
    """A well-formed number of the scheme for such a person, with right check digits.

    `serial` (0 and up) tells persons of one birth date and sex apart; it wraps around where the scheme has
    fewer places. Birth dates from 1800 to 2099; Misuse for an unknown scheme.
    """
    try:
        make = _MAKERS[key]
    except KeyError:
        raise Misuse(f"no identifier scheme {key!r}; known are {', '.join(_MAKERS)}", where=key) from None
    return make(birth_date, sex, serial)
