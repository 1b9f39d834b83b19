"""Reports: one definition, four faces (HTML, PDF, workbook, mail) from one frozen page."""

from msp_audit.reporting.brand import Brand, load_brand
from msp_audit.reporting.definition import ReportDefinition, load_definition, load_definitions
from msp_audit.reporting.links import RecordLinks
from msp_audit.reporting.mailbody import MailBody
from msp_audit.reporting.page import Extras
from msp_audit.reporting.pdf_press import Press
from msp_audit.reporting.reader import Reader
from msp_audit.reporting.render import Face, check_pdf, mail_body, render

__all__ = [
    "Brand",
    "Extras",
    "Face",
    "MailBody",
    "Press",
    "Reader",
    "RecordLinks",
    "ReportDefinition",
    "check_pdf",
    "load_brand",
    "load_definition",
    "load_definitions",
    "mail_body",
    "render",
]
