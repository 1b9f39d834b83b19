"""Reads lists over Automate's REST API, page by page until an empty one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from msp_audit.connectors.ahead import Ahead
from msp_audit.connectors.automate.models import physical_row, present_columns
from msp_audit.connectors.automate.session import TokenAuth
from msp_audit.connectors.automate.tables import Table
from msp_audit.connectors.base import Event, Page, Progress
from msp_audit.connectors.http import Api, Rejected, Secrets
from msp_audit.domain import Proof, Record, ResourceReading, Verdict
from msp_audit.errors import SettingsError, SourceChanged, SourceError, SourceRefused
from msp_audit.settings.model import AutomateSettings

API_ROOT = "/cwa/api/v1"
#: The server is the MSP's own machine, and nothing documents a maximum above 1000.
PAGE_ROWS = 500
#: What the clients in use ask for at most.
LARGEST_PAGE = 1_000
#: A list longer than this many pages is a loop.
MAX_PAGES = 20_000
#: Rows that a look at the end of a list asks for.
END_ROWS = 25
#: A list that is still not the same after this many passes is not believed.
MAX_PASSES = 4
#: Fewer rows may all lack a member; of more, one has it unless the model has changed.
ROWS_THAT_SHOW_A_MODEL = 10


@dataclass(slots=True)
class _Tally:
    pages: int = 0
    rows: int = 0
    duplicates: int = 0
    without_key: int = 0
    seen: set[str] = field(default_factory=set)
    #: Ids of the pass that is under way.
    passed: set[str] = field(default_factory=set)
    #: Columns whose member some model had, even empty.
    present: set[str] = field(default_factory=set)


def open_api(
    settings: AutomateSettings, *, sleep: Callable[[float], None] = time.sleep, tries: int | None = None
) -> Api:
    """A session that signs in at its first request.

    Raises:
        SettingsError: the settings name no server, or the password cannot be looked up.
    """
    if settings.url is None or settings.username is None or settings.password is None:
        raise SettingsError("The settings name no Automate server; give automate.url, or use exports only.")
    http = settings.http if tries is None else settings.http.model_copy(update={"tries": tries})
    root = settings.url if settings.url.lower().endswith(API_ROOT) else settings.url + API_ROOT
    secrets = Secrets([settings.password.reveal()])
    auth = TokenAuth(
        token_address=f"{root}/apitoken",
        username=settings.username,
        password=settings.password,
        secrets=secrets,
    )
    return Api(
        source="automate",
        base_url=root,
        settings=http,
        auth=auth,
        headers={"clientId": settings.client_id or "", "Accept": "application/json"},
        secrets=secrets,
        sleep=sleep,
    )


def read_list(
    api: Api, *, table: Table, page_rows: int | None = None, progress: Progress | None = None
) -> Iterator[Event]:
    """Yield the list of *table* as pages of physical rows, then its reading.

    Pages end with an empty one: a short page is no end, a server may cap the size. The server tells no
    count and numbers its pages, so a row that is deleted meanwhile moves another one out of sight. A list
    of several pages is therefore read again, cut elsewhere, until a pass brings nothing new. At last it is
    read from its end until it meets what is known, so that no end is lost that all passes lacked.
    """
    started = time.monotonic()
    tally = _Tally()
    verdict, reason = Verdict.COMPLETE, ""
    try:
        for page in _passes(api, table=table, page_rows=page_rows or PAGE_ROWS, tally=tally):
            yield page
            if progress is not None:
                progress(table.name, tally.rows, None)
        yield from _end(api, table=table, tally=tally)
    except SourceRefused as error:
        verdict = Verdict.PARTIAL if tally.rows else Verdict.REFUSED
        reason = f"{error} Grant {table.resource.right} to the API user."
    except SourceError as error:
        verdict, reason = Verdict.PARTIAL, str(error)
    if verdict is Verdict.COMPLETE and (doubt := _doubt(tally, table=table)):
        verdict, reason = Verdict.PARTIAL, doubt
    usage = api.usage(table.name)
    proof = Proof(
        pages=tally.pages,
        rows=tally.rows,
        duplicates=tally.duplicates,
        requests=usage.requests,
        retries=usage.retries,
        elapsed_seconds=time.monotonic() - started,
    )
    yield ResourceReading(source="automate", resource=table.name, verdict=verdict, reason=reason, proof=proof)


def _passes(api: Api, *, table: Table, page_rows: int, tally: _Tally) -> Iterator[Page]:
    cut = page_rows
    for number in range(1, MAX_PASSES + 1):
        pages_before, duplicates_before, newest = tally.pages, tally.duplicates, _newest(tally.seen)
        tally.passed.clear()
        lost = 0
        for page in _pages(api, table=table, page_rows=cut, tally=tally):
            # What was added meanwhile has a higher id than all before; the rest should have been seen.
            lost += sum(1 for row in page.records if _number(row[table.resource.key[0]]) <= newest)
            if page.records:
                yield page
        tally.duplicates = max(duplicates_before, tally.duplicates - duplicates_before)
        is_short = number == 1 and tally.pages - pages_before <= 1
        if is_short or (number > 1 and not lost):
            return
        cut = _other_cut(page_rows, number=number)
    raise SourceChanged(
        f"automate's list of '{table.name}' was not the same in {MAX_PASSES} passes. Try again later."
    )


def _other_cut(page_rows: int, *, number: int) -> int:
    """A page size that ends pages elsewhere, so that another row would be lost between them."""
    double = 2 * page_rows - number
    return max(2, double if double <= LARGEST_PAGE else page_rows - number)


def _pages(api: Api, *, table: Table, page_rows: int, tally: _Tally) -> Iterator[Page]:
    fetch = partial(fetch_page, api, table=table, page_rows=page_rows)
    with Ahead() as ahead:
        following: Callable[[], list[Record]] = partial(fetch, number=1)
        for number in range(1, MAX_PAGES + 1):
            models = following()
            if not models:
                return
            following = ahead.ask(partial(fetch, number=number + 1))
            passed_before = len(tally.passed)
            rows = _new_rows(models, table=table, tally=tally)
            if len(tally.passed) == passed_before:
                raise SourceChanged(
                    f"automate repeats records of '{table.name}': page {number} holds nothing new. "
                    f"The list may be incomplete; try again later."
                )
            tally.pages += 1
            tally.rows += len(rows)
            yield Page(resource=table.name, records=rows)
    raise SourceChanged(f"automate's list of '{table.name}' does not end after {MAX_PAGES} pages.")


def _end(api: Api, *, table: Table, tally: _Tally) -> Iterator[Page]:
    """What the list holds behind the last row that was read, newest first."""
    tally.passed.clear()
    counted = tally.duplicates, tally.without_key
    for number in range(1, MAX_PASSES + 1):
        try:
            models = fetch_page(api, table=table, number=number, page_rows=END_ROWS, order="desc")
        except Rejected:
            # A server that cannot order so cannot be asked; the passes have to do.
            return
        rows = _new_rows(models, table=table, tally=tally)
        # They were counted on the way there.
        tally.duplicates, tally.without_key = counted
        tally.rows += len(rows)
        if rows:
            tally.pages += 1
            yield Page(resource=table.name, records=rows)
        if len(rows) < len(models) or not models:
            return
    raise SourceChanged(
        f"automate's list of '{table.name}' ends before its newest records. Try again later, or read exports."
    )


def fetch_page(api: Api, *, table: Table, number: int, page_rows: int, order: str = "asc") -> list[Record]:
    """One page of *table*'s REST models, ordered by id so that paging is stable."""
    answer = api.get(
        table.rest_path or "",
        params={"page": number, "pagesize": page_rows, "orderby": f"{table.rest_order} {order}"},
        resource=table.name,
    )
    return answer.records()


