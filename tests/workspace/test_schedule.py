"""When a run is due, and files that the machine's schedulers understand."""

from __future__ import annotations

import shutil
import subprocess
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from msp_audit.settings import ScheduleSettings
from msp_audit.workspace.schedule import (
    cron_line,
    is_due,
    late_notice,
    overdue_by,
    systemd_files,
    windows_task,
)

WEEKLY = ScheduleSettings()
NOW = datetime(2026, 11, 16, 6)
FOLDER = Path("/srv/msp audit/100%")


@pytest.mark.parametrize(
    ("hours", "due", "late"), [(1, False, False), (166, False, False), (167, True, False), (181, True, True)]
)
def test_a_run_is_due_after_a_week_and_overdue_after_the_grace(hours: int, due: bool, late: bool) -> None:
    last = NOW - timedelta(hours=hours)
    assert is_due(WEEKLY, last=last, now=NOW) is due
    assert (overdue_by(WEEKLY, last=last, now=NOW) is not None) is late
    assert bool(late_notice(WEEKLY, before=last, now=NOW)) is late


def test_the_first_run_is_due_and_never_late() -> None:
    assert is_due(WEEKLY, last=None, now=NOW)
    assert overdue_by(WEEKLY, last=None, now=NOW) is None
    assert late_notice(None, before=NOW - timedelta(days=99), now=NOW) == ()


def test_a_late_run_says_by_how_much() -> None:
    (told,) = late_notice(WEEKLY, before=NOW - timedelta(days=10), now=NOW)
    assert told == "This run came 3 days late: the one before it was on 2026-11-06 06:00 UTC."


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    service, timer = systemd_files(WEEKLY, program="/opt/msp audit/bin/msp-audit", folder=FOLDER)
    assert "OnCalendar=Mon *-*-* 06:00:00\nPersistent=true" in timer.text
    assert '"/opt/msp audit/bin/msp-audit" --workspace "/srv/msp audit/100%%" run --if-due' in service.text
    program = shutil.which("systemd-analyze")
    if program:
        calendar = timer.text.partition("OnCalendar=")[2].partition("\n")[0]
        subprocess.run([program, "calendar", calendar], check=True, capture_output=True)


def test_a_cron_line_escapes_what_cron_would_read() -> None:
    line = cron_line(WEEKLY.model_copy(update={"at": "05:07"}), program="msp-audit", folder=FOLDER).text
    assert line == "7 5 * * * msp-audit --workspace '/srv/msp audit/100\\%' run --if-due\n"


def test_the_windows_task_is_xml_and_begins_when_the_machine_is_on_again() -> None:
    text = windows_task(WEEKLY, program=r"C:\Program Files\a&b\msp-audit.exe", folder=Path("C:/ws")).text
    task = ET.fromstring(text.encode("utf-16"))
    space = {"t": "http://schemas.microsoft.com/windows/2004/02/mit/task"}
    assert task.findtext(".//t:Command", namespaces=space) == r"C:\Program Files\a&b\msp-audit.exe"
    assert task.findtext(".//t:StartWhenAvailable", namespaces=space) == "true"
    assert task.find(".//t:DaysOfWeek/t:Monday", space) is not None
    start = task.findtext(".//t:StartBoundary", namespaces=space)
    assert start is not None
    assert datetime.fromisoformat(start).weekday() == 0
