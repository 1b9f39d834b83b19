"""Follows ``links.next`` without losing the filters, the host or itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from msp_audit.connectors.auvik.api import document, records
from msp_audit.connectors.http import Answer, Api, Params
from msp_audit.domain import Record
from msp_audit.errors import SourceChanged

#: A list longer than this many pages is a loop.
MAX_PAGES = 5_000
CURSOR = "page[after]"


def read_pages(
    api: Api, *, path: str, params: Params, resource: str, max_pages: int = MAX_PAGES
) -> Iterator[list[Record]]:
    """Yield the records of each page.

    Raises:
        SourceChanged: a repeated cursor, a link that leaves the list, or more than *max_pages*: loudly,
            rather than a short list.
    """
    answer = api.get(path, params=params, resource=resource)
    cursors: set[str] = set()
    for _ in range(max_pages):
        body = document(answer)
        yield records(body, resource=resource)
        link = _next_link(body, resource=resource)
        if link is None:
            return
        address = _followed(link, answer=answer, params=params)
        cursor = address.params.get(CURSOR, "")
        if not cursor or cursor in cursors:
            raise SourceChanged(
                f"auvik's list of '{resource}' comes back to where it was. It may be incomplete; "
                f"try again later."
            )
        cursors.add(cursor)
        # No params here: httpx would put them in the place of the link's query.
        answer = api.get(str(address), resource=resource)
    raise SourceChanged(f"auvik's list of '{resource}' does not end after {max_pages} pages.")


def _next_link(body: dict[str, Any], *, resource: str) -> str | None:
    links = body.get("links")
    link = links.get("next") if isinstance(links, dict) else None
    if isinstance(link, dict):
        link = link.get("href")
    if link is not None and not isinstance(link, str):
        raise SourceChanged(f"auvik's list of '{resource}' has a next link that is no address.")
    return link or None


def _followed(link: str, *, answer: Answer, params: Params) -> httpx.URL:
    """Where *link* leads, with the filters that it forgot put back."""
    asked = httpx.URL(answer.url)
    subject = f"auvik's list of '{answer.resource}'"
    try:
        address = asked.join(link)
    except httpx.InvalidURL:
        raise SourceChanged(f"{subject} has a next link that is no address.") from None
    if (address.scheme, address.netloc, address.path) != (asked.scheme, asked.netloc, asked.path):
        raise SourceChanged(
            f"{subject} goes on at {address.host}{address.path}, not where it began. "
            f"The key was not sent there; check auvik.url."
        )
    filters = {name: str(value) for name, value in params.items() if not name.startswith("page[")}
    changed = [name for name, value in filters.items() if address.params.get(name, value) != value]
    if changed:
        raise SourceChanged(f"{subject} goes on with another {', '.join(changed)}.")
    missing = {name: value for name, value in filters.items() if name not in address.params}
    return address.copy_merge_params(missing) if missing else address
