"""Starts one process and writes what it took: ``_launch.py REPORT.json COMMAND…``.

A process's peak is at least what its parent held when it was made, so the parent must be small: this one.
"""

from __future__ import annotations

import json
import os
import sys
import time

report, *command = sys.argv[1:]
began = time.monotonic()
_, status, usage = os.wait4(os.posix_spawnp(command[0], command, os.environ), 0)
found = {
    "seconds": time.monotonic() - began,
    "peak_bytes": usage.ru_maxrss * 1024,
    "cpu_seconds": usage.ru_utime + usage.ru_stime,
    "code": os.waitstatus_to_exitcode(status),
}
with open(report, "w", encoding="utf-8") as out:  # noqa: PTH123  (pathlib would make it larger)
    json.dump(found, out)
