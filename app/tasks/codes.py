"""Code lists of tasks, with the words that pages use for them."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp


class TaskKind(StrEnum):
    """What is to be done. A list shows this and nothing more, so it says nothing of her."""

    CONTACT = "contact"
    ACCOMPANY = "accompany"
    VISIT = "visit"
    APPOINTMENT = "appointment"
    PAPERS = "papers"
    LETTER = "letter"
    REFER = "refer"
    ASSESS = "assess"
    MEETING = "meeting"
    TRANSPORT = "transport"
    INTERPRETER = "interpreter"
    FOLLOW_UP = "follow-up"
    DECISION = "decision"
    OTHER = "other"


class Side(StrEnum):
    """Whose turn it is."""

    OFFICE = "office"
    PARTNER = "partner"


class About(StrEnum):
    """From what a task came."""

    CASE = "case"
    REFERRAL = "referral"
    CONFERENCE = "conference"
    MEDIATION = "mediation"
    STAY = "stay"


class Show(StrEnum):
    """Which tasks to list."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    OVERDUE = "overdue"
    PARTNER = "partner"
    ALL = "all"


TASK_KINDS: dict[TaskKind, Any] = {
    TaskKind.CONTACT: _l("Get in touch with her"),
    TaskKind.ACCOMPANY: _l("Go with her"),
    TaskKind.VISIT: _l("Visit"),
    TaskKind.APPOINTMENT: _l("Make an appointment"),
    TaskKind.PAPERS: _l("Get papers"),
    TaskKind.LETTER: _l("Write a letter"),
    TaskKind.REFER: _l("Refer to an organisation"),
    TaskKind.ASSESS: _l("Assess"),
    TaskKind.MEETING: _l("Prepare a meeting"),
    TaskKind.TRANSPORT: _l("Arrange transport"),
    TaskKind.INTERPRETER: _l("Find an interpreter"),
    TaskKind.FOLLOW_UP: _l("Follow up"),
    TaskKind.DECISION: _l("Carry out a decision"),
    TaskKind.OTHER: _lp("task", "Something else"),
}
SHARED = (
    TaskKind.APPOINTMENT,
    TaskKind.PAPERS,
    TaskKind.ACCOMPANY,
    TaskKind.TRANSPORT,
    TaskKind.INTERPRETER,
    TaskKind.FOLLOW_UP,
)
"""What office and organisation may put on the list that both see: by its kind alone."""
SIDES: dict[Side, Any] = {
    Side.OFFICE: _lp("task", "The office"),
    Side.PARTNER: _lp("task", "The organisation"),
}
SHOWN: dict[Show, Any] = {
    Show.MINE: _l("My tasks"),
    Show.UNASSIGNED: _l("Nobody has taken them on"),
    Show.OVERDUE: _l("Overdue tasks"),
    Show.PARTNER: _l("Waiting for an organisation"),
    Show.ALL: _l("All tasks of my cases"),
}
