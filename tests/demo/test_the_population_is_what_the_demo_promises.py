"""The synthetic population keeps the promises of the demo: sizes, hard cases, and files that profiles can read."""

from __future__ import annotations

import filecmp
import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

import pytest

from gateway.demo.bad_rows import SPOILINGS
from gateway.demo.humans import draw_humans
from gateway.demo.national_files import LAYOUTS
from gateway.demo.population import REFERENCE_DAY, Population, write_population
from gateway.demo.sightings import REGISTERS
from gateway.demo.truth import Described, Recognition, Truth
from gateway.mapping import convert, profile

NOW = datetime(REFERENCE_DAY.year, REFERENCE_DAY.month, REFERENCE_DAY.day, tzinfo=UTC)


_MAPPED: dict[str, list[convert.Mapped]] = {}
"""What the population's files become; every test reads the same population."""


def mapped(population: Population, name: str) -> list[convert.Mapped]:
    if name in _MAPPED:
        return _MAPPED[name]
    layout = LAYOUTS[name]
    path = population.directory / layout.file
    if layout.root:
        rows = json.loads(path.read_text("utf-8"))[layout.root]
        _MAPPED[name] = list(convert.map_rows(profile.load(name), rows, now=NOW))
    else:
        _MAPPED[name] = list(convert.map_file(profile.load(name), path.read_bytes(), now=NOW))
    return _MAPPED[name]


def test_the_same_seed_and_day_give_the_same_files_byte_for_byte(population: Population, tmp_path: Path) -> None:
    write_population(tmp_path)
    files = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) == len(LAYOUTS) + 2
    assert filecmp.cmpfiles(population.directory, tmp_path, files, shallow=False)[1:] == ([], [])


def test_another_seed_and_day_keep_the_sizes(tmp_path: Path) -> None:
    expected = write_population(tmp_path, 7, today=date(2028, 2, 29)).expectations
    files = expected["files"]
    at_nodes = [file for name, file in files.items() if name not in {"kgz-stays", "aze-permits"}]
    assert expected["humans"] >= 2_000
    assert sum(file["good"] for file in at_nodes) >= 5_000
    assert expected["multi_state"] >= 300
    assert sum(file["bad"] for file in files.values()) == 40
    assert len({row["code"] for row in expected["bad_rows"]}) >= 10
    assert len(expected["queries"]) == 500


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_every_good_row_is_mapped_and_every_bad_one_is_rejected_for_its_own_reason(
    population: Population, name: str
) -> None:
    expected = {row["row"]: row["code"] for row in population.expectations["bad_rows"] if row["profile"] == name}
    rows = mapped(population, name)
    rejected = {row.row: {finding.code for finding in row.findings} for row in rows if row.record is None}
    assert rejected.keys() == expected.keys()
    assert all(expected[row] in codes for row, codes in rejected.items())
    counts = population.expectations["files"][name]
    assert (len(rows), len(rejected)) == (counts["good"] + counts["bad"], counts["bad"])


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_every_mapped_row_stands_in_the_truth_and_one_reference_never_means_two_humans(
    population: Population, name: str
) -> None:
    about = defaultdict(set)
    for row in mapped(population, name):
        if row.record is not None:
            source = row.record.source
            about[row.record.person.ref].add(population.truth.humans[f"{source.state}/{source.system}/{source.record}"])
    assert about
    assert all(len(humans) == 1 for humans in about.values())


def test_ethnicity_stands_in_the_files_and_in_no_record(population: Population) -> None:
    text = (population.directory / "kaz/stays.json").read_text("utf-8")
    assert "узбек" in text
    assert not any("узбек" in repr(row.record) for row in mapped(population, "kaz-stays"))


