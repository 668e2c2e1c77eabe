"""What one part of a profile asks of another: nothing is said that would be ignored, and nothing sensitive slips in.

Every rule here is about something that could be written down, be no mistake of grammar, and still not do what its
author believes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from gateway.mapping import source_form
from gateway.mapping.author import Author
from gateway.mapping.declaration import Profile
from gateway.mapping.nodes import unknown
from gateway.mapping.sensitive import ambiguous, why_sensitive

_SLOT: Final = re.compile(r"name(\[[2-5]\])?")
_TITLE: Final = ("ru", "en")


def check(author: Author, profile: Profile) -> None:
    """Report whatever does not fit together as a problem of `author`."""
    _said(author, profile)
    _title(author)
    _names(author, profile)
    _joined(author, profile)
    _deleted(author, profile)
    _presence(author, profile)
    _placed(author, profile)
    _sensitive(author, profile)


def _said(author: Author, profile: Profile) -> None:
    """Whether the words that make the lasting id of a record say anything."""
    texts = {"name": profile.name, "version": profile.version, "agency": profile.agency, "system": profile.system}
    lists = {"id": profile.id_columns, "ref": profile.ref}
    empty = [key for key, text in texts.items() if not text.strip()]
    empty += [key for key, items in lists.items() if not all(items) or not items]
    for key in empty:
        if key in author.top:
            author.wrong(key, f"`{key}` is empty", f"`{key}` не заполнено")


def _title(author: Author) -> None:
    for key, value in author.part("title").items():
        if key not in _TITLE:
            author.problems.add(value.key_at, value.path, *unknown("key", "ключ", key, _TITLE))
    for key in _TITLE:
        if "title" in author.top and author.place("title", key) is None:
            author.wrong("title", f"`{key}` is missing", f"отсутствует `{key}`")


def _names(author: Author, profile: Profile) -> None:
    """A spelling has a place among the names of a record, and a column that fills it."""
    paths = [item.target.path for item in profile.fields]
    for slot in profile.names:
        if _SLOT.fullmatch(slot.prefix) is None:
            author.wrong("names", *unknown("spelling", "написание", slot.prefix, ("name", "name[2]")), slot.prefix)
        elif not any(path.startswith(f"{slot.prefix}.") for path in paths):
            author.wrong(
                "names",
                f"no column leads to `{slot.prefix}`",
                f"ни один столбец не ведёт к `{slot.prefix}`",
                slot.prefix,
            )


def _joined(author: Author, profile: Profile) -> None:
    """A joined column is made of the register's own columns, each once, and something reads it."""
    read = {item.column for item in profile.fields} | set(profile.id_columns) | {profile.status.column}
    read.update(condition.column for condition in profile.only)
    read.update(item.when.column for item in profile.fields if item.when)
    if profile.deleted:
        read.add(profile.deleted.condition.column)
    for name, joined in profile.joined.items():
        if not any(joined.columns):
            author.wrong("joined", f"`{name}` is made of nothing", f"`{name}` ни из чего не составлен", name)
        elif len(set(joined.columns)) < len(joined.columns):
            author.wrong("joined", f"`{name}` has a column twice", f"в `{name}` столбец указан дважды", name)
        elif not set(profile.joined).isdisjoint(joined.columns):
            author.wrong(
                "joined",
                f"`{name}` is made of columns that are joined themselves",
                f"`{name}` составлен из столбцов, которые сами составлены",
                name,
            )
        elif name not in read:
            author.wrong("joined", f"nothing reads `{name}`", f"`{name}` нигде не используется", name)


def _deleted(author: Author, profile: Profile) -> None:
    """A record that lives is not written as one that is no more."""
    if profile.deleted is None or author.place("deleted", "otherwise") is None:
        return
    if profile.deleted.condition.holds(profile.deleted.otherwise):
        author.wrong(
            "deleted",
            "`otherwise` stands for a living record and must not meet the condition",
            "`otherwise` — значение действующей записи и не должно отвечать условию",
            "otherwise",
        )


