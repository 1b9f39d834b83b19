"""Sends the GET requests that stand in a file, a few at a time, and throws the answers away."""

from __future__ import annotations

import json
import ssl
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx


def main() -> None:
    """``_bare_loop.py JOB.json``: addresses, headers, concurrency, authority."""
    job = json.loads(Path(sys.argv[1]).read_text())
    limits = httpx.Limits(max_connections=job["concurrency"], max_keepalive_connections=job["concurrency"])
    authority = ssl.create_default_context(cafile=job["authority"])
    with (
        httpx.Client(
            verify=authority, headers=job["headers"], limits=limits, timeout=60, trust_env=False
        ) as session,
        ThreadPoolExecutor(max_workers=job["concurrency"]) as pool,
    ):

        def fetch(address: str) -> int:
            with session.stream("GET", address) as answer:
                answer.raise_for_status()
                return sum(map(len, answer.iter_bytes()))

        print(sum(pool.map(fetch, job["addresses"])))


if __name__ == "__main__":
    main()
