"""Historical people with many records each, noisier from record to record: a register nobody would want to link.

The process follows what the maker of Splink's `historical_50k` published about it: two to twenty damaged records
a person, the k-th of n with a chance of damage and of a missing cell that rises with k; other labels of a person
(titles, initials), given and family names in other spellings and languages, dates with one digit wrong, moves to
nearby postcodes, birthplaces as county, district or parish. People, places and frequencies are made up here;
shares are calibrated on the u-probabilities of the published model. Sons share name, place and trade with fathers.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.linkage import historical_names as words

COLUMNS: Final = (
    "unique_id",
    "cluster",
    "full_name",
    "first_and_surname",
    "first_name",
    "surname",
    "dob",
    "birth_place",
    "postcode_fake",
    "gender",
    "occupation",
)
Row = dict[str, str]
_KEYS: Final = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_PAD: Final = ("789", "456", "123", "0")


def _zipf(count: int, power: float, shift: float = 0.0) -> list[float]:
    return [1 / (place + 1 + shift) ** power for place in range(count)]


@dataclass
class Person:
    """One human being, and every value that a record of him may carry."""

    number: int
    label: str
    other_labels: list[str]
    given: list[str]
    family: str
    born: str
    places: list[str]
    home: list[str]
    """Postcodes of the home and of its neighbours, the home first."""
    moves: list[str]
    female: bool
    trades: list[str]
    spellings: dict[str, list[str]] = field(default_factory=dict)
    """Word of the name to its other spellings."""


class World:
    """Names, places and postcodes with their frequencies, from one seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.men, self.women = words.groups(words.MEN), words.groups(words.WOMEN)
        self.variants = {spelling: line for line in words.groups(words.VARIANTS) for spelling in line}
        starts, ends = words.STARTS.split(), words.ENDS.split()
        made = [start + end for start in starts for end in ends]
        self.dice.shuffle(made)
        self.surnames = words.SURNAMES.split() + made
        self.surname_weights = _zipf(len(self.surnames), 0.72, 14)
        self.rare = [start + end for start in starts for end in ("a", "or", "us", "an", "el", "ic")]
        self.counties = words.COUNTIES.split()
        self.trades = [trade.replace("_", " ") for trade in words.OCCUPATIONS.split()]
        self.areas = words.AREAS.split()

    def pick(self, values: list[str], weights: list[float]) -> str:
        """One of the values by weight."""
        return self.dice.choices(values, weights)[0]

    def given(self, *, female: bool) -> str:
        """A given name: two in five of the commonest few, one in twelve of a kind nobody else bears."""
        if self.dice.random() < 0.08:
            return self.dice.choice(self.rare)
        table = self.women if female else self.men
        return self.dice.choices(table, _zipf(len(table), 1.1, 1.2))[0][0]

    def surname(self) -> str:
        """A family name."""
        return self.pick(self.surnames, self.surname_weights)

    def postcode(self, near: str = "", how: str = "") -> str:
        """A postcode: anywhere, or in the same `sector`, `district` or `area` as another."""
        dice, letters = self.dice, "abdefghjlnpqrstuwxyz"
        unit = dice.choice(letters) + dice.choice(letters)
        if not near:
            area = self.pick(self.areas, _zipf(len(self.areas), 0.35))
            return f"{area}{min(1 + int(dice.expovariate(0.14)), 40)} {dice.randint(0, 9)}{unit}"
        outward, inward = near.split(" ")
        if how == "sector":
            return f"{outward} {inward[0]}{unit}"
        if how == "district":
            return f"{outward} {dice.randint(0, 9)}{unit}"
        area = outward.rstrip("0123456789")
        return f"{area}{dice.randint(1, 28)} {dice.randint(0, 9)}{unit}"


def _typo(dice: random.Random, text: str, rows: tuple[str, ...]) -> str:
    """One sign replaced by its neighbour on the keyboard."""
    for _ in range(10):
        place = dice.randrange(len(text)) if text else 0
        for number, row in enumerate(rows):
            if text and text[place] in row:
                at = row.index(text[place])
                near = [row[at + step] for step in (-1, 1) if 0 <= at + step < len(row)]
                near += [
                    rows[number + step][at]
                    for step in (-1, 1)
                    if 0 <= number + step < len(rows) and at < len(rows[number + step])
                ]
                return text[:place] + dice.choice(near) + text[place + 1 :]
    return text


