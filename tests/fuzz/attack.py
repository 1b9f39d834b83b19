"""One attack on one parser, and what came of it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from msp_audit.errors import MspAuditError
from tests.fuzz.parsers import SECRET, Parser


def attack(parser: Parser, data: bytes, folder: Path) -> str:
    """Let *parser* read *data*: ``understood``, or ``refused`` with an error in words.

    Raises:
        AssertionError: the error holds the secret, or is no more than a name.
    """
    place = Path(tempfile.mkdtemp(dir=folder))
    try:
        parser.parse(data, place)
    except MspAuditError as error:
        told = str(error)
        assert SECRET not in told, "an error repeats a secret"
        assert len(told.split()) > 3, f"an error says nothing: {told}"
        assert len(told) < 5000, f"an error repeats its input: {told[:200]}…"
        return "refused"
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return "understood"
