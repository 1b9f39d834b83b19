"""``schedule --install`` with stand-ins for the schedulers' own commands on the path."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
#: Writes down how it was called and what it was given; ``crontab`` keeps what it is given, as the real one.
STAND_IN = """#!/bin/sh
echo "$(basename "$0") $*" >> "$STAND_IN/calls"
case "$(basename "$0") $1" in
    "crontab -l") cat "$STAND_IN/crontab" 2>/dev/null || { echo "no crontab for root" >&2; exit 1; } ;;
    "crontab -") cat > "$STAND_IN/crontab" ;;
    "schtasks /Create") cp "$6" "$STAND_IN/task.xml" ;;
esac
test -e "$STAND_IN/refuse" && { echo "not allowed" >&2; exit 1; }
exit 0
"""


@pytest.fixture
def bench(tmp_path: Path) -> Path:
    """A workspace, and a folder of stand-ins."""
    for name in ("systemctl", "crontab", "schtasks"):
        path = tmp_path / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(STAND_IN)
        path.chmod(path.stat().st_mode | stat.S_IEXEC)
    (tmp_path / "one of us").mkdir()
    (tmp_path / "one of us" / "msp-audit.toml").write_text('name = "N"\n[schedule]\nat = "05:30"\n')
    return tmp_path


def install(
    bench: Path, kind: str, *, path: str | None = None, folder: str = "one of us"
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "msp_audit", "--workspace", str(bench / folder)]
    # Not root's: a test must not touch the machine's units.
    as_user = "import os,sys,runpy; os.geteuid=lambda: 1000; sys.argv[0]='msp-audit';"
    as_user += " runpy.run_module('msp_audit', run_name='__main__')"
    command[1:3] = ["-c", as_user]
    place = f"{bench / 'bin'}:/usr/bin:/bin" if path is None else path
    home = {**os.environ, "HOME": str(bench), "PATH": place, "STAND_IN": str(bench)}
    words = ["schedule", "--install", "--kind", kind]
    return subprocess.run([*command, *words], cwd=ROOT, env=home, capture_output=True, text=True, check=False)


def calls(bench: Path) -> list[str]:
    return (bench / "calls").read_text().splitlines()


def test_systemd_gets_its_units_and_is_told(bench: Path) -> None:
    done = install(bench, "systemd")
    assert done.returncode == 0, done.stderr
    assert calls(bench)[1:] == [
        "systemctl --user daemon-reload",
        "systemctl --user enable --now msp-audit.timer",
    ]
    folder = bench / ".config/systemd/user"
    timer = (folder / "msp-audit.timer").read_text()
    assert "OnCalendar=Mon *-*-* 05:30:00" in timer
    assert f'"{bench}/one of us" run --if-due' in (folder / "msp-audit.service").read_text()
    if (analyze := shutil.which("systemd-analyze")) is not None:
        files = [str(path) for path in sorted(folder.iterdir())]
        verified = subprocess.run([analyze, "verify", *files], capture_output=True, text=True, check=False)
        assert "msp-audit" not in verified.stderr, verified.stderr


def test_a_unit_of_another_workspace_is_not_overwritten(bench: Path) -> None:
    assert install(bench, "systemd").returncode == 0
    assert install(bench, "systemd").returncode == 0
    shutil.copytree(bench / "one of us", bench / "two")
    other = install(bench, "systemd", folder="two")
    assert other.returncode == 5
    assert "runs another workspace" in other.stderr


def test_cron_keeps_the_other_lines_and_replaces_its_own(bench: Path) -> None:
    (bench / "crontab").write_text("0 1 * * * backup\n0 2 * * * msp-audit --workspace /other run --if-due\n")
    shutil.copytree(bench / "one of us", bench / "two")
    for folder in ("one of us", "two", "one of us"):
        assert install(bench, "cron", folder=folder).returncode == 0
    first, other, second, third = (bench / "crontab").read_text().splitlines()
    assert first == "0 1 * * * backup"
    assert other == "0 2 * * * msp-audit --workspace /other run --if-due"
    assert second.endswith(f"--workspace {bench}/two run --if-due")
    assert third.startswith("30 5 * * * ")
    assert third.endswith(f"--workspace '{bench}/one of us' run --if-due")


def test_windows_gets_an_xml_that_it_reads(bench: Path) -> None:
    done = install(bench, "windows")
    assert done.returncode == 0, done.stderr
    content = (bench / "task.xml").read_bytes()
    assert content.startswith((b"\xff\xfe", b"\xfe\xff"))
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    task = ET.fromstring(content.decode("utf-16").replace('encoding="UTF-16"', ""))
    assert (
        task.findtext(".//t:Arguments", namespaces=space) == f'--workspace "{bench}/one of us" run --if-due'
    )
    # schtasks reads the file while it is called; nothing of it is left.
    (called,) = calls(bench)
    assert not Path(called.rpartition("/XML ")[2]).exists()


@pytest.mark.parametrize(
    ("kind", "command"), [("systemd", "systemctl"), ("cron", "crontab"), ("windows", "schtasks")]
)
def test_a_scheduler_that_is_not_here_is_told_with_the_way_out(bench: Path, kind: str, command: str) -> None:
    done = install(bench, kind, path="/nowhere")
    assert done.returncode == 5
    assert f"{command} cannot be started here (No such file or directory)." in done.stderr
    assert "Traceback" not in done.stderr
    assert not (bench / ".config").exists()


def test_a_scheduler_that_refuses_is_quoted_and_nothing_is_lost(bench: Path) -> None:
    (bench / "crontab").write_text("0 1 * * * backup\n")
    (bench / "refuse").touch()
    done = install(bench, "cron")
    assert (done.returncode, "crontab -l failed: not allowed." in done.stderr) == (5, True)
    assert (bench / "crontab").read_text() == "0 1 * * * backup\n"
