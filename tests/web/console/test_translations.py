from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment

import gateway.web.console.pages as module
from gateway.algorithms.registry import REGISTRY
from gateway.web.console.words import TRANSLATIONS, Words, choose, plural

FOLDER = Path(module.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))
TEXTS = {language: json.loads((TRANSLATIONS / f"{language}.json").read_text("utf-8")) for language in ("ru", "en")}
SHOWN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title", "data-label"}


class Bare(HTMLParser):
    """Collects what a reader would see of a template whose Jinja parts were taken out."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen += [value or "" for name, value in attrs if name in SHOWN_ATTRIBUTES]


def test_both_languages_have_the_same_keys():
    assert TEXTS["ru"].keys() == TEXTS["en"].keys()


def test_both_languages_fill_in_the_same_values():
    def places(text: str | dict[str, str]) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", " ".join(text.values()) if isinstance(text, dict) else text))

    assert {key: places(text) for key, text in TEXTS["ru"].items()} == {
        key: places(text) for key, text in TEXTS["en"].items()
    }


def test_every_counted_text_has_all_plural_forms_of_its_language():
    for language, forms in (("ru", {"one", "few", "many"}), ("en", {"one", "many"})):
        for text in TEXTS[language].values():
            assert isinstance(text, str) or text.keys() == forms


def test_russian_texts_are_russian():
    same = {key for key, text in TEXTS["ru"].items() if text == TEXTS["en"][key]}
    names = {"none", "language.ru", "language.en", "database.sqlite", "database.postgresql"}
    # The names of the others are the same in every language.
    assert same == names | {f"algorithm.{name}" for name, entry in REGISTRY.items() if entry.provider != "gost"}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_text_of_its_own(path: Path):
    markup = "".join(
        text for _, kind, text in Environment(autoescape=True).lex(path.read_text("utf-8")) if kind == "data"
    )
    bare = Bare()
    bare.feed(markup)
    assert re.findall(r"[^\W\d_]+", " ".join(bare.seen)) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_style_or_script_of_its_own(path: Path):
    assert re.findall(r"<style|\sstyle=|<script>|\son[a-z]+=|https?://", path.read_text("utf-8")) == []


def test_every_text_that_a_template_or_a_judgement_asks_for_is_there():
    sources = [path.read_text("utf-8") for path in (*TEMPLATES, *sorted(FOLDER.glob("*.py")))]
    asked = {key for source in sources for key in re.findall(r'(?:\bt|words|self)\("([a-z_.]+)"\s*[,)]', source)}
    asked |= {key for source in sources for key in re.findall(r'Judgement\("\w+", "([a-z_.]+)"\)', source)}
    assert asked
    assert asked <= TEXTS["en"].keys()


def test_no_text_is_left_over():
    sources = "".join(path.read_text("utf-8") for path in (*TEMPLATES, *sorted(FOLDER.glob("*.py"))))
    # A key is asked for as it is, by its group with a stored value behind it, or by a name put together.
    groups = set(re.findall(r't\.label\("([a-z_]+)"', sources)) | {"verdict", "level", "direction", "code"}
    groups |= {"expiry", "run", "span", "concern"}
    left = [key for key in TEXTS["en"] if f'"{key}"' not in sources and key.split(".")[0] not in groups]
    assert left == []


@pytest.mark.parametrize(
    ("n", "text"), [(0, "0 дней"), (1, "1 день"), (2, "2 дня"), (5, "5 дней"), (11, "11 дней"), (21, "21 день")]
)
def test_russian_counts_agree_with_their_noun(n: int, text: str):
    assert Words("ru")("keys.days", n=n) == text


def test_english_counts_agree_with_their_noun():
    assert [plural("en", n) for n in (0, 1, 2)] == ["many", "one", "many"]


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "language"),
    [
        ("en", "ru", "ru", "en"),
        (None, "en", "ru", "en"),
        ("xx", None, "en-GB,en;q=0.9", "en"),
        (None, None, "kk, en;q=0.3, ru;q=0.7", "ru"),
        (None, None, "ru;q=0.2, en-US;q=0.8", "en"),
        (None, None, "", "ru"),
        (None, None, ";;q=x, \u00e9", "ru"),
    ],
)
def test_the_language_is_the_one_asked_for_then_remembered_then_the_browsers(asked, remembered, accepted, language):
    assert choose(asked, remembered, accepted) == language


def test_times_name_their_zone_in_both_languages():
    at = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)
    assert Words("en").moment(at) == "2026-03-01\u00a009:05\u00a0UTC"
    assert Words("ru").moment(at) == "01.03.2026\u00a009:05\u00a0UTC"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=0.4), "under 1 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=-3), "under 1 s"),
    ],
)
def test_a_span_is_told_in_its_largest_fitting_unit(length: timedelta, text: str):
    assert Words("en").span(length) == text


def test_a_value_written_by_a_newer_program_is_shown_as_it_is():
    assert Words("ru").label("message_state", "frozen") == "frozen"


def test_a_code_is_explained_by_the_refusal_that_carries_it():
    assert Words("en").explain("replayed") == "A different message with this identifier was received before."
    assert Words("ru").explain("no-such-code") == "Причина указана кодом."
