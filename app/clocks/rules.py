"""What must happen by when: deadlines as dated reference data, each with its basis.

Hours and working days are two different promises: three times twenty-four hours run over a
holiday, three working days do not. What a law fixes an agency cannot change; the rest is the
usual value of a service, and the agency's own table (profile: ``deadlines``, ``working_days``)
comes before it.
"""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from tenants.profile import Profile


class Kind(StrEnum):
    """What a clock counts down to."""

    TPKS_REPORT = "tpks-report"
    POLICE_PROTECTION = "police-protection"
    COURT_ORDER = "court-order"
    PROTECTION_ENDS = "protection-ends"
    FIRST_RESPONSE = "first-response"
    REFERRAL_ANSWER = "referral-answer"
    REFERRAL_RESULT = "referral-result"
    SHELTER_STAY = "shelter-stay"


class Unit(StrEnum):
    """How a clock counts."""

    HOURS = "hours"
    WORKING_DAYS = "working-days"


@dataclass(frozen=True, slots=True)
class Rule:
    """One deadline as it holds from one day to another (both included).

    Attributes:
        service: its name in the agency's profile; None where a law fixes it.
        basis: where it comes from, as a reader may look it up.
    """

    kind: Kind
    amount: int
    unit: Unit
    basis: str
    since: date
    until: date | None = None
    service: str | None = None

    @property
    def fixed(self) -> bool:
        """Whether a law fixes it: then nobody pauses it or makes it longer."""
        return self.service is None

    def holds(self, day: date) -> bool:
        """Tell whether it is in force on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


_OWN = date(2022, 1, 1)
_TPKS, _PKDRT = date(2022, 5, 9), date(2004, 9, 22)
_STANDARD = "Standar layanan instansi"

# Sources: domain reference, sections 0.3 and 4 (laws read in excerpts there). The usual values of
# services are published standards of several agencies and differ: hence the agency's own table.
RULES: tuple[Rule, ...] = (
    Rule(Kind.TPKS_REPORT, 72, Unit.HOURS, "UU 12/2022 (TPKS) Pasal 41", _TPKS),
    Rule(Kind.POLICE_PROTECTION, 24, Unit.HOURS, "UU 23/2004 (PKDRT) Pasal 16", _PKDRT, _TPKS),
    Rule(
        Kind.POLICE_PROTECTION,
        24,
        Unit.HOURS,
        "UU 23/2004 (PKDRT) Pasal 16; UU 12/2022 (TPKS) Pasal 42",
        date(2022, 5, 10),
    ),
    Rule(Kind.COURT_ORDER, 24, Unit.HOURS, "UU 23/2004 (PKDRT) Pasal 16", _PKDRT),
    Rule(Kind.PROTECTION_ENDS, 168, Unit.HOURS, "UU 23/2004 (PKDRT) Pasal 16", _PKDRT),
    *(
        Rule(kind, hours, Unit.HOURS, _STANDARD, _OWN, service=kind.value.replace("-", "_"))
        for kind, hours in (
            (Kind.FIRST_RESPONSE, 72),
            (Kind.REFERRAL_ANSWER, 48),
            (Kind.REFERRAL_RESULT, 336),
            (Kind.SHELTER_STAY, 168),
        )
    ),
)


def rule_for(kind: Kind, day: date, profile: Profile) -> Rule:
    """Return the deadline as it holds on a day: the agency's own where it may have one.

    Raises:
        LookupError: none of this kind is in force on that day.
    """
    rule = next((one for one in RULES if one.kind is kind and one.holds(day)), None)
    if rule is None:
        raise LookupError(f"{kind} has no rule on {day}")
    if rule.service in profile.working_days:
        days = profile.working_days[rule.service or ""]
        return replace(rule, amount=days, unit=Unit.WORKING_DAYS)
    if rule.service in profile.deadlines:
        return replace(rule, amount=profile.deadlines[rule.service or ""])
    return rule
