"""Code lists of mediation, with the words that pages use for them."""

from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp


class MediationState(StrEnum):
    """Where a mediation stands."""

    PREPARED = "prepared"
    SCHEDULED = "scheduled"
    HELD = "held"
    STOPPED = "stopped"


LIVING = frozenset({MediationState.PREPARED, MediationState.SCHEDULED})
"""States in which something is still going to happen."""


class Matter(StrEnum):
    """The narrow list of what may be mediated (domain reference, 0.4: a published standard)."""

    MAINTENANCE = "maintenance"
    CUSTODY = "custody"
    JOINT_PROPERTY = "joint-property"
    INHERITANCE = "inheritance"
    WAGES = "wages"
    COMPLAINT_OFFENCE = "complaint-offence"


class Obstacle(StrEnum):
    """Why a mediation may not be; the values are the reason codes of the audit log."""

    SEXUAL_VIOLENCE = "mediation-sexual-violence"
    MATTER = "mediation-matter"
    NO_COMPLAINT_OFFENCE = "mediation-no-complaint-offence"
    NOT_REQUESTED = "mediation-not-requested"
    NO_COMPANION_ASSESSMENT = "mediation-no-companion-assessment"
    NO_PSYCHOLOGIST_ASSESSMENT = "mediation-no-psychologist-assessment"
    NOT_SEPARATE = "mediation-not-separate"
    COERCION = "mediation-coercion"


class StopReason(StrEnum):
    """Why a mediation ended before it was held."""

    SEXUAL_VIOLENCE = "sexual-violence"
    SURVIVOR_WITHDREW = "survivor-withdrew"
    COERCION = "coercion"
    OTHER_PARTY_ABSENT = "other-party-absent"
    MISTAKE = "mistake"
    OTHER = "other"


class Kept(StrEnum):
    """What has become of an agreement."""

    KEPT = "kept"
    PARTLY = "partly"
    BROKEN = "broken"


STATE_NAMES: dict[MediationState, Any] = {
    MediationState.PREPARED: _lp("mediation", "Ready to be scheduled"),
    MediationState.SCHEDULED: _lp("mediation", "Scheduled"),
    MediationState.HELD: _lp("mediation", "Held"),
    MediationState.STOPPED: _lp("mediation", "Stopped"),
}
STATE_KINDS: dict[MediationState, str] = {
    MediationState.PREPARED: "waiting",
    MediationState.SCHEDULED: "active",
    MediationState.HELD: "good",
    MediationState.STOPPED: "stop",
}
MATTER_NAMES: dict[Matter, Any] = {
    Matter.MAINTENANCE: _l("Maintenance"),
    Matter.CUSTODY: _l("Custody of children"),
    Matter.JOINT_PROPERTY: _l("Joint property"),
    Matter.INHERITANCE: _l("Inheritance"),
    Matter.WAGES: _l("Wages"),
    Matter.COMPLAINT_OFFENCE: _l("A complaint offence"),
}
OBSTACLE_SENTENCES: dict[Obstacle, Any] = {
    Obstacle.SEXUAL_VIOLENCE: _l(
        "This case holds sexual violence. The law forbids settling it outside the court, unless "
        "those reported are children and a legal officer has confirmed diversion."
    ),
    Obstacle.MATTER: _l("This matter may not be mediated."),
    Obstacle.NO_COMPLAINT_OFFENCE: _l(
        "No legal officer has recorded in this case that it is a complaint offence."
    ),
    Obstacle.NOT_REQUESTED: _l("The woman herself has not asked for the mediation."),
    Obstacle.NO_COMPANION_ASSESSMENT: _l("The companion's assessment is missing."),
    Obstacle.NO_PSYCHOLOGIST_ASSESSMENT: _l("The psychologist's assessment is missing."),
    Obstacle.NOT_SEPARATE: _l("It is not sure that both sides come separately."),
    Obstacle.COERCION: _l("It is not sure that nobody forces her."),
}
KEPT_NAMES: dict[Kept, Any] = {
    Kept.KEPT: _l("It is kept"),
    Kept.PARTLY: _l("It is kept in part"),
    Kept.BROKEN: _l("It is broken"),
}
STOP_REASONS: dict[StopReason, Any] = {
    StopReason.SEXUAL_VIOLENCE: _l("The case holds sexual violence"),
    StopReason.SURVIVOR_WITHDREW: _l("She no longer wants the mediation"),
    StopReason.COERCION: _l("There are signs that she is being forced"),
    StopReason.OTHER_PARTY_ABSENT: _l("The other side does not come"),
    StopReason.MISTAKE: _l("It was recorded by mistake"),
    StopReason.OTHER: _lp("reason", "Another reason"),
}
