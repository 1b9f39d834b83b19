"""``suppressions.toml``: what people decided not to be told of for a while, by whom, why and until when."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from msp_audit.errors import SettingsError
from msp_audit.store import QueryFailed, inspect
from msp_audit.tomlfile import read_toml

SUPPRESSIONS_FILE = "suppressions.toml"
#: Names that a complaint repeats, and letters of each.
NAMED, LETTERS = 5, 40
_HEADING = """\
# What is not to be reported for a while. Each entry needs an author, a reason and an end;
# matchers (finding, rule, company_id, where) are joined by "and". 'msp-audit suppress' adds entries.
"""


def _told(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty; say it in words")
    return value.strip()


def _predicate(value: str) -> str:
    """SQL over one finding's columns and nothing else; checked here, run where nothing else is."""
    try:
        found = inspect(f"select 1 from findings where ({value}\n)")
    except QueryFailed as error:
        raise ValueError(f"is no SQL condition: {error}") from None
    if not found.is_single_select or found.relations != {"findings"} or found.params:
        raise ValueError("must be one condition over the finding's own columns")
    return value.strip()


Text = Annotated[str, AfterValidator(_told)]


class Suppression(BaseModel):
    """One entry: which findings, what is decided about them, by whom, why, until when (that day included)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: *suppressed* is not listed, only counted; *acknowledged* stays listed and is marked.
    triage: Literal["suppressed", "acknowledged"] = "suppressed"
    #: Id of a finding, or its first characters (eight at least).
    finding: Annotated[str, Field(pattern="^[0-9a-f]{8,16}$")] | None = None
    #: ``theme.rule``, or a whole theme.
    rule: str | None = None
    #: PSA company id.
    company_id: int | None = None
    #: SQL condition over the columns of ``audit.findings``: ``entity_name like 'LAB-%'``.
    where: Annotated[str, AfterValidator(_predicate)] | None = None
    author: Text
    reason: Text
    until: date
    added_on: date | None = None

    @model_validator(mode="after")
    def _matches_something(self) -> Suppression:
        matchers = (self.finding, self.rule, self.company_id, self.where)
        if all(matcher is None for matcher in matchers):
            raise ValueError("names nothing; give finding, rule, company_id or where")
        return self

    @property
    def suppression_id(self) -> str:
        """The same for the same matchers: an end that is moved is the same suppression."""
        facts = [self.triage, self.finding, self.rule, self.company_id, self.where]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:12]

    def is_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return today > self.until


def load_suppressions(path: Path, *, today: date, max_days: int) -> tuple[Suppression, ...]:
    """The entries of *path*; none when there is no such file.

    Raises:
        SettingsError: the file is not understood, or an entry lasts longer than *max_days* from *today*.
    """
    try:
        document = read_toml(path)
    except FileNotFoundError:
        return ()
    unknown = sorted(set(document) - {"suppression"})
    listed = document.get("suppression", [])
    if unknown or not isinstance(listed, list):
        # Not all of it: a file that is something else altogether would become the message.
        named = ", ".join(f"'{name[:LETTERS]}'" for name in unknown[:NAMED]) or "something that is no list"
        raise SettingsError(f"{path}: holds [[suppression]] entries and nothing else; found {named}.")
    found = tuple(
        _entry(values, where=f"{path}, entry {number}") for number, values in enumerate(listed, start=1)
    )
    seen: set[str] = set()
    for number, entry in enumerate(found, start=1):
        if entry.until > today + timedelta(days=max_days):
            raise SettingsError(
                f"{path}, entry {number}: until = {entry.until} is more than {max_days} days away"
                " (suppressions.max_days). Choose an earlier day; it can be moved when it comes."
            )
        if entry.suppression_id in seen:
            raise SettingsError(f"{path}, entry {number}: stands there twice; keep one of them.")
        seen.add(entry.suppression_id)
    return found


def add_suppression(path: Path, entry: Suppression, *, today: date, max_days: int) -> tuple[Suppression, ...]:
    """Write *entry* into *path*, whole or not at all; an entry with the same matchers is replaced.

    Raises:
        SettingsError: the file is not understood or cannot be written, or the entry lasts too long.
    """
    if entry.until > today + timedelta(days=max_days):
        raise SettingsError(
            f"The end {entry.until} is more than {max_days} days away (suppressions.max_days)."
        )
    if entry.is_expired(today):
        raise SettingsError(f"The end {entry.until} is over; today is {today}.")
    before = load_suppressions(path, today=today, max_days=max_days)
    is_known = any(other.suppression_id == entry.suppression_id for other in before)
    if is_known:
        kept = (*(o for o in before if o.suppression_id != entry.suppression_id), entry)
        text = _HEADING + "".join(map(_toml, kept))
    else:
        # What people wrote, with their comments, stays as they wrote it.
        old = path.read_text(encoding="utf-8-sig") if path.exists() else _HEADING
        kept = (*before, entry)
        text = old.rstrip("\n") + "\n" + _toml(entry)
    _replace(path, text)
    return kept


def suppression_from(**values: object) -> Suppression:
    """An entry from single values.

    Raises:
        SettingsError: a value is missing or not understood.
    """
    return _entry({name: value for name, value in values.items() if value is not None}, where="suppress")


def _entry(values: object, *, where: str) -> Suppression:
    try:
        return Suppression.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"] if part != "function-plain")
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{where}: {f'{place}: ' if place else ''}{message}.") from None


def _toml(entry: Suppression) -> str:
    lines = ["", "[[suppression]]"]
    for name, value in entry.model_dump(exclude_none=True).items():
        shown = value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)
        lines.append(f"{name} = {shown}")
    return "\n".join(lines) + "\n"


def _replace(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise SettingsError(f"{path}: cannot be written: {error.strerror}.") from error
    finally:
        fresh.unlink(missing_ok=True)


def matchers_of(entries: Iterable[Suppression]) -> Sequence[tuple[object, ...]]:
    """Rows for the table of entries: id, triage, matchers, author, reason, end."""
    return [
        (
            entry.suppression_id,
            entry.triage,
            entry.finding,
            entry.rule,
            entry.company_id,
            entry.where,
            entry.author,
            entry.reason,
            entry.until,
        )
        for entry in entries
    ]
