"""The SQL prompt: several lines until a semicolon, completion from the database, help from its comments."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from msp_audit.cli.answer import write_answer
from msp_audit.errors import MspAuditError

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document

    from msp_audit.domain import Rows
    from msp_audit.workspace import Desk

HELP = """\
A select ends with a semicolon.
\\d             the relations and what one row of each is
\\d RELATION    its columns and what they mean
\\q             leave; so does Ctrl-D. Ctrl-C stops a query.
"""
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
    r"""``\d``: the relations, or the columns of one, with the comments of the database."""
    return desk.rows(_COLUMNS, {"relation": relation}) if relation else desk.rows(_RELATIONS)


def open_prompt(desk: Desk, *, as_of: int | datetime | None, output: str) -> None:
    """Ask until the reader leaves; an error is told and the prompt goes on."""
    session: PromptSession[str] = PromptSession(history=_history(desk), completer=words_of(desk))
    sys.stderr.write(f"{desk.workspace.published}, read only. \\? helps, \\q leaves.\n")
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
            write_answer(desk.rows(typed.removesuffix(";"), as_of=as_of), output, None)
    except MspAuditError as error:
        sys.stderr.write(f"{error}\n")
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")


def _history(desk: Desk) -> History:
    folder = desk.workspace.settings.root / desk.workspace.settings.store.folder
    # A published copy may be all that there is here.
    return FileHistory(str(folder / "sql-history")) if folder.is_dir() else InMemoryHistory()
