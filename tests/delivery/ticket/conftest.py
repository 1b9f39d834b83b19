"""A bench for each test, all of them over one sandbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from msp_audit.sandbox import Sandbox
from tests.delivery.ticket.harness import READING, Bench


@pytest.fixture(scope="session")
def serving() -> Iterator[Sandbox]:
    with Sandbox(READING.folder) as sandbox:
        yield sandbox


@pytest.fixture
def psa(serving: Sandbox) -> Iterator[Sandbox]:
    serving.faults.clear()
    for ticket_id in list(serving.desk.tickets):
        serving.desk.delete(ticket_id)
    serving.desk.written.clear()
    yield serving
    serving.faults.clear()


@pytest.fixture
def bench(psa: Sandbox, tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(**settings: Any) -> Bench:
        made.append(Bench(tmp_path, psa, **settings))
        return made[-1]

    yield make
    for item in made:
        item.api.close()
        item.store.close()
