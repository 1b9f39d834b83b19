"""What is far too large ends in words, within limits of memory. Full size: ``python -m tests.fuzz.sizes``."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import orjson
import pytest

from msp_audit.store import QueryFailed, inspect
from tests.fuzz.sizes import attacks
from tests.house.checkout import ROOT

#: Taken as they are: large, but no larger than a vendor's record may be.
TAKEN = {"long_list": "1 rows"}
#: The server of the test holds what it sends; the packed ones show the same.
LEFT_OUT = {"plain_answer"}
NAMES = sorted(set(attacks()) - LEFT_OUT)
#: Program, store and test together take 250 without an attack.
PEAK_MEGABYTES = 900


@pytest.fixture(scope="module")
def told() -> dict[str, dict[str, Any]]:
    """Attack -> what came of it; all in one process, which is stopped at 3 GB."""
    words = [sys.executable, "-m", "tests.fuzz.sizes", "--here", "--megabytes", "70", "--limit", "3000"]
    ran = subprocess.run([*words, *NAMES], cwd=ROOT, capture_output=True, check=False, timeout=120)
    assert ran.returncode == 0, ran.stderr.decode()[-2000:]
    return {line["attack"]: line for line in map(orjson.loads, ran.stdout.splitlines())}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_far_too_large_is_refused_in_words_and_within_memory(
    name: str, told: dict[str, dict[str, Any]]
) -> None:
    words = (
        (TAKEN[name],)
        if name in TAKEN
        else ("more than", "larger than", "damaged", "does not fit", "holds no")
    )
    assert any(word in told[name]["told"] for word in words), told[name]
    assert told[name]["peak_megabytes"] < PEAK_MEGABYTES, told[name]


@pytest.mark.parametrize("name", ["deep_answer", "deep_record"])
def test_json_that_is_too_deep_is_told_so(name: str, told: dict[str, dict[str, Any]]) -> None:
    assert "JSON nested more than 1,024 deep" in told[name]["told"], told[name]


def test_json_of_too_many_parts_is_told_so(told: dict[str, dict[str, Any]]) -> None:
    assert "objects and lists" in told["wide_answer"]["told"], told["wide_answer"]


@pytest.mark.parametrize("query", ["(" * 60_000, "[" * 5_000, '{"a":' * 5_000])
def test_brackets_without_end_are_refused_before_they_end_the_process(query: str) -> None:
    with pytest.raises(QueryFailed, match="nested"):
        inspect(f"select {query}")


def test_a_complaint_repeats_no_endless_word() -> None:
    with pytest.raises(QueryFailed) as refused:
        inspect("select 1 from from " + "a" * 70_000)
    assert len(str(refused.value)) < 1000