def test_the_applicant_is_known_to_the_state_of_origin_and_is_never_banned(population: Population) -> None:
    asylum = population.expectations["asylum"]
    humans = population.truth.humans
    known = {key.rpartition("/")[0] for key, human in humans.items() if human == asylum["human"]}
    assert known == {"BLR/dgm-asylum", "BLR/mvd-permits", "KAZ/mig-stays"}
    record = mapped(population, "blr-asylum")[0].record
    assert record is not None
    assert set(filter(None, record.person.states())) == {"KAZ"}
    unknown = population.expectations["unknown"]
    assert unknown.keys() == asylum["query"].keys()


def test_the_border_query_is_in_another_script_and_its_namesake_has_another_birth_date(population: Population) -> None:
    headline, namesake = population.expectations["headline"], population.expectations["namesake"]
    number = headline["record"].removeprefix("BLR/mvd-bans/")
    records = [row.record for row in mapped(population, "blr-bans") if row.record]
    person = next(record.person for record in records if record.source.record == number)
    assert person.names[0].script == "Cyrl"
    assert str(person.birth_date) == headline["query"]["birth_date"]
    assert headline["all_parties"]
    assert headline["query"]["family_name"].isascii()
    assert {key for key in namesake if namesake[key] != headline["query"][key]} == {"birth_date"}


def test_twins_namesakes_generations_and_changed_names_are_among_the_people() -> None:
    people = draw_humans(Random(20), 2_600, REFERENCE_DAY)  # noqa: S311 - a population is not a secret.
    numbers = [human.number for human in people]
    assert len(set(numbers)) == len(people)
    births = Counter((human.family, human.father, human.birth) for human in people)
    bearers = Counter((human.family, human.given) for human in people)
    passports = Counter(human.passports[0] for human in people)
    assert sum(size > 1 for size in births.values()) >= 35
    assert sum(size > 1 for size in bearers.values()) >= 70
    assert sum(size > 1 for size in passports.values()) == 8
    assert sum(human.former_family is not None for human in people) == 25


def test_every_register_names_its_profile() -> None:
    for name, register in REGISTERS.items():
        found = profile.load(name)
        assert (found.state, found.system) == (register.state, register.system)
        assert found.id_columns == (LAYOUTS[name].id_column,)
    assert sum(map(len, SPOILINGS.values())) == 40


def test_recognition_counts_pairs_of_two_states_only() -> None:
    truth = Truth({"A/x/1": 1, "B/x/1": 1, "B/x/2": 1, "C/x/1": 2})
    described = [
        Described("A", "A/x/1", "one"),
        Described("B", "B/x/1", "one"),
        Described("B", "B/x/2", "two"),
        Described("C", "C/x/1", "one"),
    ]
    found = truth.measure(described)
    # True: A1-B1 and A1-B2. Found: A1-B1, A1-C1, B1-C1.
    assert found == Recognition(true=2, found=3, right=1)
    assert (round(found.precision, 2), found.recall) == (0.33, 0.5)
    assert truth.same("A/x/1", "B/x/2")
    assert not truth.same("A/x/1", "C/x/9")


def test_a_truth_that_is_found_out_exactly_measures_one(population: Population) -> None:
    described = [Described(key[:3], key, str(human)) for key, human in population.truth.humans.items()]
    found = Truth.load(population.directory / "truth.json").measure(described)
    assert (found.precision, found.recall) == (1.0, 1.0)
    assert found.true >= population.expectations["pairs"]


@pytest.mark.parametrize("day", [date(2026, 8, 28), date(2026, 11, 26), date(2027, 2, 28)], ids=str)
def test_nobody_is_banned_who_was_a_child_whatever_the_day(day: date, tmp_path: Path) -> None:
    """A ban on a child needs a human's mark (BR-22); whom the seed draws depends on the day."""
    write_population(tmp_path, today=day)
    bans = (tmp_path / "blr" / "bans.csv").read_text("windows-1251").splitlines()
    column = bans[0].split(";").index("Дата рождения")
    years = [int(line.split(";")[column][-4:]) for line in bans[1:]]
    years += [int(row["birth_date"][:4]) for row in json.loads((tmp_path / "kaz" / "bans.json").read_text("utf-8"))]
    assert len(years) == 120
    assert max(years) < day.year - 14
