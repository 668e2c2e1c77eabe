"""One profile while it is read: its YAML, the parts already known, and the problems found so far."""

from __future__ import annotations

from typing import Final

from yaml import MappingNode, SequenceNode

from gateway.mapping.country_forms import COUNTRY_FORMS
from gateway.mapping.nodes import Marks, Problems, Value, unknown
from gateway.mapping.transforms import date_form, date_forms
from gateway.records.record import Category

TOP: Final = (
    *("name", "version", "title", "state", "agency", "system", "source", "category", "status", "id", "ref"),
    *("dates", "zone", "countries", "nulls", "open_ended", "names", "fields", "constants", "defaults"),
    *("dropped", "required", "optional", "codes", "headings", "joined", "only", "delivery", "absence", "deleted"),
    "placeholder",
)
"""The words of a profile."""
NEEDED: Final = ("name", "version", "title", "state", "agency", "system", "source", "category", "status", "id")
"""Those that every profile has."""


CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "delivery": ("delta", "snapshot"),
    "absence": ("nothing", "withdraw"),
    "placeholder": ("none", "01.01"),
}
"""Words of which a profile chooses one; the first is meant where it chooses none."""


class Author:
    """What the readers of the single parts share."""

    def __init__(self, root: Value, problems: Problems) -> None:
        self.problems = problems
        self.root = root
        self.top = problems.mapping(root)
        category = Category.__members__.get(self.text("category"))
        # A record about nobody has no person to refer to.
        person = () if category is not None and category.about == "nobody" else ("ref",)
        problems.known(self.top, TOP, (*NEEDED, "fields", *person), root)
        self.codes = {
            name: {national: text.value for national, text in problems.table(table).items()}
            for name, table in self.part("codes").items()
        }
        self.dates = self.text("dates") or "YYYY-MM-DD"
        self.countries = self.text("countries") or "alpha-3"
        if date_form(self.dates) is None:
            self.wrong("dates", *unknown("form", "форма", self.dates, date_forms()))
        if self.countries not in COUNTRY_FORMS:
            self.wrong("countries", *unknown("form", "форма", self.countries, COUNTRY_FORMS))

    def wrong(self, key: str, english: str, russian: str, *entry: str) -> None:
        """A problem at a top-level key, or at an entry below it: keys of mappings, or the text in a list."""
        at = self.top[key].at if key in self.top else self.root.at
        self.problems.add(self.place(key, *entry) or at, ".".join((key, *entry)), english, russian)

    def place(self, key: str, *entry: str) -> Marks | None:
        """Where an entry below a top-level key stands; None where there is no such entry."""
        node = self.top[key].node if key in self.top else None
        for name in entry:
            if isinstance(node, MappingNode):
                node = next((value for part, value in node.value if part.value == name), None)
            elif isinstance(node, SequenceNode):
                node = next((item for item in node.value if item.value == name), None)
        return Value(node, key).at if node is not None else None

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

    def one_of(self, key: str) -> str:
        """A top-level scalar out of a closed list, whose first word holds where the key is absent."""
        allowed = CHOICES[key]
        given = self.text(key) or allowed[0]
        if given not in allowed:
            self.wrong(key, *unknown("word", "слово", given, allowed))
        return given

    def words(self, found: dict[str, Value], key: str) -> tuple[str, ...]:
        """A scalar or a list of a mapping that is already open, empty where it is absent."""
        return self.problems.texts(found[key]) if key in found else ()

    def word(self, found: dict[str, Value], key: str) -> str:
        """A scalar of a mapping that is already open, empty where it is absent."""
        return self.problems.text(found[key]).value if key in found else ""
