"""Why an entry was found, field by field, in words an officer reads. No sentence carries a personal value."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """One remark on one field; stable codes."""

    DOCUMENT_EXACT = "DOCUMENT_EXACT"
    DOCUMENT_NEAR = "DOCUMENT_NEAR"
    DOCUMENT_OTHER_STATE = "DOCUMENT_OTHER_STATE"
    IDENTIFIER_EXACT = "IDENTIFIER_EXACT"
    NAME_FULL = "NAME_FULL"
    NAME_SIMILAR = "NAME_SIMILAR"
    NAME_PARTIAL = "NAME_PARTIAL"
    NAME_DIFFERS = "NAME_DIFFERS"
    NAME_ORDER = "NAME_ORDER"
    NAME_UNREAD = "NAME_UNREAD"
    PATRONYMIC_AGREES = "PATRONYMIC_AGREES"
    PATRONYMIC_DIFFERS = "PATRONYMIC_DIFFERS"
    BIRTH_DATE_EXACT = "BIRTH_DATE_EXACT"
    BIRTH_DATE_NEW_YEAR = "BIRTH_DATE_NEW_YEAR"
    BIRTH_DATE_VARIANT = "BIRTH_DATE_VARIANT"
    BIRTH_DATE_PARTIAL = "BIRTH_DATE_PARTIAL"
    BIRTH_DATE_UNKNOWN = "BIRTH_DATE_UNKNOWN"
    BIRTH_DATE_DIFFERS = "BIRTH_DATE_DIFFERS"
    SEX_DIFFERS = "SEX_DIFFERS"
    CITIZENSHIP_AGREES = "CITIZENSHIP_AGREES"
    CITIZENSHIP_DIFFERS = "CITIZENSHIP_DIFFERS"
    MINOR = "MINOR"


SENTENCES: Final[dict[Reason, tuple[str, str]]] = {
    Reason.DOCUMENT_EXACT: ("Номер документа совпадает.", "The document number is the same."),
    Reason.DOCUMENT_NEAR: (
        "Номер документа отличается одним знаком или похожими знаками.",
        "The document number differs by one character or by characters that look alike.",
    ),
    Reason.DOCUMENT_OTHER_STATE: (
        "Номер документа совпадает, но выдан другим государством.",
        "The document number is the same, but another state issued it.",
    ),
    Reason.IDENTIFIER_EXACT: ("Личный номер совпадает.", "The personal number is the same."),
    Reason.NAME_FULL: ("Фамилия и имя совпадают.", "Family and given name agree."),
    Reason.NAME_SIMILAR: ("Фамилия и имя похожи.", "Family and given name are similar."),
    Reason.NAME_PARTIAL: (
        "Совпадает часть имени, другая часть неизвестна.",
        "One part of the name agrees, another is not known.",
    ),
    Reason.NAME_DIFFERS: ("Имя отличается.", "The name differs."),
    Reason.NAME_ORDER: ("Фамилия и имя переставлены.", "Family and given name are in each other's place."),
    Reason.NAME_UNREAD: (
        "Имён слишком много или они слишком длинны: сравнены не все, остальные сравнивает сотрудник.",
        "The names are too many or too long: not all were compared, an officer compares the rest.",
    ),
    Reason.PATRONYMIC_AGREES: ("Отчество совпадает.", "The patronymic agrees."),
    Reason.PATRONYMIC_DIFFERS: ("Отчество отличается.", "The patronymic differs."),
    Reason.BIRTH_DATE_EXACT: ("Дата рождения совпадает полностью.", "The full birth date agrees."),
    Reason.BIRTH_DATE_NEW_YEAR: (
        "Дата рождения в обоих случаях 1 января: возможно, день неизвестен.",
        "The birth date is 1 January in both: the day may be unknown.",
    ),
    Reason.BIRTH_DATE_VARIANT: (
        "Дата рождения отличается одной опиской или перестановкой дня и месяца.",
        "The birth date is one slip away, or day and month are swapped.",
    ),
    Reason.BIRTH_DATE_PARTIAL: (
        "Дата рождения известна не полностью и не противоречит.",
        "The birth date is not known in full and does not contradict.",
    ),
    Reason.BIRTH_DATE_UNKNOWN: ("Дата рождения неизвестна.", "The birth date is not known."),
    Reason.BIRTH_DATE_DIFFERS: ("Дата рождения отличается.", "The birth date differs."),
    Reason.SEX_DIFFERS: ("Пол отличается.", "The sex differs."),
    Reason.CITIZENSHIP_AGREES: ("Гражданство совпадает.", "A citizenship agrees."),
    Reason.CITIZENSHIP_DIFFERS: ("Гражданство отличается.", "The citizenships differ."),
    Reason.MINOR: (
        "Лицо младше 18 лет: решение принимает только сотрудник.",
        "The person is under 18: only an officer decides.",
    ),
}
"""Russian and English."""
