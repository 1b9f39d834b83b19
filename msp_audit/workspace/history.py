"""The workspace's memory: differences, explanations and what people set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from msp_audit.audit import (
    SUPPRESSIONS_FILE,
    Explanation,
    Suppression,
    add_suppression,
    diff_runs,
    diff_snapshots,
    explain,
    load_suppressions,
    suppression_from,
)
from msp_audit.domain import Rows
from msp_audit.settings import Settings
from msp_audit.store import Views
from msp_audit.workspace.upkeep import upkeep_of


@dataclass(frozen=True)
class History:
    """Looks back through the published copy; writes nothing but ``suppressions.toml``."""

    settings: Settings
    views: Views
    now: Callable[[], datetime]

    @property
    def _published(self) -> Path:
        return self.settings.root / self.settings.store.published

    def explain(self, finding: str) -> Explanation:
        """The finding whose id begins with *finding*: its story, its rule and its rows of that day."""
        limit = self.settings.store.memory_limit
        return explain(self._published, finding, views=self.views, memory_limit=limit)

    def diff(self, before: int, after: int, *, by_item: bool = False) -> Rows:
        """What changed in inventory and findings between two runs, by company or item by item."""
        return diff_runs(self._published, before=before, after=after, views=self.views, by_item=by_item)

    def diff_snapshots(self, before: int, after: int, *, by_item: bool = False) -> Rows:
        """What changed in the inventory between two readings, by company or item by item."""
        return diff_snapshots(self._published, before=before, after=after, views=self.views, by_item=by_item)

    def suppressions(self) -> tuple[Suppression, ...]:
        """The entries of ``suppressions.toml``; they decide from the next run on."""
        return load_suppressions(
            self.settings.root / SUPPRESSIONS_FILE,
            today=self.now().date(),
            max_days=self.settings.suppressions.max_days,
        )

    def suppress(self, **values: object) -> Suppression:
        """Add an entry to ``suppressions.toml``: the fields of :class:`Suppression`; *until* has a default.

        Raises:
            SettingsError: a field is missing or not understood, or the end is too far away.
        """
        today = self.now().date()
        ends = today + timedelta(days=self.settings.suppressions.default_days)
        entry = suppression_from(**{**values, "until": values.get("until") or ends, "added_on": today})
        add_suppression(
            self.settings.root / SUPPRESSIONS_FILE,
            entry,
            today=today,
            max_days=self.settings.suppressions.max_days,
        )
        return entry

    def upkeep(self) -> Rows:
        """Runs and sources with their last good day, whether they are overdue, and the files' sizes."""
        return upkeep_of(self.settings, now=self.now())
