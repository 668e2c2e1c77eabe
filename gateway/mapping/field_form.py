"""The `fields:` part of a profile: which column goes where, read how, under which condition."""

from __future__ import annotations

from typing import Final

from yaml import SequenceNode

from gateway.mapping import sensitive
from gateway.mapping.author import Author
from gateway.mapping.country_forms import COUNTRY_FORMS, STATELESS
from gateway.mapping.declaration import Condition, Field
from gateway.mapping.full_names import ORDERS, SINGLE
from gateway.mapping.nodes import Value, unknown
from gateway.mapping.targets import Kind, Target, find, paths
from gateway.mapping.transforms import date_form, date_forms
from gateway.records import countries, reference
from gateway.records.record import Category
from gateway.records.reference import places

WORDS: Final = (
    *(
        "to",
        "codes",
        "write",
        "none",
        "separator",
        "when",
        "nulls",
        "split",
        "single",
        "brackets",
        "restore_zeros",
        "means",
    ),
)
"""What can be said of a field beside its target."""
CONDITION: Final = ("column", "is", "not")
"""What a condition is made of."""
_FROM_DATA: Final = "reference:"
"""Before the name of a code list that comes with the gateway: `reference:sex`."""
REGIONS: Final = "regions"
"""The list of ISO 3166-2, of which a profile gets the regions of its own state."""
_COUNTRIES: Final = frozenset({Kind.COUNTRY, Kind.COUNTRIES})
_DATES: Final = frozenset({Kind.DATE, Kind.BIRTH_DATE, Kind.DATES})


def read(author: Author, category: Category) -> tuple[Field, ...]:
    """Every field that makes sense; what does not is a problem of `author`."""
    found = (
        _field(author, category, column, one) for column, value in author.part("fields").items() for one in _each(value)
    )
    return tuple(item for item in found if item is not None)


def _each(value: Value) -> list[Value]:
    """What is said of a column: once, or once for every target that it fills."""
    if isinstance(value.node, SequenceNode):
        return [Value(node, value.path) for node in value.node.value] or [value]
    return [value]


def condition(author: Author, value: Value, words: tuple[str, ...] = CONDITION) -> Condition:
    """`{column: …, is: […]}` or `{column: …, not: […]}`."""
    found = author.problems.mapping(value)
    author.problems.known(found, words, ("column",), value)
    accepted, refused = author.words(found, "is"), author.words(found, "not")
    if bool(accepted) == bool(refused):
        author.problems.add(
            value.at,
            value.path,
            "a condition says either `is` or `not`, with the values",
            "условие содержит либо `is`, либо `not` со значениями",
        )
    return Condition(author.word(found, "column"), accepted or refused, negated=bool(refused))


def _field(author: Author, category: Category, column: str, value: Value) -> Field | None:
    problems = author.problems
    if isinstance(value.node.value, str):
        parts, path = {}, problems.text(value).value
    else:
        parts = problems.mapping(value)
        problems.known(parts, WORDS, ("to",), value)
        path = author.word(parts, "to")
    target = find(path, category)
    if target is None:
        problems.add(value.at, value.path, *unknown("target", "цель", path, paths(category)))
        return None
    _refuse_sensitive(author, column, target, parts, value)
    item = Field(
        column=column,
        target=target,
        write=_write(author, target, parts),
        codes=_codes(author, target, parts["codes"]) if "codes" in parts else None,
        none=author.words(parts, "none"),
        separator=author.word(parts, "separator"),
        when=condition(author, parts["when"]) if "when" in parts else None,
        nulls=author.words(parts, "nulls"),
        split=author.word(parts, "split"),
        single=author.word(parts, "single") or SINGLE[0],
        brackets=author.word(parts, "brackets") == "birth",
        restore_zeros=author.word(parts, "restore_zeros") == "yes",
    )
    _fits_target(author, item, parts, value)
    return item


def _refuse_sensitive(author: Author, column: str, target: Target, parts: dict[str, Value], value: Value) -> None:
    """Nobody maps a column of ethnicity by mistake: one that may mean citizenship has to say so."""
    if not sensitive.why_sensitive(column):
        return
    if sensitive.ambiguous(column) and target.path == "citizenship" and author.word(parts, "means") == "citizenship":
        return
    author.problems.add(
        value.at,
        value.path,
        "a column of ethnicity, religion, health or grounds is never mapped: list it under `dropped`"
        " (where it is the citizenship, say `means: citizenship`)",
        "столбец об этничности, вере, здоровье или причинах обращения не передаётся: укажите его в `dropped`"
        " (если это гражданство, укажите `means: citizenship`)",
    )


def _write(author: Author, target: Target, parts: dict[str, Value]) -> str:
    """The form of a date or a country on the way back."""
    own = author.word(parts, "write")
    if target.kind in _COUNTRIES:
        if own and own not in COUNTRY_FORMS:
            author.problems.add(parts["write"].at, parts["write"].path, *unknown("form", "форма", own, COUNTRY_FORMS))
        return own or author.countries
    if own and date_form(own) is None:
        author.problems.add(parts["write"].at, parts["write"].path, *unknown("form", "форма", own, date_forms()))
    return own or author.dates


