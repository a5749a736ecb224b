"""The blueprint of the statistics, and the sentences that its pages need."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.web import GuardedBlueprint

blueprint = GuardedBlueprint("figures", "app.figures", template_folder="templates")

SENTENCES: dict[str, Any] = {
    "before-it-begins": _l("The last day is before the first day."),
    "not-whole-months": _l("A period has whole months: from the first of one to the last of one."),
    "not-one-year": _l("A period does not go beyond the end of a year."),
    "not-over": _l("This period is not over yet: its last day is yesterday at the latest."),
    "not-yet": _l("This day has not been yet."),
    "too-long": _l("A period is a year at most."),
    "figures-overlap": _l(
        "A part of this period is published already. Take months that are not, or the whole year "
        "when all of it is."
    ),
    "figures-too-few": _l(
        "So few were counted that every number would tell of somebody. Wait, and publish a longer "
        "period."
    ),
}
