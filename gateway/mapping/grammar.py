"""The words of a profile: from YAML nodes to a Profile, with a problem for everything that does not fit."""

from __future__ import annotations

import re
from typing import Final

from yaml import MappingNode, SequenceNode

from gateway.mapping import consistency, field_form, source_form
from gateway.mapping.author import Author
from gateway.mapping.declaration import DROPPED, Condition, Deletion, Joined, NameSlot, Profile, StatusRule
from gateway.mapping.nodes import Problems, Value, unknown
from gateway.mapping.source_form import SourceForm
from gateway.mapping.targets import NEEDED, Kind, find, paths
from gateway.records.codes import STATES as REGION
from gateway.records.person import NameKind
from gateway.records.record import STATES, Category

_ZONE: Final = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
_CONSTANT: Final = frozenset({Kind.TEXT, Kind.CODE, Kind.COUNTRY, Kind.COUNTRIES, Kind.COUNT})
"""What a profile may say once for all rows."""
STATUS: Final = ("from", "codes", "otherwise")
NAME: Final = ("script", "language", "kind")
SCRIPTS: Final = ("Cyrl", "Latn", "Armn", "Geor", "Zyyy")
"""ISO 15924; Zyyy where a column may hold any."""


def read(root: Value, problems: Problems) -> Profile | None:
    """The profile of a YAML document; None, or a profile not to be used, where `problems` has findings."""
    author = Author(root, problems)
    if author.text("category") not in Category.__members__:
        author.wrong("category", *unknown("category", "категория", author.text("category"), list(Category)))
        return None
    category = Category(author.text("category"))
    fields = field_form.read(author, category)
    names = _names(author)
    profile = Profile(
        name=author.text("name"),
        version=author.text("version"),
        title_ru=(title := author.table("title")).get("ru", ""),
        title_en=title.get("en", ""),
        state=author.text("state"),
        agency=author.text("agency"),
        system=author.text("system"),
        source=_source(author),
        category=category,
        status=_status(author, category),
        id_columns=author.texts("id"),
        ref=author.texts("ref"),
        names=names,
        fields=fields,
        zone=author.text("zone"),
        nulls=author.texts("nulls") or ("",),
        open_ended=author.texts("open_ended"),
        constants=_constants(author, category),
        defaults=_defaults(author, category),
        dropped=author.table("dropped"),
        required=frozenset(author.texts("required")),
        optional=frozenset(author.texts("optional")),
        headings=author.table("headings"),
        joined=_joined(author),
        only=_only(author),
        snapshot=author.one_of("delivery") == "snapshot",
        absence_withdraws=author.one_of("absence") == "withdraw",
        deleted=_deleted(author),
        placeholder=author.one_of("placeholder") == "01.01",
    )
    _whole(author, profile)
    return profile


def _source(author: Author) -> SourceForm:
    return source_form.read(author.problems, author.top["source"]) if "source" in author.top else SourceForm("")


def _status(author: Author, category: Category) -> StatusRule:
    value = author.top.get("status")
    if value is None:
        return StatusRule("")
    if not hasattr(value.node, "value") or isinstance(value.node.value, str):
        rule = StatusRule(author.text("status"))
    else:
        found = author.problems.mapping(value)
        author.problems.known(found, STATUS, ("from", "codes"), value)
        codes = author.problems.table(found["codes"]) if "codes" in found else {}
        rule = StatusRule(
            author.problems.text(found["otherwise"]).value if "otherwise" in found else "",
            author.problems.text(found["from"]).value if "from" in found else "",
            {national: text.value for national, text in codes.items()},
        )
    given = [(state, ("codes", national)) for national, state in rule.codes.items()]
    for state, entry in [*given, *([(rule.otherwise, ("otherwise",))] if rule.otherwise else [])]:
        if state not in STATES[category]:
            author.wrong("status", *unknown("state", "состояние", state, sorted(STATES[category])), *entry)
    return rule


def _names(author: Author) -> tuple[NameSlot, ...]:
    slots = []
    for prefix, value in author.part("names").items():
        found = author.problems.mapping(value)
        author.problems.known(found, NAME, ("script",), value)
        given = {key: author.problems.text(item).value for key, item in found.items()}
        kinds = tuple(NameKind)
        if given.get("kind", "primary") not in kinds:
            author.problems.add(value.at, value.path, *unknown("kind", "вид", given["kind"], kinds))
            del given["kind"]
        if given.get("script") not in SCRIPTS:
            author.problems.add(
                value.at,
                value.path,
                *unknown("script", "письменность", given.get("script", ""), SCRIPTS),
            )
        kind = NameKind(given.get("kind", "primary"))
        slots.append(NameSlot(prefix, given.get("script", ""), given.get("language", ""), kind))
    return tuple(slots)


