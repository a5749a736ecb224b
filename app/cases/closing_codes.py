"""Code lists of closing a case and of what follows it."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.cases.code_list import CodeList
from app.cases.codes import OWN, TEDUH_1


class ClosingOutcome(StrEnum):
    """With what a case ends."""

    RECOVERED = "recovered"
    HER_WISH = "her_wish"
    HANDED_ON = "handed_on"
    UNREACHABLE = "unreachable"
    DIED = "died"


class Recovery(StrEnum):
    """How far somebody has recovered, in body or in soul."""

    RECOVERED = "recovered"
    BETTER = "better"
    UNCHANGED = "unchanged"
    UNKNOWN = "unknown"


class ClosureState(StrEnum):
    """Where a closure stands."""

    PROPOSED = "proposed"  # with an override: it waits for a second person
    CLOSED = "closed"
    REFUSED = "refused"
    REOPENED = "reopened"


class ReopenReason(StrEnum):
    """Why a closed case is opened again."""

    VIOLENCE_AGAIN = "violence_again"
    NEEDS_HELP = "needs_help"
    LAW = "law"
    BY_MISTAKE = "by_mistake"


class FollowUpResult(StrEnum):
    """What was found when somebody asked after her."""

    SAFE = "safe"
    NEEDS_HELP = "needs_help"
    NOT_REACHED = "not_reached"


class Lack(StrEnum):
    """What a closure still lacks besides open duties."""

    COMPARISON = "comparison"
    STATEMENT = "statement"
    RECOVERY = "recovery"
    RETRAUMA = "retrauma"


OUTCOMES = CodeList(
    OWN,
    TEDUH_1,
    {
        ClosingOutcome.RECOVERED: _l("She has recovered and stands on her own"),
        ClosingOutcome.HER_WISH: _l("She wants it to end"),
        ClosingOutcome.HANDED_ON: _l("Another office goes on with her"),
        ClosingOutcome.UNREACHABLE: _l("She can no longer be reached"),
        ClosingOutcome.DIED: _l("She has died"),
    },
)
RECOVERIES = CodeList(
    OWN,
    TEDUH_1,
    {
        Recovery.RECOVERED: _lp("recovery", "Recovered"),
        Recovery.BETTER: _lp("recovery", "Better"),
        Recovery.UNCHANGED: _lp("recovery", "Unchanged or worse"),
        Recovery.UNKNOWN: _lp("recovery", "Not known"),
    },
)
HEALED = frozenset({Recovery.RECOVERED, Recovery.BETTER})
CLOSURE_STATES = CodeList(
    OWN,
    TEDUH_1,
    {
        ClosureState.PROPOSED: _lp("closure", "Waits for a second person"),
        ClosureState.CLOSED: _lp("closure", "Closed"),
        ClosureState.REFUSED: _lp("closure", "Not agreed to"),
        ClosureState.REOPENED: _lp("closure", "Opened again"),
    },
)
CLOSURE_KINDS: dict[str, str] = {
    ClosureState.PROPOSED: "waiting",
    ClosureState.CLOSED: "good",
    ClosureState.REFUSED: "stop",
    ClosureState.REOPENED: "active",
}
REOPEN_REASONS = CodeList(
    OWN,
    TEDUH_1,
    {
        ReopenReason.VIOLENCE_AGAIN: _l("Violence has happened again"),
        ReopenReason.NEEDS_HELP: _l("She needs help again"),
        ReopenReason.LAW: _l("Police or court need the case"),
        ReopenReason.BY_MISTAKE: _l("It was closed by mistake"),
    },
)
RESULTS = CodeList(
    OWN,
    TEDUH_1,
    {
        FollowUpResult.SAFE: _l("She is safe and well"),
        FollowUpResult.NEEDS_HELP: _l("She needs help again"),
        FollowUpResult.NOT_REACHED: _l("She was not reached"),
    },
)
RESULT_KINDS: dict[str, str] = {
    FollowUpResult.SAFE: "good",
    FollowUpResult.NEEDS_HELP: "stop",
    FollowUpResult.NOT_REACHED: "warn",
}
LACKS: dict[str, object] = {
    Lack.COMPARISON: _l("What the two assessments say side by side is not written yet."),
    Lack.STATEMENT: _l("The statement about her recovery is not written yet."),
    Lack.RECOVERY: _l("She has not recovered in body and soul, or it is not known."),
    Lack.RETRAUMA: _l("It is not confirmed that nothing wounds her anew."),
}
