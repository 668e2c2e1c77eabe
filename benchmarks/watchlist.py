"""The watchlist at size: time to build, memory, time of a query, and what it finds and wrongly finds.

Everybody here is made of syllables and dice from a seed. Queries are half about people on the list, written
as another clerk in another alphabet may write them, and half about strangers drawn from the same names.
"""

# ruff: noqa: SIM905 - rows of names read better as sentences than as lists

from __future__ import annotations

import gc
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import select

from gateway.names.fold import readings, tokens
from gateway.records.dates import PartialDate
from gateway.records.person import Sex
from gateway.store.bulk import write_rows
from gateway.store.database import Database
from gateway.store.vault import Vault, new_keys
from gateway.watchlist.build import build
from gateway.watchlist.decide import Band
from gateway.watchlist.entries import COLUMNS, Entry, Subject, WrittenName, kept_subject
from gateway.watchlist.index import Index
from gateway.watchlist.live import Watchlist
from gateway.watchlist.query import Query, screen

TODAY = date(2026, 1, 15)
NOW = datetime(2026, 1, 15, tzinfo=UTC)
STATES = ("RUS", "KAZ", "UZB", "KGZ", "TJK", "BLR", "ARM", "AZE")
GIVEN = (
    "Александр Алексей Андрей Антон Артём Борис Вадим Валерий Василий Виктор Виталий Владимир Геннадий Георгий "
    "Григорий Денис Дмитрий Евгений Егор Иван Игорь Илья Кирилл Константин Леонид Максим Михаил Николай Олег Павел "
    "Пётр Роман Сергей Степан Тимур Фёдор Юрий Яков Акмаль Алишер Анвар Арман Асхат Ахмед Бахтияр Бекзод Болат "
    "Гафур Дамир Жасур Закир Ильхам Искандер Камиль Мансур Марат Мурад Нурлан Ойбек Равшан Рустам Сардор Тахир "
    "Улугбек Фаррух Хасан Хусан Шавкат Эльдар Арам Ашот Гагик Карен Левон Самвел Тигран Хачик"
).split()
WOMEN = (
    "Алина Анастасия Анна Валентина Вера Галина Дарья Екатерина Елена Жанна Зухра Инна Ирина Ксения Лариса Людмила "
    "Марина Мария Надежда Наталья Ольга Полина Светлана Татьяна Фатима Юлия Яна Айгуль Гульнара Дилором Зарина "
    "Лола Малика Нигора Севара Асмик Гаянэ Лусине Нарине"
).split()
ONSETS = "б в г д ж з к л м н п р с т ф х ц ч ш щ бр гр др кр пр ст тр хр ск".split()
VOWELS = "а е и о у ы я ю э".split()
ENDINGS = "ов ев ин ский енко ян иев баев ко ук".split()


