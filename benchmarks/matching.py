"""Matching one person online against many: time to find and weigh candidates, and what is found and missed.

Everybody here is made of syllables and dice from a seed. A question is a person already known, as another
state's register would write them, or a stranger drawn from the same names. The romanisations below are the
benchmark's own, so that the code under test does not mark its own work.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from gateway.matching.candidates import Candidate, candidates, nearest
from gateway.matching.decide import Decision, decide
from gateway.matching.judge import weigh
from gateway.matching.keys import keys
from gateway.matching.match import match_person
from gateway.matching.normalise import comparable
from gateway.matching.yardstick import yardstick
from gateway.records.dates import PartialDate
from gateway.records.identifiers import check, synthesise
from gateway.records.person import Document, Name, Person, Sex
from gateway.store import tables
from gateway.store.database import Database
from gateway.store.vault import Vault, new_keys

SECRET = b"benchmark"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLACES = ("Минск", "Ош", "Алматы", "Худжанд", "Самарканд", "Гянджа", "Гюмри", "Москва")
STATES = ("BLR", "RUS", "KAZ", "KGZ", "UZB", "TJK", "ARM", "AZE")
MEN = (
    ("Николай", "Мікалай", "Mikalai"), ("Сергей", "Сяргей", "Siarhei"), ("Алексей", "Аляксей", "Aliaksei"),
    ("Дмитрий", "Дзмітрый", "Dzmitry"), ("Владимир", "Уладзімір", "Uladzimir"), ("Асан",), ("Тимур",), ("Бахтияр",),
    ("Рустам",), ("Фаррух",), ("Шавкат",), ("Арам",), ("Карен",), ("Ильхам",), ("Эльчин",), ("Нурлан",), ("Ержан",),
    ("Жасур",), ("Хуршед",), ("Юсуф",), ("Иван",), ("Андрей",), ("Олег", "Алег", "Aleh"), ("Виктор",), ("Максим",),
)  # fmt: skip
WOMEN = (
    ("Ольга", "Вольга", "Volha"), ("Анна", "Ганна", "Hanna"), ("Елена", "Алена", "Alena"), ("Юлия",), ("Зарина",),
    ("Гульнара",), ("Айгуль",), ("Севара",), ("Лейла",), ("Нигора",), ("Гаянэ",), ("Мария", "Марыя", "Maryia"),
)  # fmt: skip
ONSETS = (*"бвгджзклмнпрстфхцчш", "щ", "бр", "гр", "др", "кр", "пр", "ст", "тр", "хр", "ск")
VOWELS = tuple("аеиоуыяю")
ICAO = dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziiklmnoprstufye", strict=True)) | {
    "ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "ie", "ь": "", "ю": "iu", "я": "ia",
}  # fmt: skip
SCHEMES = (
    ICAO,
    ICAO | {"й": "y", "ю": "yu", "я": "ya", "ё": "yo", "ъ": ""},
    ICAO | {"ц": "tc", "ъ": ""},
    ICAO | {"ш": "ch", "ч": "tch", "щ": "chtch", "у": "ou", "ж": "j", "ю": "iou"},
    ICAO | {"х": "x", "ж": "j", "ю": "yu", "я": "ya", "й": "y"},
)
"""ICAO, English usage, GOST until 2014, the French of Soviet passports, Uzbek Latin."""


class Population:
    """People from a seed. Names are skewed as in life: one family name in fifty is the same, one given name in nine."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        namer = random.Random(4711)
        self.families = [
            "".join(namer.choice(ONSETS) + namer.choice(VOWELS) for _ in range(namer.choice((1, 2, 2))))
            + namer.choice(ONSETS[:18]) + namer.choice(("ов", "ев", "ин", "енко", "ян", "баев", "ко"))
            for _ in range(20_000)
        ]  # fmt: skip

    def person(self, ref: int) -> Person:
        """One person as their own register writes them, in Russian."""
        dice = self.dice
        woman = dice.random() < 0.35
        family = self.skewed(self.families, 2.5)
        family += "а" if woman and family[-2:] in {"ов", "ев", "ин"} else ""
        given = self.skewed(WOMEN if woman else MEN, 1.5)[0]
        father = self.skewed(MEN, 1.5)[0].rstrip("йь") + ("овна" if woman else "ович")
        born = date(1945, 1, 1) + timedelta(days=dice.randrange(22_600))
        sex = Sex.FEMALE if woman else Sex.MALE
        state = dice.choice(STATES)
        return Person(
            ref=str(ref),
            names=(Name(family, given, father, script="Cyrl", language="ru"),),
            birth_date=PartialDate.of(born),
            sex=sex,
            citizenships=(state,),
            birth_country=state,
            birth_place=dice.choice(PLACES),
            # With right check digits: matching judges every number itself and joins nobody by one that fails.
            identifiers=(check("UZ-PINFL", synthesise("UZ-PINFL", born, sex, dice.randrange(10**14))),),
            documents=(Document(state, "PASSPORT", f"{dice.randrange(10**7):07d}", "A" + dice.choice("ABCK")),),
        )

    def skewed(self, names: Sequence[Any], skew: float) -> Any:
        """One of the names, the earlier ones much oftener."""
        return names[int(len(names) * self.dice.random() ** skew)]

    def rewritten(self, person: Person) -> Person:
        """The same person as another state's register may write them."""
        dice, name, born = self.dice, person.names[0], person.birth_date
        assert born is not None
        spellings = next(row for row in (*MEN, *WOMEN) if row[0] == name.given)
        name = replace(name, given=dice.choice(spellings))
        if dice.random() < 0.15:
            name = replace(name, family=self.slip(name.family))
        if dice.random() < 0.6:
            scheme = dice.choice(SCHEMES)
            name = Name(*("".join(scheme.get(letter, letter) for letter in part.lower())
                          for part in (name.family, name.given, name.patronymic)), script="Latn")  # fmt: skip
        if dice.random() < 0.4:
            name = replace(name, patronymic="")
        if dice.random() < 0.03:
            name = replace(name, family=name.given, given=name.family)
        chance = dice.random()
        if chance < 0.03 and born.day <= 12:
            born = PartialDate(born.year, born.day, born.month)
        elif chance < 0.06:
            born = PartialDate(born.year)
        elif chance < 0.08:
            born = replace(born, year=born.year + 1, day=min(born.day, 28))
        return replace(
            person,
            names=(name,),
            birth_date=born,
            birth_place=person.birth_place if dice.random() < 0.4 else "",
            identifiers=person.identifiers if dice.random() < 0.25 else (),
            documents=person.documents if dice.random() < 0.3 else (),
        )

    def slip(self, word: str) -> str:
        """One slip of the finger."""
        place = self.dice.randrange(1, len(word))
        return self.dice.choice((word[:place] + word[place + 1 :], word[:place] + "е" + word[place + 1 :]))


