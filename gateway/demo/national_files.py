"""The national files of the demo: how each register lays out its rows, and the files themselves.

The columns are those of the mapping profiles in gateway/mapping/profiles, with the habits of each register:
windows-1251 and `00.00.1975` in Belarus, ethnicity beside citizenship in Kazakhstan, unsplit names in
Uzbekistan, midnight with an offset in Kyrgyzstan, Azerbaijani words in Azerbaijan (domain.md section 6).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any, Final

from gateway.demo import places
from gateway.demo.sightings import Sighting
from gateway.records import countries

Row = dict[str, Any]
"""One row of a national file: column to value."""

ETHNICITIES: Final = {
    "be": "белорус", "ru": "русский", "kk": "казах", "uz": "узбек", "ky": "кыргыз", "az": "азербайджанец",
    "tg": "таджик", "hy": "армянин", "tk": "туркмен", "ro": "молдаванин",
}  # fmt: skip
"""What careless registers keep beside citizenship. It must never leave them, so it has to be in the files."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How one register writes its rows."""

    file: str
    """Path below the population's directory."""
    id_column: str
    """Column of the row's own number."""
    number: str
    """Format of that number."""
    rows: Callable[[Random, Sighting, date], list[Row]]
    """A sighting to one row or several, without their numbers."""
    root: str = ""
    """Key of the array where the file is not a bare one."""


def _day(value: date | None, form: str) -> str:
    return value.strftime(form) if value else ""


def _birth(chance: Random, sighting: Sighting, form: str, *unknown: str) -> str:
    """The birth date in the register's form, or in one of its ways to say that only the year is known."""
    if sighting.year_only:
        return chance.choice(unknown).format(sighting.birth.year)
    return sighting.birth.strftime(form)


def country(code: str, language: str) -> str:
    """Name of a state in the register's language."""
    found = countries.by_code(code)
    return found.name(language) if found else code


def _permits(chance: Random, sighting: Sighting, today: date) -> list[Row]:
    passport, human = sighting.passport, sighting.human
    rows = []
    for _ in range(chance.choices((1, 2), (65, 35))[0]):
        start = today - timedelta(days=chance.randrange(5, 700))
        employer, unp = chance.choice(places.BELARUSIAN_EMPLOYERS)
        rows.append(
            {
                "Фамилия": sighting.name.family,
                "Имя": sighting.name.given,
                "Отчество": sighting.name.patronymic or chance.choice(("", "-", "нет", "б/о")),
                "Дата рождения": _birth(chance, sighting, "%d.%m.%Y", "00.00.{}", "00.00.{}", "{}"),
                "Пол": "Ж" if human.woman else "М",
                "Гражданство": country(human.citizenship, "ru"),
                "Идентификационный номер": sighting.number,
                "Серия": passport.series,
                "Номер": passport.number,
                "Дата выдачи": _day(passport.issued, "%d.%m.%Y"),
                "Срок действия": _day(passport.expires, "%d.%m.%Y"),
                "Вид документа": "паспорт",
                "№ спецразрешения": "",
                "Действует с": _day(start, "%d.%m.%Y"),
                "Действует по": _day(start + timedelta(days=364), "%d.%m.%Y"),
                "Наниматель": employer,
                "УНП": unp,
            }
        )
    return rows


def _belarusian_ban(chance: Random, sighting: Sighting, today: date) -> list[Row]:
    passport, human = sighting.passport, sighting.human
    start = today - timedelta(days=chance.randrange(20, 900))
    with_document = chance.random() < 0.7
    return [
        {
            "Фамилия": sighting.name.family,
            "Имя": sighting.name.given,
            "Отчество": sighting.name.patronymic,
            "Дата рождения": _birth(chance, sighting, "%d.%m.%Y", "00.00.{}"),
            "Пол": "Ж" if human.woman else "М",
            "Гражданство": country(human.citizenship, "ru"),
            "Вид документа": "паспорт" if with_document else "",
            "Серия": passport.series if with_document else "",
            "Номер": passport.number if with_document else "",
            "№ решения": "",
            "Дата решения": _day(start - timedelta(days=3), "%d.%m.%Y"),
            "Запрет с": _day(start, "%d.%m.%Y"),
            "Запрет по": _day(start + timedelta(days=1826), "%d.%m.%Y") if chance.random() < 0.85 else "бессрочно",
            "Орган": "Управление по гражданству и миграции",
            "Основание": chance.choice(("нарушение правил пребывания", "депортация", "правонарушение")),
            "Территория": chance.choice(("Республика Беларусь", "государства-участники")),
        }
    ]