def _presence(author: Author, profile: Profile) -> None:
    """What has to be there, what may be absent, and what it means that something is."""
    if profile.absence_withdraws and not profile.snapshot:
        author.wrong(
            "absence",
            "only a snapshot can lack a record: say `delivery: snapshot`",
            "отсутствие записи заметно только в снимке: укажите `delivery: snapshot`",
        )
    known = {*profile.columns, *profile.joined}
    for word, columns in (("required", profile.required), ("optional", profile.optional)):
        for column in sorted(columns - known):
            author.wrong(word, *unknown("column", "столбец", column, profile.columns), column)
    read = {*(item.column for item in profile.fields), *profile.id_columns, profile.status.column}
    for column in sorted(profile.required & known - read):
        author.wrong(
            "required",
            f"`{column}` fills nothing by itself: name the column that `fields` has",
            f"`{column}` сам ничего не заполняет: укажите столбец из `fields`",
            column,
        )
    for column in sorted(profile.required & profile.optional):
        author.wrong("optional", f"`{column}` is required as well", f"`{column}` также обязателен", column)


def _placed(author: Author, profile: Profile) -> None:
    """A column that is spoken of can be found in the file, and written to it: told where it is spoken of."""
    for column in source_form.unplaced(profile.source, profile.columns):
        key, *entry = _where(profile, column)
        author.wrong(
            key,
            f"`{column}` has no place under `columns` of the source",
            f"у `{column}` нет места в `columns` источника",
            *entry,
        )
    encoding = profile.source.encoding
    for column in source_form.unwritable(profile.source, profile.columns):
        key, *entry = _where(profile, column)
        author.wrong(key, f"{encoding} cannot write `{column}`", f"в кодировке {encoding} нет букв `{column}`", *entry)


def _where(profile: Profile, column: str) -> tuple[str, ...]:
    """The key and the entry that speak of a column first."""
    if any(item.column == column for item in profile.fields):
        return "fields", column
    return next(((key, *entry) for key, entry, named in _mentioned(profile) if named == column), ("source",))


def _sensitive(author: Author, profile: Profile) -> None:
    """A column that is never mapped tells nothing by a detour either: a condition, a number, a join, a heading."""
    confirmed = {item.column for item in profile.fields if item.target.path == "citizenship"}
    for column in profile.columns:
        place = profile.source.columns.get(column, "")
        if why_sensitive(place) and not why_sensitive(column):
            author.wrong(
                "source",
                f"`{column}` stands at a place of ethnicity, religion, health or grounds (where it is the"
                " citizenship, call the column as the register does and say `means: citizenship`)",
                f"`{column}` берётся из места об этничности, вере, здоровье или причинах обращения (если это"
                " гражданство, назовите столбец как в регистре и укажите `means: citizenship`)",
                "columns",
                column,
            )
    for key, entry, column in _mentioned(profile):
        if not why_sensitive(column) or (ambiguous(column) and column in confirmed):
            continue
        author.wrong(
            key,
            f"`{column}` is a column of ethnicity, religion, health or grounds: nothing is made of it",
            f"`{column}` — столбец об этничности, вере, здоровье или причинах обращения: он не используется",
            *entry,
        )


def _mentioned(profile: Profile) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Every column that something depends on without being a field: its key, its entry below it, its heading."""
    for column in profile.id_columns:
        yield "id", (column,), column
    yield "status", ("from",), profile.status.column
    for condition in profile.only:
        yield "only", ("column",), condition.column
    if profile.deleted:
        yield "deleted", ("column",), profile.deleted.condition.column
    for item in profile.fields:
        if item.when:
            yield "fields", (item.column,), item.when.column
    for name, joined in profile.joined.items():
        for column in joined.columns:
            yield "joined", (name,), column
    for heading, column in profile.headings.items():
        # Another heading of a column that is dropped is dropped with it.
        if column not in profile.dropped and not why_sensitive(column):
            yield "headings", (heading,), heading