def measure(scale: float) -> list[dict[str, Any]]:
    """Rows of `var/bench.json`; scale 1 is 100,000 persons and 2,000 questions."""
    count, asked = int(100_000 * scale), max(200, int(2_000 * min(1.0, scale)))
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'people.sqlite'}", Vault(new_keys(NOW)))
        database.upgrade()
        with database.begin() as session:
            per_person = fill(session, count)
        with database.read() as session:
            times, quality = ask(session, count, asked)
            floor = floor_of(session)
        with database.begin() as session:
            writing = write(session, count)
        database.close()
    rows = [
        row("match-online-100k-p50", "ms", times[len(times) // 2], floor),
        row("match-online-100k-p99", "ms", times[int(len(times) * 0.99)], floor),
        row("match-person-100k-p50", "ms", writing, floor),
        row("match-keys-per-person", "keys", per_person, None),
    ]
    return rows + [row(f"match-online-{name}", "share", value, None) for name, value in quality.items()]


def row(name: str, unit: str, value: float, floor: float | None) -> dict[str, Any]:
    ratio = value / floor if floor else None
    return {"name": name, "unit": unit, "value": value, "floor": floor, "ratio": ratio, "peers": {}}


def fill(session: Session, count: int) -> float:
    """Store so many people with their keys; the mean number of keys."""
    people, stored = Population(1), 0
    for start in range(0, count, 5_000):
        rows, index = [], []
        for number in range(start + 1, min(start + 5_000, count) + 1):
            value = comparable(people.person(number))
            rows.append({"id": number, "state": "RUS", "agency": "MVD", "system": "r", "ref": str(number),
                         "comparable": value.to_json(), "states": [], "updated": NOW, "protected": False})  # fmt: skip
            index += [{"key": key, "person_id": number} for key in keys(value, SECRET)]
        session.execute(insert(tables.Person), rows)
        session.execute(insert(tables.PersonKey), index)
        stored += len(index)
    return stored / count


def ask(session: Session, count: int, asked: int, rounds: int = 1) -> tuple[list[float], dict[str, float]]:
    """Milliseconds of each question, ascending; how the pairs meant and the strangers were judged.

    A question counts with the best of its `rounds`, so that what else the machine does counts less.
    """
    known, clerk, strangers = Population(1), Population(2), Population(3)
    described = [(number, known.person(number)) for number in range(1, min(count, asked // 2) + 1)]
    described += [(0, strangers.person(0)) for _ in range(asked - len(described))]
    questions = [(meant, clerk.rewritten(person)) for meant, person in described]
    session.execute(text("SELECT 1"))
    times = [float("inf")] * len(questions)
    tally: Counter[str] = Counter()
    for turn in range(rounds):
        for number, (meant, person) in enumerate(questions):
            started = time.perf_counter()
            ranked, found = search(session, person)
            times[number] = min(times[number], (time.perf_counter() - started) * 1000)
            if turn == 0:
                count_answer(tally, meant, ranked, found)
    linked = tally["positive-right"] + tally["positive-wrong"]
    return sorted(times), {
        "candidate-recall": tally["known-found"] / tally["known"],
        "linked-recall": tally["positive-right"] / tally["known"],
        "linked-or-review-recall": (tally["positive-right"] + tally["candidate-right"]) / tally["known"],
        "linked-precision": tally["positive-right"] / max(1, linked),
        "review-wrong": tally["candidate-wrong"] / asked,
    }


def search(session: Session, person: Person) -> tuple[list[int], list[tuple[Decision, int]]]:
    """What `match_person` does before it writes: candidates found, weighed, and the likeliest judged."""
    value = comparable(person)
    ranked, _ = candidates(session, keys(value, SECRET))
    own = Candidate(0, ("", "", ""), protected=False, comparable=value)
    weighed = weigh(own, nearest(session, ranked), measure=yardstick(session))
    second = weighed[1].comparison if len(weighed) > 1 else None
    return ranked, [(decide(each.comparison, second), each.candidate.person_id) for each in weighed[:1]]


def count_answer(tally: Counter[str], meant: int, ranked: list[int], found: list[tuple[Decision, int]]) -> None:
    kind = "known" if meant else "stranger"
    tally[kind] += 1
    tally[f"{kind}-found"] += meant in ranked
    for decision, who in found:
        tally[f"{decision.verdict}-{'right' if who == meant else 'wrong'}"] += 1


def floor_of(session: Session) -> float:
    """Median milliseconds of the bare look-up of one key."""
    statement = text("SELECT person_id FROM person_key WHERE key = :key LIMIT 501")
    sample = session.scalars(select(tables.PersonKey.key).order_by(func.random()).limit(500)).all()
    times = []
    for key in sample:
        started = time.perf_counter()
        session.execute(statement, {"key": key}).all()
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)[len(times) // 2]


def write(session: Session, count: int) -> float:
    """Median milliseconds of the whole of `match_person` for newcomers, without the commit."""
    clerk, known, times = Population(4), Population(1), []
    for number in range(1, min(300, count) + 1):
        person = clerk.rewritten(known.person(number))
        stored = tables.Person(state="KAZ", agency="MVD", system="r", ref=str(number), updated=NOW, states=[])
        session.add(stored)
        session.flush()
        started = time.perf_counter()
        match_person(session, stored.id, person, protected=False, secret=SECRET, now=NOW)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)[len(times) // 2]


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), indent=1))
