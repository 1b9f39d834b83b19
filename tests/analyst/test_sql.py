"""The SQL prompt and its limits: every way out that we can think of is refused, with a clear message."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pyarrow.parquet
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

import msp_audit
from msp_audit.cli.prompt import answer, describe, open_prompt, words_of
from msp_audit.errors import StoreError
from msp_audit.store import QuestionLimits, Reader, Side, ask, ask_all
from msp_audit.workspace import Desk

NO_SELECT = "Only one select"
CLOSED = "No file, network, extension or setting"
#: Tried escape -> what the message says.
ESCAPES = {
    "copy (select 1) to '/tmp/out.csv'": NO_SELECT,
    "copy psa.companies from '/etc/passwd'": NO_SELECT,
    "export database '/tmp/out'": NO_SELECT,
    "import database '/tmp/out'": NO_SELECT,
    "attach '/tmp/other.duckdb' as other": NO_SELECT,
    "attach ':memory:' as other": NO_SELECT,
    "detach published": NO_SELECT,
    "use memory": NO_SELECT,
    "install httpfs": NO_SELECT,
    "load httpfs": NO_SELECT,
    "force install spatial from community": NO_SELECT,
    "pragma database_list": NO_SELECT,
    "pragma enable_profiling": NO_SELECT,
    "set memory_limit = '100GB'": NO_SELECT,
    "set enable_external_access = true": NO_SELECT,
    "set lock_configuration = false": NO_SELECT,
    "set variable x = 1": NO_SELECT,
    "reset memory_limit": NO_SELECT,
    "call enable_logging()": NO_SELECT,
    "create table main.mine as select 1": NO_SELECT,
    "create temp table mine as select 1": NO_SELECT,
    "create or replace macro good_serial(x) as x": NO_SELECT,
    "create secret (type s3)": NO_SELECT,
    "insert into psa.companies select 1": NO_SELECT,
    "update psa.companies set name = 'x'": NO_SELECT,
    "delete from audit.findings": NO_SELECT,
    "drop table audit.findings": NO_SELECT,
    "alter table audit.findings drop column reason": NO_SELECT,
    "comment on table audit.findings is 'x'": NO_SELECT,
    "prepare mine as select 1": NO_SELECT,
    "vacuum": NO_SELECT,
    "checkpoint": NO_SELECT,
    "begin transaction": NO_SELECT,
    "explain analyze select 1": NO_SELECT,
    "select 1; select 2": NO_SELECT,
    "select 1; drop table audit.findings": NO_SELECT,
    "": NO_SELECT,
    "select * from read_csv('/etc/passwd')": CLOSED,
    "select * from read_csv_auto('/etc/passwd')": CLOSED,
    "select * from read_text('/etc/passwd')": CLOSED,
    "select * from read_blob('/etc/passwd')": CLOSED,
    "select * from read_json('/etc/passwd')": CLOSED,
    "select * from read_ndjson_objects('/etc/passwd')": CLOSED,
    "select * from parquet_scan('/etc/passwd')": CLOSED,
    "select * from parquet_metadata('/etc/passwd')": CLOSED,
    "select * from sniff_csv('/etc/passwd')": CLOSED,
    "select * from glob('/etc/*')": CLOSED,
    "select * from read_csv('http://127.0.0.1:9/x')": CLOSED,
    "select * from read_parquet('s3://bucket/x')": CLOSED,
    "select * from duckdb_secrets()": CLOSED,
    "select * from enable_logging()": CLOSED,
    "select * from query('select * from read_text(''/etc/passwd'')')": CLOSED,
    "select * from query('drop table audit.findings')": "single SELECT",
    "with a as (select * from read_text('/etc/passwd')) select * from a": CLOSED,
    "select (select content from read_text('/etc/passwd'))": CLOSED,
    "from json_execute_serialized_sql(json_serialize_sql('from read_text(''/etc/passwd'')'))": CLOSED,
    "from read_duckdb('.msp-audit/store.duckdb', table_name = 'snapshots')": CLOSED,
    "from sqlite_scan('/etc/passwd', 'x')": CLOSED,
    "from st_read('/etc/passwd')": CLOSED,
    "from which_secret('s3://bucket', 's3')": CLOSED,
    "from pandas_scan()": "error|Error",
    "from '/etc/passwd'": "does not exist",
    "from hidden_frame": "does not exist",
    "select getenv('HOME')": "does not exist",
    "select nextval('audit.delivery_ids')": "read-only|does not exist",
    "selec 1": "does not parse",
}


@pytest.fixture(scope="module")
def small(demo: Path) -> Desk:
    """A desk with little time and memory."""
    workspace = msp_audit.Workspace.open(demo)
    store = workspace.settings.store.model_copy(update={"memory_limit": "200MB"})
    settings = workspace.settings.model_copy(update={"store": store})
    return Desk(msp_audit.Workspace(settings), limits=QuestionLimits(seconds=2, rows=1000))


@pytest.mark.parametrize(("query", "said"), ESCAPES.items(), ids=list(ESCAPES))
@pytest.mark.parametrize("as_of", [None, 2], ids=["now", "as of run 2"])
def test_an_escape_is_refused(small: Desk, query: str, said: str, as_of: int | None) -> None:
    hidden_frame = small.sql("select 1 as secret")
    assert len(hidden_frame) == 1
    with pytest.raises(StoreError, match=said):
        small.rows(query, as_of=as_of)


@pytest.mark.parametrize(("query", "said"), ESCAPES.items(), ids=list(ESCAPES))
def test_an_escape_is_refused_across_estates(small: Desk, query: str, said: str) -> None:
    side = Side(name="one", published=small.workspace.published)
    with pytest.raises(StoreError, match=f"{said}|does not exist"):
        ask_all([side], query)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("select count(*) from range(1000000) a, range(1000000) b", "longer than 2 seconds"),
        (
            "with recursive r as (select 1 as x union all select x from r) select count(*) from r",
            "2 seconds|memory",
        ),
        ("select a.range from range(1000000) a, range(1000000) b order by a.range % 7", "2 seconds|memory"),
        ("select list(a.range) from range(100000000) a", "2 seconds|memory"),
        ("select repeat('x', 100000000000)", "maximum supported"),
        ("from range(1000000000)", "more than 1,000 rows"),
    ],
)
def test_a_huge_question_is_limited(small: Desk, query: str, said: str) -> None:
    began = time.monotonic()
    with pytest.raises(StoreError, match=said):
        small.rows(query)
    assert time.monotonic() - began < 20


def test_nothing_was_written_and_nothing_left_behind(small: Desk, tmp_path: Path) -> None:
    before = sorted(path.name for path in tmp_path.iterdir())
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        with pytest.raises(StoreError):
            small.rows("select a.range from range(10000000) a, range(100) b order by hash(a.range)")
    finally:
        os.chdir(here)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_no_function_of_tables_leads_out(small: Desk) -> None:
    # Each that DuckDB has, also those of a later version: with a path, and with nothing.
    names = small.rows("select distinct function_name from duckdb_functions() where function_type = 'table'")
    assert len(names) > 90
    secret = "root:"
    with Reader(small.workspace.published, spills=False) as reader:
        for (name,) in names:
            for given in ("", "'/etc/passwd'", "'/etc/passwd', 'x'"):
                with contextlib.suppress(StoreError):
                    rows = ask(
                        reader.database, f"select answer::varchar from {name}({given}) as answer limit 3"
                    )
                    assert secret not in str(rows.rows), name


def test_a_time_with_a_zone_comes_as_utc(small: Desk) -> None:
    rows = small.rows(
        "select now() as asked_at, [now()] as listed, company_id from psa.companies order by 3 desc"
    )
    assert rows.types == ("TIMESTAMP", "VARCHAR", "BIGINT")
    ids = [row[2] for row in rows]
    assert ids == sorted(ids, reverse=True)


def test_advice_that_nobody_can_follow_is_left_out(small: Desk) -> None:
    with pytest.raises(StoreError) as spatial:
        small.rows("from st_read('x')")
    with pytest.raises(StoreError, match="memory_limit in the settings") as memory:
        small.rows("select repeat('x', 10000000) as x from range(1000) order by x")
    assert "INSTALL" not in str(spatial.value)
    assert "temp_directory" not in str(memory.value)


def run(demo: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "msp_audit", "-w", str(demo), *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
    )


def test_ctrl_c_stops_a_query(demo: Path) -> None:
    slow = "select count(*) from range(1000000) a, range(1000000) b"
    # A shell starts what runs in its background deaf to Ctrl-C; a person's is not.
    script = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from msp_audit.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, "-w", str(demo), "sql", slow], stderr=subprocess.PIPE, text=True
    ) as process:
        for patience in (5, 10, 20):
            # On a loaded machine the first one may come before the query has begun; a person presses again.
            time.sleep(5)
            process.send_signal(signal.SIGINT)
            try:
                _, said = process.communicate(timeout=patience)
                break
            except subprocess.TimeoutExpired:
                continue
        else:
            process.kill()
            pytest.fail("Ctrl-C was pressed three times and the query went on.")
    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in said


def test_a_question_from_a_file_into_every_format(demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "question.sql"
    file.write_text("select '=1+1' as cell, 7 as number, date '2026-11-16' as day_on;\n", encoding="utf-8")
    for output in ("csv", "json", "markdown", "parquet", "xlsx", "table"):
        out = tmp_path / f"answer.{output}"
        done = run(demo, "sql", "--file", str(file), "-f", output, "-o", str(out))
        assert done.returncode == 0, done.stderr
        assert "1 rows in" in done.stderr
    assert (tmp_path / "answer.csv").read_text() == "cell,number,day_on\n'=1+1,7,2026-11-16\n"
    assert "| =1+1 | 7 | 2026-11-16 |" in (tmp_path / "answer.markdown").read_text()
    assert pyarrow.parquet.read_table(tmp_path / "answer.parquet")["number"].to_pylist() == [7]
    sheet = openpyxl.load_workbook(tmp_path / "answer.xlsx").active
    assert sheet is not None
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")


def test_a_binary_format_wants_a_file(demo: Path) -> None:
    refused = run(demo, "sql", "select 1", "-f", "parquet")
    assert refused.returncode == 5
    assert "--out" in refused.stderr


def test_saved_queries_are_listed_and_run_by_name(demo: Path) -> None:
    assert "where_is" in run(demo, "queries").stdout
    found = run(demo, "queries", "where_is", "-p", "name=ang-dc01", "-f", "csv").stdout
    assert "ANG-DC01" in found
    assert run(demo, "queries", "where_is", "-p", "name").returncode == 2


def test_the_prompt_describes_relations_from_the_comments(desk: Desk) -> None:
    relations = dict(describe(desk, "").rows)
    assert "psa.configurations" in relations
    assert relations["psa.companies"].startswith("one row per PSA company")
    assert all(row[2] for row in describe(desk, "psa.configurations"))


def test_the_prompt_finds_a_relation_by_its_last_word_and_suggests(desk: Desk) -> None:
    assert describe(desk, "finding_events").rows == describe(desk, "audit.finding_events").rows
    with pytest.raises(StoreError, match=r"Did you mean (automate|psa)\.\w*compan\w* or "):
        describe(desk, "companys")
    with pytest.raises(StoreError, match=r"psa\.computers|automate\.computers"):
        describe(desk, "psa.computers")


def test_the_prompt_understands_what_other_prompts_call_it(
    desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text("show tables;\rhelp\rselect 1\ras one;\rquit\r")
        open_prompt(desk, as_of=None, output="table")
    told = capsys.readouterr()
    assert "one row per PSA company" in told.out
    assert "\\d RELATION" in told.out
    assert "(1 row)" in told.err


def test_a_wide_answer_stands_one_column_below_another(
    desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    answer(desk, "from psa.companies order by company_id limit 2;", as_of=None, output="table")
    answer(desk, "select 123456 as company_id, 123456 as computers;", as_of=None, output="table")
    told = capsys.readouterr().out
    assert "── row 2 ──\ncompany_id  " in told
    assert max(map(len, told.splitlines())) <= 80
    assert "123456" in told
    assert "123,456" in told


def test_the_prompt_completes_relations_and_columns(desk: Desk) -> None:
    words = words_of(desk)

    def completed(text: str) -> list[str]:
        return [each.text for each in words.get_completions(Document(text), CompleteEvent())]

    assert "psa.configurations" in completed("select 1 from psa.conf")
    assert "warranty_expires_on" in completed("select c.warr")
    assert completed("select ") == []


def test_the_prompt_answers_and_survives_an_error(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    answer(desk, "select 6 * 7 as answer;", as_of=None, output="csv")
    answer(desk, "drop table audit.findings;", as_of=None, output="csv")
    answer(desk, "\\?", as_of=None, output="csv")
    told = capsys.readouterr()
    assert "answer\n42\n" in told.out
    assert NO_SELECT in told.err
    assert "\\d RELATION" in told.out