def _joined(author: Author) -> dict[str, Joined]:
    """Columns that are made of others: a list of them, or the list with what stands between."""
    found = {}
    for name, value in author.part("joined").items():
        if not isinstance(value.node, MappingNode):
            found[name] = Joined(author.problems.texts(value))
            continue
        parts = author.problems.mapping(value)
        author.problems.known(parts, ("columns", "by"), ("columns",), value)
        found[name] = Joined(author.words(parts, "columns"), author.word(parts, "by") if "by" in parts else " ")
    return found


def _only(author: Author) -> tuple[Condition, ...]:
    """One condition, or several that all hold."""
    value = author.top.get("only")
    if value is None:
        return ()
    if isinstance(value.node, SequenceNode):
        return tuple(field_form.condition(author, Value(node, value.path)) for node in value.node.value)
    return (field_form.condition(author, value),)


def _deleted(author: Author) -> Deletion | None:
    """`{column: …, is: […], otherwise: …}`: rows that mean a withdrawal."""
    value = author.top.get("deleted")
    if value is None:
        return None
    otherwise = author.word(author.problems.mapping(value), "otherwise")
    return Deletion(field_form.condition(author, value, (*field_form.CONDITION, "otherwise")), otherwise)


def _constants(author: Author, category: Category) -> dict[str, str]:
    constants = author.table("constants")
    for path, common in constants.items():
        target = find(path, category)
        if target is None or target.kind not in _CONSTANT:
            author.wrong("constants", *unknown("target", "цель", path, paths(category)), path)
        elif not field_form.fits(target, common):
            author.wrong("constants", *unknown("common code", "общий код", common, target.codes), path)
    return constants


def _defaults(author: Author, category: Category) -> dict[str, str]:
    defaults = author.table("defaults")
    for path, other in defaults.items():
        pair = find(path, category), find(other, category)
        if any(target is None or "countr" not in target.kind.value for target in pair):
            author.wrong(
                "defaults",
                f"`{path}: {other}` — a default leads from one country to another",
                f"`{path}: {other}` — значение по умолчанию берётся из одной страны для другой",
                path,
            )
    return defaults


def _whole(author: Author, profile: Profile) -> None:
    """What only the whole profile can tell."""
    if profile.state not in REGION:
        author.wrong("state", *unknown("state", "государство", profile.state, REGION))
    if profile.zone and not _ZONE.fullmatch(profile.zone):
        author.wrong("zone", "a zone is an offset such as +05:00", "пояс — смещение, например +05:00")
    filled = {item.target.path for item in profile.fields} | set(profile.constants)
    filled.update(path for item in profile.fields for path in item.target.fills)
    _filled(author, profile, filled)
    _columns(author, profile)
    consistency.check(author, profile)
    for way in profile.ref:
        if way not in {"document", "name"} and way not in filled:
            author.wrong("ref", *unknown("way", "способ", way, [*filled, "document", "name"]), way)


def _filled(author: Author, profile: Profile, filled: set[str]) -> None:
    """Whether everything that a record needs has a column or a constant."""
    for path in NEEDED[profile.category]:
        if path not in filled:
            author.wrong("fields", f"no column leads to `{path}`", f"ни один столбец не ведёт к `{path}`")
    prefixes = {slot.prefix for slot in profile.names}
    for prefix in sorted({path.split(".")[0] for path in filled if path.startswith("name")} - prefixes):
        author.wrong("names", f"`{prefix}` has no script", f"у `{prefix}` нет письменности")


def _columns(author: Author, profile: Profile) -> None:
    """Whether every column that is spoken of exists, and none is both mapped and dropped."""
    for column in sorted(set(profile.dropped) & set(profile.columns)):
        author.wrong("dropped", f"`{column}` is mapped as well", f"`{column}` также передаётся", column)
    for column, why in profile.dropped.items():
        if why not in DROPPED:
            author.wrong("dropped", *unknown(f"reason for `{column}`", "причина", why, DROPPED), column)
    for heading, column in profile.headings.items():
        if column not in profile.columns and column not in profile.dropped:
            author.wrong("headings", *unknown(f"column of `{heading}`", "столбец", column, profile.columns), heading)
