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
                met = f" [{remark.value_class}]" if remark.value_class else ""
                self._writer.writerow(
                    (mapped.row, remark.path, remark.code, remark.message_en + met, remark.message_ru + met)
                )
