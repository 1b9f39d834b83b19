"""An invented MSP's systems as one local server, for the demo, the tests and try-outs.

It answers as ConnectWise PSA, ConnectWise Automate (REST), Auvik (v1 and v2) and NinjaOne over a folder with
one weekly reading, and can be told to misbehave in the ways those systems have been seen to. The logins are
fixed and no secret: they stand in :data:`LOGINS`.
"""

from __future__ import annotations

from msp_audit.sandbox import automate as _automate
from msp_audit.sandbox import auvik as _auvik
from msp_audit.sandbox import ninjaone as _ninjaone
from msp_audit.sandbox import psa as _psa
from msp_audit.sandbox.faults import KINDS, Faults
from msp_audit.sandbox.reading import sample_weeks, samples_folder
from msp_audit.sandbox.server import Sandbox, serve_forever

#: What each stand-in lets in, by the names of our settings.
LOGINS = {
    "psa": {
        "company": _psa.COMPANY,
        "client_id": _psa.CLIENT_ID,
        "public_key": _psa.PUBLIC_KEY,
        "private_key": _psa.PRIVATE_KEY,
    },
    "automate": {"username": _automate.USER, "password": _automate.PASSWORD, "client_id": _psa.CLIENT_ID},
    "auvik": {"username": _auvik.USER, "api_key": _auvik.API_KEY},
    "ninjaone": {"client_id": _ninjaone.CLIENT_ID, "client_secret": _ninjaone.CLIENT_SECRET},
}

__all__ = ["KINDS", "LOGINS", "Faults", "Sandbox", "sample_weeks", "samples_folder", "serve_forever"]
