"""What the mapping has to say, in Russian and English: one sentence for each code, stable like the code.

No sentence ever carries a value of the row. A rejects file may therefore be sent by mail.
"""

from __future__ import annotations

from typing import Final

from gateway.findings import Finding, Severity

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    # What rejects a row.
    "MAP-COLUMNS": (
        "Число столбцов в строке не совпадает с заголовком.",
        "The row has another number of columns than the header.",
    ),
    "MAP-HEADER-AGAIN": (
        "Внутри файла снова стоит заголовок; если столбцы в нём другие, строки под ним не читаются.",
        "A header stands here once more; where its columns are others, the rows below it are not read.",
    ),
    "MAP-FORMULA": (
        "В ячейке формула: её прежнему результату нельзя верить, нужно само значение.",
        "The cell holds a formula, whose old result is not trusted: the value itself is needed.",
    ),
    "MAP-CELL": (
        "В ячейке ошибка или число, округлённое таблицей.",
        "The cell holds an error or a number that the spreadsheet has rounded.",
    ),
    "MAP-DUPLICATE-ROW": (
        "Запись с этим номером уже была в файле.",
        "The file had a record of this number before.",
    ),
    "MAP-ROW-FORM": (
        "Строка не имеет вида, объявленного в профиле.",
        "The row does not have the form that the profile declares.",
    ),
    "MAP-ENCODING": (
        "Значение содержит управляющие или нечитаемые символы.",
        "The value contains control characters or bytes that cannot be decoded.",
    ),
    "MAP-LENGTH": ("Значение длиннее допустимого.", "The value is longer than allowed."),
    "MAP-NESTED": (
        "Ожидалось простое значение, а не вложенная структура.",
        "A plain value was expected, not a nested structure.",
    ),
    "MAP-NAME-MISSING": ("Имя лица не указано.", "The name of the person is missing."),
    "MAP-NAME-CHARACTERS": (
        "В имени есть цифры или знаки, которых в именах не бывает.",
        "The name holds digits or signs that no name has.",
    ),
    "MAP-BIRTH-DATE-MISSING": ("Дата рождения не указана.", "The birth date is missing."),
    "MAP-RECORD-NUMBER-MISSING": (
        "Номер записи регистра не указан.",
        "The register's number of the record is missing.",
    ),
    "MAP-VALUE-MISSING": ("Обязательное значение не указано.", "A required value is missing."),
    "MAP-NO-KEY": (
        "Нет ни документа, ни личного номера, по которым профиль узнаёт лицо.",
        "There is neither a document nor a personal number by which the profile knows the person.",
    ),
    "MAP-DATE": (
        "Дата не читается или не существует в календаре.",
        "The date cannot be read or does not exist in the calendar.",
    ),
    "MAP-DATE-FUTURE": ("Дата рождения ещё не наступила.", "The birth date lies in the future."),
    "MAP-TIMESTAMP": (
        "Дата и время не читаются или не имеют часового пояса.",
        "The date and time cannot be read or have no time zone.",
    ),
    "MAP-ORDER": (
        "Конечная дата предшествует начальной.",
        "The end date lies before the start date.",
    ),
    "MAP-COUNTRY": ("Страна не опознана.", "The country is not known."),
    "MAP-COUNTRY-REVIEW": (
        "У этой страны нет кода ISO 3166: требуется решение человека.",
        "This country has no ISO 3166 code: a human has to decide.",
    ),
    "MAP-SEX": ("Код пола отсутствует в профиле.", "The code of sex is not in the profile."),
    "MAP-DIRECTION": (
        "Код направления пересечения отсутствует в профиле.",
        "The code of the direction of crossing is not in the profile.",
    ),
    "MAP-STATUS": (
        "Код состояния записи отсутствует в профиле.",
        "The code of the record's status is not in the profile.",
    ),
    "MAP-PERIOD": ("Период не читается.", "The period cannot be read."),
    "MAP-AMOUNT": (
        "Сумма не читается: нужно число, не больше двух знаков после запятой.",
        "The amount cannot be read: a number with at most two decimals is wanted.",
    ),
    "MAP-COUNT": ("Ожидалось целое число.", "A whole number was expected."),
    "MAP-CODE": ("Код отсутствует в перечне профиля.", "The code is not in the profile's list."),
    # What is worth a look.
    "MAP-CHECK-DIGIT": (
        "Контрольная цифра личного номера не сходится.",
        "The check digit of the personal number is wrong.",
    ),
    "MAP-IDENTIFIER-FORMAT": (
        "Личный номер не имеет вида, установленного для него.",
        "The personal number does not have the form of its scheme.",
    ),
    "MAP-EMBEDDED": (
        "Пол или дата рождения в личном номере противоречат записи.",
        "Sex or birth date within the personal number contradict the record.",
    ),
    "MAP-DISAGREE": (
        "Столбец противоречит другому столбцу с тем же сведением; взято первое.",
        "The column contradicts another column of the same meaning; the first was taken.",
    ),
    "MAP-NAME-SCRIPT": (
        "В имени смешаны буквы разных письменностей.",
        "The name mixes letters of several scripts.",
    ),
    "MAP-DOCUMENT-INCOMPLETE": (
        "Сведения о документе без номера не переданы.",
        "Particulars of a document without its number were left out.",
    ),
    "MAP-UNKNOWN-COLUMN": (
        "Столбец не описан в профиле и не передан.",
        "The column is not described in the profile and was left out.",
    ),
    "MAP-PADDED": (
        "Утраченные ведущие нули личного номера восстановлены.",
        "Leading zeros that the personal number had lost were put back.",
    ),
    "MAP-NAME-SPLIT": (
        "В полном имени больше слов, чем частей: деление — предположение.",
        "The whole name has more words than parts: how it was told apart is a guess.",
    ),
    "MAP-NAME-TRUNCATED": (
        "Имя занимает машиночитаемую строку до конца и могло быть обрезано.",
        "The name fills its machine-readable zone to the end and may have been cut off.",
    ),
    "MAP-PLACEHOLDER": (
        "1 января встречается среди дат рождения слишком часто: возможно, так записано «неизвестно».",
        "1 January is too frequent among the birth dates: it may stand for unknown.",
    ),
    "MAP-SENSITIVE-DROPPED": (
        "Столбец об этничности, вере, взглядах, здоровье или причинах обращения распознан и не передан.",
        "A column of ethnicity, religion, opinion, health or grounds was recognised and left out.",
    ),
    # The way back.
    "MAP-LOSS": (
        "Национальная форма не передаёт это сведение.",
        "The national form cannot carry this part of the record.",
    ),
}


def finding(code: str, severity: Severity, column: str, row: int, value_class: str = "") -> Finding:
    """A finding about one column of one row; the sentence comes from the code."""
    russian, english = SENTENCES[code]
    return Finding(code, severity, column, row, english, russian, value_class)
