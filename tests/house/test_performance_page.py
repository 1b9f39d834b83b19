"""The page about performance says what the benches measured, all of it, and why a promise is missed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from bench.__main__ import claims
from bench.outcome import RESULTS
from bench.page import PAGE, main, outcomes, page


def test_the_page_is_what_the_kept_results_make() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(RESULTS), "python -m bench page"


def test_every_claim_was_measured() -> None:
    assert set(claims()) <= {item["claim"] for item in outcomes(RESULTS)}


def test_every_miss_has_its_reason(tmp_path: Path) -> None:
    assert main(RESULTS, tmp_path / "performance.md") == 0


def test_a_miss_without_a_reason_is_refused(tmp_path: Path) -> None:
    results, written = tmp_path / "results", tmp_path / "performance.md"
    shutil.copytree(RESULTS, results)
    kept = results / "startup.json"
    item = json.loads(kept.read_text(encoding="utf-8"))
    item["targets"][0]["is_met"] = False
    kept.write_text(json.dumps(item), encoding="utf-8")
    assert main(results, written) == 1
    assert "**missed**" in written.read_text(encoding="utf-8")
