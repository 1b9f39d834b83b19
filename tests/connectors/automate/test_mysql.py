"""Automate's database through a real server: same rows as the other ways, one moment, nothing secret."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from msp_audit.connectors.automate import AutomateConnector
from msp_audit.connectors.automate.mysql import Labtech
from msp_audit.connectors.automate.names import Names
from msp_audit.connectors.automate.report import schema_report
from msp_audit.connectors.automate.tables import TABLES
from msp_audit.connectors.base import Check, Page
from msp_audit.domain import Record, Verdict
from msp_audit.errors import SettingsError, SourceRefused, SourceUnavailable
from msp_audit.sandbox import samples_folder
from msp_audit.settings.model import AutomateSettings, HttpSettings, MysqlSettings
from tests.connectors.automate.fake import PASSWORD as PASSWORD_OF_REST
from tests.connectors.automate.fake import Fake, Reading, read, running, settings
from tests.connectors.landed import typed
from tests.mariadb import Server, running_mariadb

WEEK = samples_folder() / "2026-11-16" / "automate"
IMPATIENT = HttpSettings(tries=1, connect_seconds=2, read_seconds=5)
#: Only REST knows them, or only it knows them so.
ONLY_REST = {"is_synced_to_psa"}
PASSWORD = "MSP_AUDIT_TEST_MYSQL"


@pytest.fixture(scope="module")
def labtech(mariadb: Server) -> Server:
    """The samples' last week in the database ``labtech``."""
    mariadb.load(WEEK / "labtech.sql")
    return mariadb


def through(mysql: MysqlSettings, **more: Any) -> Reading:
    return read(AutomateConnector(AutomateSettings(mysql=mysql, **more), sleep=lambda _seconds: None))


