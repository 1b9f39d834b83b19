"""The command ``schedule``: prints or installs what the machine's scheduler needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from msp_audit.errors import SettingsError
from msp_audit.settings import ScheduleSettings
from msp_audit.workspace import Workspace
from msp_audit.workspace.schedule import ScheduleFile, cron_line, systemd_files, windows_task

KINDS = ("systemd", "cron", "windows")


def schedule_run(workspace: Workspace, *, kind: str | None, is_install: bool) -> None:
    """Print the scheduler's files, or put them in place.

    Raises:
        SettingsError: the scheduler is not here, or refuses.
    """
    chosen = kind or _here()
    made = _files(workspace, chosen)
    if not is_install:
        for file in made:
            sys.stdout.write(f"# {file.name}\n{file.text}\n" if chosen != "windows" else file.text)
        return
    {"systemd": _install_systemd, "cron": _install_cron, "windows": _install_windows}[chosen](made)


def _here() -> str:
    if sys.platform == "win32":
        return "windows"
    return "systemd" if Path("/run/systemd/system").is_dir() else "cron"


def _files(workspace: Workspace, kind: str) -> tuple[ScheduleFile, ...]:
    settings = workspace.settings.schedule or ScheduleSettings()
    program = shutil.which("msp-audit") or str(Path(sys.executable).with_name("msp-audit"))
    folder = workspace.settings.root
    if kind == "systemd":
        return systemd_files(settings, program=program, folder=folder)
    make = cron_line if kind == "cron" else windows_task
    return (make(settings, program=program, folder=folder),)


def _install_systemd(files: tuple[ScheduleFile, ...]) -> None:
    is_root = os.geteuid() == 0
    folder = Path("/etc/systemd/system") if is_root else Path.home() / ".config/systemd/user"
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file.name).write_text(file.text, encoding="utf-8")
    whose = [] if is_root else ["--user"]
    _run(["systemctl", *whose, "daemon-reload"])
    _run(["systemctl", *whose, "enable", "--now", "msp-audit.timer"])
    sys.stderr.write(f"Installed in {folder}; 'systemctl list-timers' shows when it runs.\n")


def _install_cron(files: tuple[ScheduleFile, ...]) -> None:
    before = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False).stdout  # noqa: S607
    kept = [line for line in before.splitlines() if not line.endswith("run --if-due")]
    _run(["crontab", "-"], given="\n".join([*kept, files[0].text.rstrip()]) + "\n")
    sys.stderr.write("Installed in your crontab.\n")


def _install_windows(files: tuple[ScheduleFile, ...]) -> None:
    path = Path.cwd() / files[0].name
    # Task Scheduler reads its own encoding only.
    path.write_text(files[0].text, encoding="utf-16")
    _run(["schtasks", "/Create", "/F", "/TN", "msp-audit", "/XML", str(path)])
    path.unlink()
    sys.stderr.write("Installed as the task 'msp-audit'.\n")


def _run(command: list[str], *, given: str | None = None) -> None:
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        raise SettingsError(f"{command[0]} cannot be started here ({error.strerror}).") from error
    if done.returncode:
        raise SettingsError(f"{' '.join(command)} failed: {done.stderr.strip() or done.returncode}.")