def _fits_target(author: Author, item: Field, parts: dict[str, Value], value: Value) -> None:
    """Whether what is said of a field makes sense for its target."""
    part = item.target.path.rpartition(".")[2]
    named = item.target.kind is Kind.NAME
    for word, fits, english, russian in (
        ("split", named and part == "full", "a whole name (`name.full`)", "целого имени (`name.full`)"),
        ("single", bool(item.split), "a name that is `split`", "имени с `split`"),
        ("brackets", named and part == "family", "a family name", "фамилии"),
        ("restore_zeros", item.target.kind is Kind.IDENTIFIER, "a personal number", "личного номера"),
        ("means", item.target.path == "citizenship", "the citizenship", "гражданства"),
    ):
        if word in parts and not fits:
            author.problems.add(
                parts[word].at, parts[word].path, f"`{word}` is for {english} only", f"`{word}` — только для {russian}"
            )
    _says_something(author, item, parts)
    if item.split and item.split not in ORDERS:
        author.problems.add(parts["split"].at, parts["split"].path, *unknown("order", "порядок", item.split, ORDERS))
    if item.single not in SINGLE:
        author.problems.add(parts["single"].at, parts["single"].path, *unknown("part", "часть", item.single, SINGLE))
    if item.none and part != "patronymic":
        author.problems.add(value.at, value.path, "`none` is for a patronymic only", "`none` — только для отчества")


_ONLY: Final[dict[str, str]] = {"brackets": "birth", "restore_zeros": "yes", "means": "citizenship"}
"""Words that have one value, which says what the author agrees to."""
_CODED: Final = _COUNTRIES | {Kind.SEX, Kind.CODE, Kind.CODES, Kind.COUNT, Kind.FIGURE, Kind.FLAG, Kind.TEXT}
_SEVERAL: Final = frozenset({Kind.COUNTRIES, Kind.CODES, Kind.DATES, Kind.NAMES})


def _says_something(author: Author, item: Field, parts: dict[str, Value]) -> None:
    """Whether a word of a field has an effect: one that is quietly ignored would deceive its author."""
    kind = item.target.kind
    for word, kinds in (("codes", _CODED), ("separator", _SEVERAL), ("write", _COUNTRIES | _DATES)):
        if word in parts and kind not in kinds:
            author.problems.add(
                parts[word].at,
                parts[word].path,
                f"`{word}` says nothing about `{item.target.path}` ({kind})",
                f"`{word}` ничего не значит для `{item.target.path}`",
            )
    for word, only in _ONLY.items():
        given = author.word(parts, word)
        if word in parts and given != only:
            author.problems.add(parts[word].at, parts[word].path, *unknown("word", "слово", given, (only,)))


def _codes(author: Author, target: Target, value: Value) -> dict[str, str]:
    """The code list that a field names; every common code in it must be one that the target can hold."""
    name = author.problems.text(value).value
    if name.startswith(_FROM_DATA):
        return _from_data(author, target, name.removeprefix(_FROM_DATA), value)
    if name not in author.codes:
        author.problems.add(value.at, value.path, *unknown("code list", "перечень", name, author.codes))
        return {}
    codes = author.codes[name]
    for national, common in codes.items():
        if not fits(target, common):
            english, russian = unknown("common code", "общий код", common, target.codes)
            author.problems.add(
                author.place("codes", name, national) or value.at,
                value.path,
                f"in code list `{name}`: {english}",
                f"в перечне `{name}`: {russian}",
            )
    return codes


def _from_data(author: Author, target: Target, name: str, value: Value) -> dict[str, str]:
    """The state's own words of a list that comes with the gateway, and the common codes themselves."""
    if name not in data_lists():
        author.problems.add(value.at, value.path, *unknown("code list", "перечень", name, data_lists()))
        return {}
    codes = _listed(name, author.text("state"))
    wrong = next((common for common in codes.values() if not fits(target, common)), None)
    if wrong is not None:
        english, russian = unknown("common code", "общий код", wrong, target.codes)
        author.problems.add(value.at, value.path, f"in list `{name}`: {english}", f"в перечне `{name}`: {russian}")
        return {}
    return codes


def data_lists() -> list[str]:
    """The code lists that come with the gateway and that a profile may name."""
    return [*reference.code_lists(), REGIONS]


def _listed(name: str, state: str) -> dict[str, str]:
    if name == REGIONS:
        return places.region_names(state)
    # What the state itself prefers comes first, since the first of several is the one written back.
    preferred = {national: common for common, national in reference.written(name, state).items()}
    return preferred | reference.codes(name, state) | {code: code for code in reference.code_lists()[name]}


def fits(target: Target, common: str) -> bool:
    """Whether a target can hold a common code."""
    if target.kind in _COUNTRIES:
        return common == STATELESS or countries.by_code(common) is not None
    if target.kind is Kind.COUNT:
        return common.isascii() and common.isdecimal()
    if target.kind is Kind.FLAG:
        return common in {"true", "false"}
    return not target.codes or common in target.codes