class Population:
    """People from a seed: family names by Zipf's law over some 30,000, dates over sixty years."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        namer = random.Random(4711)  # The names are the same for every seed, so that strangers bear them too.
        roots = {"".join(namer.choice(ONSETS) + namer.choice(VOWELS) for _ in range(namer.choice((1, 2, 2, 3))))
                 + namer.choice(ONSETS[:20]) for _ in range(9000)}  # fmt: skip
        self.families = [root + ending for root in sorted(roots) for ending in namer.sample(ENDINGS, 4)]
        namer.shuffle(self.families)
        total = 0.0
        self.weights = [total := total + 1 / (rank + 20) for rank in range(len(self.families))]

    def person(self) -> Subject:
        """One person as their own register writes them."""
        dice = self.dice
        female = dice.random() < 0.3
        family = dice.choices(self.families, cum_weights=self.weights)[0]
        father = GIVEN[int(len(GIVEN) * dice.random() ** 1.7)]
        if female:
            family += "а" if family.endswith(("ов", "ев", "ин")) else ""
            patronymic = father.rstrip("ьй") + "овна"
        else:
            patronymic = father.rstrip("ьй") + "ович"
        pool = WOMEN if female else GIVEN
        given = pool[int(len(pool) * dice.random() ** 1.7)]
        state = dice.choice(STATES)
        number = f"{dice.choice('ABCEHKMPT')}{dice.choice('ABCEHKMPT')}{dice.randrange(10**7):07d}"
        return Subject(
            names=(WrittenName(family, given, patronymic if dice.random() < 0.7 else ""),),
            birth_date=self.birth_date(),
            sex=Sex.FEMALE if female else Sex.MALE,
            citizenships=(state,),
            documents=((state, number),),
        )

    def birth_date(self) -> PartialDate:
        """Sixty years of days, 3 % of which are 1 January and 4 % a year only."""
        day = PartialDate.of(date(1945, 1, 1) + timedelta(days=self.dice.randrange(22_600)))
        chance = self.dice.random()
        return PartialDate(day.year) if chance < 0.04 else PartialDate(day.year, 1, 1) if chance < 0.07 else day

    def rewritten(self, subject: Subject) -> Subject:
        """The same person as another register may write them: alphabet, order, slips, missing parts."""
        dice = self.dice
        name, born = subject.names[0], subject.birth_date
        if dice.random() < 0.6:
            name = WrittenName(*(self.latin(part) for part in (name.family, name.given, name.patronymic)))
        if dice.random() < 0.05:
            name = WrittenName(name.given, name.family, name.patronymic)
        if dice.random() < 0.4:
            name = WrittenName(name.family, name.given)
        chance = dice.random()
        if chance < 0.15:
            name = WrittenName(self.slip(name.family), name.given, name.patronymic)
        elif chance < 0.22:
            name = WrittenName(name.family, self.slip(name.given), name.patronymic)
        assert born is not None
        if born.day and dice.random() < 0.06 and born.day <= 12:
            born = PartialDate(born.year, born.day, born.month)
        elif born.day and dice.random() < 0.03:
            born = PartialDate(born.year)
        documents = subject.documents if dice.random() < 0.3 else ()
        return Subject((name,), born, subject.sex, subject.citizenships, documents)

    def latin(self, text: str) -> str:
        """One of the spellings a passport may print."""
        return " ".join(self.dice.choice(readings(token)) for token in tokens(text))

    def slip(self, text: str) -> str:
        """One slip of the finger."""
        place = self.dice.randrange(1, len(text)) if len(text) > 1 else 0
        kind = self.dice.randrange(3)
        if kind == 0:
            return text[:place] + text[place + 1 :]
        if kind == 1:
            return text[:place] + text[place : place + 2][::-1] + text[place + 2 :]
        return text[:place] + self.dice.choice("аеиокнрст") + text[place + 1 :]


def entries(count: int, seed: int = 1) -> Iterator[Entry]:
    """So many entries in force; the same seed gives the same people."""
    people = Population(seed)
    for row in range(count):
        subject = people.person()
        if people.dice.random() < 0.3:
            name = subject.names[0]
            latin = WrittenName(people.latin(name.family), people.latin(name.given))
            subject = Subject((name, latin), subject.birth_date, subject.sex, subject.citizenships, subject.documents)
        yield Entry(
            record_id=f"{row:08x}-0000-4000-8000-000000000000",
            owner_state=STATES[row % len(STATES)],
            subject=subject,
            reference=f"{row % 9999}/{2020 + row % 6}",
            ban_from=date(2020, 1, 1),
            ban_to=date(2030, 1, 1),
            person_id=row,
            contact="+000 000 000",
            territory="ALL_PARTIES",
        )


def questions(count: int, queries: int, seed: int = 1) -> list[tuple[str, Subject]]:
    """Pairs of the record id meant (empty for a stranger) and the person asked about."""
    known = list(entries(min(count, queries // 2), seed))
    clerk, strangers = Population(seed + 1), Population(seed + 2)
    asked = [(entry.record_id, clerk.rewritten(entry.subject)) for entry in known]
    asked += [("", strangers.rewritten(strangers.person())) for _ in range(queries - len(asked))]
    clerk.dice.shuffle(asked)
    return asked


def measure(scale: float) -> list[dict[str, Any]]:
    """Rows of `var/bench.json`; scale 1 is a million entries and 4,000 queries."""
    count, queries = int(1_000_000 * scale), max(200, int(4_000 * min(1.0, scale)))
    asked = questions(count, queries)
    # Processor time, because the two runs are subtracted and the machine may be busy with something else.
    started = time.process_time()
    for _ in entries(count):
        pass
    making = time.process_time() - started
    gc.collect()
    before = resident()
    started = time.process_time()
    index = build(entries(count))
    seconds = time.process_time() - started - making
    gc.collect()
    memory = resident() - before
    times, found = ask(index, asked)
    floor = floor_of(count, asked)
    peer = everything(count, asked[:20])
    rows = [
        row("watchlist-1m-p50", "ms", times[len(times) // 2], floor, {"rapidfuzz-over-everything": peer}),
        row("watchlist-1m-p99", "ms", times[int(len(times) * 0.99)], floor, {}),
        row("watchlist-1m-build", "s", seconds, making, {}),
        row("watchlist-1m-memory", "MB", memory, None, {}),
        row("watchlist-start-100k", "s", *start(int(100_000 * scale)), {}),
    ]
    return rows + [row(f"watchlist-1m-{name}", "share", value, None, {}) for name, value in found.items()]


def start(count: int) -> tuple[float, float]:
    """Processor seconds until a node that starts can answer from its table, and those of opening the rows alone."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'watchlist.sqlite'}", Vault(new_keys(NOW)))
        database.upgrade()
        with database.begin() as session:
            listed = ((*stored(entry), number) for number, entry in enumerate(entries(count), 1))
            write_rows(session, "watchlist_entry", [*(column.name for column in COLUMNS), "changed"], listed)
        started = time.process_time()
        with database.read() as session:
            for _ in session.execute(select(*COLUMNS).execution_options(yield_per=100)):
                pass
        floor = time.process_time() - started
        started = time.process_time()
        Watchlist(database, lambda: NOW).refresh()
        seconds = time.process_time() - started
        database.close()
    return seconds, floor


