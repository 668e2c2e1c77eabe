"""The words of a profile: from YAML nodes to a Profile, with a problem for everything that does not fit."""

from __future__ import annotations

import re
from typing import Final

from gateway.mapping import source_form
from gateway.mapping.declaration import DROPPED, Field, NameSlot, Profile, StatusRule
from gateway.mapping.nodes import Problems, Value, unknown
from gateway.mapping.source_form import SourceForm
from gateway.mapping.targets import NEEDED, Kind, Target, find, paths
from gateway.mapping.transforms import COUNTRY_FORMS, STATELESS, date_form
from gateway.records import countries
from gateway.records.codes import STATES as REGION
from gateway.records.record import STATES, Category

_TOP: Final = (
    *("name", "version", "title", "state", "agency", "system", "source", "category", "status", "id", "ref"),
    *("dates", "zone", "countries", "nulls", "open_ended", "names", "fields", "constants", "defaults"),
    *("dropped", "required", "optional", "codes", "headings"),
)
_NEEDED: Final = ("name", "version", "title", "state", "agency", "system", "source", "category", "status", "id")
_ZONE: Final = re.compile(r"[+-](0\d|1[0-4]):[0-5]\d")
_SENSITIVE: Final = re.compile(
    r"национальн|этнич|ethnic|nationality_|milliyy?[əe]t|ұлт|улуту|millat|миллат|religio|вероиспов|религи"
    r"|диагноз|здоров|health|причин[аы] обращ",
    re.IGNORECASE,
)
"""Columns that must never be mapped, whatever an author thinks they hold (domain.md 3.4)."""


_CONSTANT: Final = frozenset({Kind.TEXT, Kind.CODE, Kind.COUNTRY, Kind.COUNTRIES, Kind.COUNT})
"""What a profile may say once for all rows."""


