"""The encodings in which registers write, by every name that people give them."""

from __future__ import annotations

import codecs
from typing import BinaryIO, Final

from gateway.errors import Unreadable
from gateway.mapping import armscii

ENCODINGS: Final = (
    *("utf-8", "utf-8-sig", "utf-16", "windows-1251", "cp866", "koi8-r", "koi8-u", "kz1048", "ptcp154"),
    *("iso-8859-5", "mac-cyrillic", armscii.NAME, "windows-1252", "windows-1254", "windows-1250", "iso-8859-1"),
    *("iso-8859-2", "iso-8859-9", "iso-8859-16", "utf-16-le", "utf-16-be", "ascii"),
)
"""A closed list: Python knows encodings that are none of text, and some that take for ever."""

GUESSES: Final = ("utf-8", "windows-1251", "cp866", "koi8-r", "kz1048", armscii.NAME, "utf-16")
"""What is tried, in this order, where a file is not written as its profile says."""

_KNOWN: Final = {codecs.lookup(name).name: name for name in ENCODINGS}


def known(name: str) -> str | None:
    """The encoding by the name of ENCODINGS; None where it is none of them."""
    try:
        return _KNOWN.get(codecs.lookup(name.strip()).name)
    except (LookupError, ValueError):
        return None


def is_unicode(name: str) -> bool:
    """Whether the encoding can write every letter there is."""
    return (known(name) or "").startswith("utf")


def opening(declared: str, file: BinaryIO, name: str) -> str:
    """The encoding to read a file with, after a look at its byte order mark; Unreadable where that contradicts."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    chosen = known(declared) or declared
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"} and "16" not in chosen:
        raise Unreadable(f"{name} is written in UTF-16, not in {declared}", where=name)
    if chosen in {"utf-8", "utf-8-sig"}:
        return "utf-8-sig"
    if start[:3] == b"\xef\xbb\xbf":
        raise Unreadable(f"{name} is written in UTF-8, not in {declared}", where=name)
    return chosen
