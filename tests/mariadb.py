"""A MariaDB server of our own: started once for a test session, reached through a socket and a free port."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

from msp_audit.settings.model import MysqlSettings

PROGRAMS = ("mariadbd", "mariadb-install-db")
#: Durability is no use to a server that lives for a minute.
QUICK = (
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--skip-log-bin",
    "--skip-name-resolve",
    "--sql-mode=NO_AUTO_VALUE_ON_ZERO",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server; ``root`` has no password."""

    socket: Path
    port: int

    def connect(self, database: str | None = None, **more: Any) -> pymysql.connections.Connection[Any]:
        """A connection that may do everything."""
        return pymysql.connect(
            unix_socket=str(self.socket),
            user="root",
            database=database,
            charset="utf8mb4",
            autocommit=True,
            **more,
        )

    def execute(self, *statements: str, database: str | None = None) -> None:
        """Run statements whose result nobody needs."""
        with self.connect(database) as connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def settings(self, database: str, *, username: str = "root", **more: Any) -> MysqlSettings:
        """What a workspace would say about it."""
        return MysqlSettings(socket=self.socket, database=database, username=username, **more)

    def load(self, dump: Path) -> None:
        """Load a dump that brings its own ``create database``."""
        with dump.open("rb") as stream:
            subprocess.run(
                ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root",
                 "--default-character-set=utf8mb4"],
                stdin=stream, check=True, capture_output=True,
            )  # fmt: skip


@contextmanager
def running_mariadb(folder: Path, *more: str) -> Iterator[Server]:
    """A server with its data in *folder*; *more* are options of mariadbd."""
    data, socket_path = folder / "data", folder / "s"
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={data}",
         "--auth-root-authentication-method=normal", "--skip-test-db"],
        check=True, capture_output=True,
    )  # fmt: skip
    port = _free_port()
    process = subprocess.Popen(
        ["mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={socket_path}", f"--port={port}",
         "--bind-address=127.0.0.1", "--lower-case-table-names=1", "--user=root", *QUICK, *more],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    server = Server(socket=socket_path, port=port)
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "mariadbd ended at once"
        if server.socket.exists():
            server.connect().close()
            return
        time.sleep(0.1)
    raise AssertionError("mariadbd did not begin to answer")


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests of a session; each test makes its own database."""
    if not all(map(shutil.which, PROGRAMS)):
        pytest.skip("no MariaDB on this machine")
    with running_mariadb(tmp_path_factory.mktemp("m", numbered=True)) as server:
        yield server
