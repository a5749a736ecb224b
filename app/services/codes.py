"""Code lists of services, by the three pillars of Perda Jawa Timur 16/2012, article 1(9)."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.cases.code_list import CodeList
from app.cases.codes import OWN, TEDUH_1


class Pillar(StrEnum):
    """The three pillars."""

    COUNSELLING = "counselling"
    STRENGTHENING = "strengthening"
    RECOVERY = "recovery"


class SessionKind(StrEnum):
    """What a session is for."""

    COUNSELLING = "counselling"
    THERAPY = "therapy"
    ACCOMPANIMENT = "accompaniment"
    MOTIVATION = "motivation"
    SUPPORT = "support"


PILLAR_OF: dict[SessionKind, Pillar] = {
    SessionKind.COUNSELLING: Pillar.COUNSELLING,
    SessionKind.THERAPY: Pillar.STRENGTHENING,
    SessionKind.ACCOMPANIMENT: Pillar.STRENGTHENING,
    SessionKind.MOTIVATION: Pillar.RECOVERY,
    SessionKind.SUPPORT: Pillar.RECOVERY,
}


class SessionState(StrEnum):
    """What became of a session."""

    PLANNED = "planned"
    HELD = "held"
    MISSED = "missed"
    DECLINED = "declined"
    CANCELLED = "cancelled"


class Choice(StrEnum):
    """What she wants of the law."""

    UNDECIDED = "undecided"
    NONE = "none"
    POLICE = "police"
    PROTECTION = "protection"
    DIVORCE = "divorce"
    WITHDRAWN = "withdrawn"


class ProgrammeKind(StrEnum):
    """What a programme gives."""

    SKILL = "skill"
    CAPITAL = "capital"
    WORK = "work"
    GROUP = "group"


class ProgrammeState(StrEnum):
    """Where a programme stands."""

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"


class StopReason(StrEnum):
    """Why a programme stops before its end."""

    NO_BUDGET = "no_budget"
    NO_TRAINER = "no_trainer"
    NO_PARTICIPANTS = "no_participants"
    OTHER_OFFICE = "other_office"
    OTHER = "other"


class LeaveReason(StrEnum):
    """Why somebody's part in a programme ended."""

    FINISHED = "finished"
    WORKS = "works"
    HER_WISH = "her_wish"
    MOVED = "moved"
    PROGRAMME_STOPPED = "programme_stopped"


class Situation(StrEnum):
    """How somebody lives."""

    NONE = "none"
    WITH_HELP = "with_help"
    IRREGULAR = "irregular"
    ON_HER_OWN = "on_her_own"


PILLARS = CodeList(
    "Perda Jawa Timur 16/2012",
    TEDUH_1,
    {
        Pillar.COUNSELLING: _l("Counselling"),
        Pillar.STRENGTHENING: _l("Therapy and strengthening advocacy"),
        Pillar.RECOVERY: _l("Recovery of herself"),
    },
)
SESSION_KINDS = CodeList(
    OWN,
    TEDUH_1,
    {
        SessionKind.COUNSELLING: _lp("session", "Counselling"),
        SessionKind.THERAPY: _lp("session", "Psychologist or therapy"),
        SessionKind.ACCOMPANIMENT: _lp("session", "Going with her (police, hospital, court)"),
        SessionKind.MOTIVATION: _lp("session", "Motivation"),
        SessionKind.SUPPORT: _lp("session", "Support, also with her family"),
    },
)
SESSION_STATES = CodeList(
    OWN,
    TEDUH_1,
    {
        SessionState.PLANNED: _lp("session", "Planned"),
        SessionState.HELD: _lp("session", "Held"),
        SessionState.MISSED: _lp("session", "She did not come"),
        SessionState.DECLINED: _lp("session", "Offered, and she declined"),
        SessionState.CANCELLED: _lp("session", "Cancelled by us"),
    },
)
SESSION_STATE_KINDS: dict[str, str] = {
    SessionState.PLANNED: "waiting",
    SessionState.HELD: "good",
    SessionState.MISSED: "stop",
    SessionState.DECLINED: "neutral",
    SessionState.CANCELLED: "neutral",
}
CHOICES = CodeList(
    OWN,
    TEDUH_1,
    {
        Choice.UNDECIDED: _l("She has not decided"),
        Choice.NONE: _l("She wants no legal process"),
        Choice.POLICE: _l("She wants to report to the police"),
        Choice.PROTECTION: _l("She wants protection, without a report"),
        Choice.DIVORCE: _l("She wants a divorce or another civil matter"),
        Choice.WITHDRAWN: _l("She withdraws what she asked for before"),
    },
)
PROGRAMME_KINDS = CodeList(
    OWN,
    TEDUH_1,
    {
        ProgrammeKind.SKILL: _l("A skill"),
        ProgrammeKind.CAPITAL: _l("Capital or tools"),
        ProgrammeKind.WORK: _l("Finding work"),
        ProgrammeKind.GROUP: _l("A group of women"),
    },
)
PROGRAMME_STATES = CodeList(
    OWN,
    TEDUH_1,
    {
        ProgrammeState.RUNNING: _lp("programme", "Running"),
        ProgrammeState.FINISHED: _lp("programme", "Ended as planned"),
        ProgrammeState.STOPPED: _lp("programme", "Stopped early"),
    },
)
PROGRAMME_STATE_KINDS: dict[str, str] = {
    ProgrammeState.RUNNING: "active",
    ProgrammeState.FINISHED: "good",
    ProgrammeState.STOPPED: "stop",
}
STOP_REASONS = CodeList(
    OWN,
    TEDUH_1,
    {
        StopReason.NO_BUDGET: _l("No budget"),
        StopReason.NO_TRAINER: _l("Nobody to lead it"),
        StopReason.NO_PARTICIPANTS: _l("Nobody took part"),
        StopReason.OTHER_OFFICE: _l("Another office goes on with it"),
        StopReason.OTHER: _lp("stop", "Something else"),
    },
)
LEAVE_REASONS = CodeList(
    OWN,
    TEDUH_1,
    {
        LeaveReason.FINISHED: _l("She finished it"),
        LeaveReason.WORKS: _l("She earns her own living"),
        LeaveReason.HER_WISH: _l("She did not want to go on"),
        LeaveReason.MOVED: _l("She moved away"),
        LeaveReason.PROGRAMME_STOPPED: _l("The programme stopped"),
    },
)
SITUATIONS = CodeList(
    OWN,
    TEDUH_1,
    {
        Situation.NONE: _l("No income"),
        Situation.WITH_HELP: _l("Lives on help from others"),
        Situation.IRREGULAR: _l("Irregular income"),
        Situation.ON_HER_OWN: _l("Lives on her own income"),
    },
)
