"""The command ``schedule``: prints or installs what the machine's scheduler needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
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
    install = {"systemd": _install_systemd, "cron": _install_cron, "windows": _install_windows}[chosen]
    install(made, workspace.settings.root)


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


def _install_systemd(files: tuple[ScheduleFile, ...], workspace: Path) -> None:
    is_root = os.geteuid() == 0
    folder = Path("/etc/systemd/system") if is_root else Path.home() / ".config/systemd/user"
    _refuse_another(folder / files[0].name, files[0])
    whose = [] if is_root else ["--user"]
    # Asked before anything is written: a unit that nobody reads looks installed.
    _run(["systemctl", *whose, "list-timers", "--all"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            (folder / file.name).write_text(file.text, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{error.filename or folder} cannot be written ({error.strerror}).") from error
    _run(["systemctl", *whose, "daemon-reload"])
    _run(["systemctl", *whose, "enable", "--now", "msp-audit.timer"])
    sys.stderr.write(f"Installed in {folder} for {workspace}; 'systemctl list-timers' shows when it runs.\n")
    if not is_root:
        sys.stderr.write("It only runs while you are logged in, unless 'loginctl enable-linger' was said.\n")


def _refuse_another(path: Path, service: ScheduleFile) -> None:
    """One machine has one of our units; that of another workspace is not overwritten in silence."""
    place = [line for line in service.text.splitlines() if line.startswith("WorkingDirectory=")]
    if path.exists() and place[0] not in path.read_text(encoding="utf-8").splitlines():
        raise SettingsError(
            f"{path} runs another workspace. Print the units with 'msp-audit schedule --kind systemd', "
            "save them under other names and enable that timer."
        )


def _install_cron(files: tuple[ScheduleFile, ...], workspace: Path) -> None:
    line = files[0].text.rstrip()
    # The line of this workspace is replaced, whatever its time was; those of others stay.
    ours = line.partition(" --workspace ")[2]
    kept = [old for old in _crontab() if not old.endswith(f" --workspace {ours}")]
    _run(["crontab", "-"], given="\n".join([*kept, line]) + "\n")
    sys.stderr.write(f"Installed in your crontab for {workspace}.\n")


def _crontab() -> list[str]:
    listed = _started(["crontab", "-l"])
    if listed.returncode and "no crontab for" not in listed.stderr:
        # Written all the same, it would lose what could not be read.
        raise SettingsError(f"crontab -l failed: {listed.stderr.strip() or listed.returncode}.")
    return [] if listed.returncode else listed.stdout.splitlines()


def _install_windows(files: tuple[ScheduleFile, ...], workspace: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="msp-audit-") as folder:
        path = Path(folder) / files[0].name
        # Task Scheduler reads its own encoding only.
        path.write_text(files[0].text, encoding="utf-16")
        _run(["schtasks", "/Create", "/F", "/TN", "msp-audit", "/XML", str(path)])
    sys.stderr.write(f"Installed as the task 'msp-audit' for {workspace}.\n")


def _run(command: list[str], *, given: str | None = None) -> None:
    done = _started(command, given=given)
    if done.returncode:
        raise SettingsError(f"{' '.join(command)} failed: {done.stderr.strip() or done.returncode}.")


def _started(command: list[str], *, given: str | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        raise SettingsError(
            f"{command[0]} cannot be started here ({error.strerror}). 'msp-audit schedule --kind "
            f"{'|'.join(KINDS)}' prints what to put in place by hand."
        ) from error
