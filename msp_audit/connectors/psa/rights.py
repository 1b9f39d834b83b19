"""What the API member's own rights say about the lists: a hidden record looks like a missing one."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msp_audit.connectors.psa.resources import Right
from msp_audit.domain import Record


class Rights:
    """Inquire levels by module and function; unknown until records of ``security_rights`` are added."""

    def __init__(self) -> None:
        self._levels: dict[tuple[str, str], tuple[str, bool]] = {}

    def add(self, records: Iterable[Record]) -> None:
        """Learn from records as ``/system/mySecurity`` answers them."""
        for record in records:
            level = record.get("inquireLevel")
            if not isinstance(level, str):
                continue
            is_customized = record.get("customFlag") is True
            modules = (record.get(name) for name in ("moduleName", "moduleDescription", "moduleIdentifier"))
            functions = (
                record.get(name)
                for name in ("moduleFunctionName", "moduleFunctionDescription", "moduleFunctionIdentifier")
            )
            known_modules = {_word(module) for module in modules}
            for function in {_word(function) for function in functions}:
                for module in known_modules:
                    self._levels[module, function] = (level, is_customized)

    def level(self, right: Right) -> str | None:
        """``All``, ``My`` or ``None`` (as text); None where the rights do not name it."""
        found = self._find(right)
        return found[0] if found else None

    def is_customized(self, right: Right) -> bool:
        """Whether the *customize* list of the function leaves something out."""
        found = self._find(right)
        return found is not None and found[1]

    def shortcoming(self, right: Right | None) -> str:
        """A sentence when *right* is held at less than All; empty when it is, or when nobody knows."""
        if right is None:
            return ""
        level = self.level(right)
        if level is None or level.lower() == "all":
            return ""
        return (
            f"The API member inquires on {right} at level {level}, so records may be hidden. "
            f"Set its Inquire Level to All."
        )

    def _find(self, right: Right) -> tuple[str, bool] | None:
        return self._levels.get((_word(right.module), _word(right.function)))


def _word(value: object) -> str:
    """Letters only, lower case, singular: *Configurations* and *configuration* are one."""
    words = re.findall(r"[a-z]+", value.lower()) if isinstance(value, str) else []
    return "".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word.removesuffix("s")
