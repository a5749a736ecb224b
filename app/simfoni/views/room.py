"""The blueprint of the pages for the ministry's register, and their sentences."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.simfoni.service import EntryState
from app.web import GuardedBlueprint

blueprint = GuardedBlueprint("simfoni", "app.simfoni", template_folder="templates")

STATE_NAMES: dict[EntryState, tuple[str, Any]] = {
    EntryState.NOT_ENTERED: ("waiting", _lp("simfoni", "Not entered")),
    EntryState.ENTERED: ("good", _lp("simfoni", "Entered")),
    EntryState.DIFFERS: ("warn", _lp("simfoni", "Changed since it was entered")),
}
SENTENCES: dict[str, Any] = {
    "before-it-begins": _l("The last day is before the first day."),
    "not-yet": _l("This day has not been yet."),
    "too-long": _l("This is too long."),
    "control-character": _l("This text holds a character that cannot be read."),
    "required": _l("Please fill this in."),
    "same-person": _l("You asked for it yourself. Another person has to confirm it."),
    "export-confirmed": _l("It was confirmed before."),
    "export-not-confirmed": _l("Another person has to confirm it first."),
    "export-waited": _l("It was asked for too long ago. Ask for it again."),
    "export-over": _l("It was confirmed too long ago. Ask for it again."),
    "not-the-asker": _l("Only whoever asked for it may fetch it."),
}
