"""The rejects file: which rows did not make it, and why, for the engineer who has to mend them."""

from __future__ import annotations

import csv
from typing import Final, TextIO

from gateway.mapping.convert import Mapped

COLUMNS: Final = ("row", "column", "code", "message_en", "message_ru")


class Rejects:
    """Writes CSV (`row,column,code,message_en,message_ru`) to an open text file; no personal value enters it."""

    def __init__(self, stream: TextIO) -> None:
        self._writer = csv.writer(stream)
        self._writer.writerow(COLUMNS)

    def add(self, mapped: Mapped) -> None:
        """The errors of a rejected row; nothing for a row that was mapped."""
        if mapped.record is not None:
            return
        for remark in mapped.findings:
            if remark.severity == "error":
                english = f" [{remark.value_class}]" if remark.value_class else ""
                russian = " ".join(map(_in_russian, english.split(" ")))
                self._writer.writerow(
                    (mapped.row, remark.path, remark.code, remark.message_en + english, remark.message_ru + russian)
                )


_WORDS: Final = {
    "characters": "знаков",
    "digits": "цифры",
    "letters": "буквы",
    "other": "иные",
    "signs": "знаки",
    "blank": "пусто",
}


def _in_russian(word: str) -> str:
    """A word of the class of a value; the marks around it stay."""
    plain = word.strip("[]:,")
    return word.replace(plain, _WORDS.get(plain, plain)) if plain else word
