"""Large bodies in slices, so that the cost of what is wrong in them stays in proportion.

libxml2 works out the path of each error by walking all siblings before it: in a batch of twenty thousand
records that are all wrong, half a minute of walking. Copying the batch slice by slice costs less then, and
more where nearly all is well; so a sample from the whole length of the batch decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, Final

from lxml import etree

from gateway.message.elements import QUALIFIED, Element
from gateway.message.places import line_of

SLICE: Final = 1000
"""Items in one slice."""

SAMPLE: Final = 250
"""Items that are tried before a large body is cut. Where none of them is wrong, few of all are."""

_ITEMS: Final = {
    f"{QUALIFIED}{body}": f"{QUALIFIED}{item}"
    for body, item in (
        ("RecordBatch", "Record"),
        ("Correction", "Record"),
        ("StatisticsReport", "Record"),
        ("Withdrawal", "Withdraw"),
        ("ChangeBatch", "Change"),
        ("Receipt", "RecordVerdict"),
    )
}
"""Bodies that the schema does not bound, and what there may be any number of in them."""

_ITEM = re.compile(r"(/Message/Body/\w+/(?:Record|Withdraw|Change|RecordVerdict))(?:\[([0-9]+)\])?(?=/|$)")


def slices(root: Element, valid: Callable[[Element], bool]) -> Iterator[tuple[Element, int]]:
    """The message itself, or copies of it that hold at most SLICE items each; with the number of items before.

    It is cut where a sample of its items is not `valid`. Each copy keeps all that is not an item, in its order
    and with its lines.
    """
    body = root.find(f"{QUALIFIED}Body")
    batch = body[0] if body is not None and len(body) == 1 else None
    item = None if batch is None else _ITEMS.get(batch.tag)
    if body is None or batch is None or item is None or len(batch) <= SLICE:
        yield root, 0
        return
    children = list(enumerate(batch))
    items = [(index, child) for index, child in children if child.tag == item]
    others = [(index, child) for index, child in children if child.tag != item]
    sample = items[:: len(items) // SAMPLE + 1]
    if valid(_copy(root, body, batch, [child for _, child in sorted(others + sample, key=_number)])):
        yield root, 0
        return
    for start in range(0, max(len(items), 1), SLICE):
        kept = sorted(others + items[start : start + SLICE], key=_number)
        yield _copy(root, body, batch, [child for _, child in kept]), start


def renumbered(path: str, before: int) -> str:
    """The path in the whole message of a place in a slice that `before` items precede."""
    return _ITEM.sub(lambda match: f"{match[1]}[{int(match[2] or 1) + before}]", path, count=1)


def _number(numbered: tuple[int, Element]) -> int:
    return numbered[0]


def _copy(root: Element, body: Element, batch: Element, children: list[Element]) -> Element:
    """The message with these children alone in its body."""
    message, part, inner = _bare(root), _bare(body), _bare(batch)
    for child in root:
        message.append(part if child is body else deepcopy(child))
    part.append(inner)
    inner.extend(deepcopy(child) for child in children)
    return message


def _bare(element: Element) -> Element:
    """The element without its children, but with everything else that the schema may look at."""
    attributes: Any = element.attrib
    namespaces: Any = element.nsmap
    bare: Any = etree.Element(element.tag, attributes, namespaces)
    bare.text, bare.tail = element.text, element.tail
    bare.sourceline = line_of(element)
    made: Element = bare
    return made
