"""What every transform is made of: the two directions of a column, and the texts and codes that all kinds share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from gateway.mapping.folding import folded

_LONGEST: Final = 500
"""Characters of a value; the exchange format allows no longer text."""
# What makes a text need a second look: controls, undecoded bytes, odd spaces, and the apostrophe with which
# we disarm formulas on export.
_UNTIDY = re.compile("[\x00-\x1f\x7f-\x9f\xa0\u2000-\u200f\u2028-\u202f\ufeff\ud800-\udfff]|  |^'[=+@-]")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\ufeff]")


class Unfit(Exception):  # noqa: N818 - it is no error of the program but a remark about a cell.
    """A cell that cannot be read, with the code of the finding it becomes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Transform:
    """The two directions of one column."""

    read: Callable[[str], Any]
    write: Callable[[Any], str]


def tidy(text: str) -> str:
    """A text without odd spaces and invisible characters; Unfit for control characters and undecoded bytes."""
    if len(text) > _LONGEST:
        raise Unfit("MAP-LENGTH")
    # Most cells are one word, of which nothing has to be taken away.
    if text.isalnum() or _UNTIDY.search(text) is None:
        return text
    if _FORBIDDEN.search(text):
        raise Unfit("MAP-ENCODING")
    text = " ".join(_INVISIBLE.sub("", text).split())
    return text[1:] if text.startswith("'") and text[1:2] in "=+@-" else text


def coded(codes: dict[str, str], unfit: str) -> Transform:
    """Values of a code list; case does not matter, and the first national code is written back."""
    common = {folded(national): value for national, value in codes.items()}
    back: dict[str, str] = {}
    for national, value in codes.items():
        back.setdefault(value, national)

    def read(text: str) -> str:
        try:
            return common[folded(text)]
        except KeyError:
            raise Unfit(unfit) from None

    return Transform(read, lambda value: back.get(value, ""))


def listed(one: Transform, separator: str) -> Transform:
    """Several values in one cell, in their order and each once."""

    def read(text: str) -> tuple[Any, ...]:
        parts = text.split(separator) if separator else [text]
        return tuple(dict.fromkeys(one.read(part.strip()) for part in parts if part.strip()))

    def write(values: tuple[Any, ...]) -> str:
        # One cell without a separator holds one value; the loss report tells what was left out.
        return separator.join(one.write(value) for value in (values if separator else values[:1]))

    return Transform(read, write)
