"""The business rules of the exchange format: what XSD 1.0 cannot say, each with its number.

docs/business-rules.md is this table for readers; a test holds the two together. A number is never used again
for another rule. An error refuses the record or the message; a warning travels with it, for nobody may lose
a record of a person over its quality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from gateway.findings import Finding, Severity

Scope = Literal["record", "message"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One numbered rule."""

    number: str
    severity: Severity
    scope: Scope
    """Whether one record is judged or a message as a whole."""
    ru: str
    en: str


def _rules(scope: Scope, *rows: tuple[str, Severity, str, str]) -> dict[str, Rule]:
    return {number: Rule(number, severity, scope, ru, en) for number, severity, ru, en in rows}


RULES: Final[dict[str, Rule]] = _rules(
    "record",
    (
        "BR-01",
        "error",
        "Состояние записи принадлежит жизненному циклу её категории.",
        "The status of a record belongs to the lifecycle of its category.",
    ),
    (
        "BR-02",
        "error",
        "Элемент семейства соответствует категории записи, и категория известна.",
        "The family's element agrees with the category of the record, and the category is known.",
    ),
    (
        "BR-03",
        "error",
        "RecordId вычислен из источника записи (UUID версии 5): чужую запись заменить нельзя.",
        "RecordId is computed from the record's source (UUID version 5): nobody replaces another's record.",
    ),
    (
        "BR-04",
        "warning",
        "Срок хранения не истекает раньше создания версии.",
        "Retention does not end before the version was made.",
    ),
    (
        "BR-05",
        "error",
        "Запись говорит о лице, если этого требует её категория, и ни о ком, если категория не о лицах.",
        "A record is about a person where its category demands one, and about nobody where it is not about persons.",
    ),
    (
        "BR-10",
        "error",
        "Дата рождения не позже дня создания версии.",
        "The birth date is not after the day the version was made.",
    ),
    ("BR-11", "error", "Год рождения не раньше 1850.", "The year of birth is not before 1850."),
    (
        "BR-12",
        "warning",
        "Пометка assumed стоит только при 1 января с известным годом.",
        "The mark assumed stands only on a 1 January of a known year.",
    ),
    (
        "BR-13",
        "error",
        "В имени заполнена хотя бы одна часть, и она не пустая.",
        "A name has at least one part, and it is not blank.",
    ),
    (
        "BR-14",
        "warning",
        "Если отчества нет (noPatronymic), оно не указано.",
        "Where there is no patronymic (noPatronymic), none is given.",
    ),
    (
        "BR-15",
        "warning",
        "Лицо без гражданства не имеет действующего гражданства.",
        "A stateless person has no present citizenship.",
    ),
    (
        "BR-16",
        "warning",
        "Пол и дата рождения, заложенные в личный номер, не противоречат записи.",
        "The sex and the birth date inside a personal number do not contradict the record.",
    ),
    (
        "BR-17",
        "warning",
        "Документ выдан не позже окончания своего действия.",
        "A document is not issued after the end of its validity.",
    ),
    (
        "BR-18",
        "error",
        "Номер документа и личный номер не пустые.",
        "The number of a document and a personal number are not blank.",
    ),
    (
        "BR-20",
        "error",
        "Запрет на въезд ссылается на индивидуальное решение и называет принявший его орган.",
        "An entry ban refers to an individual decision and names the deciding authority.",
    ),
    (
        "BR-21",
        "error",
        "Запрет на въезд начинается не позже, чем кончается.",
        "An entry ban does not begin after its end.",
    ),
    (
        "BR-22",
        "error",
        "Запрет на въезд не вносится на лицо младше 14 лет на день его начала без пометки BAN-MINOR-REVIEWED.",
        "An entry ban on a person under 14 on its first day is not accepted without the flag BAN-MINOR-REVIEWED.",
    ),
    (
        "BR-23",
        "error",
        "Разрешение действует с даты не позже даты окончания.",
        "A permit is not valid from a date after its end.",
    ),
    ("BR-24", "error", "Пребывание начинается не позже, чем кончается.", "A stay does not begin after its end."),
    (
        "BR-25",
        "warning",
        "Прибытие не позже окончания пребывания.",
        "The arrival is not after the end of the stay.",
    ),
    (
        "BR-26",
        "warning",
        "Пересечение границы не позже создания версии.",
        "A border crossing is not after the version was made.",
    ),
    (
        "BR-27",
        "error",
        "Обращение за защитой, его регистрация и решение следуют в этом порядке.",
        "An application for protection is lodged, registered and decided in this order.",
    ),
    (
        "BR-28",
        "error",
        "Номер разрешения, регистрации или ходатайства и пункт пропуска не пустые.",
        "The number of a permit, registration or application and the checkpoint are not blank.",
    ),
) | _rules(
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