class _Author:
    """One profile while it is read: the parts already known help to judge the next."""

    def __init__(self, root: Value, problems: Problems) -> None:
        self.problems = problems
        self.root = root
        self.top = problems.mapping(root)
        category = Category.__members__.get(self.text("category"))
        # A record about nobody has no person to refer to.
        person = () if category is not None and category.about == "nobody" else ("ref",)
        problems.known(self.top, _TOP, (*_NEEDED, "fields", *person), root)
        self.codes = {
            name: {national: text.value for national, text in problems.table(table).items()}
            for name, table in self.part("codes").items()
        }
        self.dates = self.text("dates") or "YYYY-MM-DD"
        self.countries = self.text("countries") or "alpha-3"
        self._form("dates", self.dates, date_form(self.dates) is None)
        self._form("countries", self.countries, self.countries not in COUNTRY_FORMS)

    def _form(self, key: str, form: str, wrong: bool) -> None:  # noqa: FBT001 - reads as a sentence where it is called
        if wrong:
            self.wrong(key, *unknown("form", "форма", form, COUNTRY_FORMS))

    def wrong(self, key: str, english: str, russian: str) -> None:
        """A problem at a top-level key."""
        at = self.top[key].at if key in self.top else self.root.at
        self.problems.add(at, key, english, russian)

    def text(self, key: str) -> str:
        """A top-level scalar, empty where it is absent."""
        return self.problems.text(self.top[key]).value if key in self.top else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A top-level list, empty where it is absent."""
        return self.problems.texts(self.top[key]) if key in self.top else ()

    def part(self, key: str) -> dict[str, Value]:
        """A top-level mapping, empty where it is absent."""
        return self.problems.mapping(self.top[key]) if key in self.top else {}

    def table(self, key: str) -> dict[str, str]:
        """A top-level mapping of scalars."""
        return {name: self.problems.text(value).value for name, value in self.part(key).items()}


def read(root: Value, problems: Problems) -> Profile | None:
    """The profile of a YAML document; None, or a profile not to be used, where `problems` has findings."""
    author = _Author(root, problems)
    if author.text("category") not in Category.__members__:
        author.wrong("category", *unknown("category", "категория", author.text("category"), list(Category)))
        return None
    category = Category(author.text("category"))
    fields = _fields(author, category)
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
    )
    _whole(author, profile)
    return profile


def _source(author: _Author) -> SourceForm:
    return source_form.read(author.problems, author.top["source"]) if "source" in author.top else SourceForm("")


def _status(author: _Author, category: Category) -> StatusRule:
    value = author.top.get("status")
    if value is None:
        return StatusRule("")
    if not hasattr(value.node, "value") or isinstance(value.node.value, str):
        rule = StatusRule(author.text("status"))
    else:
        found = author.problems.mapping(value)
        author.problems.known(found, ("from", "codes", "otherwise"), ("from", "codes"), value)
        codes = author.problems.table(found["codes"]) if "codes" in found else {}
        rule = StatusRule(
            author.problems.text(found["otherwise"]).value if "otherwise" in found else "",
            author.problems.text(found["from"]).value if "from" in found else "",
            {national: text.value for national, text in codes.items()},
        )
    for state in (*rule.codes.values(), *([rule.otherwise] if rule.otherwise else [])):
        if state not in STATES[category]:
            author.wrong("status", *unknown("state", "состояние", state, sorted(STATES[category])))
    return rule


def _names(author: _Author) -> tuple[NameSlot, ...]:
    slots = []
    for prefix, value in author.part("names").items():
        found = author.problems.mapping(value)
        author.problems.known(found, ("script", "language"), ("script",), value)
        given = {key: author.problems.text(item).value for key, item in found.items()}
        if given.get("script") not in {"Cyrl", "Latn", "Armn", "Geor", "Zyyy"}:
            author.problems.add(
                value.at,
                value.path,
                *unknown("script", "письменность", given.get("script", ""), ("Cyrl", "Latn", "Armn", "Geor")),
            )
        slots.append(NameSlot(prefix, given.get("script", ""), given.get("language", "")))
    return tuple(slots)


def _fields(author: _Author, category: Category) -> tuple[Field, ...]:
    found = []
    for column, value in author.part("fields").items():
        if _SENSITIVE.search(column):
            author.problems.add(
                value.at,
                value.path,
                "a column of ethnicity, religion, health or grounds is never mapped: list it under `dropped`",
                "столбец об этничности, вере, здоровье или причинах обращения не передаётся: укажите его в `dropped`",
            )
        item = _field(author, category, column, value)
        if item is not None:
            found.append(item)
    return tuple(found)


def _field(author: _Author, category: Category, column: str, value: Value) -> Field | None:
    problems = author.problems
    if isinstance(value.node.value, str):
        parts, path = {}, problems.text(value).value
    else:
        parts = problems.mapping(value)
        problems.known(parts, ("to", "codes", "write", "none", "separator"), ("to",), value)
        path = problems.text(parts["to"]).value if "to" in parts else ""
    target = find(path, category)
    if target is None:
        problems.add(value.at, value.path, *unknown("target", "цель", path, paths(category)))
        return None
    own = problems.text(parts["write"]).value if "write" in parts else ""
    write = own or (author.countries if "countr" in target.kind.value else author.dates)
    allowed = write in COUNTRY_FORMS if "countr" in target.kind.value else date_form(write) is not None
    if own and not allowed:
        problems.add(parts["write"].at, parts["write"].path, *unknown("form", "форма", own, COUNTRY_FORMS))
    return Field(
        column=column,
        target=target,
        write=write,
        codes=_codes(author, target, parts["codes"]) if "codes" in parts else None,
        none=problems.texts(parts["none"]) if "none" in parts else (),
        separator=problems.text(parts["separator"]).value if "separator" in parts else "",
    )


def _codes(author: _Author, target: Target, value: Value) -> dict[str, str]:
    """The code list that a field names; every common code in it must be one that the target can hold."""
    name = author.problems.text(value).value
    if name not in author.codes:
        author.problems.add(value.at, value.path, *unknown("code list", "перечень", name, author.codes))
        return {}
    codes = author.codes[name]
    for common in codes.values():
        if not _fits(target, common):
            english, russian = unknown("common code", "общий код", common, target.codes)
            author.problems.add(
                value.at,
                value.path,
                f"in code list `{name}`: {english}",
                f"в перечне `{name}`: {russian}",
            )
    return codes


def _fits(target: Target, common: str) -> bool:
    if target.kind in {Kind.COUNTRY, Kind.COUNTRIES}:
        return common == STATELESS or countries.by_code(common) is not None
    if target.kind is Kind.COUNT:
        return common.isascii() and common.isdecimal()
    if target.kind is Kind.FLAG:
        return common in {"true", "false"}
    return not target.codes or common in target.codes


def _constants(author: _Author, category: Category) -> dict[str, str]:
    constants = author.table("constants")
    for path, common in constants.items():
        target = find(path, category)
        if target is None or target.kind not in _CONSTANT:
            author.wrong("constants", *unknown("target", "цель", path, paths(category)))
        elif not _fits(target, common):
            author.wrong("constants", *unknown("common code", "общий код", common, target.codes))
    return constants


def _defaults(author: _Author, category: Category) -> dict[str, str]:
    defaults = author.table("defaults")
    for path, other in defaults.items():
        pair = find(path, category), find(other, category)
        if any(target is None or "countr" not in target.kind.value for target in pair):
            author.wrong(
                "defaults",
                f"`{path}: {other}` — a default leads from one country to another",
                f"`{path}: {other}` — значение по умолчанию берётся из одной страны для другой",
            )
    return defaults


def _whole(author: _Author, profile: Profile) -> None:
    """What only the whole profile can tell."""
    if profile.state not in REGION:
        author.wrong("state", *unknown("state", "государство", profile.state, REGION))
    if profile.zone and not _ZONE.fullmatch(profile.zone):
        author.wrong("zone", "a zone is an offset such as +05:00", "пояс — смещение, например +05:00")
    filled = {item.target.path for item in profile.fields} | set(profile.constants)
    filled.update(path for item in profile.fields for path in item.target.fills)
    _filled(author, profile, filled)
    _columns(author, profile)
    for way in profile.ref:
        if way not in {"document", "name"} and way not in filled:
            author.wrong("ref", *unknown("way", "способ", way, [*filled, "document", "name"]))


def _filled(author: _Author, profile: Profile, filled: set[str]) -> None:
    """Whether everything that a record needs has a column or a constant."""
    for path in NEEDED[profile.category]:
        if path not in filled:
            author.wrong("fields", f"no column leads to `{path}`", f"ни один столбец не ведёт к `{path}`")
    prefixes = {slot.prefix for slot in profile.names}
    for prefix in sorted({path.split(".")[0] for path in filled if path.startswith("name")} - prefixes):
        author.wrong("names", f"`{prefix}` has no script", f"у `{prefix}` нет письменности")


def _columns(author: _Author, profile: Profile) -> None:
    """Whether every column that is spoken of exists, and none is both mapped and dropped."""
    for column in source_form.unplaced(profile.source, profile.columns):
        author.wrong("source", f"`{column}` has no place under `columns`", f"у `{column}` нет места в `columns`")
    for column in source_form.unwritable(profile.source, profile.columns):
        encoding = profile.source.encoding
        author.wrong("source", f"{encoding} cannot write `{column}`", f"в кодировке {encoding} нет букв `{column}`")
    for column in sorted((profile.required | profile.optional) - set(profile.columns)):
        author.wrong("required", *unknown("column", "столбец", column, profile.columns))
    for column in sorted(set(profile.dropped) & set(profile.columns)):
        author.wrong("dropped", f"`{column}` is mapped as well", f"`{column}` также передаётся")
    for column, why in profile.dropped.items():
        if why not in DROPPED:
            author.wrong("dropped", *unknown(f"reason for `{column}`", "причина", why, DROPPED))
    for heading, column in profile.headings.items():
        if column not in profile.columns and column not in profile.dropped:
            author.wrong("headings", *unknown(f"column of `{heading}`", "столбец", column, profile.columns))