def _asylum(_: Random, sighting: Sighting, today: date) -> list[Row]:
    passport, human = sighting.passport, sighting.human
    state = country(human.citizenship, "ru")
    return [
        {
            "№ ходатайства": "",
            "Дата подачи": _day(today - timedelta(days=12), "%d.%m.%Y"),
            "Дата регистрации": _day(today - timedelta(days=9), "%d.%m.%Y"),
            "Дата решения": "",
            "№ свидетельства": "С-000001",
            "Фамилия": sighting.name.family,
            "Имя": sighting.name.given,
            "Отчество": sighting.name.patronymic,
            "Дата рождения": sighting.birth.strftime("%d.%m.%Y"),
            "Пол": "Ж" if human.woman else "М",
            "Гражданство": state,
            "Страна прежнего проживания": state,
            "Страна рождения": state,
            "Место рождения": "",
            "Вид документа": "паспорт",
            "Серия": passport.series,
            "Номер": passport.number,
            "Страна выдачи": state,
            "Несопровождаемый": "нет",
            "Государства преследования": state,
            "Состояние": "рассматривается",
            # What must stay at home is in the file, so that the demo proves that it does.
            "Национальность": ETHNICITIES[human.tradition],
            "Вероисповедание": "не передаётся",
            "Причины обращения": "не передаётся",
            "Состояние здоровья": "не передаётся",
        }
    ]


def _kazakh_person(chance: Random, sighting: Sighting) -> Row:
    passport, human = sighting.passport, sighting.human
    second = sighting.second
    return {
        "iin": sighting.number or None,
        "last_name": sighting.name.family,
        "first_name": sighting.name.given,
        "patronymic": sighting.name.patronymic or None,
        "last_name_lat": second.family if second else None,
        "first_name_lat": second.given if second else None,
        "birth_date": _birth(chance, sighting, "%Y-%m-%d", "{}-00-00", "{}"),
        "gender": "female" if human.woman else "male",
        "citizenship_id": places.KAZAKH_COUNTRY_CODES[human.citizenship],
        "citizenship_ru_name": country(human.citizenship, "ru"),
        "nationality_id": "0",
        "nationality_ru_name": ETHNICITIES[human.tradition],
        "document_type_code": "1",
        "document_number": passport.series + passport.number,
        "document_country_id": places.KAZAKH_COUNTRY_CODES[passport.country],
    }


def _stays(chance: Random, sighting: Sighting, today: date) -> list[Row]:
    person = _kazakh_person(chance, sighting)
    passport = sighting.passport
    rows = []
    for _ in range(chance.choices((1, 2, 3), (65, 28, 7))[0]):
        arrived = today - timedelta(days=chance.randrange(10, 600))
        region, street = chance.choice(places.KAZAKH_PLACES)
        host, bin_ = chance.choice(places.KAZAKH_HOSTS)
        rows.append(
            person
            | {
                "birth_country_id": person["citizenship_id"],
                "document_issue_date": _day(passport.issued, "%Y-%m-%d"),
                "document_expiry_date": _day(passport.expires, "%Y-%m-%d"),
                "reg_number": "",
                "reg_date_from": _day(arrived + timedelta(days=2), "%Y-%m-%d"),
                "reg_date_to": _day(arrived + timedelta(days=chance.choice((30, 90, 365))), "%Y-%m-%d"),
                "arrival_date": _day(arrived, "%Y-%m-%d"),
                "region_ru": region,
                "address_ru": f"{street}, {chance.randrange(1, 120)}",
                "visit_purpose_code": chance.choice(("01", "01", "01", "02", "05")),
                "host_name": host,
                "host_bin": bin_,
                "reg_authority": f"Департамент полиции: {region}",
                "reg_status": chance.choice(("1", "1", "1", "2", "4")),
                "life_status_id": "001",
                "is_resident": False,
            }
        )
    return rows


