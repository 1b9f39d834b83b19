"""Seed 002's settings files become ours, without their secrets."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from msp_audit.delivery.ticket.importing import import_settings
from msp_audit.errors import SettingsError
from msp_audit.settings import TicketSettings

CONNECTION = """<?xml version="1.0" encoding="utf-8"?>
<ConnectWiseSettings xmlns="urn:example">
  <Connection><Site>na.myconnectwise.net</Site><CompanyId>northwind</CompanyId>
    <PublicKey>pub-123</PublicKey><PrivateKey>priv-456</PrivateKey></Connection>
  <EnableTls12>TRUE</EnableTls12>
  <TicketParameters>
    <TicketParameter><Name>Summary</Name><Value>[Netwrix Auditor] %AlertName% "now"</Value></TicketParameter>
    <TicketParameter><Name>initialInternalAnalysis</Name><Value>Who: %Who%
What: %What%</Value></TicketParameter>
    <TicketParameter><Name>Impact</Name><Value>Medium</Value></TicketParameter>
    <TicketParameter><Name>Severity</Name><Value>Critical</Value></TicketParameter>
  </TicketParameters>
  <TicketParameterRefs>
    <TicketParameterRef><Name>company</Name><TicketParameters><TicketParameter><Name>id</Name>
      <!--My company--><Value>42</Value></TicketParameter></TicketParameters></TicketParameterRef>
    <TicketParameterRef><Name>board</Name><TicketParameters><TicketParameter><Name>id</Name>
      <Value>1</Value></TicketParameter></TicketParameters></TicketParameterRef>
    <TicketParameterRef><Name>priority</Name><TicketParameters><TicketParameter><Name>id</Name>
      <Value>4</Value></TicketParameter></TicketParameters></TicketParameterRef>
    <TicketParameterRef><Name>team</Name><TicketParameters><TicketParameter><Name>id</Name>
      <Value>25</Value></TicketParameter></TicketParameters></TicketParameterRef>
  </TicketParameterRefs>
  <CorrelationTicketFormat>Before: %id%</CorrelationTicketFormat>
  <ReopenTicketOptions><ClosedTicketStates><TicketState>8</TicketState><TicketState>9</TicketState>
    </ClosedTicketStates><NewState>1</NewState></ReopenTicketOptions>
  <IgnoreUploadAttachmentError>false</IgnoreUploadAttachmentError>
</ConnectWiseSettings>
"""
OPERATION = """<ITSMSettings>
  <NetwrixAuditorHost>https://localhost:9699</NetwrixAuditorHost>
  <NetwrixAuditorPassword>hunter2</NetwrixAuditorPassword>
  <TicketFloodLimit>20</TicketFloodLimit><TicketFloodInterval>7200</TicketFloodInterval>
  <ConsolidationInterval>600</ConsolidationInterval>
  <UpdateTicketOnRepetitiveAlerts>true</UpdateTicketOnRepetitiveAlerts>
  <ReopenTicketOnRepetitiveAlerts>false</ReopenTicketOnRepetitiveAlerts>
  <UpdateInterval>1000</UpdateInterval>
  <EnableTicketCorrelation>false</EnableTicketCorrelation>
  <CorrelationInterval>2000</CorrelationInterval>
  <DisplayOnlyFirstActivityRecord>false</DisplayOnlyFirstActivityRecord>
  <ActivityRecordRequestsRetention><RequestLimit>5000</RequestLimit></ActivityRecordRequestsRetention>
  <ActivityRecordWebRequests><RequestLimit>200</RequestLimit><RequestTimeout>120</RequestTimeout>
  </ActivityRecordWebRequests>
  <TicketRequestsRetention><RequestLimit>1000</RequestLimit>
    <RequestLimitInterval>3600</RequestLimitInterval></TicketRequestsRetention>