def _born(world: World) -> str:
    """A day of birth; of two in five only the year is known, written as 1 January."""
    dice = world.dice
    year = int(dice.gauss(1862, 17)) if dice.random() < 0.85 else dice.randint(1540, 1900)
    if dice.random() < 0.5:
        return f"{year}-01-01"
    return f"{year}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}"


def _labels(world: World, given: list[str], family: str, *, female: bool) -> tuple[str, list[str]]:
    """The person's usual name, and the other names under which sources know him."""
    dice = world.dice
    plain = " ".join([*given, family])
    usual = plain if dice.random() < 0.55 else f"{given[0]} {family}"
    others = [f"{given[0]} {family}", plain]
    initials = " ".join(f"{name[0]}." for name in given)
    others += [f"{initials} {family}", f"{given[0]} {' '.join(name[0] + '.' for name in given[1:])} {family}"]
    seat = dice.choice(words.STARTS.split()) + dice.choice(words.ENDS.split())
    if not female and dice.random() < 0.1:
        rank = dice.choice(["1st", "2nd", "3rd", "4th", "5th"])
        peer = f"{given[0]} {family}, {rank} baron {seat if dice.random() < 0.5 else family + ' of ' + seat}"
        usual = peer if dice.random() < 0.6 else f"sir {given[0]} {family}, {rank} baronet"
        others += [f"lord {seat}", f"{given[0]}, lord {seat}", f"baron {seat}", f"sir {given[0]} {family}"]
    elif dice.random() < 0.12:
        others += [f"{dice.choice(['sir', 'rev.', 'captain', 'dr.', 'colonel'])} {given[0]} {family}"] * 2
    if female and dice.random() < 0.4:
        married = world.surname()
        others += [f"{given[0]} {married}", f"mrs. {married}", f"{given[0]} {family} {married}"]
    if len(given) > 1:
        others.append(f"{given[1]} {family}")
    others = sorted({" ".join(name.split()) for name in others} - {usual})
    count = dice.choices([0, 1, 2, 3, 4], [0.5, 0.22, 0.13, 0.08, 0.07])[0]
    return usual, dice.sample(others, min(count, len(others)))


def _person(world: World, number: int, father: Person | None) -> Person:
    dice = world.dice
    female = father is None and dice.random() < 0.16
    family = father.family if father else world.surname()
    given = [world.given(female=female) for _ in range(dice.choices([1, 2, 3], [0.5, 0.38, 0.12])[0])]
    if father and dice.random() < 0.4:
        given[0] = father.given[0]
    label, others = _labels(world, given, family, female=female)
    county = world.pick(world.counties, _zipf(len(world.counties), 0.7))
    town = dice.choice(words.STARTS.split()) + dice.choice(words.ENDS.split())
    places = [county if dice.random() < 0.45 else town, town + " district", town + " ward", town]
    home = [world.postcode()]
    home += [world.postcode(home[0], "sector") for _ in range(7)]
    moves = [
        world.postcode(home[0], dice.choices(["district", "area", ""], [0.2, 0.45, 0.35])[0].strip())
        if dice.random() < 0.65
        else world.postcode()
        for _ in range(3)
    ]
    born = _born(world)
    trades = [
        world.pick(world.trades, _zipf(len(world.trades), 0.75))
        for _ in range(dice.choices([1, 2, 3, 4], [0.62, 0.22, 0.1, 0.06])[0])
    ]
    if father:
        places, home = (father.places, father.home) if dice.random() < 0.6 else (places, home)
        born = f"{int(father.born[:4]) + dice.randint(20, 45)}{born[4:]}"
        trades = [*trades, father.trades[0]] if dice.random() < 0.5 else trades
    spellings = {line[0]: line[1:] for line in (*world.men, *world.women) if len(line) > 1}
    known = {name: spellings[name] for name in given if name in spellings}
    if family in world.variants:
        known[family] = [name for name in world.variants[family] if name != family]
    elif dice.random() < 0.25:
        known[family] = [_respelt(dice, family)]
    return Person(number, label, others, given, family, born, places, home, moves, female, trades, known)


def _respelt(dice: random.Random, family: str) -> str:
    """Another spelling of a family name, as old sources have them."""
    changes = [
        ("y", "ie"),
        ("i", "y"),
        ("ck", "k"),
        ("k", "ck"),
        ("tt", "t"),
        ("t", "tt"),
        ("l", "ll"),
        ("e", "ea"),
        ("ton", "tone"),
        ("ley", "leigh"),
        ("more", "moor"),
        ("s", "z"),
        ("c", "k"),
        ("d", "dd"),
    ]
    found = [change for change in changes if change[0] in family[1:]]
    if not found:
        return family + "e"
    old, new = dice.choice(found)
    return family[0] + family[1:].replace(old, new, 1)


