"""The gate before every mediation: what the law forbids, and what must be true besides."""

from dataclasses import dataclass, fields
from datetime import date
from uuid import UUID

from app.cases import service as cases
from app.mediation.codes import Matter, Obstacle
from tenants.errors import Refused


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must be true, besides the gate, before a mediation may be recorded.

    One published standard of an UPTD PPA (domain reference, 0.4 and 4): the woman's own
    request, both assessments, separate attendance, no coercion.
    """

    requested_by_survivor: bool = False
    companion_assessment: bool = False
    psychologist_assessment: bool = False
    separate_attendance: bool = False
    free_of_coercion: bool = False


@dataclass(frozen=True, slots=True)
class Days:
    """On which days she asked for it, and the two assessments were made."""

    requested: date
    companion: date
    psychologist: date


@dataclass(frozen=True, slots=True)
class OnTheDay:
    """What was so on the day itself; without the first two nothing that was said holds.

    Attributes:
        separate: both sides came separately and she did not have to meet the other one.
        asked_alone: she was asked once more, alone, and still wanted it of her own will.
        agreed: something was agreed.
    """

    separate: bool = False
    asked_alone: bool = False
    agreed: bool = False


_UNMET: dict[str, Obstacle] = {
    "requested_by_survivor": Obstacle.NOT_REQUESTED,
    "companion_assessment": Obstacle.NO_COMPANION_ASSESSMENT,
    "psychologist_assessment": Obstacle.NO_PSYCHOLOGIST_ASSESSMENT,
    "separate_attendance": Obstacle.NOT_SEPARATE,
    "free_of_coercion": Obstacle.COERCION,
}


def is_open(case_id: UUID) -> bool:
    """Tell whether the law lets the case be mediated at all.

    UU 12/2022 (TPKS) article 23: sexual violence is not settled outside the court, except
    where those reported are children (and here a legal officer has confirmed diversion).
    """
    return not cases.has_sexual_violence(case_id) or cases.child_diversion(case_id)


def gate(case_id: UUID) -> None:
    """Refuse whatever belongs to a mediation that the law forbids.

    Raises:
        Refused: an incident of the case is sexual violence, and no exception applies.
    """
    if not is_open(case_id):
        raise Refused(Obstacle.SEXUAL_VIOLENCE.value)


def obstacles(case_id: UUID, matter: str, conditions: Conditions) -> list[Obstacle]:
    """Return everything that stands against a mediation, the gravest first."""
    if not is_open(case_id):
        return [Obstacle.SEXUAL_VIOLENCE]
    found: list[Obstacle] = []
    if matter not in set(Matter):
        found.append(Obstacle.MATTER)
    if matter == Matter.COMPLAINT_OFFENCE:
        legal = cases.rows(case_id).legal
        if legal is None or not legal.complaint_offence:
            found.append(Obstacle.NO_COMPLAINT_OFFENCE)
    found += [
        _UNMET[field.name] for field in fields(conditions) if not getattr(conditions, field.name)
    ]
    return found
