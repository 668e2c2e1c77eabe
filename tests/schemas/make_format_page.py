"""Writes docs/exchange-format.md out of the schemas: `python tests/schemas/make_format_page.py`.

The schemas are the source of truth and explain themselves in Russian and English; this page is the same for
readers. The lifecycles come from gateway/records/lifecycle.py. A test holds the page to both.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

# The checkout this file stands in goes before one that is installed.
sys.path.insert(0, str(Path(__file__).parents[2]))

from gateway.message.envelope import SCHEMA_VERSIONS, Kind
from gateway.message.parse import NS
from gateway.message.schema import SCHEMAS
from gateway.records.category import Category
from gateway.records.lifecycle import INITIAL, TRANSITIONS
from gateway.records.record import DETAIL_OF

PAGE = Path(__file__).parents[2] / "docs" / "exchange-format.md"
EXAMPLES = SCHEMAS / "examples" / "valid"
XS = "{http://www.w3.org/2001/XMLSchema}"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
GENERAL = ("message", "record", "person", "documents", "party")
BODIES = ("changes", "query", "watchlist", "receipt", "service")
LISTS = ("codes", "decisions", "types")
ABOUT = {"person": "a person · лицо", "nobody": "nobody · ни о ком", "perhaps": "a person or nobody · лицо или никто"}
FACETS = {"minLength": "from {} characters", "maxLength": "to {} characters", "pattern": "`{}`"} | {
    "minInclusive": "from {}", "maxInclusive": "to {}",
}  # fmt: skip
TREES = {path.stem: etree.parse(path).getroot() for path in sorted(SCHEMAS.glob("*.xsd"))}
NAMED = {
    item.get("name")
    for tree in TREES.values()
    for item in tree.iterchildren(f"{XS}complexType", f"{XS}simpleType")
}  # fmt: skip

INTRODUCTION = f"""# The exchange format · Формат обмена

What nodes and partners send each other: namespace `{NS}`, version {SCHEMA_VERSIONS[-1]}, XSD 1.0 in
[schemas/xsd](../schemas/xsd). This page is written out of the schemas by `python tests/schemas/make_format_page.py`;
edit the schemas and not the page. What a schema cannot say are the [business rules](business-rules.md). How the files
hang together is told in [schemas/README.md](../schemas/README.md).

Что узлы и партнёры передают друг другу. Страница составлена программой по схемам; правьте схемы, а не страницу. То,
чего схема выразить не может, — [правила формата](business-rules.md).

A record is published in a `RecordBatch` (figures in a `StatisticsReport`; received in either), corrected by
a higher version in a `Correction`, and taken back by a `Withdrawal`, which the receiver acknowledges record by record
in its receipt. What was withdrawn, or is past its `RetentionUntil`, leaves a tombstone: id, version, digest and dates,
and nothing of what it said. This holds for every family; the lifecycles below are those of what the record is about.

Запись публикуют в `RecordBatch`, исправляют старшей версией в `Correction`, отзывают через `Withdrawal`, и получатель
подтверждает это в квитанции. От отозванной или просроченной записи остаются только идентификатор, версия, отпечаток и
даты. Так для каждого семейства; ниже — жизненные циклы того, о чём запись.

