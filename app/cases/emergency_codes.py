"""The codes of emergency access: why a case was opened, and what came of the review."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.cases.code_list import CodeList
from app.cases.codes import OWN, TEDUH_1


class EmergencyReason(StrEnum):
    """Why somebody opens a case beyond their rights."""

    DANGER = "danger"
    STAND_IN = "stand-in"
    AUTHORITY = "authority"
    OTHER = "other"


class Verdict(StrEnum):
    """What the review found."""

    JUSTIFIED = "justified"
    NOT_JUSTIFIED = "not-justified"


EMERGENCY_REASONS = CodeList(
    OWN,
    TEDUH_1,
    {
        EmergencyReason.DANGER: _l("She is in danger now"),
        EmergencyReason.STAND_IN: _l("Her team cannot be reached, and she needs an answer"),
        EmergencyReason.AUTHORITY: _l("A hospital, the police or a court must know at once"),
        EmergencyReason.OTHER: _l("Something else"),
    },
)
VERDICTS = CodeList(
    OWN,
    TEDUH_1,
    {
        Verdict.JUSTIFIED: _l("It was right to open it"),
        Verdict.NOT_JUSTIFIED: _l("It was not right to open it"),
    },
)
