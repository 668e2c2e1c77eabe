"""What can be expected of a population: the figures, and the queries of the demo with their right answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any, Final

from gateway.demo import spelling
from gateway.demo.humans import Human
from gateway.demo.sightings import REGISTERS, Sighting

QUERIES: Final = 500
Query = dict[str, str]
"""A person asked about, in the logical columns of design.md: family_name, given_name, birth_date and so on."""


def of(
    chance: Random,
    people: Sequence[Human],
    sightings: Mapping[str, Sequence[Sighting]],
    truth: Mapping[str, int],
    *,
    binding: Collection[str],
    applicant: Human,
) -> dict[str, Any]:
    """Everything that expectations.json adds to the counts of the files."""
    states: defaultdict[int, set[str]] = defaultdict(set)
    for name, found in sightings.items():
        for sighting in found:
            states[sighting.human.number].add(REGISTERS[name].state)
    rows: defaultdict[int, list[str]] = defaultdict(list)
    for key, human in truth.items():
        rows[human].append(key)
    bans = _bans(chance, sightings, rows)
    for ban in bans:
        ban["all_parties"] = ban["record"] in binding
    # The one whose Latin spelling is farthest from what the listed Cyrillic gives letter by letter.
    headline = max((ban for ban in bans if _fair(ban)), key=lambda ban: ban["distance"])
    return {
        "humans": len(states),
        "descriptions": sum(len(found) for found in sightings.values()),
        "multi_state": sum(len(known) > 1 for known in states.values()),
        "pairs": _pairs(sightings),
        "asylum": {
            "human": applicant.number,
            "record": next(key for key in rows[applicant.number] if "/dgm-asylum/" in key),
            "others": [key for key in rows[applicant.number] if "/dgm-asylum/" not in key],
            "query": _query(applicant, applicant.passports[0].family, applicant.passports[0].given),
        },
        "unknown": _unknown(people, applicant),
        "bans": bans,
        "headline": headline,
        "namesake": _namesake(headline["query"]),
        "queries": _many(chance, sightings, bans),
    }


def _pairs(sightings: Mapping[str, Sequence[Sighting]]) -> int:
    """Pairs of descriptions of one human by registers of two states."""
    where: defaultdict[int, list[str]] = defaultdict(list)
    for name, found in sightings.items():
        for sighting in found:
            where[sighting.human.number].append(REGISTERS[name].state)
    return sum(one != other for known in where.values() for one, other in combinations(known, 2))


def _query(human: Human, family: str, given: str) -> Query:
    return {
        "family_name": family,
        "given_name": given,
        "birth_date": human.birth.isoformat(),
        "sex": human.sex,
        "citizenship": human.citizenship,
    }


def _bans(
    chance: Random, sightings: Mapping[str, Sequence[Sighting]], rows: Mapping[int, Sequence[str]]
) -> list[dict[str, Any]]:
    """Every ban with its bearer as he or she turns up at another border: in Latin letters, without the document."""
    found = []
    for name in ("blr-bans", "kaz-bans"):
        mark = f"{REGISTERS[name].state}/{REGISTERS[name].system}/"
        for sighting in sightings[name]:
            human = sighting.human
            scheme = chance.choice(("passport", "english", "icao"))
            passport = human.passports[-1]
            latin = (passport.family, passport.given)
            if scheme != "passport":
                latin = _respelled(human.family[0], human.given[0], scheme)
            listed = _respelled(sighting.name.family, sighting.name.given, "icao")
            found.append(
                {
                    "record": next(key for key in rows[human.number] if key.startswith(mark)),
                    "human": human.number,
                    "spelling": scheme,
                    "distance": _distance(" ".join(listed), " ".join(latin)),
                    "exact_birth_date": not sighting.year_only
                    and sighting.birth == human.birth
                    and human.former_family is None,
                    "query": _query(human, *latin),
                }
            )
    return found


def _respelled(family: str, given: str, scheme: str) -> tuple[str, str]:
    table = spelling.OLDER_PASSPORTS[scheme]
    return spelling.respell(family, table).upper(), spelling.respell(given, table).upper()


def _distance(one: str, other: str) -> int:
    """Places in which two spellings differ."""
    return sum(a != b for a, b in zip(one, other, strict=False)) + abs(len(one) - len(other))


def _fair(ban: Mapping[str, Any]) -> bool:
    """Whether another state must find it, spelled as an officer sees it in a present passport of the home state."""
    at_home = ban["spelling"] == "passport" and ban["query"]["citizenship"] == "UZB"
    return bool(at_home and ban["all_parties"] and ban["exact_birth_date"] and ban["record"].startswith("BLR"))


def _namesake(listed: Query) -> Query:
    """Somebody of exactly this name, some years older, born on another day of another month."""
    born = date.fromisoformat(listed["birth_date"]) - timedelta(days=8 * 365 + 100)
    return listed | {"birth_date": born.isoformat()}


def _unknown(people: Sequence[Human], applicant: Human) -> Query:
    """Somebody nobody knows, of the applicant's citizenship and sex."""
    asked = _query(applicant, "ZHANTEMIROV", "YERKEBULAN")
    taken = {human.birth for human in people}
    born = applicant.birth + timedelta(days=1)
    while born in taken:
        born += timedelta(days=1)
    return asked | {"birth_date": born.isoformat()}


def _many(
    chance: Random, sightings: Mapping[str, Sequence[Sighting]], bans: Sequence[Mapping[str, Any]]
) -> list[Query]:
    """The queries of a busy hour at a border: one in five about somebody listed."""
    listed = [ban["query"] for ban in bans]
    queries = [chance.choice(listed) for _ in range(QUERIES // 5)]
    travellers = [*sightings["uzb-crossings"], *sightings["kaz-stays"]]
    for sighting in chance.sample(travellers, QUERIES - len(queries)):
        shown = sighting.passport
        queries.append(_query(sighting.human, shown.family, shown.given) | {"document": shown.series + shown.number})
    chance.shuffle(queries)
    return queries
