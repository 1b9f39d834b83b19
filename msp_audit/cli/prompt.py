"""The SQL prompt: several lines until a semicolon, completion from the database, help from its comments."""

from __future__ import annotations

import difflib
import shutil
import sys
import textwrap
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from msp_audit.cli.answer import write_answer
from msp_audit.errors import MspAuditError, StoreError

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from msp_audit.domain import Rows
    from msp_audit.workspace import Desk

HELP = """\
A select ends with a semicolon; Tab completes, the arrow keys bring back what was asked before.
\\d             the relations and what one row of each is
\\d RELATION    its columns and what they mean
\\q             leave; so does Ctrl-D. Ctrl-C stops a query.
"""
#: What people type who come from another prompt.
_SAID_ELSEWHERE = {
    **dict.fromkeys(("quit", "exit", ".quit", ".exit"), "\\q"),
    **dict.fromkeys(("help", ".help", "\\h"), "\\?"),
    **dict.fromkeys(("show tables", "show all tables", ".tables", "\\dt"), "\\d"),
}
_RELATIONS = """
select schema_name || '.' || table_name as relation, comment as meaning
from duckdb_tables()
where database_name = current_database() and schema_name not in ('main', 'history')
order by relation
"""
_COLUMNS = """
select column_name, data_type, comment as meaning
from duckdb_columns()
where database_name = current_database() and schema_name || '.' || table_name = $relation
order by column_index
"""
_WORDS = """
select distinct word from (
    select schema_name || '.' || table_name as word from duckdb_columns()
    where database_name = current_database() and schema_name not in ('main', 'history')
    union all
    select column_name as word from duckdb_columns()
    where database_name = current_database() and schema_name not in ('main', 'history')
) order by word
"""
_KEYWORDS = (
    "select", "from", "where", "group by", "order by", "limit", "inner join", "left join", "on", "count(*)",
    "distinct", "having", "union all", "with", "case when", "is null", "is not null",
)  # fmt: skip


class Words(Completer):
    """Completes relations, columns and the words of SQL."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = tuple(words)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """What the word before the cursor may become."""
        begun = document.get_word_before_cursor(WORD=True).rpartition("(")[2].rpartition(",")[2]
        # After "alias." any column may follow: the statement is not parsed while it is typed.
        tail = begun if "." not in begun or any(w.startswith(begun) for w in self._words) else ""
        tail = tail or begun.rpartition(".")[2]
        if tail:
            for word in self._words:
                if word.startswith(tail.lower()):
                    yield Completion(word, start_position=-len(tail))


def words_of(desk: Desk) -> Words:
    """The completer of a database."""
    return Words([*_KEYWORDS, *(word for (word,) in desk.rows(_WORDS))])


def describe(desk: Desk, relation: str) -> Rows:
    r"""``\d``: the relations, or the columns of one, with the comments of the database.

    Raises:
        StoreError: there is no such relation; the nearest is named.
    """
    if not relation:
        return desk.rows(_RELATIONS)
    known = [name for name, _ in desk.rows(_RELATIONS)]
    meant = [name for name in known if relation in (name, name.partition(".")[2])]
    if len(meant) != 1:
        near = meant or difflib.get_close_matches(relation, known, n=2)
        hint = f" Did you mean {' or '.join(near)}?" if near else " \\d lists them."
        raise StoreError(f"There is no relation '{relation}'.{hint}")
    return desk.rows(_COLUMNS, {"relation": meant[0]})


def open_prompt(desk: Desk, *, as_of: int | datetime | None, output: str) -> None:
    """Ask until the reader leaves; an error is told and the prompt goes on."""
    session: PromptSession[str] = PromptSession(history=_history(desk), completer=words_of(desk))
    past = "" if as_of is None else f" as of {as_of}"
    sys.stderr.write(f"{desk.workspace.published}{past}, read only. \\? helps, \\q leaves.\n")
    begun = ""
    while True:
        try:
            line = session.prompt("     > " if begun else "audit> ")
        except KeyboardInterrupt:
            begun = ""
            continue
        except EOFError:
            return
        begun = f"{begun}\n{line}".strip()
        begun = _SAID_ELSEWHERE.get(begun.lower().rstrip(" ;"), begun)
        if begun == "\\q":
            return
        if begun.startswith("\\") or begun.endswith(";"):
            answer(desk, begun, as_of=as_of, output=output)
            begun = ""


def answer(desk: Desk, typed: str, *, as_of: int | datetime | None, output: str) -> None:
    """Answer one thing that was *typed*."""
    try:
        if typed.startswith("\\d"):
            write_answer(describe(desk, typed[2:].strip(" ;")), "table", None)
        elif typed.startswith("\\"):
            sys.stdout.write(HELP)
        elif typed.strip(" ;"):
            rows = desk.rows(typed.removesuffix(";"), as_of=as_of)
            write_answer(rows, output, None)
            sys.stderr.write(f"({len(rows):,} {'row' if len(rows) == 1 else 'rows'})\n")
    except MspAuditError as error:
        sys.stderr.write(f"{_wrapped(str(error))}\n")
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")


def _wrapped(message: str) -> str:
    # A message of several lines points with a caret; it stays as it is.
    return message if "\n" in message else textwrap.fill(message, shutil.get_terminal_size().columns - 1)


def _history(desk: Desk) -> History:
    folder = desk.workspace.settings.root / desk.workspace.settings.store.folder
    # A published copy may be all that there is here.
    return FileHistory(str(folder / "sql-history")) if folder.is_dir() else InMemoryHistory()
