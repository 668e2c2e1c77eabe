"""Any pair can be explained: as text, as plain values and as a picture, in Russian and English, naming nobody."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy.orm import Session

from gateway.matching.evidence import Evidence
from gateway.matching.explain import Explanation, Row, explain, rows_of
from gateway.matching.links import join
from gateway.matching.waterfall import LEFT, WIDTH, draw
from gateway.records.person import Identifier, Name, Person
from gateway.store import tables

SVG = "{http://www.w3.org/2000/svg}"
PERSONAL = re.compile("каримов|karimov|1985|31506852600019|1234567", re.IGNORECASE)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["Judgement in force: one human being, by matcher on 2026-03-02", "personal numbers agree", "bits"]),
        ("ru", ["Действующее решение: один человек; решил matcher 02.03.2026", "личные номера совпадают", "бит"]),
    ],
)
def test_a_linked_pair_tells_its_judgement_its_evidence_and_its_thresholds(
    session: Session, karimov: Person, match, language, words
) -> None:
    one, other = (match(karimov, state=state)[0] for state in ("KAZ", "RUS"))
    told = explain(session, other, one, language=language)
    plain = told.as_dict()
    assert told.together
    assert plain["weight"] == pytest.approx(sum(row.bits for row in told.rows), abs=0.05)
    assert plain["judgement"]["verdict"] == plain["proposal"]["verdict"] == "positive"
    assert plain["thresholds"]["review"] < plain["thresholds"]["link"]
    for word in words:
        assert word.lower() in plain["text"].lower()
    assert not PERSONAL.search(json.dumps(plain, default=str, ensure_ascii=False))


def test_a_pair_that_nobody_ever_linked_is_explained_too(session: Session, karimov: Person, match) -> None:
    one, _ = match(karimov, state="KAZ")
    other, _ = match(Person("9", (Name("Цой", "Виктор"),)), state="RUS")
    told = explain(session, one, other)
    assert told.standing is None
    assert not told.together
    assert told.proposal is not None
    assert told.proposal.verdict == "none"
    assert "There is no judgement on this pair." in told.as_dict()["text"]


def test_a_description_that_was_never_compared_says_so(session: Session, karimov: Person, match, now: datetime) -> None:
    one, _ = match(karimov)
    bare = tables.Person(state="BLR", agency="MVD", system="x", ref="bare", states=[], updated=now)
    session.add(bare)
    session.flush()
    for language, words in (("en", "nothing to compare"), ("ru", "сравнивать нечего")):
        told = explain(session, one, bare.id, language=language)
        assert (told.rows, told.proposal) == ((), None)
        assert words in told.as_dict()["text"]
        etree.fromstring(draw(told, ("a", "b")))


def test_all_judgements_on_the_pair_are_told_in_their_order(session: Session, karimov: Person, match, now) -> None:
    one, other = (match(karimov, state=state)[0] for state in ("KAZ", "RUS"))
    join(session, one, other, actor="clerk", reason="Seen both", now=now)
    told = explain(session, one, other)
    assert [(each["actor"], each["retracted_by"]) for each in told.history] == [("matcher", "clerk"), ("clerk", "")]
    assert told.standing is not None
    assert told.standing["reasons"] == ["Seen both"]


def test_what_lies_across_the_firewall_is_only_told_to_who_may_see_it(session: Session, karimov: Person, match) -> None:
    one, _ = match(karimov, state="KAZ")
    other, _ = match(karimov, state="BLR", protected=True)
    assert explain(session, one, other).history == ()
    assert len(explain(session, one, other, protected=True).history) == 1


def _explanation(rows: list[tuple[float, str]], language: str = "en") -> Explanation:
    evidence = tuple(Row("family", "family", "x", bits, sentence) for bits, sentence in rows)
    return Explanation(language, evidence, sum(bits for bits, _ in rows), 17.0, 30.0, "m", None, None, (), False)


@given(st.lists(st.tuples(st.floats(-40, 40), st.text(max_size=90)), max_size=14), st.text(max_size=30))
def test_every_picture_is_whole_and_every_bar_stands_within_it(rows: list[tuple[float, str]], name: str) -> None:
    printable = [(bits, "".join(filter(str.isprintable, text))) for bits, text in rows]
    root = etree.fromstring(draw(_explanation(printable), (name, "b"), {"family": (name, "<&>")}))
    assert len(root.findall(f".//{SVG}polygon")) == len(rows)
    height = float(root.get("height", "0"))
    for bar in root.findall(f".//{SVG}polygon"):
        for corner in str(bar.get("points")).split():
            x, y = map(float, corner.split(","))
            assert LEFT - 3 <= x <= WIDTH
            assert 0 <= y <= height
    for line in root.findall(f".//{SVG}text"):
        assert 0 < float(line.get("y", "0")) <= height


def test_direction_is_told_by_shape_and_sign_and_colours_for_the_dark_are_there(session, karimov, match) -> None:
    number = Identifier("UZ-PINFL", "60102030100025", "UZB")
    one, other = match(karimov)[0], match(replace(karimov, identifiers=(number,)))[0]
    picture = draw(explain(session, one, other, language="ru"), ("p-1", "p-2"))
    assert 'class="against"' in picture
    assert "−" in picture
    assert "prefers-color-scheme:dark" in picture
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")
    assert not PERSONAL.search(picture)


def test_a_rare_word_is_told_to_be_rare_and_not_what_it_is() -> None:
    rows = [rows_of([Evidence("family", "exact", 12.5, 3.25), Evidence("given", "exact", 4.0, -2.0)], language)
            for language in ("en", "ru")]  # fmt: skip
    assert [row.sentence.partition(" (")[2] for row in rows[0]] == ["a rare word: +3.2)", "a common word: −2.0)"]
    assert [row.sentence.partition(" (")[2] for row in rows[1]] == ["редкое слово: +3,2)", "частое слово: −2,0)"]
