"""ArmSCII-8, the eight-bit code of Armenian registers before Unicode, which Python does not have.

The table is that of the Armenian standard AST 34.002: capital and small letters take turns from 0xB2 on.
Importing this module makes the encoding known as `armscii-8`.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing_extensions import Buffer

NAME: Final = "armscii-8"

_PUNCTUATION: Final = "\xa0\ufffe\u0587\u0589)(»«\u2014.\u055d,-\u058a\u2026\u055c\u055b\u055e"
"""0xA0 to 0xB1; U+FFFE marks a byte without a meaning."""
_LETTERS: Final = "".join(chr(0x531 + place) + chr(0x561 + place) for place in range(38))
DECODING: Final = "".join(map(chr, range(0xA0))) + _PUNCTUATION + _LETTERS + "\u055a\ufffe"

_LIGATURES: Final = {
    "\ufb13": "\u0574\u0576",
    "\ufb14": "\u0574\u0565",
    "\ufb15": "\u0574\u056b",
    "\ufb16": "\u057e\u0576",
    "\ufb17": "\u0574\u056d",
}
"""Ligatures of print, which ArmSCII lacks, as their two letters."""


def _encoding() -> dict[int, bytes]:
    table: dict[int, bytes] = {}
    for place, sign in enumerate(DECODING):
        # The punctuation of ASCII stands in the table twice; it is written as ASCII.
        if sign != "\ufffe":
            table.setdefault(ord(sign), bytes([place]))
    for ligature, letters in _LIGATURES.items():
        table[ord(ligature)] = b"".join(table[ord(letter)] for letter in letters)
    # Armenian keyboards give the apostrophe and the dash of their own; print has two more of each.
    table[0x2013] = table[0x2014]
    table[0x2019] = table[0x55A]
    return table


ENCODING: Final = _encoding()


def _encode(text: str, errors: str = "strict") -> tuple[bytes, int]:
    return codecs.charmap_encode(text, errors, ENCODING)


def _decode(data: Buffer, errors: str = "strict") -> tuple[str, int]:
    return codecs.charmap_decode(bytes(data), errors, DECODING)


class _Encoder(codecs.IncrementalEncoder):
    def encode(self, text: str, final: bool = False) -> bytes:  # noqa: ARG002, FBT001, FBT002 - the codecs' own form.
        return _encode(text, self.errors)[0]


class _Decoder(codecs.IncrementalDecoder):
    def decode(self, data: bytes, final: bool = False) -> str:  # type: ignore[override] # noqa: ARG002, FBT001, FBT002
        return _decode(data, self.errors)[0]


def _search(name: str) -> codecs.CodecInfo | None:
    if name.replace("-", "_") not in {"armscii_8", "armscii8"}:
        return None
    return codecs.CodecInfo(_encode, _decode, incrementalencoder=_Encoder, incrementaldecoder=_Decoder, name=NAME)


codecs.register(_search)
