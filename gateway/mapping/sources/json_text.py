"""JSON: one array, an array somewhere below, or an object a line. An array is never taken into memory whole."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, BinaryIO, Final

from gateway.errors import TooLarge, Unreadable
from gateway.mapping import encodings, expressions
from gateway.mapping.declaration import Profile
from gateway.mapping.sources.rows import HOPELESS, Broken, Row, Rows, given

_LONGEST_LINE: Final = 1 << 20
_CHUNK: Final = 256 * 1024
_LARGEST_OBJECT: Final = 4 << 20
_LARGEST_DOCUMENT: Final = 100 << 20
"""Bytes of a document to which an expression is applied, and which therefore has to be read whole."""


def read(profile: Profile, file: BinaryIO, name: str) -> Rows:
    """The objects of one array; Unreadable where it was cut off or is none."""
    root = profile.source.root
    keys = expressions.json_keys(root) if root else ()
    if keys is None:
        found = _searched(profile, file, name)
        return given(profile, found, file=_text(profile, file, name), raw=file)
    last = "}" if root else "]"
    file.seek(max(0, file.seek(0, io.SEEK_END) - 1024))
    tail = file.read()
    wide = "16" in (encodings.known(profile.source.encoding) or "")
    if not tail.replace(b"\x00" if wide else b"", b"").rstrip(b" \t\r\n\x00").endswith(last.encode()):
        raise Unreadable(f"{name} is no JSON array or was cut off: it does not end with {last}", where=name)
    file.seek(0)
    text = _text(profile, file, name)
    return given(profile, _array(_Window(text, name), keys), file=text, raw=file)


def read_lines(profile: Profile, file: BinaryIO, name: str) -> Rows:
    """The objects of a file that has one a line; a line that is none is a broken row."""
    encoding = encodings.opening(profile.source.encoding, file, name)
    text = io.TextIOWrapper(file, encoding=encoding, errors="surrogateescape")

    def objects() -> Iterator[Any]:
        whole = broken = 0
        for line in iter(partial(text.readline, _LONGEST_LINE), ""):
            if not line.strip(" \t\r\n\x00\x1a"):
                continue
            try:
                found = json.loads(line)
                whole += 1
            except (ValueError, RecursionError):
                found = Broken("MAP-ROW-FORM")
                broken += 1
                if not whole and broken >= HOPELESS:
                    raise Unreadable(f"{name}: the first {HOPELESS} lines are no JSON", where=name) from None
            yield found

    return given(profile, objects(), file=text, raw=file)


def _text(profile: Profile, file: BinaryIO, name: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding=encodings.opening(profile.source.encoding, file, name))


def _searched(profile: Profile, file: BinaryIO, name: str) -> list[Any]:
    raw = file.read(_LARGEST_DOCUMENT + 1)
    if len(raw) > _LARGEST_DOCUMENT:
        raise TooLarge(f"{name} is larger than {_LARGEST_DOCUMENT} bytes", where=name)
    try:
        found = json.loads(raw.decode(encodings.opening(profile.source.encoding, file, name)))
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{name} is not JSON or was cut off", where=name) from error
    found = expressions.json_path(profile.source.root)(found)
    if not isinstance(found, list):
        raise _no_array(name, profile.source.root)
    return found


def _no_array(name: str, root: str) -> Unreadable:
    return Unreadable(f"{name} has no array at {root}", where=name)


class _Window:
    """The part of a JSON text that is being looked at."""

    def __init__(self, text: io.TextIOWrapper, name: str) -> None:
        self.text = text
        self.name = name
        self.buffer = ""
        self.at = 0
        self.decoder = json.JSONDecoder()

    def more(self) -> bool:
        """Read on; False at the end. What was passed is forgotten."""
        try:
            fresh = self.text.read(_CHUNK)
        except UnicodeDecodeError as error:
            raise Unreadable(f"{self.name} is not written in {self.text.encoding}", where=self.name) from error
        self.buffer, self.at = self.buffer[self.at :] + fresh, 0
        return bool(fresh)

    def sign(self, passed: str = " \t\r\n,") -> str:
        """The next character that is neither space nor comma; empty at the end."""
        while True:
            while self.at < len(self.buffer) and self.buffer[self.at] in passed:
                self.at += 1
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self.more():
                return ""

    def value(self) -> Any:
        """The value that begins here; Unreadable where there is none or it never ends."""
        while True:
            try:
                value, at = self.decoder.raw_decode(self.buffer, self.at)
            except (ValueError, RecursionError) as error:
                # A value may continue in what has not been read yet; one that never ends is none.
                if len(self.buffer) - self.at > _LARGEST_OBJECT or not self.more():
                    raise Unreadable(f"{self.name} is not JSON or was cut off", where=self.name) from error
                continue
            if at == len(self.buffer) and type(value) in {int, float}:
                # A number at the very end of what was read may have more digits.
                length = at - self.at
                if self.more():
                    continue
                at = length
            self.at = at
            return value

    def enter(self, key: str) -> bool:
        """Go to the value of a key of the object that begins here; False where it has none."""
        if self.sign(" \t\r\n") != "{":
            return False
        self.at += 1
        while self.sign() == '"':
            name = self.value()
            if self.sign(" \t\r\n") != ":":
                return False
            self.at += 1
            self.sign(" \t\r\n")
            if name == key:
                return True
            self.value()
        return False


def _array(window: _Window, keys: tuple[str, ...]) -> Iterator[Any]:
    """The elements of one JSON array, one at a time."""
    for key in keys:
        if not window.enter(key):
            raise _no_array(window.name, ".".join(keys))
    if window.sign() != "[":
        if keys:
            raise _no_array(window.name, ".".join(keys))
        raise Unreadable(f"{window.name} is no JSON array", where=window.name)
    window.at += 1
    while (sign := window.sign()) != "]":
        if not sign:
            raise Unreadable(f"{window.name} was cut off", where=window.name)
        yield window.value()


def write(profile: Profile, rows: Iterable[Row]) -> bytes:
    """One array of objects, below the profile's root where that is a path of keys."""
    document: Any = [_object(profile, row) for row in rows]
    for key in reversed(expressions.json_keys(profile.source.root) or () if profile.source.root else ()):
        document = {key: document}
    return _bytes(profile, json.dumps(document, ensure_ascii=_escaped(profile), indent=1))


def write_lines(profile: Profile, rows: Iterable[Row]) -> bytes:
    """An object a line."""
    escaped = _escaped(profile)
    return _bytes(profile, "".join(json.dumps(_object(profile, row), ensure_ascii=escaped) + "\n" for row in rows))


def _bytes(profile: Profile, text: str) -> bytes:
    return text.encode(profile.source.encoding, "replace")


def _escaped(profile: Profile) -> bool:
    """Whether letters are written as escapes, because the encoding does not have them all."""
    return not encodings.is_unicode(profile.source.encoding)


def _object(profile: Profile, row: Row) -> dict[str, Any]:
    """A row as the register's object: a column with a path of keys stands below them."""
    places = profile.source.columns
    if not places:
        return dict(row)
    found: dict[str, Any] = {}
    for column, text in row.items():
        keys = expressions.json_keys(places.get(column, column)) if column in places else (column,)
        if keys is None:
            continue
        below = found
        for key in keys[:-1]:
            inner = below.get(key)
            if not isinstance(inner, dict):
                # A profile that reads both a value and what stands below it would be no one's JSON.
                inner = below[key] = {}
            below = inner
        below[keys[-1]] = text
    return found
