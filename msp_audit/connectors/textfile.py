"""What files of text that people export have in common: in which encoding they are written."""

from __future__ import annotations

import codecs
from pathlib import Path

_BLOCK = 1 << 20


def encoding_of(path: Path) -> str:
    """UTF-8 where every byte agrees, else Latin-1; a byte order mark decides before either."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as stream:
        block = stream.read(_BLOCK)
        if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        try:
            while block:
                decoder.decode(block)
                block = stream.read(_BLOCK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8-sig"