def _name(world: World, person: Person) -> str:
    """A damaged full name: another label, other spellings of its words, or a slip of the finger."""
    dice = world.dice
    share = {0: 0.0, 1: 0.25, 2: 0.33, 3: 0.5}.get(len(person.other_labels), 0.75)
    if dice.random() < share:
        return dice.choice(person.other_labels)
    label = dice.choice([person.label, *person.other_labels])
    changed, said = False, []
    for word in label.split(" "):
        if word in person.spellings and dice.random() < 2 / 3:
            said.append(dice.choice(person.spellings[word]))
            changed = True
        elif len(word.replace(".", "")) > 1:
            said.append(word)
    for name in person.given:
        if name not in label and name in person.spellings:
            said.insert(-1, dice.choice([name, *person.spellings[name]]))
            changed = True
    text = " ".join(said)
    return text if changed or label != person.label else _typo(dice, text, _KEYS)


def _shortened(world: World, text: str, chance: float) -> str:
    """Middle words fall out half the time, the first or the last word with the given chance."""
    dice, parts = world.dice, text.split(" ")
    first, middle, last = parts[:1], parts[1:-1], parts[1:][-1:]
    middle = [word for word in middle if dice.random() < 0.5]
    if dice.random() < chance:
        first, last = ([], last) if dice.random() < 0.5 else (first, [])
    return " ".join([*first, *middle, *last])


def _postcode(world: World, person: Person) -> str:
    kind = world.dice.random()
    if kind < 0.6:
        return world.dice.choice([*person.moves, person.home[0]])
    return world.dice.choice(person.home) if kind < 0.9 else _typo(world.dice, person.home[0], _KEYS)


def _damaged(world: World, person: Person, share: float) -> Row:
    """One record; `share` runs from 0 for the first damaged one to 1 for the last."""
    dice = world.dice

    def hit(start: float, end: float) -> bool:
        return dice.random() < start + (end - start) * share

    row = _clean(person)
    name = _name(world, person) if hit(0.1, 1.0) else person.label
    row["full_name"] = _shortened(world, name, 0.2 * share)
    if hit(0.1, 0.7):
        row["dob"] = person.born[:2] + _typo(dice, person.born[2:], _PAD)
    if hit(0.1, 0.7):
        row["birth_place"] = dice.choice(person.places)
    if hit(0.1, 0.7):
        row["postcode_fake"] = _postcode(world, person)
    if hit(0.01, 0.1):
        row["gender"] = "male" if person.female else "female"
    if hit(0.1, 1.0):
        row["occupation"] = dice.choice(person.trades)
    for column, most in (
        ("dob", 0.5),
        ("birth_place", 0.3),
        ("postcode_fake", 0.5),
        ("gender", 0.5),
        ("occupation", 0.7),
    ):
        if hit(0.0, most):
            row[column] = ""
    return row


def _clean(person: Person) -> Row:
    return {
        "full_name": person.label,
        "dob": person.born,
        "birth_place": person.places[0],
        "postcode_fake": person.home[0],
        "gender": "female" if person.female else "male",
        "occupation": person.trades[0],
    }


def _finished(row: Row, person: Person, place: int) -> Row:
    parts = row["full_name"].split(" ")
    first, last = parts[0], parts[-1] if len(parts) > 1 else ""
    row |= {"unique_id": f"Q{person.number}-{place}", "cluster": f"Q{person.number}"}
    row |= {"first_name": first, "surname": last, "first_and_surname": f"{first} {last}".strip()}
    return {column: row[column] for column in COLUMNS}


def rows(people: int, seed: int = 1) -> Iterator[Row]:
    """The records of so many people, about ten each, person after person."""
    world = World(seed)
    counts, weights = list(range(2, 21)), _zipf(19, 0.5)
    fathers: list[Person] = []
    for number in range(people):
        father = world.dice.choice(fathers) if fathers and world.dice.random() < 0.08 else None
        person = _person(world, 100_000 + number, father)
        if not person.female:
            fathers.append(person)
        yield _finished(_clean(person), person, 1)
        count = world.dice.choices(counts, weights)[0]
        for place in range(count):
            yield _finished(_damaged(world, person, place / (count - 1)), person, place + 2)


def write(path: Path, people: int, seed: int = 1) -> None:
    """The same as a CSV file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows(people, seed))