def stored(entry: Entry) -> tuple[Any, ...]:
    """The values of an entry's row in the order of COLUMNS; nobody else is in the database, so it is of no person."""
    values = {column.name: getattr(entry, column.name) for column in COLUMNS}
    values |= {"subject": kept_subject(entry.subject), "person_id": None}
    return tuple(values.values())


def row(name: str, unit: str, value: float, floor: float | None, peers: dict[str, float]) -> dict[str, Any]:
    ratio = value / floor if floor else None
    return {"name": name, "unit": unit, "value": value, "floor": floor, "ratio": ratio, "peers": peers}


def ask(index: Index, asked: list[tuple[str, Subject]]) -> tuple[list[float], dict[str, float]]:
    """Milliseconds of each query, ascending; recall of the person meant, and alerts about strangers."""
    times, recalled, hits, alerts, known = [], 0, 0, 0, 0
    screen(index, Query(asked[0][1]), today=TODAY, state="BLR")
    for meant, subject in asked:
        started = time.perf_counter()
        answer = screen(index, Query(subject), today=TODAY, state="BLR")
        times.append((time.perf_counter() - started) * 1000)
        if meant:
            known += 1
            recalled += any(hit.record_id == meant for hit in answer.hits)
        else:
            alerts += answer.band is not Band.NO_HIT
            hits += answer.band is Band.HIT
    strangers = len(asked) - known
    shares = {"recall": recalled / known, "false-possible": alerts / strangers, "false-hit": hits / strangers}
    return sorted(times), shares


def floor_of(count: int, asked: list[tuple[str, Subject]]) -> float:
    """Median milliseconds of one exact look-up in a dictionary, which finds nobody written otherwise."""
    table = {key_of(entry.subject): number for number, entry in enumerate(entries(count))}
    times = []
    for _, subject in asked:
        started = time.perf_counter()
        table.get(key_of(subject))
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)[len(times) // 2]


def key_of(subject: Subject) -> tuple[str, str, str]:
    name = subject.names[0]
    return name.family, name.given, str(subject.birth_date)


def everything(count: int, asked: list[tuple[str, Subject]]) -> float:
    """Median milliseconds of comparing a name with every name of the list."""
    names = [f"{entry.subject.names[0].family} {entry.subject.names[0].given}" for entry in entries(count)]
    times = []
    for _, subject in asked:
        text = f"{subject.names[0].family} {subject.names[0].given}"
        started = time.perf_counter()
        process.extract(text, names, scorer=fuzz.token_set_ratio, limit=50, score_cutoff=70)
        times.append((time.perf_counter() - started) * 1000)
    return sorted(times)[len(times) // 2]


def resident() -> float:
    """Megabytes of memory this process holds."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    print(json.dumps(measure(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), indent=1))
