"""How the survivor was told, and what a legal officer found."""

from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l

from app.cases.code_list import CodeList

_TEDUH_1 = date(2026, 1, 1)


class How(StrEnum):
    """How she was told that the law asks for a report."""

    IN_PERSON = "in-person"
    TELEPHONE = "telephone"
    COMPANION = "companion"
    GUARDIAN = "guardian"


class Finding(StrEnum):
    """What a legal officer found about the duty."""

    DUTY = "duty"
    COMPLAINT_ONLY = "complaint-only"
    POLICE_KNOW = "police-know"


class Stand(StrEnum):
    """Where the report stands."""

    REVIEW = "review"  # a legal officer has to look first; no clock
    DUE = "due"
    LATE = "late"
    MADE = "made"
    NOT_DUE = "not-due"


HOWS: CodeList[How] = CodeList(
    "Teduh",
    _TEDUH_1,
    {
        How.IN_PERSON: _l("Face to face"),
        How.TELEPHONE: _l("By telephone, in the way that is safe for her"),
        How.COMPANION: _l("Through her companion"),
        How.GUARDIAN: _l("Together with her parent or guardian"),
    },
)
FINDINGS: CodeList[Finding] = CodeList(
    "Teduh",
    _TEDUH_1,
    {
        Finding.DUTY: _l("The report has to be made"),
        Finding.COMPLAINT_ONLY: _l(
            "It is prosecuted only on her complaint: nothing is reported without it"
        ),
        Finding.POLICE_KNOW: _l("The police have taken a report already"),
    },
)
