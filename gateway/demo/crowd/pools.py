"""Pools of names with the skew that real ones have: a few very common, a long tail of rare ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, product
from random import Random
from typing import Final

from gateway.demo.crowd import elements
from gateway.demo.family_names import FAMILIES
from gateway.demo.given_names import MEN, WOMEN, Pair
from gateway.demo.spelling import russian_patronymic

COMMON: Final = 20
"""Added to the rank of a family name: the commonest one of a tradition then is borne by about one in a hundred."""
COMMON_GIVEN: Final = 8


@dataclass(frozen=True, slots=True)
class Pool:
    """Names with their weights; drawing one costs a bisection."""

    names: tuple[Pair, ...]
    cumulative: tuple[float, ...]

    @classmethod
    def by_rank(cls, names: Sequence[Pair], offset: int) -> Pool:
        """Weights fall with the rank (Zipf); the order of `names` is the rank."""
        distinct = tuple(dict.fromkeys(names))
        return cls(distinct, tuple(accumulate(1 / (rank + offset) for rank in range(len(distinct)))))

    def draw(self, chance: Random) -> Pair:
        """One name."""
        return chance.choices(self.names, cum_weights=self.cumulative)[0]


def _glued(heads: Sequence[Pair], tails: Sequence[Pair]) -> list[Pair]:
    """Every head with every tail, in an order that mixes them."""
    made = [(head[0] + tail[0], head[1] + tail[1]) for head, tail in product(heads, tails)]
    Random("glued").shuffle(made)
    return made


def _surnamed(tradition: str, name: Pair) -> Pair:
    """The family name that comes from a man's given name."""
    after_vowel = name[0][-1] in "аеиоуыэюяйь"
    russian = russian_patronymic(name[0], woman=False).removesuffix("ич") if not after_vowel else ""
    if not russian.endswith(("ов", "ев")):
        russian = name[0].rstrip("йьаяиы") + "ев"
    home_after_vowel = name[1][-1] in "aeiouəäöüýаеиоуыэюяйөүұі"
    endings = {"uz": ("yev", "ov"), "az": ("yev", "ov"), "tk": ("ýew", "ow"), "be": ("еў", "аў")}.get(
        tradition, ("ев", "ов")
    )
    stem = name[1].rstrip("aeiouəиыайьі") if home_after_vowel else name[1]
    return russian, stem + (endings[0] if home_after_vowel else endings[1])


def _men(tradition: str) -> list[Pair]:
    made = _glued(elements.HEADS[tradition], elements.TAILS[tradition]) if tradition in elements.HEADS else []
    return [*MEN[tradition], *(elements.ARMENIAN if tradition == "hy" else ()), *made]


def _women(tradition: str) -> list[Pair]:
    tails = _glued(elements.WOMEN_HEADS, elements.WOMEN_TAILS)
    if tradition == "tg":
        tails = [(russian, russian) for russian, _ in tails]
    return [*WOMEN[tradition], *(tails if tradition in {"uz", "tg"} else ())]


def _families(tradition: str) -> list[Pair]:
    if tradition in elements.SLAVIC_ENDINGS:
        roots = [(root, root.replace("и", "і") if tradition == "be" else root) for root, _ in elements.SLAVIC_ROOTS]
        tail = _glued(roots, elements.SLAVIC_ENDINGS[tradition])
    elif tradition == "hy":
        tail = [(name[0] + "ян", name[1] + "yan") for name in (*elements.ARMENIAN, *MEN["hy"])]
    elif tradition == "ro":
        tail = _glued(elements.MOLDOVAN, elements.MOLDOVAN_ENDINGS)
    else:
        heads = [_surnamed(tradition, name) for name in (*MEN[tradition], *elements.HEADS[tradition])]
        tail = heads + [_surnamed(tradition, name) for name in _men(tradition)]
    return [*FAMILIES[tradition], *tail]


def _pool(names: Callable[[str], list[Pair]], offset: int) -> Callable[[str], Pool]:
    return lru_cache(None)(lambda tradition: Pool.by_rank(names(tradition), offset))


men: Final = _pool(_men, COMMON_GIVEN)
"""Men's given names of a tradition."""
women: Final = _pool(_women, COMMON_GIVEN)
"""Women's given names of a tradition."""
families: Final = _pool(_families, COMMON)
"""Family names of a tradition, the masculine form."""
