"""The console's words in Russian and English, and how numbers and times are written in each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from gateway.errors import Refusal
from gateway.records.codes import STATES
from gateway.trust import alarms

TRANSLATIONS = Path(__file__).parent / "translations"
LANGUAGES: Final = ("ru", "en")
"""The first is taken when nothing says otherwise: Russian is the working language of the CIS."""

Sentence = str | Mapping[str, str]
"""A text, or its forms by plural category: `one`, `few` (Russian only), `many`."""


class Words:
    """Every text of the console in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts: dict[str, Sentence] = json.loads((TRANSLATIONS / f"{language}.json").read_text("utf-8"))
        self._refusals = {kind.code: kind.title(kind(), language) for kind in _kinds(Refusal)}

    def __call__(self, key: str, **values: Any) -> str:
        """The text of that key with its values put in; `n` chooses the plural form.

        A key that is not there is a bug (KeyError): a test holds templates and code to the files.
        """
        text = self._texts[key]
        if not isinstance(text, str):
            text = text[plural(self.language, int(values["n"]))]
        shown = {name: self.number(value) if isinstance(value, int) else value for name, value in values.items()}
        return text.format(**shown)

    def label(self, group: str, value: str) -> str:
        """The name of a stored value, or the value itself when a newer program wrote one we do not know."""
        text = self._texts.get(f"{group}.{value}", value)
        return text if isinstance(text, str) else value

    def explain(self, code: str) -> str:
        """A sentence for a code: the console's own, else that of the refusal, else that it is unknown."""
        own = self._texts.get(f"code.{code}")
        return own if isinstance(own, str) else self._refusals.get(code, self("code_unknown"))

    def alarm(self, code: str) -> str:
        """What an alarm means."""
        return alarms.sentence(code, self.language)

    def state(self, code: str) -> str:
        """The name of a state of the region, or its code."""
        _, russian, english = STATES.get(code, ("", code, code))
        return russian if self.language == "ru" else english

    def number(self, value: int) -> str:
        """A whole number with its thousands set apart."""
        return f"{value:,}".replace(",", "\u00a0" if self.language == "ru" else ",")

    def decimal(self, value: float) -> str:
        """A short number for an axis: at most one digit after the point, which is a comma in Russian."""
        text = f"{value:.1f}".removesuffix(".0")
        return text.replace(".", ",") if self.language == "ru" else text

    def moment(self, at: datetime, *, seconds: bool = False) -> str:
        """A time with its zone named; the database keeps UTC only."""
        day = "%d.%m.%Y" if self.language == "ru" else "%Y-%m-%d"
        return at.strftime(f"{day} %H:%M{':%S' if seconds else ''} UTC").replace(" ", "\u00a0")

    def day(self, at: datetime) -> str:
        """A date (of UTC)."""
        return at.strftime("%d.%m.%Y" if self.language == "ru" else "%Y-%m-%d")

    def span(self, length: timedelta) -> str:
        """A length of time in its largest fitting unit, rounded down."""
        total = max(0, int(length.total_seconds()))
        for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
            if total >= (2 * size if unit == "days" else size):
                return self(f"span.{unit}", n=total // size)
        return self("span.seconds", n=total) if total else self("span.under")

    def ago(self, at: datetime, now: datetime) -> str:
        """How long ago something was."""
        return self("ago", span=self.span(now - at))


def plural(language: str, n: int) -> str:
    """The plural category of a whole number, after Unicode CLDR's rules for Russian and English."""
    if language != "ru":
        return "one" if n == 1 else "many"
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    return "few" if n % 10 in {2, 3, 4} and n % 100 not in {12, 13, 14} else "many"


def choose(asked: str | None, remembered: str | None, accepted: str) -> str:
    """The language: the one asked for, else the one remembered, else the browser's best (RFC 9110, 12.5.4)."""
    for wish in (asked, remembered):
        if wish in LANGUAGES:
            return wish
    weights = dict.fromkeys(LANGUAGES, 0.0)
    for part in accepted.lower().split(","):
        match = re.fullmatch(r"\s*([a-z]{2,3})(?:-[a-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*", part)
        if match and match[1] in weights:
            weights[match[1]] = max(weights[match[1]], float(match[2] or 1))
    return max(LANGUAGES, key=lambda language: weights[language])


def _kinds(kind: type[Refusal]) -> list[type[Refusal]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _kinds(child))]
