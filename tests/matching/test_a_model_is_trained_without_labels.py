"""A population teaches its own model: without a label, within bounds, and the same one every time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.demo.crowd import Crowd
from gateway.matching import training
from gateway.matching.em import learn
from gateway.matching.model import Model, Wishes, read_model, standard
from gateway.matching.normalise import Comparable, comparable
from gateway.matching.training import M_RANGE, U_RANGE, train
from gateway.matching.training_pairs import by_number

HUMANS = 2_000


@pytest.fixture(scope="module")
def people() -> list[Comparable]:
    return [comparable(each.person) for each in Crowd(11).descriptions(HUMANS)]


@pytest.fixture(scope="module")
def trained(people: list[Comparable]) -> Model:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "RANDOM_PAIRS", 8_000)
        return train(people, name="own-1", source="a test")


def test_it_learns_what_descriptions_of_one_human_being_are_like(trained: Model) -> None:
    m = {row: level.m for row, level in trained.levels.items()}
    # The crowd's registers write the full birth date in about nine of ten pairs, and hardly ever another sex.
    assert 0.8 < m["birth", "day"] < 0.95
    assert m["sex", "differ"] < 0.05
    assert m["patronymic", "exact"] > 0.8
    assert m["document", "agree"] > 0.6


def test_it_learns_what_chance_does(trained: Model) -> None:
    u = {row: level.u for row, level in trained.levels.items()}
    assert 0.45 < u["sex", "agree"] < 0.62
    assert u["birth", "day"] < 0.0005
    # Two of one citizenship share a family name far more often than the whole crowd's names would let expect.
    assert u["family", "exact"] > 0.001


def test_no_share_leaves_its_clamps_and_no_level_is_a_veto(trained: Model) -> None:
    for level in trained.levels.values():
        assert M_RANGE[0] <= level.m <= M_RANGE[1]
        assert U_RANGE[0] <= level.u <= U_RANGE[1]
        assert level.bits >= -12


def test_the_same_people_give_the_same_model(
    trained: Model, people: list[Comparable], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "RANDOM_PAIRS", 8_000)
    assert train(people, name="own-1", source="a test").to_json() == trained.to_json()


def test_a_model_comes_back_from_its_json_as_it_was(trained: Model) -> None:
    again = read_model(trained.to_json())
    assert again.levels == trained.levels
    assert again.terms == trained.terms
    assert (again.name, again.population, again.chance_links) == (
        "own-1",
        len(people_of(trained)),
        trained.chance_links,
    )


def people_of(trained: Model) -> range:
    return range(trained.population)


def test_a_model_names_nobody(trained: Model, people: list[Comparable]) -> None:
    bearers = Counter(
        word for person in people for word in {training.family_word(w) for n in person.names for w in n.family}
    )
    listed = trained.data["terms"]["family"]["shares"]
    assert listed
    assert all(bearers[word] >= training.BEARERS for word in listed)


def test_too_few_people_teach_nothing(people: list[Comparable]) -> None:
    model = train(people[:50], name="tiny", source="a test")
    assert model.name == "tiny"
    assert model.levels == standard().levels
    assert train([], name="empty", source="a test").levels == standard().levels


@pytest.mark.parametrize("known", ["nothing", "one person many times", "names only"])
def test_strange_populations_give_a_model_within_bounds(
    known: str, people: list[Comparable], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "RANDOM_PAIRS", 500)
    monkeypatch.setattr(training, "MOST_PAIRS", 2_000)
    nothing = Comparable((), None, "", (), "", (), (), ())
    strange = {
        "nothing": [nothing] * 300,
        "one person many times": people[:1] * 1_000,
        "names only": [replace(nothing, names=person.names) for person in people[:500]],
    }[known]
    model = train(strange, name="strange", source="a test")
    assert all(M_RANGE[0] <= level.m <= M_RANGE[1] for level in model.levels.values())
    assert read_model(model.to_json()).levels == model.levels


def test_the_wishes_are_frozen_with_the_model(people: list[Comparable]) -> None:
    model = train(people[:50], name="bold", wishes=Wishes(false_links=5.0, review_share=0.1))
    assert read_model(model.to_json()).wishes == Wishes(5.0, 0.1)
    assert train(people[:50], name="heir", start=model).wishes == Wishes(5.0, 0.1)


@given(st.lists(st.tuples(st.sampled_from(["agree", "differ"]), st.integers(0, 1_000)), max_size=4))
def test_learning_stays_between_nothing_and_everything_whatever_it_sees(seen: list[tuple[str, int]]) -> None:
    patterns: Counter[tuple[tuple[str, str], ...]] = Counter()
    for level, count in seen:
        patterns[("sex", level),] += count
    m = {("sex", "agree"): 0.99, ("sex", "differ"): 0.01}
    u = {("sex", "agree"): 0.5, ("sex", "differ"): 0.5}
    learned = learn(patterns, m, u, besides=())
    assert all(0 < share < 1 for share in learned.m.values())
    assert sum(learned.m.values()) == pytest.approx(1)
    assert 0 <= learned.matches <= sum(patterns.values())


def test_a_number_whose_state_is_unknown_brings_nobody_together() -> None:
    person = Comparable((), None, "", (), "", (), (("KZ-IIN", "850615300109", "VALID"),), (("", "AA1234567"),))
    assert list(by_number(person)) == ["i KZ-IIN 850615300109"]


def test_what_is_shipped_was_trained_as_it_says() -> None:
    shipped = standard()
    assert "python -m benchmarks.weights" in shipped.data["source"]
    assert shipped.population > 25_000
    assert shipped.calibration.pairs > 5_000
    assert shipped.chance_links
    assert shipped.chance_reviews