Texts are one line without leading or trailing blanks. "How many" counts elements: `1`, `0–1`, `1–20`, `1–∞`; of an
attribute, `1` is required and `0–1` optional.
"""


def documented(item: etree._Element) -> tuple[str, str]:
    """The Russian and the English sentence of an item."""
    told = {
        entry.get(XML_LANG): " ".join((entry.text or "").split())
        for entry in item.iterfind(f"{XS}annotation/{XS}documentation")
    }
    return told.get("ru", ""), told.get("en", "")


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def table(heads: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    found = [f"| {' | '.join(map(cell, row))} |" for row in rows]
    if found:
        yield f"| {' | '.join(heads)} |"
        yield f"|{'---|' * len(heads)}"
        yield from found
        yield ""


def linked(name: str) -> str:
    """A type, linked where this page explains it."""
    return f"[{name}](#{name.lower()})" if name in NAMED else f"`{name}`"


def amount(item: etree._Element) -> str:
    if item.tag == f"{XS}attribute":
        return "1" if item.get("use") == "required" else "0–1"
    if next(item.iterancestors(f"{XS}choice"), None) is not None:
        return "one of them"
    least, most = item.get("minOccurs", "1"), item.get("maxOccurs", "1").replace("unbounded", "∞")
    return most if least == most else f"{least}–{most}"


def parts(item: etree._Element) -> Iterator[tuple[str, ...]]:
    """The elements and attributes of a complex type."""
    for part in item.iter(f"{XS}element", f"{XS}any", f"{XS}attribute"):
        if part.tag == f"{XS}any":
            yield "`ds:Signature`", "XML-Signature", amount(part), *documented(part)
        elif part.get("ref"):
            head = part.get("ref", "")
            if head == "Detail":
                yield "the family's element", "[families](#families--семейства)", amount(part), "Семейство.", "Family."
            else:
                yield f"`{head}`", linked(head), amount(part), "", ""
        else:
            mark = "@" if part.tag == f"{XS}attribute" else ""
            yield f"`{mark}{part.get('name')}`", linked(part.get("type", "")), amount(part), *documented(part)


def limits(item: etree._Element) -> str:
    union = item.find(f"{XS}union")
    if union is not None:
        return " or ".join(linked(name) for name in union.get("memberTypes", "").split())
    restriction = item.find(f"{XS}restriction")
    told = [
        FACETS[facet.tag.removeprefix(XS)].format(facet.get("value"))
        for facet in restriction
        if facet.tag.removeprefix(XS) in FACETS
    ]
    return ", ".join([linked(restriction.get("base", "")), *told])


def complex_type(item: etree._Element) -> Iterator[str]:
    russian, english = documented(item)
    yield f"### {item.get('name')}"
    yield ""
    yield f"{english} · {russian}"
    base = item.find(f".//{XS}extension")
    if base is not None and base.get("base") != "DetailType":
        yield f"Built on {linked(base.get('base', ''))}."
    yield ""
    yield from table(("Name", "Type", "How many", "По-русски", "English"), parts(item))


def simple_types(name: str) -> Iterator[str]:
    """The code lists of a file, then its other simple types in one table."""
    plain = []
    for item in TREES[name].iterchildren(f"{XS}simpleType"):
        codes = list(item.iter(f"{XS}enumeration"))
        if not codes:
            plain.append(item)
            continue
        russian, english = documented(item)
        yield f"### {item.get('name')}"
        yield ""
        yield f"{english} · {russian}"
        yield ""
        yield from table(
            ("Code", "По-русски", "English"), ((f"`{code.get('value')}`", *documented(code)) for code in codes)
        )
    for item in plain:
        russian, english = documented(item)
        yield f"### {item.get('name')}"
        yield ""
        yield f"{english} · {russian} {limits(item)}."
        yield ""


def file_of(name: str) -> Iterator[str]:
    russian, english = documented(TREES[name])
    yield f"## {name}.xsd"
    yield ""
    yield f"{english} · {russian}"
    yield ""
    for item in TREES[name].iterchildren(f"{XS}element"):
        yield f"Element `{item.get('name')}`: {linked(item.get('type', ''))}."
        yield ""
    for item in TREES[name].iterchildren(f"{XS}complexType"):
        yield from complex_type(item)
    yield from simple_types(name)


def lifecycle(category: Category) -> Iterator[str]:
    """The machine as text: ▶ where it may begin, ■ where it ends."""
    yield "```text"
    steps = TRANSITIONS[category]
    order = {state: place for place, state in enumerate(steps)}
    for state, following in steps.items():
        start = "▶" if state in INITIAL[category] else " "
        end = "→ " + ", ".join(sorted(following, key=order.__getitem__)) if following else "■"
        yield f"{start} {state} {end}"
    yield "```"
    yield ""


def shown(tag: str) -> str:
    """Links to the valid examples that have this element."""
    return ", ".join(
        linked_example(path.stem)
        for path in sorted(EXAMPLES.glob("*.xml"))
        if f"<{tag}>" in path.read_text(encoding="utf-8")
    )


def linked_example(name: str) -> str:
    return f"[{name}](../schemas/xsd/examples/valid/{name}.xml)"


def families() -> Iterator[str]:
    yield "## Families · Семейства"
    yield ""
    yield "Each family is an element of its own in the record and has a lifecycle: ▶ marks where it may begin, ■ where"
    yield "nothing follows. A receiver may have missed steps, so every state further down a chain may follow. A"
    yield "correction may set any state. · ▶ — начало, ■ — конец; исправление может установить любое состояние."
    yield ""
    for category in Category:
        name = DETAIL_OF[category].__name__
        file = next(stem for stem, tree in TREES.items() if tree.find(f"{XS}element[@name='{name}']") is not None)
        yield f"### {category}"
        yield ""
        apart = " Protection record: only in `message-protection.xsd`. · Запись о защите." if category.protected else ""
        yield f"Element [{name}](#{name.lower()}type) of `{file}.xsd`, about {ABOUT[category.about]}.{apart}"
        yield ""
        yield from lifecycle(category)
        yield f"Examples · примеры: {shown(name)}."
        yield ""


def kinds() -> Iterator[str]:
    yield "## Kinds of messages · Виды сообщений"
    yield ""
    told = {
        code.get("value"): documented(code)
        for code in TREES["codes"].find(f"{XS}simpleType[@name='KindType']").iter(f"{XS}enumeration")
    }
    many = f"{linked_example('record-batch-of-several-families')}, and those of each family below"
    rows = ((f"`{kind}`", *told[kind], many if kind is Kind.RECORD_BATCH else shown(kind)) for kind in Kind)
    yield from table(("Kind", "По-русски", "English", "Examples"), rows)


def page() -> str:
    """The whole page."""
    rest = [name for name in TREES if name not in {*GENERAL, *BODIES, *LISTS, "message-protection"}]
    lines = [INTRODUCTION, *kinds(), *families()]
    for name in (*GENERAL, *rest, *BODIES, *LISTS):
        lines += file_of(name)
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