def _kazakh_ban(chance: Random, sighting: Sighting, today: date) -> list[Row]:
    start = today - timedelta(days=chance.randrange(20, 900))
    return [
        _kazakh_person(chance, sighting)
        | {
            "ban_number": "",
            "decision_number": f"2-{chance.randrange(1000, 9999)}/{start.year}",
            "decision_date": _day(start - timedelta(days=5), "%Y-%m-%d"),
            "ban_from": _day(start, "%Y-%m-%d"),
            "ban_to": _day(start + timedelta(days=1826), "%Y-%m-%d"),
            "ban_status": "1",
            "authority": "Комитет миграционной службы",
            "ground_code": chance.choice("123"),
            "action_code": chance.choice("112"),
            "territory_code": chance.choice(("KZ", "CIS")),
        }
    ]


_TASHKENT: Final = timezone(timedelta(hours=5))


def _crossings(chance: Random, sighting: Sighting, today: date) -> list[Row]:
    person = _uzbek_person(chance, sighting)
    own = sighting.human.citizenship == "UZB"
    day = today - timedelta(days=chance.randrange(200, 500))
    rows = []
    for turn in range(chance.choices((1, 2, 3, 4), (12, 58, 12, 18))[0]):
        # Citizens leave first and come back; visitors come first.
        coming = (turn % 2 == 1) == own
        at = datetime(day.year, day.month, day.day, tzinfo=_TASHKENT) + timedelta(seconds=chance.randrange(86_400))
        rows.append(
            person
            | {
                "card_id": "",
                "reg_date": at.isoformat(),
                "direction_type_code": "P" if coming else "V",
                "direction_country": chance.choice(places.NEIGHBOURS_OF_UZBEKISTAN),
                "point_code": chance.choice(places.UZBEK_CHECKPOINTS),
                "trip_purpose_code": chance.choice("11145"),
                "trans_number": f"HY{chance.randrange(100, 999)}" if chance.random() < 0.4 else None,
                "trans_category_code": "1",
                "period_code": "90",
                "livestatus": "1",
            }
        )
        day += timedelta(days=chance.randrange(3, 60))
    return rows


def _uzbek_person(chance: Random, sighting: Sighting) -> Row:
    name, second, human = sighting.name, sighting.second, sighting.human
    # One clerk in twelve types the whole name into one field.
    unsplit = chance.random() < 0.08
    return {
        "pinpp": sighting.number or None,
        "surnamelat": None if unsplit else name.family,
        "namelat": None if unsplit else name.given,
        "patronymlat": None if unsplit else name.patronymic or None,
        "full_name": name.full() if unsplit else None,
        "surname_cyr": second.family if second else None,
        "name_cyr": second.given if second else None,
        "patronym_cyr": (second.patronymic or None) if second else None,
        "birth_date": _birth(chance, sighting, "%Y-%m-%d", "{}-00-00", "{}"),
        "birthcountry": _numeric(human.citizenship),
        "sex": human.sex,
        "citizenship": _numeric(human.citizenship),
        "nationality": ETHNICITIES[human.tradition],
        "document": sighting.passport.series + sighting.passport.number,
        "document_type_code": "1",
        "date_end_document": _day(sighting.passport.expires, "%Y-%m-%d"),
    }


def _numeric(code: str) -> str:
    found = countries.by_code(code)
    return found.numeric if found else ""


