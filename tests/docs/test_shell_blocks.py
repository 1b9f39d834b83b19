"""Every shell block of README and guides is run: a page is one session in an empty folder."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import blocks, guides, name, pages, session
from tests.house.checkout import ROOT

#: An audit that finds something ends with 1; that is an answer, not a failure.
PREAMBLE = """
trap 'code=$?; if [ $code != 1 ] || ! [[ $BASH_COMMAND =~ ^msp-audit.*\\ (run|audit) ]]; then
    echo "exit $code: $BASH_COMMAND" >&2; exit 99
fi' ERR
trap 'trap - ERR; kill $(jobs -p) 2>/dev/null' EXIT
"""
RUNNABLE = [page for page in guides() if any(block.info == "sh" for block in blocks(page))]
#: Blocks that cannot be run here: they need an account, root or the network. Raise it only for those.
MOST_NOT_RUN = 7


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def run_session(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command_line = folder / "bin"
    command_line.mkdir()
    for called, words in (("msp-audit", "-m msp_audit"), ("python", "")):
        program = command_line / called
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {words} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
    place = folder / "here"
    place.mkdir(exist_ok=True)
    return subprocess.run(
        ["bash", "-c", script],
        cwd=place,
        env={**os.environ, "PATH": f"{command_line}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


@pytest.mark.slow
@pytest.mark.parametrize("page", RUNNABLE, ids=name)
def test_the_blocks_of_a_page_run(page: Path, demo: Path, tmp_path: Path) -> None:
    port = free_port()
    copy = shutil.copytree(demo, tmp_path / "here" / "demo")
    settings = copy / "msp-audit.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("8765", str(port)), encoding="utf-8")
    # The sandbox gets a free port.
    done = run_session(PREAMBLE + session(page).replace("8765", str(port)), tmp_path)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


def test_a_block_that_fails_is_noticed(tmp_path: Path) -> None:
    assert run_session(f"{PREAMBLE}\nmsp-audit findings --no-such-option\necho on", tmp_path).returncode == 99


def test_the_guides_are_among_those_that_are_run() -> None:
    assert {"README.md", "docs/getting-started/engineer.md", "docs/writing-rules.md"} <= set(
        map(name, RUNNABLE)
    )


def test_few_blocks_are_excused() -> None:
    excused = [block for page in guides() for block in blocks(page) if block.info == "sh no-run"]
    assert len(excused) <= MOST_NOT_RUN, "\n".join(f"{name(block.page)}: {block.text}" for block in excused)


def test_no_block_of_another_name_hides_from_the_test() -> None:
    known = {"sh", "sh no-run", "powershell", "sql", "toml", "ini", "python", "csv", "text"}
    found = {block.info for page in pages() if page.name != "CONTRIBUTING.md" for block in blocks(page)}
    # A drawing, such as that of the layers, has no language.
    assert found - {""} <= known


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for page in guides()
        for target in re.findall(r"(?:^|`|')make ([a-z]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {"demo", "test", "docs"} <= named <= targets
