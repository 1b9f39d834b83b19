"""Reads the two settings files of seed 002's add-on and writes them as our ``[tickets]``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, fromstring

from msp_audit.errors import SettingsError

#: Name in ITSMSettings.xml or ConnectWiseSettings.xml -> name of ours; its default makes its kind.
_SAME = {
    "TicketFloodLimit": "ticket_flood_limit",
    "TicketFloodInterval": "ticket_flood_interval",
    "ConsolidationInterval": "consolidation_interval",
    "UpdateTicketOnRepetitiveAlerts": "update_ticket_on_repetitive_alerts",
    "ReopenTicketOnRepetitiveAlerts": "reopen_ticket_on_repetitive_alerts",
    "UpdateInterval": "update_interval",
    "EnableTicketCorrelation": "enable_ticket_correlation",
    "CorrelationInterval": "correlation_interval",
    "DisplayOnlyFirstActivityRecord": "display_only_first_activity_record",
    "IgnoreUploadAttachmentError": "ignore_upload_attachment_error",
    "CorrelationTicketFormat": "correlation_ticket_format",
    "NewState": "new_state",
}
_TEXTS = {
    "summary": "title",
    "title": "title",
    "initialdescription": "description",
    "initialinternalanalysis": "internal_analysis",
}
_REFERENCES = (
    "company",
    "board",
    "team",
    "priority",
    "type",
    "subtype",
    "item",
    "source",
    "contact",
    "status",
)
#: Far larger than these files are.
MAX_BYTES = 1_000_000
#: Without a meaning here, and why.
_DROPPED = {
    "netwrixauditorhost": "msp-audit reads its own ledger",
    "netwrixauditorusername": "msp-audit reads its own ledger",
    "netwrixauditorpassword": "msp-audit reads its own ledger; the password was not copied",
    "checkalertqueueinterval": "there is no queue between two runs",
    "processactivityrecordqueueinterval": "there is no queue between two runs",
    "activityrecordrequestsretention": "findings are kept in the ledger",
    "activityrecordwebrequests": "only its RequestTimeout has a meaning here",
    "enabletls12": "TLS 1.2 and later are always on",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The settings as TOML, and what could not be taken over."""

    toml: str
    remarks: tuple[str, ...]


def import_settings(paths: Sequence[Path]) -> Imported:
    """``[psa]`` (without secrets) and ``[tickets]`` from seed 002's files.

    Raises:
        SettingsError: a file cannot be read, or is no XML of that kind.
    """
    found: dict[str, object] = {}
    psa: dict[str, str] = {}
    retention: dict[str, int] = {}
    remarks: list[str] = []
    for path in paths:
        root = _parse(path)
        _read_connection(root, psa)
        _read_parameters(root, found, remarks)
        _read_references(root, found)
        _read_operation(root, found, retention, remarks)
    if not found:
        raise SettingsError(f"{paths[0]} holds no ticket settings; expected ConnectWiseSettings.xml.")
    lines = [*_psa_table(psa), "[tickets]"]
    for needed in ("company", "board"):
        if needed not in found:
            lines.append(f'{needed} = ""  # to be filled in')
            remarks.append(f"{needed} is not in these files; fill it in.")
    lines += [f"{name} = {_toml(value)}" for name, value in found.items()]
    if retention:
        lines += ["", "[tickets.ticket_requests_retention]"]
        lines += [f"{name} = {value}" for name, value in retention.items()]
    return Imported(toml="\n".join(lines) + "\n", remarks=tuple(dict.fromkeys(remarks)))


def _parse(path: Path) -> Element:
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    if len(text) > MAX_BYTES:
        raise SettingsError(f"{path} has more than {MAX_BYTES:,} bytes; it is no settings file.")
    # Entities can make a small file endless; these files have none. In UTF-16 each letter is two bytes.
    if re.search(rb"<!(DOCTYPE|ENTITY)", text.replace(b"\0", b""), re.IGNORECASE):
        raise SettingsError(f"{path} declares a document type, which a settings file does not need.")
    try:
        return fromstring(text)  # noqa: S314  (no entities, see above)
    except (ParseError, ValueError) as error:
        raise SettingsError(f"{path} is not XML: {error}.") from error


