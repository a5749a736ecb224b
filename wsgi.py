"""The entry for gunicorn and for the ``flask`` command."""

import os
import sys

from app import create_app
from app.config import SettingsError
from app.startup import check
from tenants.keyring import KeyringError

try:
    app = create_app()
    if os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        check(app)
except (SettingsError, KeyringError) as error:
    sys.exit(str(error))
