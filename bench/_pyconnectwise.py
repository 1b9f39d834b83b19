"""Reads the lists of one PSA with pyconnectwise, as its users call it; runs in an environment of its own."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from pyconnectwise import ConnectWiseManageAPIClient

#: The longest page: nested lists need one request each, by ``get``; ``paginated`` would ask each one twice.
PAGE = 1000
WHOLE = {"pageSize": str(PAGE)}


def main() -> None:
    """``_pyconnectwise.py JOB.json``: host and login."""
    job = json.loads(Path(sys.argv[1]).read_text())
    psa = ConnectWiseManageAPIClient(
        job["company"], job["host"], job["client_id"], job["public_key"], job["private_key"]
    )
    counts: Counter[str] = Counter()
    parents: dict[str, list[int]] = {}
    for name, endpoint in top_lists(psa).items():
        for record in endpoint.paginated(1, PAGE).all():
            counts[name] += 1
            if name in ("companies", "configuration_types", "boards", "agreements", "integrations"):
                parents.setdefault(name, []).append(record.id)
    for name, lists in nested_lists(psa, parents).items():
        for records in lists:
            counts[name] += len(records)
    counts["security_rights"] = len(psa.system.my_security.get(params=WHOLE))
    print(json.dumps(counts))


def top_lists(psa: Any) -> dict[str, Any]:  # noqa: ANN401  (another environment's types)
    """Name -> endpoint."""
    return {
        "companies": psa.company.companies,
        "company_types": psa.company.companies.types,
        "company_statuses": psa.company.companies.statuses,
        "configurations": psa.company.configurations,
        "configuration_types": psa.company.configurations.types,
        "configuration_statuses": psa.company.configurations.statuses,
        "manufacturers": psa.procurement.manufacturers,
        "boards": psa.service.boards,
        "priorities": psa.service.priorities,
        "agreements": psa.finance.agreements,
        "integrations": psa.company.managed_devices_integrations,
    }


def nested_lists(psa: Any, parents: dict[str, list[int]]) -> dict[str, Iterable[list[Any]]]:  # noqa: ANN401
    """Name -> one list a parent, asked for as it is taken."""

    def below(name: str, place: Callable[[int], Any]) -> Iterable[list[Any]]:
        return (place(parent).get(params=WHOLE) for parent in parents.get(name, []))

    company, service, finance = psa.company, psa.service, psa.finance
    return {
        "sites": below("companies", lambda i: company.companies.id(i).sites),
        "management_summaries": below(
            "companies", lambda i: company.companies.id(i).management_summary_reports
        ),
        "questions": below("configuration_types", lambda i: company.configurations.types.id(i).questions),
        "statuses": below("boards", lambda i: service.boards.id(i).statuses),
        "teams": below("boards", lambda i: service.boards.id(i).teams),
        "additions": below("agreements", lambda i: finance.agreements.id(i).additions),
        "cross_references": below(
            "integrations", lambda i: company.managed_devices_integrations.id(i).cross_references
        ),
    }


if __name__ == "__main__":
    main()
