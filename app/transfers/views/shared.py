"""The blueprint of transfers and what all its pages need."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.transfers.codes import ARRIVED_NAMES, STATE_KINDS, STATE_NAMES
from app.web import GuardedBlueprint
from tenants.confidential import FieldClass

blueprint = GuardedBlueprint("transfers", "app.transfers", template_folder="templates")

SENTENCES: dict[str, Any] = {
    "case-closed": _l("This case is closed."),
    "transfer-pending": _l("This case is on its way to that agency already, or was taken over."),
    "transfer-no-consent": _l("Her consent does not let that agency know who she is."),
    "parcel-answered": _l("This transfer was answered a moment ago."),
    "parcel-taken-back": _l(
        "The other agency has taken this back. Decline it, so that it no longer waits here."
    ),
    "unknown": _l("This agency can no longer be reached. Choose again."),
}
CLASS_NAMES: dict[FieldClass, Any] = {
    FieldClass.IDENTITY: _lp("transfer", "who she is"),
    FieldClass.CONTACT: _lp("transfer", "how to reach her"),
    FieldClass.LOCATION: _lp("transfer", "where she lives"),
    FieldClass.NARRATIVE: _lp("transfer", "what happened"),
    FieldClass.CLINICAL: _lp("transfer", "health and needs"),
    FieldClass.LEGAL: _lp("transfer", "the legal process"),
}


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {
        "state_names": STATE_NAMES,
        "arrived_names": ARRIVED_NAMES,
        "state_kinds": STATE_KINDS,
        "class_names": CLASS_NAMES,
    }
