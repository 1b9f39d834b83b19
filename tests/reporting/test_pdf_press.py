"""A PDF that takes too long, takes too much or cannot be drawn is ended and told; nothing of it stays."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from msp_audit.errors import ReportError
from msp_audit.reporting import pdf_press
from msp_audit.reporting.pdf_press import Press, Sheet

SHORT = Sheet(
    report="weekly", html="<p>short</p>", epoch=1_700_000_000, identifier="0" * 32, seconds=60, megabytes=800
)
#: Takes minutes and gigabytes, if one lets it.
ENDLESS = replace(SHORT, html="<table>" + "<tr><td>row</td><td>row</td></tr>" * 60_000)


def children() -> set[str]:
    """Processes below this one, ended ones that nobody waited for among them."""
    found = subprocess.run(
        ["ps", "-ww", "-o", "pid=,stat=,args=", "--ppid", str(os.getpid())],
        capture_output=True,
        text=True,
        check=False,
    )
    return {line for line in found.stdout.splitlines() if "pdf_worker" in line or "defunct" in line}


def draw(*sheets: Sheet, at_once: int = 1) -> tuple[dict[Path, bytes], dict[Path, ReportError]]:
    drawn: dict[Path, bytes] = {}
    with Press(at_once=at_once) as press:
        for place, sheet in enumerate(sheets):
            press.draw(sheet, Path(str(place)), put=drawn.__setitem__)
        return drawn, press.failures()


def test_what_takes_too_long_is_ended_and_the_others_are_drawn() -> None:
    began = time.monotonic()
    drawn, failures = draw(replace(ENDLESS, seconds=2), SHORT)
    assert time.monotonic() - began < 20
    assert [path.name for path in drawn] == ["1"]
    assert drawn[Path("1")].startswith(b"%PDF-")
    told = str(failures[Path("0")])
    assert told.startswith("weekly: drawing the PDF took longer than 2 s and was ended.")
    assert "pdf_seconds" in told
    assert children() == set()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
def test_what_takes_too_much_memory_is_ended_and_told() -> None:
    drawn, failures = draw(replace(ENDLESS, megabytes=75), SHORT)
    assert [path.name for path in drawn] == ["1"]
    assert "weekly: drawing the PDF took more than 75 MB of memory" in str(failures[Path("0")])
    assert children() == set()


def test_a_worker_that_dies_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "weasyprint.py").write_text("import os, sys\nsys.stderr.write('last words')\nos._exit(7)\n")
    monkeypatch.syspath_prepend(tmp_path)
    _, failures = draw(SHORT)
    assert str(failures[Path("0")]) == "weekly: the process that draws the PDF ended with 7. last words"
    assert children() == set()


def test_a_machine_without_pango_is_told_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weasyprint.py").write_text(
        "raise OSError(\"cannot load library 'libpango-1.0-0'\\nmore\")\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    _, failures = draw(SHORT)
    told = str(failures[Path("0")])
    assert "needs the text library Pango" in told
    assert told.endswith("(cannot load library 'libpango-1.0-0')")


@pytest.fixture
def noisy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library that draws nothing, and prints where it should not."""
    (tmp_path / "weasyprint.py").write_text(
        "import os, time\nclass urls:\n    URLFetcher = dict\n"
        "class HTML:\n    def __init__(self, **told): pass\n"
        "    def write_pdf(self, **told):\n        print('noise')\n        os.write(1, b'noise')\n"
        "        time.sleep(0.2)\n        return b'%PDF-'\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("noisy")
def test_what_a_library_prints_does_not_get_into_the_document() -> None:
    drawn, failures = draw(SHORT)
    assert (drawn, failures) == ({Path("0"): b"%PDF-"}, {})


def test_a_worker_that_drew_before_draws_the_same_bytes() -> None:
    other = replace(SHORT, html="<h1>Ωther</h1><p style='font-family:serif'>letters</p>")
    drawn, failures = draw(SHORT, other, SHORT, at_once=1)
    fresh, _ = draw(SHORT)
    assert not failures
    digests = {hashlib.sha256(drawn[Path(name)]).hexdigest() for name in ("0", "2")}
    assert digests == {hashlib.sha256(fresh[Path("0")]).hexdigest()}


def interrupted() -> None:
    with Press(at_once=2) as press:
        press.draw(ENDLESS, Path("0"), put=lambda *_: None)
        while not children():
            time.sleep(0.05)
        raise KeyboardInterrupt


def test_an_error_meanwhile_ends_the_workers_at_once() -> None:
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert time.monotonic() - began < 10
    assert children() == set()


@pytest.mark.usefixtures("noisy")
def test_several_are_drawn_at_once_and_no_more_than_that() -> None:
    most = 0
    with Press(at_once=2) as press:
        for place in range(5):
            press.draw(SHORT, Path(str(place)), put=lambda *_: None)
            most = max(most, len(children()))
        assert press.failures() == {}
    assert most == 2
    assert children() == set()


def test_a_worker_whose_program_is_gone_ends_by_itself() -> None:
    job = json.dumps({"identifier": SHORT.identifier, "epoch": SHORT.epoch, "seconds": 60}).encode()
    asked = [job, b"<p>one</p>", job, b"<p>two</p>"]
    frames = b"".join(len(frame).to_bytes(8, "big") + frame for frame in asked)
    ended = subprocess.run(
        [sys.executable, "-P", str(pdf_press._WORKER), "800"], input=frames, capture_output=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    answers, rest = [], ended.stdout
    while rest:
        size = int.from_bytes(rest[:8], "big")
        answers.append(rest[8 : 8 + size])
        rest = rest[8 + size :]
    assert [json.loads(told)["status"] for told in answers[::2]] == ["ok", "ok"]
    assert all(document.startswith(b"%PDF-") for document in answers[1::2])


def test_a_worker_left_in_the_middle_of_a_job_ends_without_a_document() -> None:
    ended = subprocess.run(
        [sys.executable, "-P", str(pdf_press._WORKER), "800"],
        input=(5).to_bytes(8, "big") + b"{",
        capture_output=True,
        check=False,
    )
    assert (ended.returncode != 0, ended.stdout) == (True, b"")
