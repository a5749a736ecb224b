"""Code lists of taking a report: danger, classes of GBVIMS, cases that may concern one person.

GBVIMS knows exactly one class for an incident: the first "yes" in the order of its list
(domain reference, section 2).
"""

from collections.abc import Collection
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.cases.code_list import CodeList
from app.cases.codes import OWN, TEDUH_1, Violence


class Sign(StrEnum):
    """What decides the class of an incident besides the kinds of violence."""

    PENETRATION = "penetration"
    FORCED_MARRIAGE = "forced_marriage"
    DENIAL = "denial"


class Gbvims(StrEnum):
    """The classes of GBVIMS, in the order in which they are asked; the first "yes" holds."""

    RAPE = "rape"
    SEXUAL_ASSAULT = "sexual_assault"
    PHYSICAL_ASSAULT = "physical_assault"
    FORCED_MARRIAGE = "forced_marriage"
    DENIAL = "denial"
    PSYCHOLOGICAL = "psychological"
    NOT_GBV = "not_gbv"


class ImmediateStep(StrEnum):
    """What is done at once for somebody who is in danger."""

    SAFE_NOW = "safe_now"
    HEALTH = "health"
    PROTECTION = "protection"
    SHELTER = "shelter"
    REACHABLE = "reachable"
    WAY_OUT = "way_out"


class Match(StrEnum):
    """In what two cases agree that may concern one person."""

    NIK = "nik"
    PHONE = "phone"
    NAME_AND_YEAR = "name-and-year"


class LinkState(StrEnum):
    """What is known of two cases that may concern one person."""

    POSSIBLE = "possible"
    SAME = "same"
    OTHER = "other"


SIGNS = CodeList(
    "GBVIMS",
    TEDUH_1,
    {
        Sign.PENETRATION: _l("She was penetrated against her will, however slightly (rape)"),
        Sign.FORCED_MARRIAGE: _l("She was made to marry against her will"),
        Sign.DENIAL: _l("Money, school, work or help was kept from her"),
    },
)
GBVIMS_CLASSES = CodeList(
    "GBVIMS",
    TEDUH_1,
    {
        Gbvims.RAPE: _lp("gbvims", "Rape"),
        Gbvims.SEXUAL_ASSAULT: _lp("gbvims", "Sexual assault"),
        Gbvims.PHYSICAL_ASSAULT: _lp("gbvims", "Physical assault"),
        Gbvims.FORCED_MARRIAGE: _lp("gbvims", "Forced marriage"),
        Gbvims.DENIAL: _lp("gbvims", "Denial of resources, opportunities or services"),
        Gbvims.PSYCHOLOGICAL: _lp("gbvims", "Psychological or emotional abuse"),
        Gbvims.NOT_GBV: _lp("gbvims", "No gender-based violence"),
    },
)
IMMEDIATE_STEPS = CodeList(
    OWN,
    TEDUH_1,
    {
        ImmediateStep.SAFE_NOW: _l(
            "Ask whether she is safe where she is at this moment. If not: the police, 110."
        ),
        ImmediateStep.HEALTH: _l(
            "Is she hurt? To the hospital today; after sexual violence within three days at the"
            " latest."
        ),
        ImmediateStep.PROTECTION: _l("Ask her whether the police shall protect her from today on."),
        ImmediateStep.SHELTER: _l("Find out where she and her children can sleep tonight."),
        ImmediateStep.REACHABLE: _l("Tell her whom of us she can reach tonight, and how."),
        ImmediateStep.WAY_OUT: _l("Agree with her on a way out and on a word that calls for help."),
    },
)
MATCHES = CodeList(
    OWN,
    TEDUH_1,
    {
        Match.NIK: _lp("match", "the same NIK"),
        Match.PHONE: _lp("match", "the same telephone number"),
        Match.NAME_AND_YEAR: _lp("match", "the same name and year of birth"),
    },
)
LINK_STATES = CodeList(
    OWN,
    TEDUH_1,
    {
        LinkState.POSSIBLE: _lp("link", "Not checked yet"),
        LinkState.SAME: _lp("link", "The same person"),
        LinkState.OTHER: _lp("link", "Somebody else"),
    },
)
LINK_KINDS: dict[str, str] = {
    LinkState.POSSIBLE: "waiting",
    LinkState.SAME: "active",
    LinkState.OTHER: "neutral",
}


def gbvims(violence: Collection[str], signs: Collection[str]) -> Gbvims:
    """Return the one class of an incident: the first that holds in the order of GBVIMS.

    Args:
        violence: its kinds, as :class:`Violence`.
        signs: what was said besides, as :class:`Sign`.
    """
    sexual = Violence.SEXUAL in violence
    asked = (
        (Gbvims.RAPE, sexual and Sign.PENETRATION in signs),
        (Gbvims.SEXUAL_ASSAULT, sexual),
        (Gbvims.PHYSICAL_ASSAULT, Violence.PHYSICAL in violence),
        (Gbvims.FORCED_MARRIAGE, Sign.FORCED_MARRIAGE in signs),
        (Gbvims.DENIAL, Sign.DENIAL in signs or Violence.NEGLECT in violence),
        (Gbvims.PSYCHOLOGICAL, Violence.PSYCHOLOGICAL in violence),
    )
    return next((found for found, holds in asked if holds), Gbvims.NOT_GBV)
