"""The traps of dates (domain.md section 6), each in a row of a register, both ways."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from gateway.mapping import back, convert
from gateway.records.dates import PartialDate

NAMED = {"Фамилия": "name.family", "рожд": "birth_date"}


def born(own_profile: Any, text: str, **words: Any) -> convert.Mapped:
    profile = own_profile(fields=NAMED | words.pop("fields", {}), **words)
    return own_profile.one(profile, {"Фамилия": "Ким", "рожд": text})


def codes(mapped: convert.Mapped) -> list[str]:
    return [finding.code for finding in mapped.findings]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("00.00.1975", "1975"),
        ("00.06.1975", "1975-06"),
        ("15.00.1975", "1975"),
        ("..1975", "1975"),
        ("1975 г.", "1975"),
        ("1975 г", "1975"),
        ("XX.XX.1975", "1975"),
        ("15 июня 1985", "1985-06-15"),
        ("15 июня 1985 года", "1985-06-15"),
        ("15 чэрвеня 1985", "1985-06-15"),
        ("15 маусым 1985", "1985-06-15"),
        ("15 iyun 1985", "1985-06-15"),
        ("15 iunie 1985", "1985-06-15"),
        ("15 iýun 1985", "1985-06-15"),
        ("15 հունիսի 1985", "1985-06-15"),
        ("15.06.1985ý.", "1985-06-15"),
        ("1985-06-15", "1985-06-15"),
        ("1985-06-15+03:00", "1985-06-15"),
        ("1985-06-15Z", "1985-06-15"),
        ("15.06.85", "1985-06-15"),
        ("15\u00a0.06.1985", None),
    ],
)
def test_00_day_and_month_the_year_alone_and_words_are_read_as_they_are_meant(
    text: str, meant: str | None, own_profile: Any
) -> None:
    record = born(own_profile, text).record
    assert (str(record.person.birth_date) if record and record.person else None) == meant


@pytest.mark.parametrize("text", ["31.02.1985", "30.02.2000", "29.02.1985", "00.13.1985", "15.06.19855", "15,06,1985"])
def test_31_02_is_an_error_and_never_the_third_of_march(text: str, own_profile: Any) -> None:
    mapped = born(own_profile, text)
    assert mapped.outcome == "rejected"
    assert codes(mapped) == ["MAP-DATE"]
    assert text not in repr(mapped.findings)


def test_two_digits_of_a_year_are_read_by_what_the_date_is_of(own_profile: Any, now: datetime) -> None:
    profile = own_profile(
        fields=NAMED | {"номер док": "document.number", "выдан": "document.issued", "до": "document.expires"}
    )
    row = {"Фамилия": "Ким", "рожд": "03.03.26", "номер док": "1234567", "выдан": "03.03.26", "до": "03.03.26"}
    person = own_profile.one(profile, row).record.person
    # Tomorrow's day of the year: nobody is born or given a passport tomorrow, but it may expire then.
    assert now.date() == date(2026, 3, 2)
    assert str(person.birth_date) == "1926-03-03"
    assert person.documents[0].issued == date(1926, 3, 3)
    assert person.documents[0].expires == date(2026, 3, 3)
    far = own_profile.one(profile, row | {"рожд": "02.03.26", "до": "01.01.77"}).record.person
    assert str(far.birth_date) == "2026-03-02"
    assert far.documents[0].expires == date(1977, 1, 1)


def test_us_order_is_read_only_where_the_profile_declares_it(own_profile: Any) -> None:
    american = {"рожд": "{to: birth_date, write: MM/DD/YYYY}"}
    assert str(born(own_profile, "06/05/1985", fields=american).record.person.birth_date) == "1985-06-05"
    assert str(born(own_profile, "06/05/1985").record.person.birth_date) == "1985-05-06"
    assert codes(born(own_profile, "06/15/1985")) == ["MAP-DATE"]


@pytest.mark.parametrize(
    ("form", "serial", "meant"),
    [
        ("excel", "31213", "1985-06-15"),
        ("excel", "31213.0", "1985-06-15"),
        ("excel-1904", "29751", "1985-06-15"),
        ("excel", "15.06.1985", "1985-06-15"),
        ("excel", "1985", "1985"),
    ],
)
def test_an_excel_serial_is_counted_from_the_declared_day(form: str, serial: str, meant: str, own_profile: Any) -> None:
    found = born(own_profile, serial, fields={"рожд": f"{{to: birth_date, write: {form}}}"})
    assert str(found.record.person.birth_date) == meant


def test_a_number_is_no_date_where_the_profile_declares_no_serials(own_profile: Any) -> None:
    assert codes(born(own_profile, "31213")) == ["MAP-DATE"]


def test_epoch_milliseconds_may_be_negative_and_do_not_shift_the_day(own_profile: Any) -> None:
    form = {"рожд": "{to: birth_date, write: epoch-ms}"}
    for text in ("-143510400000", str(-143510400000 - 3 * 3_600_000)):
        assert str(born(own_profile, text, fields=form).record.person.birth_date) == "1965-06-15"


def test_a_timezone_shifts_no_day(own_profile: Any) -> None:
    # Midnight in Minsk, as a server that keeps UTC sends it.
    assert str(born(own_profile, "1985-06-14T21:00:00Z").record.person.birth_date) == "1985-06-15"
    assert str(born(own_profile, "1985-06-15T00:00:00+03:00").record.person.birth_date) == "1985-06-15"


@pytest.mark.parametrize("text", ["бессрочно", "Бессрочно", "БЕССРОЧНО", "9999-12-31", "31.12.9999", "", "нет"])
def test_9999_12_31_and_words_without_end_are_an_open_end(text: str, own_profile: Any) -> None:
    profile = own_profile(fields=NAMED | {"по": "stay_to"}, more="open_ended: [бессрочно]")
    row = {"Фамилия": "Ким", "рожд": "15.06.1985", "по": text}
    record, again = own_profile.both_ways(profile, row)
    assert record.detail.stay_to is None
    assert again == record
    assert back.unmap(profile, [record])[0][0]["по"] == "бессрочно"


def test_01_01_used_as_unknown_is_assumed_where_the_profile_says_so(own_profile: Any) -> None:
    said = own_profile(fields=NAMED, more="placeholder: '01.01'")
    record, again = own_profile.both_ways(said, {"Фамилия": "Ким", "рожд": "01.01.1975"})
    assert record.person.birth_date == PartialDate(1975, 1, 1, assumed=True)
    assert again == record
    assert not own_profile.one(said, {"Фамилия": "Ким", "рожд": "02.01.1975"}).record.person.birth_date.assumed
    assert not born(own_profile, "01.01.1975").record.person.birth_date.assumed


def test_01_01_too_frequent_is_told_once_and_changes_nothing(own_profile: Any, now: datetime) -> None:
    profile = own_profile(fields=NAMED)
    days = [date(1970, 1, 1) + timedelta(days=37 * place) for place in range(400)]

    def rows(placeholders: int) -> list[dict[str, str]]:
        texts = ["01.01.1970"] * placeholders + [f"{day:%d.%m.}{day.year}" for day in days]
        texts = [text for pair in zip(texts[::-1], texts, strict=True) for text in pair][: len(texts)]
        return [
            own_profile.row({"номер": str(place), "Фамилия": "Ким", "рожд": text}) for place, text in enumerate(texts)
        ]

    spiked = list(convert.map_rows(profile, rows(120), now=now, flat=True))
    assert [finding.code for item in spiked for finding in item.findings] == ["MAP-PLACEHOLDER"]
    assert all(item.record and not item.record.person.birth_date.assumed for item in spiked)
    assert all(not item.findings for item in convert.map_rows(profile, rows(2), now=now, flat=True))


def test_date_and_time_in_two_columns_are_one_moment(own_profile: Any) -> None:
    crossing = {"вид": "{to: direction, codes: направление}", "момент": "at", "пункт": "checkpoint"}
    path = own_profile.folder / "crossing.yaml"
    path.write_text(
        "\n".join([
            "name: own", "version: 1", "title: {ru: Свой, en: Own}", "state: BLR", "agency: GPK", "system: own",
            "source: {format: csv}", "category: BORDER_CROSSING", "status: RECORDED", "id: номер", "ref: [name]",
            "zone: '+03:00'", "names: {name: {script: Cyrl}}", "joined: {момент: [дата, время]}",
            "codes: {направление: {въезд: IN, выезд: OUT}}", "fields:", "  Фамилия: name.family",
            *(f"  {column}: {target}" for column, target in crossing.items()),
        ]), "utf-8")  # fmt: skip
    from gateway.mapping.profile import load  # noqa: PLC0415 - the fixture's own profile is of another family.

    row = {"номер": "1", "Фамилия": "Ким", "вид": "въезд", "дата": "01.03.2026", "время": "23:30", "пункт": "Брест"}
    [mapped] = convert.map_rows(load(path), [row], now=datetime.fromisoformat("2026-03-02T09:00:00+00:00"))
    assert mapped.record is not None
    assert mapped.record.detail.at.isoformat() == "2026-03-01T23:30:00+03:00"
    rows, losses = back.unmap(load(path), [mapped.record])
    assert losses == []
    assert (rows[0]["дата"], rows[0]["время"]) == ("2026-03-01", "23:30:00+03:00")
