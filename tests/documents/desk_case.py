"""The rows of one case that has all that letters ask for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from app.cases import models as case_models
from app.mediation.models import Mediation
from app.referrals.models import Referral
from tenants import vault
from tenants.clock import now, today
from tenants.database import db

NAME = "Bunga Contoh Wulandari"
REPORT = "LP/B/000/XI/2026/CONTOH"


def consent_row(
    case_id: UUID, organisation_id: UUID, classes: list[str], recorded_by: UUID
) -> case_models.Consent:
    """A written consent from yesterday that lives for a month."""
    day = today()
    return case_models.Consent(
        case_id=case_id,
        organisation_id=organisation_id,
        purpose="referral",
        classes=classes,
        given_by="survivor",
        method="written",
        given_on=day - timedelta(days=1),
        expires_on=day + timedelta(days=30),
        recorded_by=recorded_by,
        recorded_at=now(),
    )


def write_case(case_id: UUID, team: dict[str, UUID], violence: str) -> UUID:
    me = team["case-officer"]
    vault.create_data_key(case_id)
    db.session.add(
        case_models.Case(
            id=case_id,
            code=f"K-C{case_id.hex[:6].upper()}",  # never read as a year and a number
            state="assessment",
            channel="direct",
            risk="medium",
            registered_at=now(),
            registered_by=me,
        )
    )
    db.session.flush()
    for name, account_id in team.items():
        db.session.add(
            case_models.TeamMember(
                case_id=case_id,
                account_id=account_id,
                team=name.replace("-", "_"),
                assigned_by=me,
                assigned_at=now(),
            )
        )
    survivor = case_models.Survivor(
        case_id=case_id, age_group="25-44", disability="none", is_child=False
    )
    survivor.full_name = NAME
    survivor.birth_date = "1998-04-12"
    reported = case_models.AllegedPerpetrator(
        case_id=case_id, relation="spouse", age_group="25-44", is_child=False
    )
    reported.full_name = "Anton Contoh"
    incident = case_models.Incident(
        case_id=case_id, place="household", violence=[violence], domestic=True
    )
    legal = case_models.LegalProcess(case_id=case_id, complaint_offence=False)
    legal.report_number = REPORT
    db.session.add_all([survivor, reported, incident, legal])
    db.session.flush()
    return survivor.id


def referral_row(case_id: UUID, organisation_id: UUID, kind: str, me: UUID) -> Referral:
    return Referral(
        case_id=case_id,
        organisation_id=organisation_id,
        service="psychology" if kind == "hospital" else "law_enforcement",
        state="accepted",
        requested_by=me,
        requested_at=now(),
        due_at=now() + timedelta(days=2),
    )


def mediation_row(case_id: UUID, mediator_id: UUID) -> Mediation:
    held = Mediation(
        case_id=case_id,
        state="held",
        matter="maintenance",
        requested_by_survivor=True,
        companion_assessment=True,
        psychologist_assessment=True,
        separate_attendance=True,
        free_of_coercion=True,
        mediator_id=mediator_id,
        created_by=mediator_id,
        created_at=now(),
        held_at=now() - timedelta(days=1),
    )
    held.venue = "Ruang mediasi kantor dinas"
    return held
