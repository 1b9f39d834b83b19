"""The keys that the fake PSA knows."""

from __future__ import annotations

import pytest

from tests.connectors.psa.fake import PRIVATE_KEY, PUBLIC_KEY


@pytest.fixture(autouse=True)
def _keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_PSA_PUBLIC", PUBLIC_KEY)
    monkeypatch.setenv("TEST_PSA_PRIVATE", PRIVATE_KEY)
