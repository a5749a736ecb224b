"""An INVENTED year 2021 of events: nobody in it exists and nothing in it happened.

It is made so that each organisation does and leaves what the study says of it (Sari and Agustina,
Table 2); the study tells results and no events. The score is computed from these events alone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from app.cases.models import Case, Need, TeamMember
from app.network.models import DutyEvidence
from app.referrals.models import Referral
from tenants import registry, vault
from tenants.context import acting_person
from tenants.database import db
from tests.world import World

SINCE, UNTIL = date(2021, 1, 1), date(2021, 12, 31)
QUARTERS = (date(2021, 2, 10), date(2021, 5, 12), date(2021, 8, 11), date(2021, 11, 10))
START = datetime(2021, 1, 11, 2, tzinfo=UTC)

# organisation, service, state, why it ended, how many
REFERRALS = (
    ("rsud-bangil", "visum", "done", None, 3),
    ("rsud-bangil", "psychology", "done", None, 4),
    ("rsud-bangil", "psychology", "declined", None, 1),
    ("polres-pasuruan", "law_enforcement", "accepted", None, 4),
    ("polres-pasuruan", "legal_aid", "done", None, 2),
    ("polres-pasuruan", "visum", "declined", None, 2),
    ("polres-pasuruan", "visum", "requested", None, 1),
    ("dinas-sosial", "social_rehabilitation", "done", None, 3),
    ("dinas-sosial", "safe_house", "withdrawn", "taken-over", 2),
    ("dinas-sosial", "safe_house", "declined", None, 1),
    ("dinas-sosial", "reintegration", "done", None, 1),
    ("kementerian-agama", "mediation", "withdrawn", "taken-over", 1),
    ("kementerian-agama", "mediation", "requested", None, 1),
    ("kementerian-agama", "religious_accompaniment", "done", None, 2),
)
# duty, in how many quarters the organisation did it; in the others it did not
ENTERED = (
    ("koordinasi-lembaga", 4),
    ("rsud-koordinasi-hasil", 4),
    ("polres-pendataan", 4),
    ("polres-koordinasi-pelaporan", 4),
    ("dinsos-koordinasi-perkembangan", 1),
    ("kemenag-koordinasi", 4),
)


def write_year(world: World) -> list[UUID]:
    """Write the invented events of 2021 and return the ids of its cases."""
    with world.acting("case-officer"):
        places = {one.key: one.id for one in registry.organisations()}
        ids = [_case(number) for number in range(6)]
        sent = 0
        for key, service, state, reason, times in REFERRALS:
            for _ in range(times):
                _referral(ids[sent % 6], places[key], service, state, reason, sent)
                sent += 1
        for duty, kept in ENTERED:
            for number, day in enumerate(QUARTERS):
                _entered(duty, day, kept=number < kept)
    return ids


def _case(number: int) -> UUID:
    me, moment = acting_person().id, START + timedelta(days=50 * number)
    case_id = uuid4()
    vault.create_data_key(case_id)
    db.session.add(
        Case(
            id=case_id,
            code=f"K-2021-9{number:03}",
            state="monitoring",
            channel="direct",
            risk="medium",
            registered_at=moment,
            registered_by=me,
        )
    )
    db.session.flush()
    db.session.add(
        TeamMember(
            case_id=case_id,
            account_id=me,
            team="case_officer",
            assigned_by=me,
            assigned_at=moment + timedelta(hours=3),
        )
    )
    for service in ("legal_aid", "psychology"):
        db.session.add(
            Need(case_id=case_id, service=service, urgency="soon", state="met", created_at=moment)
        )
    return case_id


def _referral(
    case_id: UUID, organisation_id: UUID, service: str, state: str, reason: str | None, number: int
) -> None:
    moment = START + timedelta(days=11 * number, hours=5)
    ended = moment + timedelta(days=2) if state in {"withdrawn", "done"} else None
    answered = state in {"accepted", "declined", "done"}
    db.session.add(
        Referral(
            case_id=case_id,
            organisation_id=organisation_id,
            service=service,
            state=state,
            requested_by=acting_person().id,
            requested_at=moment,
            due_at=moment + timedelta(hours=48),
            answered_at=moment + timedelta(days=1) if answered else None,
            ended_at=ended,
            end_reason=reason,
        )
    )


def _entered(duty: str, day: date, *, kept: bool) -> None:
    db.session.add(
        DutyEvidence(
            duty=duty,
            happened_on=day,
            kept=kept,
            recorded_by=acting_person().id,
            recorded_at=datetime(day.year, day.month, day.day, 8, tzinfo=UTC),
        )
    )
