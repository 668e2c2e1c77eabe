"""Agreement on a rare name says more than on a common one, and the evidence tells how much of it is that."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.matching.compare import compare
from gateway.matching.evidence import Evidence, with_term
from gateway.matching.model import Model, model_of, standard
from gateway.matching.normalise import comparable
from gateway.matching.terms import MOST_BITS, family_word, given_word, terms
from gateway.records.person import Name, Person


def _model(**families: float) -> Model:
    """The shipped model with shares of family names of the test's own."""
    known = dict(standard().data["terms"])
    known["family"] = {"rarest": 1e-5, "shares": {family_word((name,)): share for name, share in families.items()}}
    return model_of(dict(standard().data) | {"terms": known})


def _family(one: str, other: str, model: Model) -> Evidence:
    pair = [comparable(Person("1", (Name(name, "Асан"),))) for name in (one, other)]
    return next(row for row in compare(*pair, model).evidence if row.field == "family")


def test_a_rare_family_name_weighs_more_than_a_common_one() -> None:
    model = _model(karimov=0.02, ziganxin=0.0001)
    common, rare, unknown = (_family(name, name, model) for name in ("Каримов", "Зиганшин", "Щавелевский"))
    assert common.bits < rare.bits < unknown.bits
    assert common.term < 0 < rare.term
    assert common.bits - common.term == pytest.approx(rare.bits - rare.term)


def test_a_name_in_two_scripts_weighs_by_the_commoner_spelling() -> None:
    model = _model(karimov=0.02)
    assert _family("Каримов", "KARIMOV", model).term == _family("Каримов", "Каримов", model).term


def test_a_common_name_that_agrees_never_speaks_against_one_human_being() -> None:
    assert _family("Каримов", "Каримов", _model(karimov=0.9)).bits >= 0


def test_a_slip_in_a_name_tells_nothing_of_its_rarity() -> None:
    row = _family("Каримов", "Карисов", _model(karimov=0.02))
    assert row.level == "near"
    assert row.term == 0


def test_a_given_name_of_several_languages_is_one_word() -> None:
    assert given_word(("nikolai",)) == given_word(("mikalai",)) == given_word(("nicolae",))
    assert given_word(("nurlan",)) != given_word(("nikolai",))


def test_the_sentence_says_what_is_due_to_the_word() -> None:
    rare = Evidence("family", "exact", 12.0, 4.0)
    assert rare.sentence("en") == "The family names agree (+12.0 bits, of which +4.0 because the word is rare)."
    assert "из них -1.5 за распространённость слова" in Evidence("family", "exact", 6.0, -1.5).sentence("ru")
    assert Evidence("sex", "agree", 0.9).sentence("en").endswith("(+0.9 bits).")


def test_evidence_comes_back_from_what_a_link_stores_also_of_older_versions() -> None:
    row = Evidence("family", "exact", 12.0, 4.0)
    assert Evidence.from_list(row.as_list()) == row
    assert Evidence.from_list(["sex", "agree", 0.9]) == Evidence("sex", "agree", 0.9)
    assert Evidence("sex", "agree", 0.9).as_list() == ["sex", "agree", 0.9]


@given(st.dictionaries(st.text("abc", min_size=1, max_size=3), st.floats(1e-6, 1.0), max_size=5))
def test_no_word_weighs_without_bounds(shares: dict[str, float]) -> None:
    known = terms(shares, 1e-5)
    assert all(abs(bits) <= MOST_BITS for bits in (*known.bits.values(), known.rare))
    assert known.of([]) == 0.0
    assert known.of([*shares, "?"]) <= known.rare


@given(st.floats(-12, 30), st.floats(-6, 6))
def test_the_term_is_a_part_of_the_bits(bits: float, term: float) -> None:
    row = with_term(Evidence("family", "exact", bits), term, 0.0)
    assert row.bits - row.term == pytest.approx(bits)
    assert row.bits >= min(bits, 0.0)
