"""Step 6: the border finds a listed person under another spelling and script, and leaves a namesake alone."""

from __future__ import annotations

import time

from gateway.demo.caller import Caller, border_query
from gateway.demo.stage import Stage, expect, wait_for


def run(stage: Stage) -> str:
    """Ask as the border of the state that issued the ban."""
    expected = stage.population.expectations
    headline = expected["headline"]
    state = headline["record"][:3]
    caller = Caller(stage, {"BLR": "BLR/GPK", "KAZ": "KAZ/MVD"}[state], state)

    def ask(query: dict[str, str]) -> dict[str, object]:
        return dict(caller.post("/v1/watchlist/query", json=border_query(query)))

    wait_for("the watchlist takes in the bans", lambda: ask(headline["query"])["band"] != "NO_HIT", seconds=20)
    found, namesake = ask(headline["query"]), ask(expected["namesake"])
    expect(found["band"] == "HIT", f"the listed person is {found}")
    expect(namesake["band"] == "NO_HIT", f"the namesake is {namesake}")
    reasons = [reason["en"] for reason in found["hits"][0]["reasons"]]  # type: ignore[index]
    times = []
    hits = 0
    for query in expected["queries"]:
        begun = time.perf_counter()
        hits += ask(query)["band"] != "NO_HIT"
        times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    return (
        f"{headline['query']['family_name']} {headline['query']['given_name']} found as listed in another script "
        f"({'; '.join(reasons)}), namesake of another birth date not; {len(times)} queries over HTTP, each audited: "
        f"p50 {times[len(times) // 2]:.1f} ms, p99 {times[int(len(times) * 0.99)]:.1f} ms, {hits} with a hit"
    )