@pytest.fixture
def tables(mariadb: Server, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own, empty."""
    name = f"t{abs(hash(request.node.nodeid)) % 10**9}"
    mariadb.execute(f"create database {name}")
    yield name
    mariadb.execute(f"drop database {name}")


def test_the_database_and_the_exports_land_the_same_typed_rows(labtech: Server) -> None:
    ours = through(labtech.settings("labtech"))
    exports = read(AutomateConnector(AutomateSettings(exports=WEEK / "tables", exports_max_age_hours=1e6)))
    assert {reading.verdict for reading in ours.readings.values()} == {Verdict.COMPLETE}
    assert _typed(ours.records) == _typed(exports.records)


def test_the_records_themselves_are_the_same_so_that_a_change_of_the_way_is_no_change(
    labtech: Server,
) -> None:
    ours = through(labtech.settings("labtech"))
    exports = read(AutomateConnector(AutomateSettings(exports=WEEK / "tables", exports_max_age_hours=1e6)))
    assert {row["way"] for row in ours.records.pop("list_ways")} == {"mysql"}
    assert {row["way"] for row in exports.records.pop("list_ways")} == {"exports"}
    for name, records in exports.records.items():
        assert sorted(map(repr, ours.records[name])) == sorted(map(repr, records)), name


def _typed(records: dict[str, list[Record]]) -> dict[str, list[tuple[Any, ...]]]:
    landed = {name: rows for name, rows in records.items() if rows and name != "list_ways"}
    with typed("automate", landed) as database:
        relations = database.query("select table_name from duckdb_tables() where schema_name = 'automate'")
        found = {}
        for (name,) in relations:
            rows = database.query(f"select * from automate.{name}")
            kept = [place for place, column in enumerate(rows.columns) if column not in ONLY_REST]
            found[name] = sorted((tuple(row[place] for place in kept) for row in rows), key=repr)
        return found


def test_values_arrive_as_exports_have_them(mariadb: Server, tables: str) -> None:
    mariadb.execute(
        "create table clients (ClientID int, Name varchar(50) character set latin1, ExternalID varchar(20),"
        " City varbinary(20))",
        "insert into clients values (1, 'Zoë', '', x'4f736c6f'), (2, 'a\\0b', null, null)",
        "create table computers (ComputerID int, ClientID decimal(6,0), LocationID int, Name text, OS text,"
        " BiosVer text, LastContact datetime)",
        "insert into computers values (7, 2, 0, '😀', '', null, '0000-00-00 00:00:00'),"
        " (8, 2, 0, 'x', 'y', 'z', '2026-11-02 06:00:00')",
        "create table plugin_cw_servicestatuses (CWServiceStatusRecID int, CWServiceBoardRecID int,"
        " CWServiceStatusName text, Inactive bit(1))",
        "insert into plugin_cw_servicestatuses values (11, 1, 'New', b'0'), (12, 1, 'Old', b'1')",
        database=tables,
    )
    records = through(mariadb.settings(tables)).records
    assert records["clients"] == [
        {"ClientID": "1", "Name": "Zoë", "ExternalID": None, "City": "Oslo"},
        {"ClientID": "2", "Name": "ab", "ExternalID": None, "City": None},
    ]
    assert [row["LastContact"] for row in records["computers"]] == [
        "0000-00-00 00:00:00",
        "2026-11-02 06:00:00",
    ]
    assert records["computers"][0]["ClientID"] == "2"
    assert [row["Inactive"] for row in records["plugin_statuses"]] == ["0", "1"]


def test_a_table_that_is_not_there_is_absent_and_says_what_would_map_it(mariadb: Server, tables: str) -> None:
    mariadb.execute("create table clients (ClientID int, Name text, ExternalID text)", database=tables)
    readings = through(mariadb.settings(tables)).readings
    assert readings["clients"].verdict is Verdict.COMPLETE
    assert readings["site_mappings"].verdict is Verdict.ABSENT
    assert "plugin_cw_sitemapping" in readings["site_mappings"].reason
    assert "automate.aliases" in readings["site_mappings"].reason


RENAMED = (
    "create table clients (clientid int, NAME text, ExternalID text)",
    "create table plugin_cw_sitemapping (LocationID int, SiteNumber int)",
    "insert into plugin_cw_sitemapping values (20, 101)",
    "create table plugin_cw_agentsync (EntityType int, LTTargetID int, CWConfigurationRecID int)",
    "insert into plugin_cw_agentsync values (1, 200, 900)",
)


def test_a_renamed_column_is_named_with_the_setting_that_maps_it(mariadb: Server, tables: str) -> None:
    mariadb.execute(*RENAMED, database=tables)
    reading = through(mariadb.settings(tables)).readings["site_mappings"]
    assert reading.verdict is Verdict.PARTIAL
    assert "plugin_cw_sitemapping.CWSiteRecID" in reading.reason
    assert 'automate.aliases "plugin_cw_sitemapping.CWSiteRecID"' in reading.reason


def test_aliases_find_renamed_tables_and_columns_and_known_spellings_need_none(
    mariadb: Server, tables: str
) -> None:
    mariadb.execute(*RENAMED, database=tables)
    aliases: dict[str, str | tuple[str, ...]] = {
        "plugin_cw_sitemapping.CWSiteRecID": "sitenumber",
        "plugin_cw_lastassetsync": ("plugin_cw_nothing", "plugin_cw_AgentSync"),
    }
    result = through(mariadb.settings(tables), aliases=aliases)
    assert result.records["site_mappings"] == [{"LocationID": "20", "CWSiteRecID": "101"}]
    assert result.records["asset_syncs"] == [{"TargetType": "1", "LTTargetID": "200", "CWConfigRecID": "900"}]
    assert result.readings["asset_syncs"].verdict is Verdict.COMPLETE


def test_aliases_serve_exports_too(tmp_path: Path) -> None:
    (tmp_path / "Sites.csv").write_text("LocationID,SiteNumber\n20,101\n", encoding="utf-8")
    aliases: dict[str, str | tuple[str, ...]] = {
        "plugin_cw_sitemapping": "sites",
        "plugin_cw_sitemapping.CWSiteRecID": "SiteNumber",
    }
    result = read(AutomateConnector(AutomateSettings(exports=tmp_path, aliases=aliases)))
    assert result.records["site_mappings"] == [{"LocationID": "20", "CWSiteRecID": "101"}]


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("locations.Name", "ScriptPassword"),
        ("networkdevices.Name", "SNMPCommunity"),
        ("nothing", "x"),
        ("clients.Nothing", "x"),
        ("clients.Name", "x` from passwords -- "),
    ],
)
def test_an_alias_leads_neither_to_a_secret_nor_out_of_the_statement(name: str, other: str) -> None:
    with pytest.raises(SettingsError, match="automate\\.aliases"):
        AutomateConnector(AutomateSettings(exports=Path(), aliases={name: other}))


def test_only_named_columns_are_asked_for_and_nothing_is_written(mariadb: Server, tables: str) -> None:
    mariadb.execute(
        "create table locations (LocationID int, ClientID int, Name text, ScriptPassword text)",
        "insert into locations values (1, 1, 'HQ', 'hunter2')",
        database=tables,
    )
    mariadb.execute(
        "set global general_log = 0", "truncate mysql.general_log", "set global log_output = 'TABLE'"
    )
    mariadb.execute("set global general_log = 1")
    records = through(mariadb.settings(tables)).records
    mariadb.execute("set global general_log = 0")
    assert records["locations"] == [{"LocationID": "1", "ClientID": "1", "Name": "HQ"}]
    with closing(mariadb.connect("mysql")) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select lower(convert(argument using utf8mb4)) from general_log where command_type = 'Query'"
        )
        asked = [str(row[0]) for row in cursor.fetchall()]
    assert any("from `locations`" in statement for statement in asked)
    assert not [s for s in asked if "password" in s or "select *" in s]
    verbs = {statement.split()[0] for statement in asked if "general_log" not in statement}
    assert verbs <= {"select", "set", "start"}


def test_an_account_that_may_only_select_is_enough_and_is_all_that_doctor_wants(
    labtech: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    labtech.execute(
        "create or replace user reader@localhost identified by 'only-reads'",
        "grant select on labtech.* to reader@localhost",
    )
    monkeypatch.setenv(PASSWORD, "only-reads")
    mysql = labtech.settings("labtech", username="reader", password=f"env:{PASSWORD}")
    assert {r.verdict for r in through(mysql).readings.values()} == {Verdict.COMPLETE}
    checks = {check.name: check for check in AutomateConnector(AutomateSettings(mysql=mysql)).check()}
    assert checks["automate mysql grants"].is_ok
    root = AutomateConnector(AutomateSettings(mysql=labtech.settings("labtech")))
    grants = {check.name: check for check in root.check()}["automate mysql grants"]
    assert not grants.is_ok
    assert "SELECT" in grants.fix


def test_a_wrong_password_is_told_and_not_shown(mariadb: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    mariadb.execute("create or replace user reader@localhost identified by 'only-reads'")
    monkeypatch.setenv(PASSWORD, "a-wrong-secret")
    mysql = mariadb.settings("labtech", username="reader", password=f"env:{PASSWORD}")
    with pytest.raises(SourceRefused) as told:
        through(mysql)
    assert "reader" in str(told.value)
    assert "a-wrong-secret" not in str(told.value)


def test_a_table_that_is_refused_leaves_the_others(mariadb: Server, tables: str) -> None:
    mariadb.execute(
        "create table clients (ClientID int, Name text, ExternalID text)",
        "create table ticketstatus (TicketStatusID int, TicketStatus text)",
        "create or replace user halfblind@localhost",
        f"grant select on {tables}.clients to halfblind@localhost",
        f"grant select (TicketStatusID), insert (TicketStatus) on {tables}.ticketstatus"
        " to halfblind@localhost",
        database=tables,
    )
    readings = through(mariadb.settings(tables, username="halfblind")).readings
    assert readings["clients"].verdict is Verdict.COMPLETE
    assert readings["ticket_statuses"].verdict is Verdict.REFUSED
    assert "Grant select" in readings["ticket_statuses"].reason


def test_a_server_that_is_away_is_told_after_its_tries(tmp_path: Path) -> None:
    waited: list[float] = []
    mysql = MysqlSettings(socket=tmp_path / "nobody", username="reader")
    http = HttpSettings(tries=3)
    connector = AutomateConnector(AutomateSettings(mysql=mysql, http=http), sleep=waited.append)
    with pytest.raises(SourceUnavailable, match="nobody"):
        read(connector)
    assert len(waited) == 2


def test_a_connection_that_breaks_makes_the_rest_partial_and_nothing_complete(
    mariadb: Server, tables: str
) -> None:
    mariadb.execute(
        "create table clients (ClientID int, Name text, ExternalID text)",
        "insert into clients select seq, repeat('x', 500), '' from seq_1_to_60000",
        "create table ticketstatus (TicketStatusID int, TicketStatus text)",
        database=tables,
    )
    connector = AutomateConnector(AutomateSettings(mysql=mariadb.settings(tables), http=IMPATIENT))
    events = connector.read()
    assert isinstance(next(events), Page)
    _kill_everybody(mariadb)
    readings = {event.resource: event for event in events if not isinstance(event, Page)}
    connector.close()
    assert readings["clients"].verdict is Verdict.PARTIAL
    assert 0 < readings["clients"].proof.rows < 60_000
    assert readings["ticket_statuses"].verdict is Verdict.PARTIAL


def _kill_everybody(server: Server) -> None:
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(
            "select id from information_schema.processlist where id <> connection_id() and db is not null"
        )
        for (number,) in cursor.fetchall():
            cursor.execute(f"kill {number}")


def test_a_reading_that_is_given_up_does_not_drain_the_table(mariadb: Server, tables: str) -> None:
    mariadb.execute(
        "create table clients (ClientID int, Name text, ExternalID text)",
        "insert into clients select seq, repeat('x', 500), '' from seq_1_to_60000",
        database=tables,
    )
    connector = AutomateConnector(AutomateSettings(mysql=mariadb.settings(tables)))
    events = connector.read()
    next(events)
    connector.close()
    connector.close()
    del events


def test_all_tables_are_read_as_of_one_moment(mariadb: Server, tables: str) -> None:
    mariadb.execute(
        "create table clients (ClientID int, Name text, ExternalID text) engine = InnoDB",
        "insert into clients values (1, 'a', '')",
        "create table ticketstatus (TicketStatusID int, TicketStatus text) engine = InnoDB",
        database=tables,
    )
    connector = AutomateConnector(AutomateSettings(mysql=mariadb.settings(tables)))
    events = connector.read()
    assert isinstance(next(events), Page)
    mariadb.execute("insert into ticketstatus values (1, 'New')", database=tables)
    later = {event.resource: event for event in events if not isinstance(event, Page)}
    connector.close()
    assert later["ticket_statuses"].proof.rows == 0


def test_nothing_can_be_written_in_our_transaction(labtech: Server) -> None:
    with Labtech(labtech.settings("labtech"), http=IMPATIENT) as database:
        assert "computers" in database.schema(names=Names()).tables
        with pytest.raises(SourceUnavailable, match="READ ONLY"):
            database.rows("update clients set Name = 'x'")


def test_precedence_is_database_then_rest_then_exports(
    mariadb: Server, tables: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOMATE_TEST_PASSWORD", PASSWORD_OF_REST)
    mariadb.execute(
        "create table clients (ClientID int, Name text, ExternalID text)",
        "insert into clients values (1, 'of the database', '')",
        database=tables,
    )
    for name in ("clients", "locations", "ticketstatus"):
        columns = TABLES["ticket_statuses" if name == "ticketstatus" else name].required
        line = ",".join("9" for _ in columns)
        (tmp_path / f"{name}.csv").write_text(f"{','.join(columns)}\n{line}\n", encoding="utf-8")
    lists: dict[str, list[Record]] = {
        "/Locations": [{"Id": 5, "Client": {"Id": 1}, "Name": "HQ"}],
        "/Clients": [{"Id": 7}],
    }
    with running(Fake(lists=lists)) as fake:
        chosen = settings(fake.url, exports=tmp_path, mysql=mariadb.settings(tables))
        result = read(AutomateConnector(chosen, sleep=lambda _seconds: None))
    assert [row["ClientID"] for row in result.records["clients"]] == ["1"]
    assert [row["LocationID"] for row in result.records["locations"]] == ["5"]
    assert [row["TicketStatusID"] for row in result.records["ticket_statuses"]] == ["9"]


def test_tls_is_verified_towards_other_machines_and_refused_where_there_is_none(mariadb: Server) -> None:
    assert MysqlSettings(host="db.example", username="reader").encryption == "verified"
    assert MysqlSettings(host="127.0.0.1", username="reader").encryption == "off"
    with pytest.raises(ValueError, match="only allowed towards this machine"):
        MysqlSettings(host="db.example", username="reader", tls="off")
    plain = MysqlSettings(host="127.0.0.1", port=mariadb.port, username="root", tls="required")
    with pytest.raises(SourceRefused, match="TLS"):
        through(plain)


@pytest.mark.slow
def test_tls_is_spoken_and_a_certificate_verified_unless_it_is_said_aloud(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    certificate, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True, capture_output=True,
    )  # fmt: skip
    with running_mariadb(tmp_path, f"--ssl-cert={certificate}", f"--ssl-key={key}") as server:
        server.execute(
            "create database labtech",
            "create user reader@'127.0.0.1' require ssl",
            "grant select on labtech.* to reader@'127.0.0.1'",
        )
        reach: Record = {"host": "127.0.0.1", "port": server.port, "username": "reader"}
        trusted: list[Record] = [{"tls": "required"}, {"tls": "verified", "ca_file": certificate}]
        for more in trusted:
            readings = through(MysqlSettings(**reach, **more)).readings
            assert readings["clients"].verdict is Verdict.ABSENT
        warned = [record.getMessage() for record in caplog.records if "is not checked" in record.getMessage()]
        assert len(warned) == 1
        with pytest.raises(SourceRefused, match="TLS"):
            through(MysqlSettings(**reach, tls="verified"))
        with pytest.raises(SourceRefused):
            through(MysqlSettings(**reach, tls="off"))


def test_doctor_suggests_aliases_and_doubts_codes(mariadb: Server, tables: str) -> None:
    mariadb.execute(
        *RENAMED,
        "create table plugin_cw_ignoredentities (TargetType int, LTTargetID int, CWTargetRecID int)",
        "insert into plugin_cw_ignoredentities values (3, 999, null), (1, 0, 5)",
        database=tables,
    )
    chosen = AutomateSettings(mysql=mariadb.settings(tables))
    checks = {check.name: check for check in AutomateConnector(chosen).check()}
    sites = checks["automate table plugin_cw_sitemapping"]
    assert not sites.is_ok
    assert '"plugin_cw_sitemapping.CWSiteRecID" = "SiteNumber"' in sites.fix
    assert not checks["automate code of client"].is_ok
    assert "entity_types.client" in checks["automate code of client"].fix
    assert checks["automate mysql consistency"].is_ok


def test_memory_does_not_grow_with_a_table(mariadb: Server, tables: str) -> None:
    import tracemalloc

    mariadb.execute(
        "create table clients (ClientID int, Name text, ExternalID text)",
        "insert into clients select seq, repeat('x', 300), '' from seq_1_to_30000",
        database=tables,
    )
    tracemalloc.start()
    rows = sum(_rows(AutomateConnector(AutomateSettings(mysql=mariadb.settings(tables)))))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert rows == 30_000
    assert peak < 10_000_000


def _rows(connector: AutomateConnector) -> Sequence[int]:
    with closing(connector):
        return [len(e.records) for e in connector.read() if isinstance(e, Page) and e.resource == "clients"]


def test_the_schema_report_can_be_published_and_suggests_aliases(mariadb: Server, tables: str) -> None:
    mariadb.execute(
        *RENAMED,
        "insert into clients values (1, 'Secretive Customer', '19')",
        "create table contacts (ContactID int, Email varchar(100))",
        database=tables,
    )
    report = schema_report(AutomateSettings(mysql=mariadb.settings(tables)))
    text = "\n".join(report.lines)
    assert not report.is_whole
    assert "ok       clients; ClientID = clientid" in text
    assert "MISSING  plugin_cw_sitemapping: CWSiteRecID" in text
    assert '"plugin_cw_sitemapping.CWSiteRecID" = "SiteNumber"' in text
    assert "plugin_cw_agentsync\tLTTargetID\tint(11)\tyes" in text
    for private in ("Secretive", str(mariadb.socket), "contacts"):
        assert private not in text


@pytest.mark.parametrize(
    ("entries", "left"),
    [
        ((), [1, 2, 3, 4]),
        ((1,), [2, 3, 4]),
        (("~*",), [1, 2, 4]),
        (("the msp",), [2, 3, 4]),
        (("[Old] *",), [1, 2, 3]),
        ((1, "~*", "?ale"), [4]),
    ],
)
def test_excluded_clients_and_what_is_theirs_are_left_out_and_counted(
    tmp_path: Path, entries: tuple[int | str, ...], left: list[int]
) -> None:
    lines = ["1,The  MSP,", "2,Vale,", "3,~gone,", "4,[Old] Rose,"]
    (tmp_path / "clients.csv").write_text("ClientID,Name,ExternalID\n" + "\n".join(lines), encoding="utf-8")
    places = "".join(f"{n}0,{n},HQ\n" for n in range(1, 5))
    (tmp_path / "locations.csv").write_text("LocationID,ClientID,Name\n" + places, encoding="utf-8")
    devices = "".join(f"{n}00,{n}0,PRN\n" for n in range(1, 5))
    (tmp_path / "networkdevices.csv").write_text("DeviceID,LocationID,Name\n" + devices, encoding="utf-8")
    result = read(AutomateConnector(AutomateSettings(exports=tmp_path, exclude_clients=entries)))
    landed = {name: rows for name, rows in result.records.items() if rows}
    with typed("automate", landed) as database:
        assert [row[0] for row in database.query("select client_id from automate.clients order by 1")] == left
        for relation in ("locations", "network_devices"):
            found = database.query(f"select client_id from automate.{relation} order by 1")
            assert [row[0] for row in found] == left
        gone = database.query("select count(*) from automate.excluded_clients").scalar()
        entities = database.query("select count(*) from automate.excluded_entities").scalar()
    assert gone == 4 - len(left) == result.readings["client_exclusions"].proof.server_count
    assert entities == 3 * gone


def test_the_servers_own_time_is_told_and_compared_with_the_declared_zone(
    mariadb: Server, tables: str
) -> None:
    def clock(zone: str) -> Check:
        settings = AutomateSettings(mysql=mariadb.settings(tables), time_zone=zone)
        checks = {check.name: check for check in AutomateConnector(settings).check()}
        return checks["automate mysql clock"]

    assert clock("UTC").is_ok
    mariadb.execute("set global time_zone = '-05:00'")
    try:
        late = clock("UTC")
        assert not late.is_ok
        assert "-05:00" in late.detail
        assert "automate.time_zone" in late.fix
        # Neither summer nor winter there.
        assert clock("America/Panama").is_ok
        shown = schema_report(AutomateSettings(mysql=mariadb.settings(tables))).lines
        assert any("-05:00 from UTC" in line for line in shown)
    finally:
        mariadb.execute("set global time_zone = 'SYSTEM'")


def test_a_datetime_is_local_a_timestamp_is_not_and_both_ways_say_whose(mariadb: Server, tables: str) -> None:
    mariadb.execute(
        "create table computers (ComputerID int, ClientID int, LocationID int, Name varchar(20),"
        " OS varchar(20), BiosVer varchar(20), LastContact datetime, DateAdded timestamp null)",
        "set time_zone = '+00:00'",
        "insert into computers values (1, 1, 1, 'PC', 'W', 'S1', '2026-07-01 12:00', '2026-07-01 12:00')",
        database=tables,
    )
    read = through(mariadb.settings(tables), time_zone="America/New_York")
    (row,) = read.records["computers"]
    assert row["LastContact"] == "2026-07-01 12:00:00"
    assert row["DateAdded"] == "2026-07-01 12:00:00+00:00"
    zones = {each["time_zone"] for each in read.records["list_ways"] if each["way"] == "mysql"}
    assert zones == {"America/New_York"}


def test_a_zone_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="is no time zone"):
        AutomateSettings(mysql=MysqlSettings(username="x"), time_zone="Eastern")
