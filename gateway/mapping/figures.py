"""Numbers as registers and statistical tables print them: counts, figures with marks, amounts of money."""

from __future__ import annotations

from typing import Final

from gateway.mapping.transform import Transform, Unfit, coded

_DIGITS: Final = 15
"""Digits of a whole number; the exchange format allows no longer one."""
_WHOLE, _PART = 12, 2
"""Digits of an amount before and behind its point (AmountType)."""


def count(text: str) -> int:
    """A whole number as registers print it: spaces between thousands are allowed, signs and fractions are not."""
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > _DIGITS:
        raise Unfit("MAP-COUNT")
    return int(digits)


def whole(codes: dict[str, str] | None) -> Transform:
    """A whole number, or a mark of the profile for one: in many tables a dash is zero."""
    marks = coded(codes or {}, "MAP-COUNT")
    return Transform(
        lambda text: count(text) if text[:1].isdigit() else int(marks.read(text)),
        lambda number: marks.write(str(number)) or str(number),
    )


def figure(codes: dict[str, str] | None) -> Transform:
    """A cell of a table: a number, or a mark of the profile for zero or for why there is none."""
    marks = coded(codes or {}, "MAP-COUNT")

    def read(text: str) -> tuple[int | None, str | None]:
        if text[:1].isdigit():
            return count(text), None
        mark = marks.read(text)
        return (0, None) if mark == "0" else (None, mark)

    def write(figure: tuple[int | None, str]) -> str:
        value, flag = figure
        if value is None:
            return marks.write(flag)
        return marks.write("0") or "0" if value == 0 else str(value)

    return Transform(read, write)


def amount(text: str) -> str:
    """An amount as the exchange format has it: a point, at most two decimals, no spaces between thousands."""
    whole, _, part = "".join(text.split()).replace(",", ".").partition(".")
    if not (whole + part).isascii() or not whole.isdecimal() or len(whole) > _WHOLE or len(part) > _PART:
        raise Unfit("MAP-AMOUNT")
    if part and not part.isdecimal():
        raise Unfit("MAP-AMOUNT")
    return f"{whole}.{part}" if part else whole
