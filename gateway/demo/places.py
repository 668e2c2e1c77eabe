"""Invented employers, hosts and streets of the demo, and the codes that national files use for places."""

from __future__ import annotations

from typing import Final

from stdnum.by import unp
from stdnum.exceptions import ValidationError

from gateway.records.checkdigits import check_iin

KAZAKH_COUNTRY_CODES: Final = {
    "KAZ": "001", "RUS": "002", "BLR": "003", "UZB": "004", "KGZ": "005", "TJK": "006", "TKM": "007",
    "AZE": "008", "ARM": "009", "MDA": "010",
}  # fmt: skip
"""The national classifier as gateway/mapping/profiles/kaz-stays.yaml has it."""

NEIGHBOURS_OF_UZBEKISTAN: Final = ("398", "417", "643", "762", "795")
"""Numeric codes (ISO 3166-1) of where travellers come from."""

UZBEK_CHECKPOINTS: Final = ("TAS-AERO", "SAM-AERO", "GISHTKOPRIK", "DOSTLIK", "OYBEK", "YALLAMA")


def _unp(serial: int) -> str:
    """A Belarusian payer's number; those whose check would be 10 are not issued and skipped."""
    base = f"19{serial:06d}"
    try:
        return base + str(unp.calc_check_digit(base))
    except ValidationError:
        return _unp(serial + 1)


def _bin(serial: int) -> str:
    """A Kazakh business number has the check digit of the personal one; numbers without one are skipped."""
    base = f"180440{serial:05d}"
    digit = check_iin(base)
    return base + digit if digit is not None else _bin(serial + 1)


BELARUSIAN_EMPLOYERS: Final = tuple(
    (name, _unp(serial * 7 + 11))
    for serial, name in enumerate(
        (
            "ООО «Заречный двор»", "ОАО «Липовый мост»", "ЧУП «Снегирь-строй»", "ООО «Каменный лог»",
            "ОАО «Верасы-агро»", "ООО «Тихая гавань; сервис»", "ЧТУП «Берёзовый сок»", "ООО «Полесский кирпич»",
        )
    )
)  # fmt: skip
KAZAKH_HOSTS: Final = tuple(
    (name, _bin(serial * 13 + 5))
    for serial, name in enumerate(
        (
            "ТОО «Ақ қайың»",
            "ТОО «Степной ветер»",
            "ТОО «Көк төбе құрылыс»",
            "ТОО «Алма-сад»",
            "ТОО «Сарыарқа лоджистик»",
        )
    )
)
KAZAKH_PLACES: Final = (
    ("Алматы", "улица Яблоневая"), ("Астана", "улица Ковыльная"), ("Шымкент", "улица Тюльпанная"),
    ("Карагандинская область", "улица Заводская"), ("Атырауская область", "улица Речная"),
)  # fmt: skip
KYRGYZ_PLACES: Final = ("Бишкек, Тоо көчөсү", "Ош, Жийде көчөсү", "Каракол, Көл көчөсү", "Талас, Арча көчөсү")
KYRGYZ_HOSTS: Final = ("ОсОО «Ала-Арча текстиль»", "ОсОО «Жаңы жол»", "ОсОО «Көл тамак-аш»")
AZERBAIJANI_EMPLOYERS: Final = (
    ("Xəzər Tikinti MMC", "1400000011"), ("Nar Bağı MMC", "1400000021"), ("Qızıl Qum Nəqliyyat MMC", "1400000031"),
)  # fmt: skip
