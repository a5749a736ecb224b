"""Code lists of cases, with the words that pages use for them.

The lists follow SIMFONI-PPA, the ministry's register (public lists of 2024; domain reference,
section 2), so that figures can be handed on as they are. A list is reference data with dates:
a code that ends stays readable in old cases and is no longer offered.
"""

from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.cases.code_list import CodeList
from tenants.profile import SERVICES

SIMFONI_2024 = date(2024, 1, 1)
TEDUH_1 = date(2026, 1, 1)


class State(StrEnum):
    """Where the work on a case stands."""

    RECEIVED = "received"
    ASSESSMENT = "assessment"
    INTERVENTION = "intervention"
    REFERRED = "referred"
    MONITORING = "monitoring"
    TERMINATED = "terminated"
    REOPENED = "reopened"
    HANDED_OVER = "handed_over"
    DESTROYED = "destroyed"  # the key is gone; set by destroying it and by nothing else


WORKING = (State.ASSESSMENT, State.INTERVENTION, State.REFERRED, State.MONITORING)
"""What the team may set; the others belong to an act of their own."""


class Risk(StrEnum):
    """How near harm is at this moment."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class IntakeChannel(StrEnum):
    """How the report came in."""

    DIRECT = "direct"
    TELEPHONE = "telephone"
    MESSAGE = "message"
    LETTER = "letter"
    OTHER_PARTY = "other_party"
    OUTREACH = "outreach"
    REFERRAL = "referral"
    TRANSFER = "transfer"


class AgeGroup(StrEnum):
    """The age groups of SIMFONI-PPA."""

    A_0_5 = "0-5"
    A_6_12 = "6-12"
    A_13_17 = "13-17"
    A_18_24 = "18-24"
    A_25_44 = "25-44"
    A_45_59 = "45-59"
    A_60 = "60+"
    UNKNOWN = "unknown"  # of an alleged perpetrator only


CHILD_GROUPS = frozenset({AgeGroup.A_0_5, AgeGroup.A_6_12, AgeGroup.A_13_17})
"""Who is a child: under 18 years (UU 35/2014 on child protection, article 1)."""

AGE_BOUNDS: dict[AgeGroup, tuple[int, int]] = {
    AgeGroup.A_0_5: (0, 5),
    AgeGroup.A_6_12: (6, 12),
    AgeGroup.A_13_17: (13, 17),
    AgeGroup.A_18_24: (18, 24),
    AgeGroup.A_25_44: (25, 44),
    AgeGroup.A_45_59: (45, 59),
    AgeGroup.A_60: (60, 130),
}


class Disability(StrEnum):
    """The survivor's disability, if any."""

    NONE = "none"
    PHYSICAL = "physical"
    INTELLECTUAL = "intellectual"
    MENTAL = "mental"
    SENSORY = "sensory"
    MULTIPLE = "multiple"


class Violence(StrEnum):
    """Kinds of violence; several may hold for one incident."""

    PHYSICAL = "physical"
    PSYCHOLOGICAL = "psychological"
    SEXUAL = "sexual"
    EXPLOITATION = "exploitation"
    TRAFFICKING = "trafficking"
    NEGLECT = "neglect"
    OTHER = "other"


class Place(StrEnum):
    """The kind of place where it happened."""

    HOUSEHOLD = "household"
    WORKPLACE = "workplace"
    SCHOOL = "school"
    PUBLIC = "public"
    TRAINING = "training"
    OTHER = "other"


class Relationship(StrEnum):
    """What the alleged perpetrator is to the survivor."""

    PARENT = "parent"
    FAMILY = "family"
    SPOUSE = "spouse"
    NEIGHBOUR = "neighbour"
    FRIEND = "friend"
    TEACHER = "teacher"
    EMPLOYER = "employer"
    COLLEAGUE = "colleague"
    OTHER = "other"
    UNKNOWN = "unknown"


class Service(StrEnum):
    """The services that a need can ask for (those of agency profiles)."""

    COMPLAINT = "complaint"
    HEALTH = "health"
    VISUM = "visum"
    PSYCHOLOGY = "psychology"
    LEGAL_AID = "legal_aid"
    LAW_ENFORCEMENT = "law_enforcement"
    SOCIAL_REHABILITATION = "social_rehabilitation"
    SAFE_HOUSE = "safe_house"
    REINTEGRATION = "reintegration"
    REPATRIATION = "repatriation"
    RELIGIOUS_ACCOMPANIMENT = "religious_accompaniment"
    MEDIATION = "mediation"