def _read_connection(root: Element, psa: dict[str, str]) -> None:
    names = {"site": "url", "companyid": "company"}
    for element in root.iter():
        name = names.get(_name(element))
        if name and not list(element) and _text(element):
            psa[name] = _text(element)


def _psa_table(psa: dict[str, str]) -> list[str]:
    if not psa:
        return []
    url = psa.get("url", "")
    lines = ["[psa]", f"url = {_toml(url if '://' in url else f'https://{url}')}"]
    lines += [
        f"company = {_toml(psa.get('company', ''))}",
        'client_id = ""  # from developer.connectwise.com',
    ]
    # Keys stay where they are: a settings file of ours never holds a secret.
    return [*lines, 'public_key = "env:PSA_PUBLIC_KEY"', 'private_key = "env:PSA_PRIVATE_KEY"', ""]


def _read_parameters(root: Element, found: dict[str, object], remarks: list[str]) -> None:
    inside = {id(p) for ref in _all(root, "ticketparameterref") for p in _all(ref, "ticketparameter")}
    for parameter in _all(root, "ticketparameter"):
        if id(parameter) in inside:
            continue
        name, value = _child(parameter, "name"), _child(parameter, "value")
        key = name.casefold().replace("/", "")
        if key in _TEXTS:
            found[_TEXTS[key]] = value
        elif key in ("impact", "severity", "impacturgency"):
            level = value.capitalize()
            if level not in ("Low", "Medium", "High"):
                remarks.append(f"{name} = {value}: the PSA's interface knows Low, Medium and High.")
                continue
            found["severity" if key == "severity" else "impact"] = level
        else:
            remarks.append(f"{name} has no setting here.")
    if "internal_analysis" in found and "description" not in found:
        # The parameter was renamed, so the customer was to see nothing.
        found["description"] = ""


def _read_references(root: Element, found: dict[str, object]) -> None:
    for reference in _all(root, "ticketparameterref"):
        name = _child(reference, "name").casefold()
        for parameter in _all(reference, "ticketparameter"):
            value = _child(parameter, "value")
            if name in _REFERENCES and _child(parameter, "name").casefold() in ("id", "name") and value:
                found[name] = int(value) if value.isdecimal() else value


def _read_operation(
    root: Element, found: dict[str, object], retention: dict[str, int], remarks: list[str]
) -> None:
    wanted = {name.casefold(): ours for name, ours in _SAME.items()}
    for element in root.iter():
        name, text = _name(element), _text(element)
        ours = "request_timeout" if name == "requesttimeout" else wanted.get(name)
        if ours is not None and text:
            value = _value(text, ours)
            if value is None:
                remarks.append(f"{_local(element)} = {text} is not a value of {ours}; its default stays.")
            else:
                found[ours] = value
        elif name in _DROPPED:
            remarks.append(f"{_local(element)} was left out: {_DROPPED[name]}.")
    states = [
        _text(state) for closed in _all(root, "closedticketstates") for state in _all(closed, "ticketstate")
    ]
    if states:
        found["closed_ticket_states"] = [int(state) if state.isdecimal() else state for state in states]
    for kept in _all(root, "ticketrequestsretention"):
        for name, ours in (
            ("requestlimit", "request_limit"),
            ("requestlimitinterval", "request_limit_interval"),
        ):
            for element in _all(kept, name):
                if _text(element).isdecimal():
                    retention[ours] = int(_text(element))


def _value(text: str, ours: str) -> object:
    """*text* as the setting *ours* wants it; None when it is nothing of that kind."""
    if ours == "correlation_ticket_format":
        return text
    if ours == "new_state":
        return int(text) if text.isdecimal() else text
    is_switch = ours.startswith(("update_ticket", "reopen_", "enable_", "display_", "ignore_"))
    if is_switch:
        return {"true": True, "false": False}.get(text.casefold())
    return int(text) if text.isdecimal() else None


def _all(root: Element, name: str) -> Iterator[Element]:
    return (element for element in root.iter() if _name(element) == name)


def _child(root: Element, name: str) -> str:
    return next((_text(element) for element in root if _name(element) == name), "")


def _name(element: Element) -> str:
    return _local(element).casefold()


def _local(element: Element) -> str:
    tag: str | Callable[..., object] = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    # A JSON string is a TOML string, but for a delete character.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
