"""When the run is due, and what the machine's own scheduler needs to start it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from msp_audit.settings import ScheduleSettings

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONG = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleFile:
    """One file of a scheduler, or one line."""

    #: File name, as ``msp-audit.timer``.
    name: str
    text: str


def is_due(schedule: ScheduleSettings, *, last: datetime | None, now: datetime) -> bool:
    """Whether a run should begin: never one yet, or the last began long enough ago (an hour's grace)."""
    return last is None or now - last >= timedelta(days=schedule.every_days, hours=-1)


def overdue_by(schedule: ScheduleSettings, *, last: datetime | None, now: datetime) -> timedelta | None:
    """By how much the run is late; None while it is not, or before the first."""
    if last is None:
        return None
    late = now - last - timedelta(days=schedule.every_days)
    return late if late > timedelta(hours=schedule.grace_hours) else None


def late_notice(
    schedule: ScheduleSettings | None, *, before: datetime | None, now: datetime
) -> tuple[str, ...]:
    """What a report says when the run before it lies further back than it should."""
    late = None if schedule is None else overdue_by(schedule, last=before, now=now)
    if late is None or before is None:
        return ()
    hours = int(late.total_seconds() // 3600)
    told = f"{hours // 24} days" if hours >= 48 else f"{hours} hours"
    return (f"This run came {told} late: the one before it was on {before:%Y-%m-%d %H:%M} UTC.",)


def systemd_files(schedule: ScheduleSettings, *, program: str, folder: Path) -> tuple[ScheduleFile, ...]:
    """A service and its timer; a machine that was off runs when it is on again."""
    service = (
        "[Unit]\nDescription=Weekly inventory audit (msp-audit)\nWants=network-online.target\n"
        "After=network-online.target\n\n[Service]\nType=oneshot\n"
        f"WorkingDirectory={_unit(str(folder))}\n"
        f"ExecStart={_quoted(program)} --workspace {_quoted(str(folder))} run --if-due\n"
        # Findings are no failure of the service.
        "SuccessExitStatus=1\nNoNewPrivileges=yes\nPrivateTmp=yes\n"
    )
    timer = (
        "[Unit]\nDescription=When msp-audit runs\n\n[Timer]\n"
        f"OnCalendar={_calendar(schedule)}\nPersistent=true\nRandomizedDelaySec=5min\n\n"
        "[Install]\nWantedBy=timers.target\n"
    )
    return (
        ScheduleFile(name="msp-audit.service", text=service),
        ScheduleFile(name="msp-audit.timer", text=timer),
    )


def cron_line(schedule: ScheduleSettings, *, program: str, folder: Path) -> ScheduleFile:
    """A line for crontab; cron does not make up for missed times, ``--if-due`` does the day after."""
    hour, minute = schedule.at.split(":")
    # A percent sign is a line end to cron.
    command = f"{shlex.quote(program)} --workspace {shlex.quote(str(folder))} run --if-due".replace(
        "%", r"\%"
    )
    return ScheduleFile(name="msp-audit.cron", text=f"{int(minute)} {int(hour)} * * * {command}\n")


def windows_task(schedule: ScheduleSettings, *, program: str, folder: Path) -> ScheduleFile:
    """An XML for Task Scheduler: begins when the machine is on again, and never twice at once."""
    arguments = f'--workspace "{folder}" run --if-due'
    start = f"2026-01-{5 + _DAYS.index(schedule.weekday):02}T{schedule.at}:00"
    text = f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>Weekly inventory audit (msp-audit)</Description></RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>{start}</StartBoundary>
      {_windows_days(schedule)}
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author"><LogonType>S4U</LogonType><RunLevel>LeastPrivilege</RunLevel></Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT4H</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(arguments)}</Arguments>
      <WorkingDirectory>{escape(str(folder))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""
    return ScheduleFile(name="msp-audit.xml", text=text)


def _windows_days(schedule: ScheduleSettings) -> str:
    if schedule.every_days == 7:
        day = _LONG[_DAYS.index(schedule.weekday)]
        days = f"<WeeksInterval>1</WeeksInterval><DaysOfWeek><{day} /></DaysOfWeek>"
        return f"<ScheduleByWeek>{days}</ScheduleByWeek>"
    return f"<ScheduleByDay><DaysInterval>{schedule.every_days}</DaysInterval></ScheduleByDay>"


def _calendar(schedule: ScheduleSettings) -> str:
    # Other spans than a week are asked for daily; --if-due lets the right day through.
    day = f"{schedule.weekday.capitalize()} " if schedule.every_days == 7 else ""
    return f"{day}*-*-* {schedule.at}:00"


def _unit(text: str) -> str:
    return text.replace("%", "%%")


def _quoted(text: str) -> str:
    escaped = _unit(text).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
    return f'"{escaped}"' if " " in text or escaped != text else text
