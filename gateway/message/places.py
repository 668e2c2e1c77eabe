"""Where something stands in a message: readable paths with local names and positions.

A path may stand in a log and travel to a partner, so a name that the schema does not know is written `*`:
whoever can choose a name can hide a value in it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from gateway.message.elements import CUT, QUALIFIED, Element
from gateway.message.parse import local


class Place(NamedTuple):
    """An element and its readable path, for example `/Message/Body/RecordBatch/Record[3]/Person/Ref`."""

    element: Element
    path: str


class Places:
    """Finds the places that libxml2 names by wildcard paths, such as `/*/*[2]/*/*[3]`.

    libxml2 complains in the order of the document, so the way to the last place is kept: a list of a hundred
    thousand records is looked through once and not once for every complaint.
    """

    def __init__(self, root: Element, names: frozenset[str]) -> None:
        self._names = names
        self._root = Place(root, "/" + _shown(root.tag, names))
        self._way: list[tuple[str, Place, _Children]] = []

    def find(self, path: str) -> Place:
        """The place of a libxml2 path; where it cannot be followed to its end, the deepest that can."""
        steps = path.split("/")[2:]
        known = 0
        while known < min(len(steps), len(self._way)) and self._way[known][0] == steps[known]:
            known += 1
        if known < len(self._way):
            # The children of the place where the ways part are still of use; those below are not.
            del self._way[known + 1 :]
        place = self._way[known - 1][1] if known else self._root
        for step in steps[known:]:
            children = self._children(known, place)
            found = children.find(step)
            if found is None:
                break
            place = Place(found[0], f"{place.path}/{found[1]}")
            self._way[known:] = [(step, place, children)]
            known += 1
        return place

    def _children(self, depth: int, place: Place) -> _Children:
        if depth < len(self._way):
            return self._way[depth][2]
        return _Children(place.element, self._names)


class _Children:
    """The children of one element with their labels, under both ways in which libxml2 numbers them."""

    def __init__(self, parent: Element, names: frozenset[str]) -> None:
        self._elements = list(parent.iterchildren("*"))
        self._labels = _labels(self._elements, names)
        self._named: dict[str, int] = {}

    def find(self, step: str) -> tuple[Element, str] | None:
        """The child of a step and its label; libxml2 leaves out the position of an only one."""
        name, _, position = step.rstrip("]").partition("[")
        index = int(position or 1) - 1 if name == "*" else self._index(f"{name}[{position or 1}]")
        return (self._elements[index], self._labels[index]) if 0 <= index < len(self._elements) else None

    def _index(self, step: str) -> int:
        """Elements outside a default namespace are numbered among those of the same name as it is written."""
        if not self._named:
            seen: dict[str, int] = {}
            for index, child in enumerate(self._elements):
                name = f"{child.prefix}:{local(child)}" if child.prefix else local(child)
                seen[name] = seen.get(name, 0) + 1
                self._named[f"{name}[{seen[name]}]"] = index
        return self._named.get(step, -1)


def path_of(element: Element, names: frozenset[str]) -> str:
    """The readable path of one element; slower than Places in long lists."""
    steps = []
    place: Element | None = element
    while place is not None:
        parent = place.getparent()
        siblings = [place] if parent is None else list(parent.iterchildren("*"))
        steps.append(_labels(siblings, names)[siblings.index(place)])
        place = parent
    return "/" + "/".join(reversed(steps))


def line_of(element: Element) -> int:
    """Line of the element in its file; 0 where it was not read from one."""
    line: Any = element.sourceline
    return line or 0


def _labels(siblings: list[Element], names: frozenset[str]) -> list[str]:
    """Local names, numbered among namesakes where there are several."""
    shown = [_shown(sibling.tag, names) for sibling in siblings]
    total: dict[str, int] = {}
    numbers = []
    for name in shown:
        total[name] = total.get(name, 0) + 1
        numbers.append(total[name])
    return [name if total[name] == 1 else f"{name}[{number}]" for name, number in zip(shown, numbers, strict=True)]


def _shown(tag: str, names: frozenset[str]) -> str:
    name = tag[CUT:]
    return name if name in names and tag.startswith(QUALIFIED) else "*"
