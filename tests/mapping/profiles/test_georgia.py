"""Georgia: legacy records in a script without capitals."""

from collections.abc import Callable
from typing import Any

from gateway.records.dates import PartialDate

By = Callable[[str], dict[Any, Any]]


def test_both_spellings_of_a_name_are_kept_with_their_scripts(records: By) -> None:
    georgian, latin = records("geo-stays")["R-2007/0101"].person.names
    assert (georgian.script, georgian.language, georgian.family) == ("Geor", "ka", "კარიმოვი")
    assert (latin.script, latin.family) == ("Latn", "KARIMOV")


def test_countries_are_read_in_georgian(records: By) -> None:
    stays = records("geo-stays")
    assert stays["R-2007/0101"].person.citizenships == ("UZB",)
    assert stays["R-2007/0103"].person.citizenships == ("ARM",)
    assert stays["R-2007/0104"].person.citizenships == ("USA",)


def test_a_traveller_written_in_latin_only_has_one_name(records: By) -> None:
    [name] = records("geo-stays")["R-2007/0104"].person.names
    assert (name.script, name.family) == ("Latn", "SMITH")


def test_capitals_of_the_newer_block_are_georgian_too(records: By) -> None:
    name = records("geo-stays")["R-2007/0106"].person.names[0]
    assert (name.script, name.family) == ("Geor", "ᲙᲝᲕᲐᲚᲘ")


def test_ethnicity_stays_at_home(records: By) -> None:
    assert "უზბეკი" not in repr(records("geo-stays")["R-2007/0101"]).replace("უზბეკეთი", "")


def test_an_open_end_and_a_year_alone_are_read(records: By) -> None:
    stay = records("geo-stays")["R-2007/0102"]
    assert stay.detail.stay_to is None
    assert stay.person.birth_date == PartialDate(1970)


def test_every_legacy_record_has_expired(records: By) -> None:
    assert {stay.status for stay in records("geo-stays").values()} == {"EXPIRED"}
