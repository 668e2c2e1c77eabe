"""A libxml2 path leads to its element and a readable path, in whatever order places are asked for."""

from __future__ import annotations

import random
import runpy
from pathlib import Path

import pytest
from lxml import etree

from gateway.message.parse import NS, parse
from gateway.message.places import Places, line_of, path_of

MAKER = runpy.run_path(str(Path(__file__).parents[1] / "schemas" / "make_examples.py"))
SEVERAL: str = MAKER["message"]("record-batch-of-several-families")
PREFIXED = SEVERAL.replace("</", "</m:").replace("xmlns=", "xmlns:m=").replace("<", "<m:").replace("<m:/m:", "</m:")
STRANGE = SEVERAL.replace("</RecordBatch>", '<x:Note xmlns:x="urn:x"><x:A/><A xmlns=""/></x:Note></RecordBatch>')
NAMES = frozenset(str(etree.QName(element).localname) for element in etree.fromstring(SEVERAL).iter())


@pytest.mark.parametrize("text", [SEVERAL, PREFIXED, STRANGE], ids=["default", "prefixed", "strange"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_element_is_found_by_its_path_in_any_order(text: str, seed: int) -> None:
    root = parse(text.encode(), limit=1_000_000)
    elements = list(root.iter())
    random.Random(seed).shuffle(elements)  # noqa: S311 - an order for a test, not a secret
    places = Places(root, NAMES)
    for element in elements:
        place = places.find(element.getroottree().getpath(element))
        assert place.element is element
        assert place.path == path_of(element, NAMES)


def test_the_prefix_of_a_partner_does_not_show() -> None:
    paths = [[path_of(each, NAMES) for each in etree.fromstring(text).iter()] for text in (SEVERAL, PREFIXED)]
    assert paths[0] == paths[1]
    assert "/Message/Body/RecordBatch/Record[2]/Person/Name[1]/FamilyName" in paths[0]


def test_a_path_that_leads_nowhere_ends_at_the_last_place_that_is_there() -> None:
    places = Places(parse(SEVERAL.encode(), limit=1_000_000), NAMES)
    assert places.find("/*/*[2]/*/*[99]/*[1]").path == "/Message/Body/RecordBatch"
    assert places.find("/*/*[2]/x:Nothing[1]").path == "/Message/Body"
    assert places.find("/*/*[2]/*/*[1]/*[1]").path == "/Message/Body/RecordBatch/Record[1]/RecordId"
    assert places.find("").path == "/Message"


def test_an_element_that_was_made_and_not_read_has_no_line() -> None:
    assert line_of(etree.Element(f"{{{NS}}}Message")) == 0
