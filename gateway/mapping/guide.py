"""What every word of a profile means, in Russian and English: for editors (profile_schema.py) and for readers.

The grammar decides which words there are; a test holds these tables to it.
"""

from __future__ import annotations

from typing import Final

Sentences = tuple[str, str]
"""Russian and English."""

TOP: Final[dict[str, Sentences]] = {
    "name": ("Имя профиля; стоит в каждой записи.", "Name of the profile, which stands in every record."),
    "version": ("Версия профиля; стоит в каждой записи.", "Version of the profile, which stands in every record."),
    "title": ("Название для людей, на русском и английском.", "What people read, in Russian and English."),
    "state": ("Государство регистра: ISO 3166-1, три буквы.", "State of the register, ISO 3166-1 alpha-3."),
    "agency": ("Ведомство, которое ведёт регистр.", "The agency that keeps the register."),
    "system": ("Имя регистра; вместе с номером записи даёт её постоянный идентификатор.",
               "Name of the register; with the number of a row it makes the lasting id of the record."),
    "source": ("В каком виде регистр передаёт данные.", "In which form the register hands over its data."),
    "category": ("Какие записи получаются.", "Which family of records comes out."),
    "status": ("Состояние записи: одно на все строки или по кодам столбца.",
               "State of the record: one for all rows, or told by the codes of a column."),
    "id": ("Столбец или столбцы с номером записи в регистре.",
           "Column, or columns, with the register's own number of the row."),
    "ref": ("По чему регистр узнаёт лицо, по порядку: `identifier.СХЕМА`, `document`, `name`.",
            "By what the register knows a person, in order: `identifier.SCHEME`, `document`, `name`."),
    "dates": ("Как регистр пишет даты.", "How the register writes dates."),
    "zone": ("Часовой пояс времени, при котором он не указан, например +05:00.",
             "Offset of times that carry none, such as +05:00."),
    "countries": ("Как регистр пишет страны.", "How the register writes countries."),
    "nulls": ("Слова, означающие «ничего»; при записи берётся первое.",
              "Words for nothing; the first of them is the one written."),
    "open_ended": ("Слова, означающие «бессрочно»; при записи берётся первое.",
                   "Words for without end; the first of them is the one written."),
    "names": ("Написания имени, которые ведёт регистр: письменность, язык, вид.",
              "The spellings of a name that the register keeps: script, language, kind."),
    "fields": ("Какой столбец куда идёт.", "Which column goes where."),
    "constants": ("Чего не говорит ни один столбец: цель и общий код.",
                  "What no column says: target and common code."),
    "defaults": ("Цель-страна и цель, из которой она берётся, если её столбец пуст.",
                 "A country, and the one it is taken from where a row has none."),
    "dropped": ("Столбцы, которые известны и не передаются, с причиной.",
                "Columns that are known and left out, each with its reason."),
    "required": ("Столбцы, без которых строка отклоняется.", "Columns without which a row is rejected."),
    "optional": ("Столбцы, которых в файле может не быть вовсе.", "Columns that a file may lack altogether."),
    "codes": ("Перечни: национальный код и общий код.", "Code lists: national code and common code."),
    "headings": ("Другие заголовки тех же столбцов.", "Other headings of the same columns."),
    "joined": ("Столбцы, составленные из других.", "Columns that are made of others."),
    "only": ("Какие строки файла относятся к этому профилю.", "Which rows of the file this profile is about."),
    "delivery": ("Что в файле: весь регистр (snapshot) или изменения (delta).",
                 "What a file holds: the whole register (snapshot) or what changed (delta)."),
    "absence": ("Что значит отсутствие записи в снимке: ничего или отзыв.",
                "What it means that a snapshot lacks a record: nothing, or a withdrawal."),
    "deleted": ("Какая строка означает, что записи больше нет.", "Which row means that a record is no more."),
    "placeholder": ("Означает ли 1 января «день неизвестен».", "Whether 1 January stands for a day that is unknown."),
}  # fmt: skip
"""The words of a profile itself."""

FIELD: Final[dict[str, Sentences]] = {
    "to": ("Цель.", "The target."),
    "codes": ("Имя перечня из `codes` или `reference:ИМЯ`.", "Name of a list under `codes`, or `reference:NAME`."),
    "write": ("Форма даты или страны при записи.", "Form of a date or a country on the way back."),
    "none": ("Слова «нет отчества»; это не то же, что «неизвестно».",
             "Words for having no patronymic, which is not the same as unknown."),
    "separator": ("Чем разделены несколько значений в ячейке.", "What separates several values in one cell."),
    "when": ("Поле есть только у строк, для которых условие выполнено.", "Only rows that meet it have the field."),
    "nulls": ("Слова «ничего» только для этого столбца.", "Words for nothing in this column alone."),
    "split": ("Порядок частей полного имени.", "Order in which a whole name is told apart."),
    "single": ("Чем считать имя из одного слова: `family` или `given`.",
               "What a name of one word is: `family` or `given`."),
    "brackets": ("`birth`: имя в скобках — фамилия при рождении.",
                 "`birth`: a name in brackets is the family name at birth."),
    "restore_zeros": ("`yes`: вернуть ведущие нули, потерянные таблицей.",
                      "`yes`: put back leading zeros that a spreadsheet dropped."),
    "means": ("`citizenship`: автор подтверждает, что это гражданство, а не этничность.",
              "`citizenship`: the author confirms that this is the citizenship and not ethnicity."),
}  # fmt: skip
"""The words of a field."""

SOURCE: Final[dict[str, Sentences]] = {
    "format": ("Формат файла.", "Format of the file."),
    "encoding": ("Кодировка.", "Encoding."),
    "delimiter": ("Разделитель столбцов.", "What separates the columns."),
    "quote": ("Кавычка; `none`, если её нет.", "What encloses a cell; `none` where nothing does."),
    "header_row": ("Строка заголовков, считая с 1.", "Row of the headings, from 1."),
    "skip_rows": ("Сколько строк пропустить перед данными.", "Rows to pass over before the data."),
    "sheet": ("Лист: имя или номер.", "The sheet: its name or number."),
    "root": ("Где в документе JSON стоит массив.", "Where the array stands in a JSON document."),
    "rows": ("Путь элементов-строк в XML.", "Path of the elements that are rows, in XML."),
    "namespaces": ("Префиксы пространств имён.", "Prefix to namespace."),
    "columns": ("Столбец и его место: XPath, JMESPath или номера символов.",
                "Column and its place: XPath, JMESPath, or first and last character."),
    "payload": ("Путь документа внутри конверта SOAP.", "Path of the document inside a SOAP envelope."),
    "member": ("Образец имён файлов в архиве ZIP.", "Pattern of the files within a ZIP archive."),
}  # fmt: skip
"""The words of `source`."""

CONDITION: Final[dict[str, Sentences]] = {
    "column": ("Столбец.", "The column."),
    "is": ("Значения, при которых условие выполнено.", "Values with which the condition holds."),
    "not": ("Значения, при которых условие не выполнено.", "Values with which it does not."),
}
"""The words of a condition."""