</ITSMSettings>
"""


def files(folder: Path, *texts: str) -> list[Path]:
    paths = [folder / name for name in ("ConnectWiseSettings.xml", "ITSMSettings.xml")][: len(texts)]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_both_files_become_settings(tmp_path: Path) -> None:
    imported = import_settings(files(tmp_path, CONNECTION, OPERATION))
    document = tomllib.loads(imported.toml)
    settings = TicketSettings(**document["tickets"])
    assert (settings.company, settings.board, settings.priority, settings.team) == (42, 1, 4, 25)
    assert settings.title == '[Netwrix Auditor] %AlertName% "now"'
    assert (settings.internal_analysis, settings.description) == ("Who: %Who%\nWhat: %What%", "")
    assert (settings.closed_ticket_states, settings.new_state) == ((8, 9), 1)
    assert (settings.ticket_flood_limit, settings.ticket_flood_interval) == (20, 7200)
    assert (settings.consolidation_interval, settings.update_interval) == (600, 1000)
    assert settings.reopen_ticket_on_repetitive_alerts is False
    assert settings.enable_ticket_correlation is False
    assert settings.correlation_interval == 2000
    assert settings.correlation_ticket_format == "Before: %id%"
    assert settings.display_only_first_activity_record is False
    assert settings.ignore_upload_attachment_error is False
    assert settings.request_timeout == 120
    kept = settings.ticket_requests_retention
    assert (kept.request_limit, kept.request_limit_interval) == (1000, 3600)
    assert document["psa"]["url"] == "https://na.myconnectwise.net"


def test_no_secret_is_copied_and_what_is_left_out_is_told(tmp_path: Path) -> None:
    imported = import_settings(files(tmp_path, CONNECTION, OPERATION))
    for secret in ("pub-123", "priv-456", "hunter2"):
        assert secret not in imported.toml + " ".join(imported.remarks)
    told = " ".join(imported.remarks)
    assert "Severity = Critical" in told
    assert "NetwrixAuditorHost was left out" in told
    assert "EnableTls12 was left out: TLS 1.2 and later are always on." in told


def test_a_value_of_no_use_is_told_and_the_default_stays(tmp_path: Path) -> None:
    text = OPERATION.replace(">120<", ">soon<").replace(">1000</UpdateInterval>", ">-5</UpdateInterval>")
    text = text.replace("<EnableTicketCorrelation>false", "<EnableTicketCorrelation>perhaps")
    imported = import_settings(files(tmp_path, CONNECTION, text))
    settings = TicketSettings(**tomllib.loads(imported.toml)["tickets"])
    assert (settings.request_timeout, settings.update_interval) == (180, 86_400)
    assert settings.enable_ticket_correlation is True
    assert sum("its default stays" in remark for remark in imported.remarks) == 3


def test_the_defaults_are_the_add_ons() -> None:
    settings = TicketSettings(company=1, board=1)
    assert {
        "ticket_flood_limit": 10,
        "ticket_flood_interval": 3600,
        "consolidation_interval": 900,
        "update_ticket_on_repetitive_alerts": True,
        "reopen_ticket_on_repetitive_alerts": True,
        "update_interval": 86_400,
        "enable_ticket_correlation": True,
        "correlation_interval": 2_592_000,
        "correlation_ticket_format": "Previous incident for the same alert type: Id: %id%",
        "display_only_first_activity_record": True,
        "ignore_upload_attachment_error": True,
        "request_timeout": 180,
        "impact": "Medium",
        "severity": "Medium",
    }.items() <= settings.model_dump().items()
    assert settings.ticket_requests_retention.model_dump() == {
        "request_limit": 300_000, "request_limit_interval": 604_800,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<a>", "is not XML"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "document type"),
        ("<other/>", "no ticket settings"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        import_settings(files(tmp_path, text))


def test_a_document_type_in_other_letters_is_refused_too(tmp_path: Path) -> None:
    (path,) = files(tmp_path, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    path.write_bytes('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"))
    with pytest.raises(SettingsError, match="document type"):
        import_settings([path])
