"""A real browser driven over its debugging pipe: clicks, keys, phone width, paper; no network needed."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


class Tab:
    """One page. What it logs, and what it asks of a network, is kept."""

    def __init__(self, to: int, back: int) -> None:
        self._to, self._back = to, back
        self._number = 0
        self._rest = b""
        self._session: str | None = None
        self.logged: list[str] = []
        self.asked: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        told = {"id": self._number, "method": method, "params": params}
        if self._session:
            told["sessionId"] = self._session
        os.write(self._to, json.dumps(told).encode() + b"\0")
        while True:
            message = self._next()
            if message.get("id") == self._number:
                assert "error" not in message, message
                return dict(message["result"])

    def open(self, page: Path, *, width: int = 1280, height: int = 900, wait_for: str = "true") -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 700,
        )
        self.call("Page.navigate", url=page.as_uri())
        self.wait(f"document.readyState === 'complete' && ({wait_for})")

    def wait(self, condition: str, *, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.js(condition) is True:
                return
            time.sleep(0.03)
        raise AssertionError(f"{condition} never came true; logged: {self.logged}")

    def js(self, script: str) -> Any:
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: str, *, text: str = "") -> None:
        told = {"key": key, "code": key, "windowsVirtualKeyCode": {"Enter": 13, "Tab": 9}.get(key, 0)}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **told)
        self.call("Input.dispatchKeyEvent", type="keyUp", **told)

    def pdf(self) -> bytes:
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def png(self) -> bytes:
        return base64.b64decode(self.call("Page.captureScreenshot")["data"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            piece = os.read(self._back, 1 << 20)
            assert piece, "the browser went away"
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        method, params = message.get("method", ""), message.get("params", {})
        if method in ("Runtime.exceptionThrown", "Log.entryAdded"):
            self.logged.append(json.dumps(params))
        elif method == "Runtime.consoleAPICalled":
            self.logged.append(json.dumps(params["args"]))
        elif method == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        return message


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """A browser with one empty page; the test is skipped where there is none."""
    program = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
    if program is None:
        pytest.skip("there is no Chromium here")
    to_read, to_write = os.pipe()
    back_read, back_write = os.pipe()
    # Well away from 3 and 4, where the browser reads its commands and writes its answers.
    far = [fcntl.fcntl(handle, fcntl.F_DUPFD_CLOEXEC, 20) for handle in (to_read, back_write)]

    def arrange() -> None:
        os.dup2(far[0], 3)
        os.dup2(far[1], 4)

    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={profile}"],
        preexec_fn=arrange,  # noqa: PLW1509  (no thread of ours holds a lock here)
        # Python's own handles are closed by the exec; only 3 and 4 stay.
        close_fds=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for handle in (to_read, back_write, *far):
        os.close(handle)
    try:
        yield Tab(to_write, back_read)
    finally:
        os.close(to_write)
        os.close(back_read)
        process.terminate()
        process.wait(20)
