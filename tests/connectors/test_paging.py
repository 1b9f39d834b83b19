"""What paging promises beyond what the PSA's tests show: where links may lead, and when it ends."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from msp_audit.connectors.http import Answer, Params
from msp_audit.connectors.paging import Tally, read_list, same_list
from msp_audit.errors import SourceChanged

ASKED = "https://psa.example/v1/apis/3.0/company/companies?pageSize=2"


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        ("https://psa.example/v1/apis/3.0/company/companies?pageId=2", True),
        ("https://PSA.example:443/v1/apis/3.0/company/companies?pageId=2", True),
        ("/v1/apis/3.0/company/companies?pageId=2", True),
        ("?pageId=2", True),
        ("http://psa.example/v1/apis/3.0/company/companies?pageId=2", False),
        ("https://psa.example:8443/v1/apis/3.0/company/companies?pageId=2", False),
        ("https://psa.example.evil/v1/apis/3.0/company/companies?pageId=2", False),
        ("https://evil@stranger/v1/apis/3.0/company/companies?pageId=2", False),
        ("https://psa.example/v1/apis/3.0/company/companies&pageSize=2&pageId=2", False),
        ("https://psa.example/v1/apis/3.0/company/companies/../../secrets?x", False),
        ("https://[broken", False),
        ("javascript:alert(1)", False),
    ],
)
def test_a_link_leads_to_the_same_list_or_nowhere(link: str, followed: bool) -> None:
    assert (same_list(link, asked=ASKED) is not None) is followed


class _Endless:
    """Every page is full of new records."""

    def __init__(self) -> None:
        self.pages = 0

    def get(
        self,
        path: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        resource: str = "",
    ) -> Answer:
        del path, params, headers
        self.pages += 1
        body = f'[{{"id": {self.pages}}}]'.encode()
        url = f"https://psa.example/list?pageId={self.pages}"
        return Answer(
            source="psa",
            resource=resource,
            status=200,
            url=url,
            headers={},
            links={"next": url},
            content=body,
        )


def test_a_list_without_end_fails_loudly() -> None:
    endless, tally, known = _Endless(), Tally(), set[int]()
    with pytest.raises(SourceChanged, match="50 pages"):
        list(
            read_list(
                endless, path="/list", resource="lists", tally=tally, known=known, page_size=1, max_pages=50
            )
        )
    assert endless.pages == 50
    assert tally.rows == 50
