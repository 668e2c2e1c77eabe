"""The `source:` part of a profile: in which form, encoding and places the register hands over its rows.

docs/national-files.md tells it to national engineers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from gateway.mapping import encodings, expressions
from gateway.mapping.nodes import Problems, Value, unknown

FORMATS: Final = ("csv", "tsv", "fixed", "xlsx", "json", "jsonl", "xml", "rows")

_ANY: Final = frozenset({"format", "member"})
_TEXT: Final = _ANY | {"encoding"}
USES: Final[dict[str, frozenset[str]]] = {
    "csv": _TEXT | {"delimiter", "quote", "header_row", "skip_rows"},
    "tsv": _TEXT | {"quote", "header_row", "skip_rows"},
    "fixed": _TEXT | {"columns", "skip_rows"},
    "xlsx": _ANY | {"sheet", "header_row", "skip_rows"},
    "json": _TEXT | {"root", "columns"},
    "jsonl": _TEXT | {"columns"},
    "xml": _TEXT | {"rows", "namespaces", "columns", "payload"},
    "rows": frozenset({"format", "encoding", "root", "columns"}),
}
"""Which words belong to which format."""
NEEDED: Final[dict[str, tuple[str, ...]]] = {"fixed": ("columns",), "xml": ("rows", "columns")}
"""Words without which a format cannot be read."""
_ALL: Final = tuple(sorted(frozenset[str]().union(*USES.values())))
_SPAN: Final = re.compile(r"(\d{1,4})-(\d{1,4})")
_WIDEST: Final = 10_000
_HIGHEST_ROW: Final = 1_000


@dataclass(frozen=True, slots=True)
class SourceForm:
    """What the register hands over."""

    format: str
    """One of FORMATS; `rows` are given by a connector."""
    encoding: str = "utf-8"
    delimiter: str = ","
    root: str = ""
    """Where the array stands in a JSON document: keys joined by dots, or JMESPath; empty where it is the document."""
    quote: str = '"'
    """What encloses a CSV cell that holds a delimiter; empty where nothing does."""
    rows: str = ""
    """Path of the elements that are rows, in XML."""
    namespaces: dict[str, str] = field(default_factory=dict)
    """Prefix to namespace, for `rows` and `columns`."""
    columns: dict[str, str] = field(default_factory=dict)
    """Column to its XPath within the row, its JMESPath within the object, or its first and last character."""
    sheet: str = ""
    """Name of the sheet, or its number from 1; empty for the first."""
    header_row: int = 1
    """Row of the headings, from 1; what stands above is not read."""
    skip_rows: int = 0
    """Rows between the headings, or the beginning of a file without any, and the first row of data."""
    member: str = ""
    """Pattern of the files within a ZIP archive; empty where the file is none."""
    payload: str = ""
    """Where the SOAP envelope holds the document as a string; empty where there is no envelope."""

    @property
    def repertoire(self) -> str:
        """The encoding that limits which letters can be written: XML, JSON and spreadsheets have a way for all."""
        return self.encoding if self.format in {"csv", "tsv", "fixed"} else "utf-8"


def read(problems: Problems, value: Value) -> SourceForm:
    """The form that a profile declares, with a problem at its line and column for whatever does not fit."""
    found = problems.mapping(value)
    problems.known(found, _ALL, ("format",), value)
    kind = problems.text(found["format"]).value if "format" in found else ""
    if kind not in FORMATS:
        at = found.get("format", value)
        problems.add(at.at, at.path, *unknown("format", "формат", kind, FORMATS))
        return SourceForm("")
    author = _Author(problems, found, kind)
    author.foreign()
    namespaces = author.namespaces()
    form = SourceForm(
        kind,
        encoding=author.encoding(),
        delimiter="\t" if kind == "tsv" else author.delimiter(),
        root=author.root(),
        quote=author.quote(),
        rows=author.rows(namespaces),
        namespaces=namespaces,
        columns=author.columns(namespaces),
        sheet=author.text("sheet"),
        header_row=author.number("header_row", 1, 1),
        skip_rows=author.number("skip_rows", 0, 0),
        member=author.member(),
        payload=author.payload(namespaces),
    )
    author.whole(form, value)
    return form


def spans(form: SourceForm) -> dict[str, tuple[int, int]]:
    """Of a fixed width: column to the places where its cell begins and ends, as slices count."""
    found: dict[str, tuple[int, int]] = {}
    for column, text in form.columns.items():
        match = _SPAN.fullmatch(text)
        found[column] = (int(match[1]) - 1, int(match[2])) if match else (0, 0)
    return found


def room(form: SourceForm) -> dict[str, int]:
    """Columns that cannot be written whole, with the characters that they hold: none where an expression is read."""
    if form.format == "fixed":
        return {column: end - start for column, (start, end) in spans(form).items()}
    if form.format == "xml":
        return {column: 0 for column, text in form.columns.items() if expressions.way_in(text, form.namespaces) is None}
    return {column: 0 for column, text in form.columns.items() if expressions.json_keys(text) is None}


def unplaced(form: SourceForm, columns: tuple[str, ...]) -> list[str]:
    """Columns that a profile maps and for which its source has no place; JSON then looks for the key itself."""
    return [column for column in columns if column not in form.columns] if form.format in {"fixed", "xml"} else []


def unwritable(form: SourceForm, columns: tuple[str, ...]) -> list[str]:
    """Headings that the declared encoding cannot write, so that it cannot be the register's."""
    found = []
    for column in columns if form.format in {"csv", "tsv"} else ():
        try:
            column.encode(form.encoding)
        except UnicodeEncodeError:
            found.append(column)
    return found


