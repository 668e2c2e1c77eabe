"""Where something stands in a message: readable paths with local names and positions.

A path may stand in a log and travel to a partner, so a name that the schema does not know is written `*`:
whoever can choose a name can hide a value in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from lxml import etree

from gateway.message.parse import NS

_Element = etree._Element  # noqa: SLF001 - lxml names its public element type with an underscore.


class Place(NamedTuple):
    """An element and its readable path, for example `/Message/Body/RecordBatch/Record[3]/Person/Ref`."""

    element: _Element
    path: str


class Places:
    """Finds the places that libxml2 names by wildcard paths, each parent looked through only once.

    libxml2 writes elements of a default namespace as `*` with their position among all siblings:
    `/*/*[2]/*/*[3]`.
    """

    def __init__(self, root: _Element, names: frozenset[str]) -> None:
        self._names = names
        self._places = {"": Place(root, "")}
        self._root = root
        self._children: dict[str, dict[str, Place]] = {}

    def find(self, path: str) -> Place:
        """The place of a libxml2 path; where it cannot be followed to its end, the deepest that can."""
        known = self._places.get(path)
        if known is not None:
            return known
        parent, _, step = path.rpartition("/")
        above = self.find(parent)
        found = self._steps(parent, above).get(_normal(step), above)
        self._places[path] = found
        return found

    def _steps(self, path: str, above: Place) -> dict[str, Place]:
        steps = self._children.get(path)
        if steps is None:
            children = [self._root] if path == "" else list(above.element.iterchildren("*"))
            steps = self._children[path] = self._label(above.path, children)
        return steps

    def _label(self, above: str, children: list[_Element]) -> dict[str, Place]:
        """Each child under both ways in which libxml2 may number it: among all, and among its namesakes."""
        steps: dict[str, Place] = {}
        labels = _labels(children, self._names)
        namesakes: Counter[str] = Counter()
        for index, (child, label) in enumerate(zip(children, labels, strict=True), start=1):
            place = Place(child, f"{above}/{label}")
            steps[f"*[{index}]"] = place
            if child.prefix:
                qualified = f"{child.prefix}:{etree.QName(child).localname}"
                namesakes[qualified] += 1
                steps[f"{qualified}[{namesakes[qualified]}]"] = place
        return steps


def path_of(element: _Element, names: frozenset[str]) -> str:
    """The readable path of one element; slower than Places in long lists."""
    steps = []
    place: _Element | None = element
    while place is not None:
        parent = place.getparent()
        siblings = [place] if parent is None else list(parent.iterchildren("*"))
        steps.append(_labels(siblings, names)[siblings.index(place)])
        place = parent
    return "/" + "/".join(reversed(steps))


def line_of(element: _Element) -> int:
    """Line of the element in its file; 0 where it was not read from one."""
    line: Any = element.sourceline
    return line or 0


def _labels(siblings: Iterable[_Element], names: frozenset[str]) -> list[str]:
    """Local names, numbered among namesakes where there are several."""
    shown = [_shown(sibling, names) for sibling in siblings]
    total = Counter(shown)
    seen: Counter[str] = Counter()
    labels = []
    for name in shown:
        seen[name] += 1
        labels.append(name if total[name] == 1 else f"{name}[{seen[name]}]")
    return labels


def _shown(element: _Element, names: frozenset[str]) -> str:
    name = etree.QName(element)
    return name.localname if name.namespace == NS and name.localname in names else "*"


def _normal(step: str) -> str:
    """The step with its position: libxml2 leaves out the position of an only child."""
    return step if step.endswith("]") else f"{step}[1]"
