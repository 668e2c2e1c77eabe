"""Which of a record's names goes into which columns of a register, and which letters its encoding has for them."""

from __future__ import annotations

import unicodedata
from itertools import combinations
from typing import Final

from gateway.mapping.assemble import written_in
from gateway.mapping.declaration import NameSlot, Profile
from gateway.records.person import Name, NameKind

_PLAIN: Final = str.maketrans(
    {"ə": "e", "Ə": "E", "ı": "i", "ʻ": "'", "ʼ": "'", "ә": "а", "Ә": "А", "ғ": "г", "Ғ": "Г", "қ": "к", "Қ": "К"}
    | {"ң": "н", "Ң": "Н", "ө": "о", "Ө": "О", "ұ": "у", "Ұ": "У", "ү": "у", "Ү": "У", "һ": "х", "Һ": "Х"}
    | {"ҳ": "х", "Ҳ": "Х", "ҷ": "ч", "Ҷ": "Ч"}
)
"""Letters of the region that do not decompose, and the letter that a clerk without them types."""


def nearest(sign: str, encoding: str) -> str:
    """A sign that the encoding has: itself, its letter without marks, or a question mark."""
    for candidate in (sign, sign.translate(_PLAIN), unicodedata.normalize("NFKD", sign)[0]):
        try:
            candidate.encode(encoding)
        except UnicodeEncodeError:
            continue
        return candidate
    return "?"


def assigned(profile: Profile, names: tuple[Name, ...]) -> dict[str, Name]:
    """Which name goes into which spelling's columns.

    In order where each would then be read as what it is, else by script; what is left over, or the only name
    where the register insists on its first columns, stands in the first.
    """
    if not names:
        return {}
    slots = profile.names
    first = slots[0].prefix
    insists = any(item.target.path == f"{first}.family" and item.column in profile.required for item in profile.fields)
    for some in combinations(slots, len(names)):
        if not (insists and some[:1] != slots[:1]) and all(map(_reads_as, some, names)):
            return {slot.prefix: name for slot, name in zip(some, names, strict=True)}
    left = list(names)
    chosen: dict[str, Name] = {}
    for slot in slots:
        fitting = next((name for name in left if name.script == slot.script and _of_kind(slot, name)), None)
        if fitting:
            left.remove(fitting)
            chosen[slot.prefix] = fitting
    if first not in chosen:
        if left:
            chosen[first] = left[0]
        elif insists:
            chosen = {first: names[0]}
    return chosen


def _of_kind(slot: NameSlot, name: Name) -> bool:
    """Whether a name may stand in a slot: one for former names holds no others, the first one holds any."""
    return slot.kind in {NameKind.PRIMARY, name.kind}


def _reads_as(slot: NameSlot, name: Name) -> bool:
    if slot.kind is not name.kind:
        return False
    written = written_in(slot, name.family, name.given, name.patronymic, name.full)
    return written == (name.script, name.language)
