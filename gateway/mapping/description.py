"""What a profile does, for whoever has to approve it: every column, every list, and what does not pass."""

from __future__ import annotations

from typing import Any

from gateway.mapping.declaration import DROPPED, Condition, Deletion, Field, Profile
from gateway.mapping.targets import Kind, paths

_WRITTEN = frozenset({Kind.DATE, Kind.BIRTH_DATE, Kind.DATES, Kind.COUNTRY, Kind.COUNTRIES})
"""Kinds of which a profile chooses the form."""


def describe(profile: Profile) -> dict[str, Any]:
    """A profile as plain values for `gateway profiles show` and its JSON."""
    return {
        "profile": profile.label,
        "title": {"ru": profile.title_ru, "en": profile.title_en},
        "source": _source(profile),
        "category": profile.category.value,
        "columns": [_column(profile, item) for item in profile.fields],
        "id": list(profile.id_columns),
        "person": list(profile.ref),
        "status": {
            "column": profile.status.column,
            "codes": profile.status.codes,
            "otherwise": profile.status.otherwise,
        },
        "names": [
            {"slot": slot.prefix, "script": slot.script, "language": slot.language, "kind": slot.kind.value}
            for slot in profile.names
        ],
        "rows": {
            "only": [_condition(condition) for condition in profile.only],
            "delivery": "snapshot" if profile.snapshot else "delta",
            "absence": "withdraw" if profile.absence_withdraws else "nothing",
            "deleted": _deleted(profile.deleted) if profile.deleted else None,
        },
        "constants": dict(profile.constants),
        "defaults": dict(profile.defaults),
        "dropped": [
            {"column": column, "reason": {"ru": DROPPED[why][0], "en": DROPPED[why][1]}}
            for column, why in profile.dropped.items()
        ],
        "nulls": list(profile.nulls),
        "open_ended": list(profile.open_ended),
        "zone": profile.zone,
        "placeholder": "01.01" if profile.placeholder else "none",
        "optional": sorted(profile.optional),
        "headings": dict(profile.headings),
        "places": dict(profile.source.columns),
        "losses": losses(profile),
    }


def losses(profile: Profile) -> list[str]:
    """Targets of the family that no column and no constant fills: what other registers know and this one does not."""
    filled = {*profile.constants, *(path for item in profile.fields for path in item.target.fills)}
    for item in profile.fields:
        group, _, part = item.target.path.partition(".")
        if item.split:
            filled.update(f"{group}.{each}" for each in ("family", "given", "patronymic"))
        if part == "series+number":
            filled.update((f"{group}.series", f"{group}.number"))
    # A number of another scheme is no loss: a register keeps the schemes that it knows.
    return [
        path
        for path in paths(profile.category)
        if path not in filled and not path.startswith("identifier.") and filled.isdisjoint(path.split("+"))
    ]


def _source(profile: Profile) -> dict[str, Any]:
    source = profile.source
    return {
        "state": profile.state,
        "agency": profile.agency,
        "system": profile.system,
        "format": source.format,
        "encoding": source.encoding,
        "archive": source.member,
        "rows": source.payload or source.rows or source.root or source.sheet,
        "delimiter": source.delimiter if source.format == "csv" else "",
        "header_row": source.header_row,
        "skip_rows": source.skip_rows,
        "namespaces": dict(source.namespaces),
    }


def _column(profile: Profile, item: Field) -> dict[str, Any]:
    return {
        "column": item.column,
        "of": list(profile.joined[item.column].columns) if item.column in profile.joined else [],
        "place": profile.source.columns.get(item.column, ""),
        "to": item.target.path,
        "kind": item.target.kind.value,
        "title": {"ru": item.target.title_ru, "en": item.target.title_en},
        "form": item.split or (item.write if item.target.kind in _WRITTEN else ""),
        "required": item.column in profile.required,
        "when": _condition(item.when) if item.when else None,
        "codes": dict(item.codes or {}),
        "none": list(item.none),
        "nulls": list(item.nulls),
        "separator": item.separator,
        "by": profile.joined[item.column].by if item.column in profile.joined else "",
        "single": item.single if item.split else "",
        "brackets": "birth" if item.brackets else "",
        "restore_zeros": item.restore_zeros,
        "essential": item.target.essential,
    }


def _deleted(deletion: Deletion) -> dict[str, Any]:
    return {**_condition(deletion.condition), "otherwise": deletion.otherwise}


def _condition(condition: Condition) -> dict[str, Any]:
    return {"column": condition.column, "not" if condition.negated else "is": list(condition.values)}
