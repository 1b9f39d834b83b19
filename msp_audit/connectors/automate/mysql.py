"""Reads Automate's database: a read-only account, one transaction, named columns, row after row."""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import pymysql
from pymysql.constants import CR, ER
from pymysql.converters import encoders
from pymysql.cursors import SSCursor

from msp_audit.connectors.automate.names import Names
from msp_audit.connectors.automate.schema import Column, Resolution, Schema
from msp_audit.connectors.automate.tables import TABLES
from msp_audit.connectors.base import Event, Page, Progress
from msp_audit.connectors.patience import Patience
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.errors import SettingsError, SourceError, SourceRefused, SourceUnavailable
from msp_audit.settings.model import HttpSettings, MysqlSettings

PAGE_ROWS = 5_000
#: Seconds that the server waits for us to take the next rows: we hold it up while we write to disk.
WRITE_PATIENCE = 600
#: The account, or what it may do, is wrong; asking again changes nothing.
_REFUSALS = frozenset(
    {
        ER.ACCESS_DENIED_ERROR,
        ER.DBACCESS_DENIED_ERROR,
        1698,  # The account signs in otherwise than by password.
        ER.TABLEACCESS_DENIED_ERROR,
        ER.COLUMNACCESS_DENIED_ERROR,
        ER.HOST_NOT_PRIVILEGED,
        ER.BAD_DB_ERROR,
    }
)
_log = logging.getLogger(__name__)
_TLS_FAULTS = frozenset({CR.CR_SSL_CONNECTION_ERROR})
_SCHEMA = """
select table_name, column_name, data_type, column_type, is_nullable, column_key
from information_schema.columns
where
    table_schema = database()
    and (table_name like 'plugin\\_cw\\_%%' or lower(table_name) in ({tables}))
order by table_name, ordinal_position
"""
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "json", "enum", "set"})
#: Kind of column -> how it is asked for. A bit arrives as a raw byte otherwise; a timestamp, unlike a
#: datetime, arrives in the zone of the session, which is UTC.
_CELLS = {"bit": "{name} + 0", "timestamp": "concat({name}, '+00:00')"}
_BINARIES = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})


class _Stream(SSCursor):
    """Rows as they arrive; can be left in the middle."""

    def abandon(self) -> None:
        """Want no more rows; the connection is of no use afterwards."""
        result = self.__dict__.get("_result")
        if result is not None:
            result.unbuffered_active = False
            result.connection = None
        self.__dict__.update(_result=None, connection=None)


