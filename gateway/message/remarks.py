"""The sentences of the schema's findings. They name limits of the schema, never what stands in a message."""

from __future__ import annotations

from typing import Final

from gateway.findings import Finding

_SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "xsd-pattern": (
        "Значение не соответствует требуемому шаблону{detail}.",
        "The value does not have the required form{detail}.",
    ),
    "xsd-enumeration": (
        "Значения нет в перечне допустимых{detail}.",
        "The value is not one of those allowed{detail}.",
    ),
    "xsd-min-length": (
        "Значение пустое или короче допустимого{detail}.",
        "The value is empty or shorter than allowed{detail}.",
    ),
    "xsd-max-length": (
        "Значение длиннее допустимого{detail}.",
        "The value is longer than allowed{detail}.",
    ),
    "xsd-range": ("Число вне допустимых границ{detail}.", "The number is outside its limits{detail}."),
    "xsd-type": (
        "Значение не является датой, числом или кодом требуемого типа.",
        "The value is not a date, number or code of the required type.",
    ),
    "xsd-text-unexpected": (
        "Текст стоит там, где допустимы только элементы.",
        "Text stands where only elements are allowed.",
    ),
    "xsd-attribute-unexpected": (
        "Атрибут здесь не предусмотрен.",
        "The attribute is not allowed here.",
    ),
    "xsd-attribute-missing": (
        "Отсутствует обязательный атрибут.",
        "A required attribute is missing.",
    ),
    "xsd-element-unexpected": (
        "Элемент здесь не предусмотрен{expected}.",
        "The element is not allowed here{expected}.",
    ),
    "xsd-element-missing": (
        "Отсутствует обязательный элемент{expected}.",
        "A required element is missing{expected}.",
    ),
    "xsd-root": ("Корневой элемент не Message формата обмена.", "The root is not a Message of the format."),
    "xsd-instance-attribute": (
        "Атрибуты xsi:type и xsi:nil не принимаются.",
        "The attributes xsi:type and xsi:nil are not accepted.",
    ),
    "xsd-invalid": (
        "Содержимое не соответствует схеме.",
        "The content does not follow the schema.",
    ),
}
"""Code of a finding to its Russian and English sentence."""

CODES: Final = frozenset(_SENTENCES)
"""Every code that the schema's findings may bear."""


def remark(code: str, path: str, line: int, detail: str = "") -> Finding:
    """A finding of the schema; `detail` is a limit or a list of names from the schema itself."""
    russian, english = _SENTENCES[code]
    return Finding(
        code=code,
        severity="error",
        path=path,
        line=line,
        message_en=english.format(
            detail=f" ({detail})" if detail else "", expected=f"; expected: {detail}" if detail else ""
        ),
        message_ru=russian.format(
            detail=f" ({detail})" if detail else "", expected=f"; ожидается: {detail}" if detail else ""
        ),
    )