class _Author:
    """The keys of `source:` while they are read."""

    def __init__(self, problems: Problems, found: dict[str, Value], kind: str) -> None:
        self.problems = problems
        self.found = found
        self.kind = kind

    def wrong(self, key: str, english: str, russian: str) -> None:
        """A problem at one of the keys."""
        self.problems.add(self.found[key].at, self.found[key].path, english, russian)

    def text(self, key: str, default: str = "") -> str:
        """A scalar."""
        return self.problems.text(self.found[key]).value if key in self.found else default

    def foreign(self) -> None:
        """Words that mean something in other formats only."""
        for key in self.found:
            if key in _ALL and key not in USES[self.kind]:
                self.wrong(
                    key, f"`{key}` has no meaning in {self.kind}", f"`{key}` не имеет смысла в формате {self.kind}"
                )

    def encoding(self) -> str:
        """The encoding as the profile names it."""
        given = self.text("encoding", "utf-8")
        if encodings.known(given) is None:
            self.wrong("encoding", *unknown("encoding", "кодировка", given, encodings.ENCODINGS))
            return "utf-8"
        return given

    def delimiter(self) -> str:
        """One character."""
        given = self.text("delimiter", ",")
        if len(given) != 1 or given in '"\r\n':
            self.wrong("delimiter", "a delimiter is one character", "разделитель — один символ")
            return ","
        return given

    def quote(self) -> str:
        """One character, or nothing for `none`."""
        given = self.text("quote", '"')
        if given == "none":
            return ""
        if len(given) != 1 or given in "\r\n":
            self.wrong("quote", "a quotation mark is one character, or `none`", "кавычка — один символ или `none`")
            return '"'
        return given

    def number(self, key: str, default: int, least: int) -> int:
        """A small number of rows."""
        given = self.text(key, str(default))
        if not given.isdecimal() or not least <= int(given) <= _HIGHEST_ROW:
            self.wrong(
                key, f"a number from {least} to {_HIGHEST_ROW} stands here", f"здесь число от {least} до {_HIGHEST_ROW}"
            )
            return default
        return int(given)

    def root(self) -> str:
        """A path of keys or JMESPath."""
        given = self.text("root")
        if given:
            try:
                expressions.json_path(given)
            except expressions.Wrong as wrong:
                self.wrong("root", wrong.english, wrong.russian)
        return given

    def namespaces(self) -> dict[str, str]:
        """Prefix to namespace."""
        if "namespaces" not in self.found:
            return {}
        table = self.problems.table(self.found["namespaces"])
        for prefix, text in table.items():
            if not text.value or not re.fullmatch(r"[^\W\d][\w.-]*", prefix) or prefix == expressions.SOAP:
                self.problems.add(
                    text.at,
                    f"source.namespaces.{prefix}",
                    "a prefix and its namespace stand here; `soap` is taken already",
                    "здесь указываются префикс и пространство имён; `soap` уже занят",
                )
        return {prefix: text.value for prefix, text in table.items() if text.value}

    def rows(self, namespaces: dict[str, str]) -> str:
        """The path of the rows in XML."""
        given = self.text("rows")
        if given:
            try:
                expressions.row_path(given, namespaces)
            except expressions.Wrong as wrong:
                self.wrong("rows", wrong.english, wrong.russian)
        return given

    def payload(self, namespaces: dict[str, str]) -> str:
        """The path of the string in a SOAP envelope."""
        given = self.text("payload")
        if given:
            try:
                expressions.envelope_path(given, namespaces)
            except expressions.Wrong as wrong:
                self.wrong("payload", wrong.english, wrong.russian)
        return given

    def member(self) -> str:
        """A pattern of file names."""
        given = self.text("member")
        if "member" in self.found and (not given or len(given) > 200):
            self.wrong("member", "a pattern of file names such as `*.xml`", "образец имён файлов, например `*.xml`")
        return given

    def columns(self, namespaces: dict[str, str]) -> dict[str, str]:
        """Column to its place; what a place is depends on the format."""
        if "columns" not in self.found:
            return {}
        table = self.problems.table(self.found["columns"])
        for column, text in table.items():
            try:
                self._place(text.value, namespaces)
            except expressions.Wrong as wrong:
                self.problems.add(text.at, f"source.columns.{column}", wrong.english, wrong.russian)
        return {column: text.value for column, text in table.items()}

    def _place(self, text: str, namespaces: dict[str, str]) -> None:
        if self.kind == "xml":
            expressions.xpath(text, namespaces)
        elif self.kind == "fixed":
            match = _SPAN.fullmatch(text)
            if match is None or not 1 <= int(match[1]) <= int(match[2]) <= _WIDEST:
                raise expressions.Wrong(
                    f"`{text}` — the first and the last character of the column stand here, such as `1-20`",
                    f"`{text}` — здесь первый и последний символ столбца, например `1-20`",
                )
        else:
            expressions.json_path(text)

    def whole(self, form: SourceForm, value: Value) -> None:
        """What one key asks of another."""
        for key in NEEDED.get(self.kind, ()):
            if key not in self.found:
                self.problems.add(value.at, value.path, f"`{key}` is missing", f"отсутствует `{key}`")
        if self.kind == "fixed":
            ends = sorted(spans(form).values())
            if any(before[1] > after[0] for before, after in pairwise(ends)):
                self.wrong("columns", "two columns overlap", "два столбца перекрываются")
        if form.quote == form.delimiter and self.kind in {"csv", "tsv"}:
            self.problems.add(
                value.at, value.path, "delimiter and quotation mark differ", "разделитель и кавычка должны различаться"
            )
