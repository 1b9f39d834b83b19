"""The PSA's two ways to page, with the link headers as the vendor writes them."""

from __future__ import annotations

from dataclasses import dataclass

from msp_audit.sandbox.call import Call, address
from msp_audit.sandbox.psa_selection import PsaError, out_of_range
from msp_audit.sandbox.records import Positions, Records

DEFAULT_PAGE = 25
LARGEST_PAGE = 1_000
_LARGEST_NUMBER = 2_147_483_647


@dataclass(frozen=True, slots=True, kw_only=True)
class PsaPage:
    """What one call gets, and the link header that leads on."""

    positions: Positions
    link: str


def numbered_page(within: Positions, call: Call) -> PsaPage:
    """Paging by page number."""
    size = _number(call, "pageSize", default=DEFAULT_PAGE, largest=call.largest_page or LARGEST_PAGE)
    page = _number(call, "page", default=1, largest=_LARGEST_NUMBER)
    start = max(0, (page - 1) * size + (call.shift if page > 1 else 0))
    last = max(1, -(-len(within) // size))
    rels = {}
    if page < last:
        rels = {"next": page + 1, "last": last}
    if page > 1:
        rels |= {"first": 1, "prev": page - 1}
    kept = call.without("page", "pageSize")
    links = []
    for rel, number in rels.items():
        target = (*kept, ("pageSize", str(size)), ("page", str(number)))
        links.append(f'<{address(call.base, call.path, target)}>; rel="{rel}"')
    return PsaPage(positions=within[start : start + size], link=", ".join(links))


def forward_page(records: Records, within: Positions, call: Call) -> PsaPage:
    """Paging by the last id seen; the page number is ignored and an order is refused, as the guide says."""
    if call.parameter("orderBy"):
        raise PsaError.of("InvalidObject", "orderBy is not allowed with forward-only pagination.", status=400)
    size = _number(call, "pageSize", default=DEFAULT_PAGE, largest=call.largest_page or LARGEST_PAGE)
    last_id = _number(call, "pageId", default=0, smallest=0, largest=_LARGEST_NUMBER)
    start = records.after(last_id, within)
    positions = within[start : start + size]
    if len(positions) < size:
        return PsaPage(positions=positions, link="")
    kept = call.without("page", "pageSize", "pageId")
    following = (*kept, ("pageSize", str(size)), ("pageId", str(records.ids[positions[-1]])))
    return PsaPage(positions=positions, link=f'<{address(call.base, call.path, following)}>; rel="next"')


def _number(call: Call, name: str, *, default: int, largest: int, smallest: int = 1) -> int:
    text = call.parameter(name)
    if text is None:
        return default
    if not text.isdecimal() or not smallest <= int(text) <= largest:
        raise out_of_range(name, largest=largest)
    return int(text)
