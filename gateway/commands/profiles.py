"""`gateway profiles`: the national profiles, what each does, and what is wrong with one's own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.commands.findings import report
from gateway.commands.terminal import AsJson, as_json, language, pick, say, table
from gateway.mapping import description, profile

app = typer.Typer(help="Mapping profiles of national registers. / Профили национальных регистров.")


@app.callback(invoke_without_command=True)
def list_profiles(context: typer.Context, json: AsJson = False) -> None:
    """List the profiles. / Список профилей."""
    if context.invoked_subcommand is not None:
        return
    rows = [profile.load(name) for name in profile.names()]
    if json:
        as_json([{"profile": row.label, "state": row.state, "category": str(row.category)} for row in rows])
    else:
        titles = [pick(row.title_en, row.title_ru) for row in rows]
        table(
            pick("Mapping profiles", "Профили отображения"),
            ("profile", "state", "category", "title"),
            [(row.label, row.state, row.category, title) for row, title in zip(rows, titles, strict=True)],
        )


@app.command("show")
def show_profile(name: Annotated[str, typer.Argument(metavar="NAME")], json: AsJson = False) -> None:
    """Document one profile: columns, forms, code lists, what is left out. / Описание профиля."""
    described = description.describe(profile.load(name))
    if json:
        as_json(described)
        return
    table(
        f"{described['profile']}  {described['title'][language()]}",
        (pick("column", "столбец"), pick("to", "цель"), pick("meaning", "смысл"), pick("form", "форма"),
         pick("required", "обязателен")),
        [
            (item["column"], item["to"], item["title"][language()], item["form"], "*" if item["required"] else "")
            for item in described["columns"]
        ],
    )  # fmt: skip
    particulars = [(item["column"], item["to"], _particulars(item)) for item in described["columns"]]
    _table_if_any(
        pick("Particulars", "Особенности"),
        (pick("column", "столбец"), pick("to", "цель"), pick("how it is read", "как читается")),
        [row for row in particulars if row[-1]],
    )
    lists: dict[str, list[str]] = {}
    for item in described["columns"]:
        lists.setdefault(_codes(item["codes"]), []).append(item["column"])
    lists.pop("", None)
    _table_if_any(
        pick("Code lists", "Перечни кодов"),
        (pick("columns", "столбцы"), pick("codes", "коды")),
        [(", ".join(columns), codes) for codes, columns in lists.items()],
    )
    table(
        pick("The register", "Регистр"),
        (pick("what", "что"), pick("value", "значение")),
        [(what, value) for what, value in _register(described) if value],
    )
    _table_if_any(
        pick("Left out", "Не передаётся"),
        (pick("column", "столбец"), pick("reason", "причина")),
        [(item["column"], item["reason"][language()]) for item in described["dropped"]],
    )
    if described["losses"]:
        lost = ", ".join(described["losses"])
        say(f"Not in this register's form: {lost}", f"В форме этого регистра нет: {lost}")


def _table_if_any(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    if rows:
        table(title, columns, rows)


def _particulars(item: dict[str, Any]) -> str:
    """What is said of one column beside its target and form."""
    made = f" + «{item['by']}» + ".join(item["of"])
    told = [
        (item["place"], pick("stands at {}", "место: {}")),
        (made, pick("made of {}", "составлен: {}")),
        (_condition(item["when"]) if item["when"] else "", pick("only where {}", "только если {}")),
        (item["separator"], pick("several, separated by «{}»", "несколько через «{}»")),
        (", ".join(item["none"]), pick("has none: {}", "не имеет: {}")),
        (", ".join(item["nulls"]), pick("nothing: {}", "пусто: {}")),
        (item["single"], pick("one word is {}", "одно слово — {}")),
        (item["brackets"], pick("brackets hold the name at birth", "в скобках имя при рождении")),
        (item["restore_zeros"], pick("leading zeros are put back", "ведущие нули возвращаются")),
    ]
    return "; ".join(sentence.format(value) for value, sentence in told if value)


def _register(described: dict[str, Any]) -> list[tuple[str, str]]:
    """What is said of the register as a whole, a line each."""
    source, status, rows = described["source"], described["status"], described["rows"]
    return [
        (pick("source", "источник"), f"{source['state']}/{source['agency']}/{source['system']}"),
        (pick("file", "файл"), " ".join(
            filter(None, (source[key] for key in ("format", "encoding", "delimiter", "archive", "rows"))))),
        (pick("family", "вид записи"), described["category"]),
        (pick("number", "номер"), " + ".join(described["id"])),
        (pick("person known by", "лицо узнаётся по"), ", ".join(described["person"])),
        (pick("status", "состояние"), status["otherwise"]),
        (pick("status by", "состояние по столбцу"), f"{status['column']}: {_codes(status['codes'])}"
         if status["column"] else ""),
        (pick("rows only where", "только строки, где"), "; ".join(_condition(item) for item in rows["only"])),
        (pick("optional", "столбцов может не быть"), ", ".join(described["optional"])),
        (pick("withdrawn where", "отзыв, где"), _condition(rows["deleted"]) if rows["deleted"] else ""),
        (pick("delivery", "поставка"), rows["delivery"]),
        (pick("absence means", "отсутствие означает"), rows["absence"] if rows["delivery"] == "snapshot" else ""),
        (pick("constants", "постоянные"), _codes(described["constants"])),
        (pick("taken from another", "берётся из другого"), _codes(described["defaults"])),
        (pick("spellings", "написания имени"), "; ".join(
            " ".join(filter(None, (name["slot"], name["script"], name["language"], name["kind"])))
            for name in described["names"])),
        (pick("other headings", "другие заголовки"), _codes(described["headings"])),
        (pick("time zone", "часовой пояс"), described["zone"]),
        (pick("1 January is", "1 января —"), pick("an unknown day", "день неизвестен")
         if described["placeholder"] != "none" else ""),
        (pick("nothing", "пусто"), ", ".join(repr(word) for word in described["nulls"])),
        (pick("without end", "бессрочно"), ", ".join(described["open_ended"])),
    ]  # fmt: skip


def _codes(codes: dict[str, str]) -> str:
    return ", ".join(f"{national}={common}" for national, common in codes.items())


def _condition(condition: dict[str, Any]) -> str:
    sign, key = ("=", "is") if "is" in condition else ("≠", "not")
    return f"{condition['column']} {sign} {' | '.join(condition[key])}"


@app.command("check")
def check_profile(file: Annotated[Path, typer.Argument(metavar="FILE")], json: AsJson = False) -> None:
    """Say what is wrong with a profile, with line and column. / Проверить профиль."""
    findings = profile.check(file)
    report(findings, json=json, file=str(file))
    raise typer.Exit(1 if any(item.severity == "error" for item in findings) else 0)


@app.command("schema")
def print_schema(json: AsJson = True) -> None:  # noqa: ARG001 - it is JSON in any case.
    """The JSON Schema of profiles, for editors. / Схема профилей для редакторов."""
    # Read only when asked for: no other command needs it.
    from gateway.mapping import profile_schema  # noqa: PLC0415

    as_json(profile_schema.schema())
