"""No foreign byte crashes a parser, and no error repeats a secret. For longer: ``python -m tests.fuzz``."""

from __future__ import annotations

import zlib
from pathlib import Path
from random import Random

import pytest

from tests.fuzz.attack import attack
from tests.fuzz.mutation import mutated
from tests.fuzz.parsers import parsers

PARSERS = parsers()
#: What broke a parser once, small; a name, then the bytes.
BROKE_ONCE = [
    ("suppressions", b"a" * 6_000 + b" = 1\n"),
    ("query", b"/*\n" + b"t" * 6_000 + b" = 1\n*/\nselect 1"),
    ("query", b"/*\ntitle = 'x'\n*/\nselect a" + b" + b" * 600),
    ("rule", b"/*\n" + b"t" * 6_000 + b" = 1\n*/\nselect 1"),
    ("suppressions", b"".join(b"name%d = 1\n" % number for number in range(1_000))),
]


@pytest.mark.parametrize("name", PARSERS)
def test_the_good_examples_are_understood(name: str, tmp_path: Path) -> None:
    parser = PARSERS[name]
    told = [attack(parser, seed, tmp_path) for seed in parser.seeds()[: 2 if parser.is_heavy else None]]
    assert told.count("understood") >= len(told) // 2, "the examples are to be changed with what is parsed"


@pytest.mark.parametrize("name", PARSERS)
def test_hostile_bytes_are_refused_in_words(name: str, tmp_path: Path) -> None:
    parser = PARSERS[name]
    dice, seeds = Random(zlib.crc32(name.encode())), parser.seeds()
    for _ in range(4 if parser.is_heavy else 150):
        attack(parser, mutated(seeds, dice), tmp_path)


@pytest.mark.parametrize(("name", "data"), BROKE_ONCE)
def test_what_broke_a_parser_once_breaks_none_now(name: str, data: bytes, tmp_path: Path) -> None:
    attack(PARSERS[name], data, tmp_path)
