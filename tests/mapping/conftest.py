"""One good row of each register, a clock that stands still, and how to make a file of rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from gateway.mapping import back, convert
from gateway.mapping.declaration import Profile
from gateway.mapping.profile import check, load
from gateway.records.record import Record

GOOD: dict[str, dict[str, Any]] = {
    "blr-permits": {
        "Фамилия": "Каримов", "Имя": "Жасур", "Отчество": "Бахтиёрович", "Дата рождения": "15.06.1985",
        "Пол": "М", "Гражданство": "Узбекистан", "Идентификационный номер": "3150685A001PB5",
        "Серия": "AA", "Номер": "1234567", "Дата выдачи": "01.02.2020", "Срок действия": "01.02.2030",
        "Вид документа": "паспорт", "№ спецразрешения": "СР-000123", "Действует с": "01.03.2026",
        "Действует по": "28.02.2027", "Наниматель": "ООО «Ольха»", "УНП": "100000007",
    },
    "blr-bans": {
        "Фамилия": "Каримов", "Имя": "Жасур", "Отчество": "нет", "Дата рождения": "00.00.1975", "Пол": "М",
        "Гражданство": "Респ. Молдова", "Вид документа": "паспорт", "Серия": "", "Номер": "",
        "№ решения": "17/2026", "Дата решения": "01.02.2026", "Запрет с": "02.02.2026",
        "Запрет по": "бессрочно", "Орган": "МВД", "Основание": "депортация", "Территория": "РБ",
    },
    "blr-asylum": {
        "№ ходатайства": "Х-7", "Дата подачи": "03.03.2026", "Дата регистрации": "04.03.2026",
        "Дата решения": "", "№ свидетельства": "", "Состояние": "рассматривается", "Фамилия": "Сейтов",
        "Имя": "Арман", "Отчество": "", "Дата рождения": "15.06.1985", "Пол": "М",
        "Гражданство": "Казахстан, Россия", "Страна прежнего проживания": "Казахстан",
        "Страна рождения": "СССР", "Место рождения": "Алматы", "Вид документа": "", "Серия": "", "Номер": "",
        "Страна выдачи": "", "Несопровождаемый": "нет", "Государства преследования": "Казахстан",
    },
    "kaz-stays": {
        "iin": "850615300109", "last_name": "Әбдіғалиев", "first_name": "Ерлан", "patronymic": "Асанұлы",
        "last_name_lat": "ABDIGALIYEV", "first_name_lat": "YERLAN", "birth_date": "1985-06-15",
        "gender": "male", "citizenship_id": "004", "citizenship_ru_name": "Узбекистан",
        "nationality_id": "5", "nationality_ru_name": "Казах", "document_type_code": "1",
        "document_number": "AA1234567", "document_country_id": "004", "reg_number": "02/440-001/26/000177",
        "reg_date_from": "2026-03-01", "reg_date_to": "2026-05-30", "arrival_date": "2026-02-28",
        "address_ru": "Алматы, ул. Абая, 1", "visit_purpose_code": "01", "reg_status": "1",
    },
    "kaz-bans": {
        "iin": "", "last_name": "Petrov", "first_name": "Ivan", "birth_date": "1985", "gender": "Е",
        "citizenship_id": "999", "document_number": "4510123456", "document_type_code": "1",
        "ban_number": "KB-1", "decision_number": "77-р", "ban_from": "2026-01-01", "ban_to": "9999-12-31",
        "authority": "МВД РК", "ground_code": "3", "action_code": "2", "territory_code": "CIS",
    },
    "uzb-crossings": {
        "card_id": "900001", "pinpp": "31506852600019", "surnamelat": "Karimov", "namelat": "Jasur",
        "patronymlat": "Baxtiyor oʻgʻli", "surname_cyr": "Каримов", "name_cyr": "Жасур",
        "birth_date": "1985-06-15", "birthcountry": "860", "sex": "1", "citizenship": "860",
        "document": "AA1234567", "document_type_code": "1", "date_end_document": "2030-02-01",
        "reg_date": "2026-03-01T23:30:00+05:00", "direction_type_code": "P", "direction_country": "398",
        "point_code": "TASH-1", "trip_purpose_code": "1", "trans_number": "01A123BC", "nationality": "12",
    },
    "kgz-stays": {
        "pin": "21506198500123", "surname": "Асанов", "name": "Бакыт", "patronymic": "Асан уулу",
        "dateOfBirth": "1985-06-15T00:00:00+06:00", "gender": "Э", "citizenship": "Өзбекстан",
        "passportSeries": "AA", "passportNumber": "1234567", "registrationNumber": "KG-1",
        "registrationFrom": "2026-03-01T00:00:00+06:00", "registrationTo": None,
        "registrationAddress": "Бишкек", "purpose": "иштөө", "voidStatus": False,
    },
    "aze-permits": {
        "fin": "5AB1C2D", "soyad": "Əliyev", "ad": "Vaqif", "ata_adi": "Əli oğlu",
        "dogum_tarixi": "15.06.1985", "cins": "K", "vetendasliq": "Ozbekistan", "seriya": "AZE",
        "nomre": "1234567", "icazenin_novu": "iş icazəsi", "icazenin_nomresi": "IC-9",
        "baslama": "01.03.2026", "bitme": "28.02.2027", "isegoturen": "Xəzər MMC", "voen": "1234567891",
    },
}  # fmt: skip

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def good() -> dict[str, dict[str, Any]]:
    """A good row of each shipped profile; tests change what they are about."""
    return {name: dict(row) for name, row in GOOD.items()}


@pytest.fixture
def mapped(good: dict[str, dict[str, Any]]) -> Callable[..., convert.Mapped]:
    """Map the good row of a profile with some cells changed."""

    def one(name: str, changes: dict[str, Any] | None = None) -> convert.Mapped:
        [result] = convert.map_rows(load(name), [good[name] | (changes or {})], now=NOW)
        return result

    return one


def as_file(profile: Profile, rows: list[dict[str, Any]]) -> bytes:
    if profile.source.format != "csv":
        return json.dumps(rows, ensure_ascii=False).encode()
    lines = [profile.source.delimiter.join(rows[0])]
    lines += [profile.source.delimiter.join(str(cell) for cell in row.values()) for row in rows]
    return ("\r\n".join(lines) + "\r\n").encode(profile.source.encoding)


@pytest.fixture
def make_file() -> Callable[[Profile, list[dict[str, Any]]], bytes]:
    return as_file


class OwnProfile:
    """Writes a small profile about stay registrations, with what a test adds to it, and maps rows by it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, *, fields: dict[str, str], names: str = "{name: {script: Cyrl, language: ru}}", more: str = "",
                 source: str = "{format: csv, encoding: utf-8, delimiter: ';'}") -> Profile:  # fmt: skip
        lines = [
            "name: own", "version: 1", "title: {ru: Свой, en: Own}", "state: BLR", "agency: MVD", "system: own",
            f"source: {source}", "category: STAY_REGISTRATION", *([] if "status:" in more else ["status: REGISTERED"]),
            "id: номер", "ref: [document, name]", f"names: {names}", "dates: DD.MM.YYYY", "countries: russian",
            "zone: '+03:00'", *([] if "nulls:" in more else ['nulls: ["", нет, "-"]']), more, "fields:",
            "  номер: number", "  с: stay_from", *(f'  "{column}": {target}' for column, target in fields.items()),
        ]  # fmt: skip
        path = self.folder / "own.yaml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        assert check(path) == []
        return load(path)

    @staticmethod
    def row(row: dict[str, Any]) -> dict[str, Any]:
        """A row with what every row of the profile needs."""
        return {"номер": "1", "с": "01.02.2026"} | row

    def one(self, profile: Profile, row: dict[str, Any]) -> convert.Mapped:
        """What becomes of one row."""
        [mapped] = convert.map_rows(profile, [self.row(row)], now=NOW, flat=True)
        return mapped

    def both_ways(self, profile: Profile, row: dict[str, Any]) -> tuple[Record, Record]:
        """The record of a row, and the record of what it is written back as; nothing may be lost."""
        first = self.one(profile, row).record
        assert first is not None
        rows, losses = back.unmap(profile, [first])
        assert losses == []
        [again] = convert.map_rows(profile, rows, now=NOW, flat=True)
        assert again.record is not None
        return first, again.record


@pytest.fixture
def own_profile(tmp_path: Path) -> OwnProfile:
    return OwnProfile(tmp_path)