def _new_rows(models: list[Record], *, table: Table, tally: _Tally) -> list[Record]:
    key = table.resource.key[0]
    rows = []
    for model in models:
        if len(tally.present) < len(table.required):
            tally.present |= present_columns(model, table=table.name) & set(table.required)
        row = physical_row(model, table=table.name)
        identity = row[key]
        if identity is None:
            tally.without_key += 1
        elif identity in tally.passed:
            tally.duplicates += 1
        else:
            tally.passed.add(identity)
            if identity not in tally.seen:
                tally.seen.add(identity)
                rows.append(row)
    return rows


def _doubt(tally: _Tally, *, table: Table) -> str:
    """Why a list that was read to its end is not to be believed; empty when it is."""
    if tally.without_key:
        return f"automate sent {tally.without_key} records of '{table.name}' without an id."
    missing = [column for column in table.required if column not in tally.present]
    if missing and tally.rows >= ROWS_THAT_SHOW_A_MODEL:
        named = ", ".join(f"{table.physical}.{column}" for column in missing)
        return f"No record of '{table.name}' has what becomes {named}; the server's model has changed."
    return ""


def _newest(ids: set[str]) -> int:
    return max((_number(each) for each in ids), default=0)


def _number(identity: str) -> int:
    """An id as a number; one that is none counts as known from the beginning."""
    return int(identity) if identity.isdecimal() else 0