def _registrations(chance: Random, sighting: Sighting, today: date) -> list[Row]:
    passport, human, midnight = sighting.passport, sighting.human, "%Y-%m-%dT00:00:00+06:00"
    rows = []
    for _ in range(chance.choices((1, 2), (80, 20))[0]):
        arrived = today - timedelta(days=chance.randrange(10, 400))
        rows.append(
            {
                "pin": sighting.number,
                "surname": sighting.name.family,
                "name": sighting.name.given,
                "patronymic": sighting.name.patronymic,
                "dateOfBirth": _birth(chance, sighting, midnight, "{}"),
                "gender": "А" if human.woman else "Э",
                "citizenship": country(human.citizenship, "ky"),
                "ethnicity": ETHNICITIES[human.tradition],
                "passportSeries": passport.series,
                "passportNumber": passport.number,
                "passportIssuedBy": country(passport.country, "ky"),
                "passportExpires": _day(passport.expires, midnight),
                "registrationNumber": "",
                "registrationFrom": _day(arrived + timedelta(days=3), midnight),
                "registrationTo": _day(arrived + timedelta(days=chance.choice((60, 180))), midnight),
                "arrivalDate": _day(arrived, midnight),
                "registrationAddress": f"{chance.choice(places.KYRGYZ_PLACES)}, {chance.randrange(1, 200)}",
                "purpose": chance.choice(("иштөө", "иштөө", "окуу", "жеке")),
                "hostName": chance.choice(places.KYRGYZ_HOSTS),
                "registrationAuthority": "Миграция департаменти",
                "voidStatus": "false",
            }
        )
    return [{name: value for name, value in row.items() if value or name == "registrationNumber"} for row in rows]


def _azerbaijani_permits(chance: Random, sighting: Sighting, today: date) -> list[Row]:
    passport, human = sighting.passport, sighting.human
    rows = []
    for _ in range(chance.choices((1, 2), (85, 15))[0]):
        start = today - timedelta(days=chance.randrange(10, 500))
        employer, voen = chance.choice(places.AZERBAIJANI_EMPLOYERS)
        rows.append(
            {
                "fin": sighting.number or None,
                "soyad": sighting.name.family,
                "ad": sighting.name.given,
                "ata_adi": sighting.name.patronymic or None,
                "dogum_tarixi": _birth(chance, sighting, "%d.%m.%Y", "00.00.{}"),
                "cins": "Q" if human.woman else "K",
                "vetendasliq": country(human.citizenship, "az"),
                "milliyyet": ETHNICITIES[human.tradition],
                "seriya": passport.series,
                "nomre": passport.number,
                "icazenin_novu": chance.choice(("iş icazəsi", "iş icazəsi", "mövsümi iş")),
                "icazenin_nomresi": "",
                "baslama": _day(start, "%d.%m.%Y"),
                "bitme": _day(start + timedelta(days=364), "%d.%m.%Y"),
                "isegoturen": employer,
                "voen": voen,
                "veziyyet": "qüvvədədir",
            }
        )
    return rows


LAYOUTS: Final = {
    "blr-permits": Layout("blr/permits.csv", "№ спецразрешения", "СР-{:06d}", _permits),
    "blr-bans": Layout("blr/bans.csv", "№ решения", "366/{:05d}", _belarusian_ban),
    "blr-asylum": Layout("blr/asylum.csv", "№ ходатайства", "Х-{:04d}", _asylum),
    "kaz-stays": Layout("kaz/stays.json", "reg_number", "KZ-{:07d}", _stays),
    "kaz-bans": Layout("kaz/bans.json", "ban_number", "B-{:05d}", _kazakh_ban),
    "uzb-crossings": Layout("uzb/crossings.json", "card_id", "{:09d}", _crossings),
    "kgz-stays": Layout("kgz/data.json", "registrationNumber", "ТК-{:06d}", _registrations, root="registrations"),
    "aze-permits": Layout("aze/data.json", "icazenin_nomresi", "İİ-{:06d}", _azerbaijani_permits, root="icazeler"),
}
"""Profile to the layout of its file."""


def write_rows(layout: Layout, directory: Path, rows: Iterable[Row | str]) -> Path:
    """The rows as the register exports them; a text among them stands as it is, as a spoiled line does."""
    path = directory / layout.file
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".json":
        # One row a line: a person can read it, and it is far faster than an indented document.
        array = "[\n" + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
        path.write_text(f'{{"{layout.root}": {array}}}' if layout.root else array, "utf-8")
        return path
    with path.open("w", encoding="windows-1251", newline="") as file:
        _write_csv(file, list(rows))
    return path


def _write_csv(file: Any, rows: list[Row | str]) -> None:
    header = next(row for row in rows if isinstance(row, Mapping))
    writer = csv.DictWriter(file, list(header), delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        if isinstance(row, Mapping):
            writer.writerow(row)
        else:
            file.write(f"{row}\r\n")
