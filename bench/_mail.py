"""A mail server on this machine that counts what it takes; says its port, then a line per message."""

from __future__ import annotations

import json
import socket
import sys

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Counted:
    """Takes every message and says how large it was."""

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """As aiosmtpd calls it."""
        say({"bytes": len(envelope.content or b"")})
        return "250 taken"


def main() -> None:
    """Serve until standard input ends."""
    controller = Controller(Counted(), hostname="127.0.0.1", port=_free(), data_size_limit=100_000_000)
    controller.start()
    say({"port": controller.port})
    sys.stdin.read()
    controller.stop()


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def say(document: object) -> None:
    """One line, at once."""
    sys.stdout.write(json.dumps(document) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
