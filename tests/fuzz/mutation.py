"""Bytes that are nearly right: good examples, cut, doubled, flipped and crossed with what breaks parsers."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

#: What parsers stumble over.
POISON = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xc3\x28", b"\r", b"\n\n", b"\x1b[31m", b'"',
    b"'", b"\\u0000", b"\\ud800", b"[" * 3000, b'{"a":' * 3000, b"(" * 3000, b"<a>" * 3000, b"*/", b"/*",
    b"1e999", b"-1", b"99999999999999999999999999", b"0001-01-01T00:00:00Z", b"9999-12-31", b"NaN", b"null",
    b"=cmd|' /C calc'!A0", b"<script>", b"%s%n{0}", b"../../etc/passwd", b"a" * 70_000, b"true", b"[]", b"{}",
    b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>]>", b"\xe2\x80\xae", b",", b";", b"\t", b"\\N", b"$", b"--",
)  # fmt: skip


def mutated(seeds: Sequence[bytes], dice: Random) -> bytes:
    """One of *seeds* after one to eight accidents."""
    data = bytearray(dice.choice(seeds))
    for _ in range(dice.randint(1, 8)):
        place = dice.randrange(len(data) + 1)
        end = min(len(data), place + dice.choice((1, 2, 8, 64, 1024)))
        match dice.randrange(7):
            case 0:
                data[place:end] = b""
            case 1:
                data[place:place] = dice.choice(POISON)
            case 2:
                data[place:end] = dice.choice(POISON)
            case 3:
                data[place:place] = data[place:end] * dice.choice((1, 2, 50))
            case 4 if place < len(data):
                data[place] ^= 1 << dice.randrange(8)
            case 5:
                del data[place:]
            case _:
                other = dice.choice(seeds)
                cut = dice.randrange(len(other) + 1)
                data[place:end] = other[cut : cut + 200]
    return bytes(data)
