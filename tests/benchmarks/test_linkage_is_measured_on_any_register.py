"""The benchmark of linkage on small registers: the user's own, our crowd, and the synthetic one; ours in a process."""

import json
from pathlib import Path

import pytest

from benchmarks.linkage import report
from benchmarks.linkage.cases import Absent, Case, read_case, read_truth
from benchmarks.linkage.datasets import SHARED, crowd_of, data_sets, of_user
from benchmarks.linkage.metrics import Figures
from benchmarks.linkage.running import Line, Run, run
from benchmarks.linkage.synthetic import register


def found(folder: Path, name: str, text: str) -> Case | Absent:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return of_user(folder / "case", path)


def test_a_users_register_is_known_by_its_columns(tmp_path: Path) -> None:
    case = found(tmp_path, "mine.csv", "id,surname,dob,human\n1,Ivanov,1980-01-02,7\n2,Ivanow,1980-01-02,7\n")

    assert isinstance(case, Case)
    assert case.columns == {"family_name": "surname", "birth_date": "dob"}
    assert read_truth(case) == (["1", "2"], ["7", "7"])
    assert case.register.read_text().splitlines()[0] == "record,surname,dob"
    assert read_case(case.folder) == case


def test_nobody_is_shown_the_truth(tmp_path: Path) -> None:
    case = found(tmp_path, "mine.csv", "id,surname,cluster\n1,Ivanov,secret\n")

    assert isinstance(case, Case)
    assert "secret" not in case.register.read_text()


def test_rldata_gets_a_birth_date_and_its_truth_from_the_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "identity.rl.tsv").write_text("identity\n34\n")
    case = found(
        tmp_path, "rl.tsv", "fname_c1\tfname_c2\tlname_c1\tlname_c2\tby\tbm\tbd\nGERD\tNA\tBAUER\tNA\t1968\t7\t2\n"
    )

    assert isinstance(case, Case)
    assert case.register.read_text().splitlines()[1] == "0,GERD,,BAUER,,1968-07-02"
    assert read_truth(case) == (["0"], ["34"])


def test_a_register_without_truth_is_left_out_in_words(tmp_path: Path) -> None:
    case = found(tmp_path, "mine.csv", "id,surname\n1,Ivanov\n")

    assert isinstance(case, Absent)
    assert "cluster" in case.reason


def test_ours_is_run_and_judged_on_the_crowd(tmp_path: Path) -> None:
    case = crowd_of(tmp_path / "crowd", 300)

    ours = run("gateway", case, limit=120)

    assert ours.failure == ""
    line = ours.best
    assert line is not None
    assert line.clusters.f1 > 0.8
    assert line.review is not None
    assert line.sure is not None
    assert 0 < ours.cpu < 120
    assert ours.memory > 50
    names = {row["name"] for row in report.rows("crowd", [ours])}
    assert {"link-crowd-clusters-f1", "link-crowd-b3-f1", "link-crowd-review", "link-crowd-seconds"} <= names


def test_a_kept_answer_is_judged_again_for_the_very_same_register_only(tmp_path: Path) -> None:
    case = crowd_of(tmp_path / "crowd", 30)
    first = run("gateway", case, limit=120)

    assert run("gateway", case, limit=0.05, kept=True) == first
    with case.register.open("a", encoding="utf-8") as file:
        file.write("another\n")
    assert run("gateway", case, limit=0.05, kept=True).failure.startswith("ended")


def test_a_contestant_that_takes_too_long_is_ended_and_said_so(tmp_path: Path) -> None:
    ours = run("gateway", crowd_of(tmp_path / "crowd", 5), limit=0.05)

    assert ours.failure == "ended after 0 s without an answer"
    assert report.rows("crowd", [ours]) == []


def test_a_contestant_that_fails_says_its_last_words(tmp_path: Path) -> None:
    case = crowd_of(tmp_path / "crowd", 5)
    case.register.unlink()

    ours = run("gateway", case, limit=60)

    assert ours.failure.startswith("failed: ")


def test_a_synthetic_register_has_twenty_second_descriptions_for_a_hundred_persons(tmp_path: Path) -> None:
    case = register(tmp_path / "rows", 1_200)

    records, persons = read_truth(case)
    assert len(records) == len(set(records)) == 1_200
    assert len(set(persons)) == 1_000
    again = register(tmp_path / "again", 1_200)
    assert again.register.read_bytes() == case.register.read_bytes()


@pytest.mark.shared_data
def test_every_set_is_written_or_left_out_in_words(tmp_path: Path) -> None:
    if not SHARED.exists():
        pytest.skip("the public data beside the project are not there")
    made = {name: make() for name, make in data_sets(tmp_path, scale=0.002)}

    assert isinstance(made["fake-1000"], Case)
    assert isinstance(made["febrl1"], Case)
    for name, case in made.items():
        if isinstance(case, Absent):
            assert case.reason, name
        else:
            records, persons = read_truth(case)
            assert len(records) == len(set(records)), name
            assert len(set(persons)) < len(persons), name
            assert json.loads((case.folder / "case.json").read_text())["name"] == name


def judged(contestant: str, *shares: float) -> Run:
    lines = [
        Line(contestant, note, Figures(share, share), Figures(share, share), Figures(share, share))
        for note, share in zip(("as documented", "best of all thresholds"), shares, strict=False)
    ]
    return Run(contestant, tuple(lines))


def test_the_verdict_names_the_best_peer_as_documented_and_at_the_threshold_of_the_truth() -> None:
    runs = [judged("gateway", 0.97), judged("splink", 0.9, 0.95), judged("other", 0.8, 0.98)]

    assert report.verdict("some", runs) == (
        "some: .9700, above the best peer as documented (splink .9000), "
        "BELOW the best one at the threshold that the truth would choose (other .9800)"
    )


def test_a_missing_answer_is_said_in_the_verdict() -> None:
    assert report.verdict("none", [Run("gateway", failure="broken")]) == "none: ours gave no answer"


def test_rows_set_ours_beside_every_peer_at_its_best() -> None:
    rows = {row["name"]: row for row in report.rows("some", [judged("gateway", 0.97), judged("splink", 0.9, 0.95)])}

    assert rows["link-some-clusters-f1"]["value"] == 0.97
    assert rows["link-some-clusters-f1"]["peers"] == {"splink": 0.95}
