"""The business rules of the exchange format: what XSD 1.0 cannot say, each with its number.

docs/business-rules.md is this table for readers; a test holds the two together. A number is never used again
for another rule. An error refuses the record or the message; a warning travels with it, for nobody may lose
a record of a person over its quality.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from gateway.findings import Finding
from gateway.message.record_rulebook import RECORD_RULES
from gateway.message.rule import Rule, rules

RULES: Final[dict[str, Rule]] = RECORD_RULES | rules(
    "message",
    (
        "BR-30",
        "error",
        "Элемент тела носит имя вида сообщения.",
        "The body's element bears the name of the kind of the message.",
    ),
    ("BR-31", "error", "Expires позже Created.", "Expires is after Created."),
    ("BR-32", "error", "Отправитель и получатель различны.", "Sender and receiver differ."),
    (
        "BR-33",
        "error",
        "Ответ и квитанция называют сообщение, на которое отвечают, и его отпечаток.",
        "An answer and a receipt name the message they answer, and its digest.",
    ),
    (
        "BR-34",
        "error",
        "Ответы, квитанции и проверки связи не имеют номера в потоке.",
        "Answers, receipts and pings have no number in the stream.",
    ),
    (
        "BR-35",
        "error",
        "Запись встречается в одном пакете один раз; отклоняется повторная.",
        "A record stands in one batch once; the later one is refused.",
    ),
    (
        "BR-36",
        "error",
        "Позиции изменений растут, лежат после After и кончаются на Last.",
        "The positions of changes ascend, lie after After and end with Last.",
    ),
    (
        "BR-37",
        "error",
        "Статистический отчёт содержит только показатели и квоты.",
        "A statistics report holds statistics and quotas only.",
    ),
    (
        "BR-40",
        "error",
        "Запрос о лице содержит имя, личный номер или документ.",
        "A query about a person holds a name, a personal number or a document.",
    ),
    (
        "BR-41",
        "error",
        "Степень ответа — наивысшая из степеней совпадений; без совпадений — NO_HIT.",
        "The level of an answer is the highest of its hits; NO_HIT where there are none.",
    ),
    (
        "BR-42",
        "error",
        "Место в журнале указано целиком, и номер листа меньше размера журнала.",
        "The place in the log is given as a whole, and the leaf's index is below the size of the log.",
    ),
    (
        "BR-43",
        "error",
        "Отказ имеет код; принятое целиком сообщение не имеет отклонённых записей.",
        "A refusal has a code; a message accepted as a whole has no refused record.",
    ),
    (
        "BR-44",
        "error",
        "Пропуск в потоке начинается не позже, чем кончается.",
        "A gap in the stream does not begin after its end.",
    ),
)
"""Every rule by its number."""

Breach = tuple[str, str]
"""The number of the rule that is broken and the path of the place inside the record."""


def breach(number: str, path: str, line: int = 0) -> Finding:
    """The finding that the rule was broken at this place."""
    rule = RULES[number]
    return Finding(number, rule.severity, path, line, rule.en, rule.ru)


def misordered(first: date | None, last: date | None) -> bool:
    """Whether two dates that are both known stand the wrong way round."""
    return first is not None and last is not None and first > last
