"""Code lists of assessments and of the plan."""

from enum import StrEnum

from flask_babel import lazy_pgettext as _lp

from app.cases.code_list import CodeList
from app.cases.codes import OWN, TEDUH_1


class PlanState(StrEnum):
    """What became of a line of the plan."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


PLAN_STATES = CodeList(
    OWN,
    TEDUH_1,
    {
        PlanState.OPEN: _lp("plan", "To be done"),
        PlanState.DONE: _lp("plan", "Done"),
        PlanState.DROPPED: _lp("plan", "No longer wanted"),
    },
)
PLAN_KINDS: dict[str, str] = {
    PlanState.OPEN: "waiting",
    PlanState.DONE: "good",
    PlanState.DROPPED: "neutral",
}
