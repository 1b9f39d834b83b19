"""Plain texts from Jinja templates that people wrote into the settings: tickets are not HTML."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from jinja2 import DebugUndefined, TemplateError, make_logging_undefined
from jinja2.sandbox import SandboxedEnvironment

from msp_audit.errors import ReportError

_log = logging.getLogger(__name__)


def render_text(template: str, values: Mapping[str, str]) -> str:
    """*template* with *values*; an unknown name stays as it is and is logged.

    Raises:
        ReportError: it is no template.
    """
    # A ticket shows its text as it is: escaping would show as "&amp;".
    made = SandboxedEnvironment(
        autoescape=False,
        undefined=make_logging_undefined(logger=_log, base=DebugUndefined),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        return made.from_string(template).render({**values, **{n.lower(): v for n, v in values.items()}})
    except (TemplateError, TypeError, ValueError, ArithmeticError) as error:
        raise ReportError(f"A template in [tickets] cannot be used: {error}.") from error
