"""Pages of the duty register."""

from app.network.views import comparing, duties, recording, signing
from app.network.views.room import blueprint

__all__ = ["blueprint", "comparing", "duties", "recording", "signing"]
