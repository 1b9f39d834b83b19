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
