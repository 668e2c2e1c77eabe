"""Who somebody says to be, told from everybody else: one person under two spellings is no second person.

A name on the command line is a claim, which the audit keeps; whoever may act as another user of the machine may
claim another's. What is stopped here are spellings of one name: case, blanks, look-alike and invisible letters.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from gateway.errors import InvalidRequest

LONGEST_REASON: Final = 400
_SCRIPTS: Final = ("LATIN ", "CYRILLIC ", "ARMENIAN ", "GEORGIAN ")
_ALIKE: Final = str.maketrans("авекмнорстухіјѕԁԛԝһӏ01i|", "abekmhopctyxljsdqwhlolll")
"""Letters and digits that look alike in the usual typefaces, each as one of them (Unicode TR 39)."""


def check(actor: str) -> None:
    """Refuse (InvalidRequest) what no person goes by: 1 to 80 letters, digits and signs, no stray blanks."""
    if not 0 < len(actor) <= 80 or actor != " ".join(actor.split()) or not all(map(_known, actor)):
        raise InvalidRequest(
            "Say who you are, in 1 to 80 letters, digits and signs, without blanks at the ends.", where="actor"
        )
    if likeness(actor) in _PROGRAM:
        raise InvalidRequest("The program itself goes by this name; say who you are.", where="actor")


def check_reason(reason: str) -> None:
    """Refuse (InvalidRequest) what tells the audit nothing, or more than a line."""
    if not reason.strip() or len(reason) > LONGEST_REASON or not reason.isprintable():
        raise InvalidRequest(f"Give a reason of 1 to {LONGEST_REASON} characters, on one line.", where="reason")


def likeness(actor: str) -> str:
    """What is left of a name when its spelling is set aside: two with the same likeness count as one person."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", actor).casefold())
    return "".join(each for each in letters.translate(_ALIKE) if not unicodedata.combining(each) and not each.isspace())


def _known(letter: str) -> bool:
    if letter.isascii():
        return letter.isprintable()
    return letter.isalpha() and unicodedata.name(letter, "").startswith(_SCRIPTS)


_PROGRAM: Final = frozenset(map(likeness, ("system", "clock", "sync")))
"""What the program calls itself in the audit."""