class Labtech:
    """One connection to the database, opened at the first question, in one read-only transaction.

    Every value arrives as text, as an export has it: zero dates, decimals and codes are left to the views.
    """

    def __init__(
        self,
        settings: MysqlSettings,
        *,
        http: HttpSettings,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """*http* says how patient to be: the same for every way."""
        self._settings = settings
        self._http = http
        self._sleep = sleep
        self._connection: pymysql.connections.Connection[Any] | None = None
        self._stream: _Stream | None = None
        #: Why nothing more can be read.
        self._fault: SourceError | None = None
        self.retries = 0

    def schema(self, *, names: Names) -> Schema:
        """The columns of the plugin's tables and of those in *names*, as far as the account may see them.

        Raises:
            SourceError: the database cannot be reached, or does not let us in.
        """
        wanted = {name.lower() for table in TABLES.values() for name in names.of_table(table.physical)}
        listed = ", ".join(["%s"] * len(wanted))
        rows = self.rows(_SCHEMA.format(tables=listed), sorted(wanted))
        return Schema(
            Column(
                table=table,
                name=name,
                kind=kind.lower(),
                declared=declared,
                is_nullable=nullable == "YES",
                key=key or "",
            )
            for table, name, kind, declared, nullable, key in rows
        )

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """A small answer, whole.

        Raises:
            SourceError: as :meth:`schema`.
        """
        try:
            with self._open().cursor(pymysql.cursors.Cursor) as cursor:
                cursor.execute(sql, parameters)
                return list(cursor.fetchall())
        except (pymysql.Error, OSError) as error:
            raise self._told(error) from error

    def minutes_from_utc(self) -> int:
        """How far the server's own clock is from UTC now; our session's is UTC.

        Raises:
            SourceError: as :meth:`schema`.
        """
        asked = (
            "select timestampdiff(minute, utc_timestamp(),"
            " convert_tz(utc_timestamp(), '+00:00', @@global.time_zone))"
        )
        return int(self.rows(asked)[0][0] or 0)

    def read_table(self, found: Resolution, *, progress: Progress | None = None) -> Iterator[Event]:
        """Yield the rows of a readable table as pages, then its reading. Constant memory.

        The reading is *partial* when required columns are missing, and names them.
        """
        name = found.table.name
        started = time.monotonic()
        missing = tuple(f"{found.table.physical}.{column}" for column in found.missing)
        verdict, reason = (Verdict.PARTIAL, found.why_not()) if missing else (Verdict.COMPLETE, "")
        rows, pages = 0, 0
        try:
            for batch in self._batches(found):
                rows, pages = rows + len(batch), pages + 1
                yield Page(resource=name, records=batch)
                if progress is not None:
                    progress(name, rows, None)
        except SourceRefused as error:
            verdict, reason, missing = (Verdict.PARTIAL if rows else Verdict.REFUSED), str(error), ()
        except SourceError as error:
            verdict, reason, missing = Verdict.PARTIAL, str(error), ()
        proof = Proof(
            pages=pages,
            rows=rows,
            requests=1,
            retries=self.retries,
            elapsed_seconds=time.monotonic() - started,
        )
        yield ResourceReading(
            source="automate",
            resource=name,
            verdict=verdict,
            reason=reason,
            proof=proof,
            missing_columns=missing,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Break the connection off, whatever is under way; safe to call twice."""
        connection, self._connection = self._connection, None
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abandon()
        if connection is not None:
            with suppress(pymysql.Error):
                connection.close()

    def _batches(self, found: Resolution) -> Iterator[list[Record]]:
        if self._fault is not None:
            raise self._fault
        try:
            self._stream = self._open().cursor(_Stream)
            self._stream.execute(_select(found))
            yield from _records(self._stream, found)
            self._stream = None
        except UnicodeDecodeError as error:
            self._fault = SourceUnavailable("automate's database was left in the middle of a table.")
            self.close()
            # The error quotes the data; that there is one is enough.
            raise SourceUnavailable(
                f"automate's table {found.physical} holds text that is not UTF-8."
            ) from error
        except (pymysql.Error, OSError) as error:
            raise self._told(error, table=found.table.physical) from error
        except GeneratorExit:
            self.close()
            raise

    def _open(self) -> pymysql.connections.Connection[Any]:
        if self._connection is not None:
            return self._connection
        patience = Patience(self._http, sleep=self._sleep, clock=time.monotonic)
        attempt = 1
        while True:
            try:
                self._connection = self._connect()
            except (pymysql.Error, OSError) as error:
                told = self._told(error)
                is_final = isinstance(told, SourceRefused | SettingsError) or attempt >= self._http.tries
                if is_final or not patience.pause(patience.backoff(attempt)):
                    raise told from error
                patience.wait()
                attempt += 1
                self.retries += 1
            else:
                return self._connection

    def _connect(self) -> pymysql.connections.Connection[Any]:
        settings = self._settings
        connection = pymysql.connect(
            host=settings.host,
            port=settings.port,
            user=settings.username,
            password=settings.password.reveal() if settings.password else "",
            database=settings.database,
            charset="utf8mb4",
            connect_timeout=max(1, round(self._http.connect_seconds)),
            read_timeout=self._http.read_seconds,
            write_timeout=self._http.read_seconds,
            local_infile=False,
            # Nothing is converted on its way to us: a zero date must not become a gap, nor a number a float.
            conv=cast("dict[int | type[Any], Any]", encoders),
            autocommit=None,
            ssl=_tls(settings),
            ssl_disabled=settings.encryption == "off",
            defer_connect=True,
        )
        if settings.socket is None:
            connection.connect()
        else:
            connection.connect(_unix_socket(settings.socket, seconds=self._http.connect_seconds))
        _begin(connection)
        return connection

    def _told(self, error: Exception, *, table: str = "") -> SourceError:
        """Our error for the driver's; the connection is given up unless only one table is refused."""
        code = error.args[0] if error.args and isinstance(error.args[0], int) else 0
        words = str(error.args[1] if len(error.args) > 1 else error).rstrip(".")
        place = self._settings.socket or f"{self._settings.host}:{self._settings.port}"
        what = f"automate's database at {place}"
        if code in _REFUSALS:
            if table:
                return SourceRefused(
                    f"{what} refused table {table}: {words}. Grant select on it to the account."
                )
            return SourceRefused(
                f"{what} refused '{self._settings.username}': {words}. Check [automate.mysql]."
            )
        self.close()
        if code in _TLS_FAULTS or isinstance(getattr(error, "original_exception", None), ssl.SSLError):
            return SourceRefused(f"{what} could not be spoken to over TLS: {words}. See automate.mysql.tls.")
        told = SourceUnavailable(f"{what} could not be read: {words}. Try again later.")
        if table:
            # The transaction is gone with the connection; a second one would be another moment.
            self._fault = told
        return told


def offset_text(minutes: int) -> str:
    """``-05:00``."""
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _tls(settings: MysqlSettings) -> ssl.SSLContext | None:
    if settings.encryption == "off":
        return None
    if settings.encryption == "verified":
        try:
            return ssl.create_default_context(cafile=str(settings.ca_file) if settings.ca_file else None)
        except (OSError, ssl.SSLError):
            raise SettingsError(
                f"automate.mysql.ca_file {settings.ca_file} cannot be read as PEM certificates."
            ) from None
    _log.warning(
        'The certificate of %s is not checked (automate.mysql.tls = "required"): whoever stands between could'
        ' read along. Set tls = "verified", and ca_file to the authority that signed it.',
        settings.host,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _unix_socket(path: Path, *, seconds: float) -> socket.socket:
    """Opened here: the driver would leave it open when nobody listens."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.settimeout(seconds)
        made.connect(str(path))
    except OSError:
        made.close()
        raise
    return made


def _begin(connection: pymysql.connections.Connection[Any]) -> None:
    """One read-only transaction that sees one moment, as far as server and engines can."""
    with connection.cursor() as cursor:
        cursor.execute(f"set session net_write_timeout = {WRITE_PATIENCE}, time_zone = '+00:00'")
        cursor.execute("set session transaction isolation level repeatable read")
        try:
            cursor.execute("start transaction with consistent snapshot, read only")
        except pymysql.Error:
            # MySQL 5.5 knows no read-only transaction; the account may only select all the same.
            cursor.execute("start transaction with consistent snapshot")


def _select(found: Resolution) -> str:
    cells = []
    for column in found.columns.values():
        name = f"`{column.name}`"
        cells.append(_CELLS.get(column.kind, "{name}").format(name=name))
    return f"select {', '.join(cells)} from `{found.physical}`"  # noqa: S608 (names of the schema)


def _records(cursor: SSCursor, found: Resolution) -> Iterator[list[Record]]:
    names = tuple(found.columns)
    texts = tuple(name for name, column in found.columns.items() if column.kind in _TEXTS)
    binaries = tuple(name for name, column in found.columns.items() if column.kind in _BINARIES)
    batch: list[Record] = []
    for row in cursor.fetchall_unbuffered():
        record = dict(zip(names, row, strict=True))
        for name in binaries:
            if record[name] is not None:
                record[name] = record[name].decode("utf-8", "replace")
        for name in (*texts, *binaries) if binaries else texts:
            cell = record[name]
            if not cell:
                # As an export has it, where nothing and an empty text look the same.
                record[name] = None
            elif "\0" in cell:
                record[name] = cell.replace("\0", "") or None
        batch.append(record)
        if len(batch) == PAGE_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch
