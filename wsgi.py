"""The entry for gunicorn and for the ``flask`` command."""

import os
import sys

from app import create_app
from app.config import SettingsError
from app.startup import check
from tenants.keyring import KeyringError

served_by = sys.modules.get("gunicorn.http.wsgi")
if served_by is not None:
    # It names itself in every answer and knows no setting to leave that out (OWASP ASVS 13.4.6).
    plain = served_by.Response.default_headers
    served_by.Response.default_headers = lambda answer: [
        line for line in plain(answer) if not line.startswith("Server:")
    ]

try:
    app = create_app()
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        check(app)
except (SettingsError, KeyringError) as error:
    sys.exit(str(error))