assert set(Service) == SERVICES, "the services of needs and of profiles are one list"  # noqa: S101


class Urgency(StrEnum):
    """How soon a need must be met."""

    NOW = "now"
    SOON = "soon"
    LATER = "later"


class NeedState(StrEnum):
    """Whether a need is met."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    MET = "met"
    DECLINED = "declined"  # she does not want it


class GivenBy(StrEnum):
    """Who gave a consent."""

    SURVIVOR = "survivor"
    GUARDIAN = "guardian"
    CHILD_ALONE = "child_alone"  # a child whose guardian is the alleged perpetrator


class Method(StrEnum):
    """How a consent was given."""

    WRITTEN = "written"
    ORAL = "oral"


class DestroyReason(StrEnum):
    """Why a case is made unreadable for ever."""

    RETENTION_ENDED = "retention-ended"
    SURVIVOR_ASKED = "survivor-asked"
    COURT_ORDER = "court-order"
    REGISTERED_BY_MISTAKE = "registered-by-mistake"


_MINISTRY = "SIMFONI-PPA"
OWN = "Teduh"

STATES = CodeList(
    OWN,
    TEDUH_1,
    {
        State.RECEIVED: _l("Received"),
        State.ASSESSMENT: _l("Assessment"),
        State.INTERVENTION: _l("Intervention"),
        State.REFERRED: _l("Referred"),
        State.MONITORING: _l("Monitoring"),
        State.TERMINATED: _l("Closed"),
        State.REOPENED: _l("Opened again"),
        State.HANDED_OVER: _l("Handed over"),
        State.DESTROYED: _l("Destroyed"),
    },
)
STATE_KINDS: dict[str, str] = {
    State.RECEIVED: "waiting",
    State.ASSESSMENT: "active",
    State.INTERVENTION: "active",
    State.REFERRED: "active",
    State.MONITORING: "active",
    State.TERMINATED: "good",
    State.REOPENED: "active",
    State.HANDED_OVER: "neutral",
    State.DESTROYED: "neutral",
}
RISKS = CodeList(
    OWN,
    TEDUH_1,
    {
        Risk.HIGH: _l("In danger now"),
        Risk.MEDIUM: _l("At risk"),
        Risk.LOW: _l("Safe for now"),
    },
)
RISK_KINDS: dict[str, str] = {Risk.HIGH: "stop", Risk.MEDIUM: "warn", Risk.LOW: "good"}
CHANNELS = CodeList(
    _MINISTRY,
    SIMFONI_2024,
    {
        IntakeChannel.DIRECT: _l("She came herself"),
        IntakeChannel.TELEPHONE: _l("By telephone"),
        IntakeChannel.MESSAGE: _l("By WhatsApp or text message"),
        IntakeChannel.LETTER: _l("A written report"),
        IntakeChannel.OTHER_PARTY: _l("Reported by somebody else"),
        IntakeChannel.OUTREACH: _l("Outreach"),
        IntakeChannel.REFERRAL: _l("Referred by another service"),
        IntakeChannel.TRANSFER: _l("Handed over by another office"),
    },
)
_AGES: dict[AgeGroup, Any] = {
    AgeGroup.A_0_5: _l("0–5 years"),
    AgeGroup.A_6_12: _l("6–12 years"),
    AgeGroup.A_13_17: _l("13–17 years"),
    AgeGroup.A_18_24: _l("18–24 years"),
    AgeGroup.A_25_44: _l("25–44 years"),
    AgeGroup.A_45_59: _l("45–59 years"),
    AgeGroup.A_60: _l("60 years or older"),
}
AGE_GROUPS = CodeList(_MINISTRY, SIMFONI_2024, _AGES)
PERPETRATOR_AGE_GROUPS = CodeList(
    _MINISTRY, SIMFONI_2024, {**_AGES, AgeGroup.UNKNOWN: _lp("age", "Not known")}
)
DISABILITIES = CodeList(
    _MINISTRY,
    SIMFONI_2024,
    {
        Disability.NONE: _lp("disability", "None"),
        Disability.PHYSICAL: _lp("disability", "Physical"),
        Disability.INTELLECTUAL: _lp("disability", "Intellectual"),
        Disability.MENTAL: _lp("disability", "Mental"),
        Disability.SENSORY: _lp("disability", "Sensory (sight, hearing, speech)"),
        Disability.MULTIPLE: _lp("disability", "Several"),
    },
)
VIOLENCE = CodeList(
    _MINISTRY,
    SIMFONI_2024,
    {
        Violence.PHYSICAL: _lp("violence", "Physical"),
        Violence.PSYCHOLOGICAL: _lp("violence", "Psychological"),
        Violence.SEXUAL: _lp("violence", "Sexual"),
        Violence.EXPLOITATION: _lp("violence", "Exploitation"),
        Violence.TRAFFICKING: _lp("violence", "Trafficking"),
        Violence.NEGLECT: _lp("violence", "Neglect"),
        Violence.OTHER: _lp("violence", "Other"),
    },
)
PLACES = CodeList(
    _MINISTRY,
    SIMFONI_2024,
    {
        Place.HOUSEHOLD: _l("At home"),
        Place.WORKPLACE: _l("At work"),
        Place.SCHOOL: _l("At school"),
        Place.PUBLIC: _l("In a public place"),
        Place.TRAINING: _l("At a short-term training place"),
        Place.OTHER: _lp("place", "Elsewhere"),
    },
)
RELATIONSHIPS = CodeList(
    _MINISTRY,
    SIMFONI_2024,
    {
        Relationship.SPOUSE: _l("Husband or wife"),
        Relationship.PARENT: _l("Parent"),
        Relationship.FAMILY: _l("Family or sibling"),
        Relationship.FRIEND: _l("Partner or friend"),
        Relationship.NEIGHBOUR: _l("Neighbour"),
        Relationship.TEACHER: _l("Teacher"),
        Relationship.EMPLOYER: _l("Employer"),
        Relationship.COLLEAGUE: _l("Colleague"),
        Relationship.OTHER: _lp("relationship", "Other"),
        Relationship.UNKNOWN: _lp("relationship", "Not known"),
    },
)
SERVICE_NAMES = CodeList(
    _MINISTRY,
    SIMFONI_2024,
    {
        Service.HEALTH: _l("Health care"),
        Service.PSYCHOLOGY: _l("Psychologist"),
        Service.VISUM: _l("Visum et repertum (through the police)"),
        Service.LEGAL_AID: _l("Legal aid"),
        Service.LAW_ENFORCEMENT: _l("Police and prosecution"),
        Service.SAFE_HOUSE: _l("Safe house"),
        Service.SOCIAL_REHABILITATION: _l("Social rehabilitation"),
        Service.REINTEGRATION: _l("Social reintegration"),
        Service.REPATRIATION: _l("Return home"),
        Service.RELIGIOUS_ACCOMPANIMENT: _l("Religious accompaniment"),
        Service.MEDIATION: _l("Mediation"),
        Service.COMPLAINT: _l("Complaint"),
    },
)
URGENCIES = CodeList(
    OWN,
    TEDUH_1,
    {
        Urgency.NOW: _lp("urgency", "Today"),
        Urgency.SOON: _lp("urgency", "Within three days"),
        Urgency.LATER: _lp("urgency", "Later"),
    },
)
URGENCY_KINDS: dict[str, str] = {
    Urgency.NOW: "stop",
    Urgency.SOON: "warn",
    Urgency.LATER: "neutral",
}
NEED_STATES = CodeList(
    OWN,
    TEDUH_1,
    {
        NeedState.OPEN: _lp("need", "Not yet met"),
        NeedState.IN_PROGRESS: _lp("need", "Being met"),
        NeedState.MET: _lp("need", "Met"),
        NeedState.DECLINED: _lp("need", "She does not want it"),
    },
)
NEED_KINDS: dict[str, str] = {
    NeedState.OPEN: "waiting",
    NeedState.IN_PROGRESS: "active",
    NeedState.MET: "good",
    NeedState.DECLINED: "neutral",
}
GIVEN_BY = CodeList(
    OWN,
    TEDUH_1,
    {
        GivenBy.SURVIVOR: _l("The survivor"),
        GivenBy.GUARDIAN: _l("Her parent or guardian"),
        GivenBy.CHILD_ALONE: _l("The child alone, since the guardian is the one reported"),
    },
)
METHODS = CodeList(
    OWN, TEDUH_1, {Method.WRITTEN: _l("In writing"), Method.ORAL: _l("By word of mouth")}
)
DESTROY_REASONS = CodeList(
    OWN,
    TEDUH_1,
    {
        DestroyReason.RETENTION_ENDED: _l("The time for which it must be kept has ended"),
        DestroyReason.SURVIVOR_ASKED: _l("The survivor asked for it"),
        DestroyReason.COURT_ORDER: _l("A court ordered it"),
        DestroyReason.REGISTERED_BY_MISTAKE: _l("It was registered by mistake"),
    },
)
