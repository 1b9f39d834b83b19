"""How values become words: the same cell reads the same in every face."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?")
#: Values that say nothing. A tuple: what is compared with it need not be hashable.
_UNKNOWN: tuple[object, ...] = (None, "", [])
#: What stands in a cell that holds nothing.
NOTHING = "–"

_SOURCES = {
    "psa": "ConnectWise PSA",
    "automate": "ConnectWise Automate",
    "auvik": "Auvik",
    "ninjaone": "NinjaOne",
    "files": "Other tools",
    "core": "Links",
}
_OUTCOMES = {
    "evaluated": "judged",
    "truncated": "judged in part",
    "not_evaluated": "not judged",
    "failed": "failed",
}
_EVENTS = {
    "new": "New",
    "reopened": "Came back",
    "resolved": "Resolved",
    "unchecked": "Not re-checked",
    "rechecked": "Checked again",
}


def plain(value: object) -> str:
    """*value* as one harmless line: no line breaks, control, bidirectional-override or broken characters.

    Names come from strangers' networks; a name that turns the direction of the text around it, or breaks
    a header line, must not do so in a report. What is taken out is shown as U+FFFD.
    """
    text = " ".join(str(value).split())
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if _is_harmful(sign) else sign for sign in text)


def _is_harmful(sign: str) -> bool:
    return sign not in _JOINERS and unicodedata.category(sign) in _HARMFUL


#: Control, format (which holds the overrides), surrogate, private use and unassigned.
_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn"}
#: Formats too, but names in Persian and emoji need them.
_JOINERS = "\u200c\u200d"


def cleaned(value: Any) -> Any:  # noqa: ANN401  (any SQL value)
    """*value* with every text inside it made plain."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {plain(key): cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [cleaned(item) for item in value]
    return value


def words(value: Any, form: str = "text") -> str:  # noqa: ANN401
    """*value* as people read it; *form* is a column's format hint."""
    if value in _UNKNOWN:
        return NOTHING
    formatter = _FORMS.get(form)
    if formatter is not None:
        return formatter(value)
    return _by_type(value)


def count(value: Any) -> str:  # noqa: ANN401
    """1234 as ``1,234``."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.0f}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """``1 rule``, ``2 rules``."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def day(value: Any) -> str:  # noqa: ANN401
    """``2 Nov 2026``, whatever the machine's language."""
    if not isinstance(value, date):
        return str(value)
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: Any) -> str:  # noqa: ANN401
    """``2 Nov 2026, 06:00 UTC``."""
    return f"{day(value)}, {value:%H:%M} UTC" if isinstance(value, datetime) else day(value)


def share(value: Any) -> str:  # noqa: ANN401
    """0.9737 as ``97.3 %``: rounded down, so that only all of it is 100 %."""
    return f"{int(Decimal(str(value)) * 1000) / 10:.1f} %"


def change(value: Any) -> str:  # noqa: ANN401
    """0.012 as ``+1.2 %``; no change as ``=``."""
    return "=" if not value else f"{'+' if value > 0 else '−'}{abs(value) * 100:.1f} %"


def days(value: Any) -> str:  # noqa: ANN401
    """``today``, ``1 day``, ``12 days``."""
    return "today" if value == 0 else counted(int(value), "day")


def source_name(value: Any) -> str:  # noqa: ANN401
    """``psa`` as ``ConnectWise PSA``."""
    return _SOURCES.get(str(value), str(value).replace("_", " ").capitalize())


def relation_name(value: Any) -> str:  # noqa: ANN401
    """``automate.network_devices`` as ``ConnectWise Automate network devices``."""
    source, _, relation = str(value).partition(".")
    return f"{source_name(source)} {label(relation)}" if relation else label(source)


def label(value: Any) -> str:  # noqa: ANN401
    """``network_devices`` as ``network devices``."""
    return str(value).replace("_", " ")


def facts(value: Mapping[str, Any], *, without: Sequence[object] = ()) -> list[tuple[str, str]]:
    """Evidence as pairs of label and words; what is unknown or stands in *without* is left out."""
    return [
        (_fact_name(key), _fact(item))
        for key, item in value.items()
        if item not in _UNKNOWN and item not in without
    ]


def main_facts(row: Mapping[str, Any], *, most: int = 3) -> str:
    """The few pieces of evidence that say what the *row*'s name and reason do not."""
    evidence = row["evidence"]
    if not isinstance(evidence, Mapping):
        return ""
    said = f"{row['reason']} {row['entity_name']} {row['company_name']}".casefold()
    kept = [
        f"{_fact_name(key)} {cut(told)}"
        for key, value in evidence.items()
        if not key.endswith(("_id", "_ids"))
        and value not in _UNKNOWN
        and not isinstance(value, bool)
        and (told := _fact(value)).casefold() not in said
        and not told.startswith("https://")
    ]
    return " · ".join(kept[:most])


def cut(text: str, most: int = 64) -> str:
    """*text* no longer than *most* characters; an ellipsis says that there is more."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def typed(value: Any) -> Any:  # noqa: ANN401
    """Evidence as its own type again: JSON keeps times and dates as text."""
    # Few texts have a dash there; the others need no closer look.
    if isinstance(value, str) and value[4:5] == "-" and _TIME.fullmatch(value):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return value
        return found.date() if len(value) == len("2026-11-02") else found.replace(tzinfo=None)
    return value


def _fact(value: Any) -> str:  # noqa: ANN401
    return words(typed(value))


def _fact_name(key: str) -> str:
    return label(key.removeprefix("is_").removeprefix("has_").removesuffix("_at").removesuffix("_on"))


def severity_name(value: Any) -> str:  # noqa: ANN401
    """``high`` as ``High``."""
    return str(value).capitalize()


def joined(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def _evidence(value: Any) -> str:  # noqa: ANN401
    pairs = facts(value) if isinstance(value, Mapping) else [("", _by_type(value))]
    return " · ".join(f"{name} {text}".strip() for name, text in pairs) or NOTHING


def _seconds(value: Any) -> str:  # noqa: ANN401
    return f"{value:,.1f} s" if value < 120 else f"{value / 60:,.1f} min"


def _by_type(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, list | tuple):
        return ", ".join(_by_type(item) for item in value)
    if isinstance(value, Mapping):
        return _evidence(value)
    return str(value)


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FORMS = {
    "change": change,
    "count": count,
    "date": day,
    "days": days,
    "event": lambda value: _EVENTS.get(str(value), label(value)),
    "evidence": _evidence,
    "label": label,
    "outcome": lambda value: _OUTCOMES.get(str(value), label(value)),
    "relation": relation_name,
    "seconds": _seconds,
    "severity": severity_name,
    "share": share,
    "source": source_name,
    "time": moment,
}
#: Format hints that a section's header may use.
FORMS = frozenset(_FORMS) | {"text", "verdict"}
