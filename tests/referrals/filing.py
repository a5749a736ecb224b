"""A case with a value in every field that a partner might see, written straight to the tables."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from app.cases.models import (
    AllegedPerpetrator,
    Case,
    Consent,
    Incident,
    LegalProcess,
    Need,
    Survivor,
    TeamMember,
)
from app.referrals import service as referrals
from tenants import clock, registry, vault
from tenants.confidential import FieldClass
from tenants.context import Purpose, acting_person
from tenants.database import db
from tests.world import PASUR, World

NAME, BIRTH, PHONE = "Bunga Contoh", "1998-04-12", "081200000001"
WHEN, FORBIDDEN = "Hari pasar, pagi", "0812-0000-0777"
SAFE, HEALTH, NEED = "Pesan lewat adik", "Alergi penisilin", "Konseling trauma"
REPORT, STORY, HOME = "LP/B/1/2026", "Dipukul di dapur", "Jalan Contoh 1"
PERPETRATOR, NOTE = "Anton Contoh", "Mohon dokter perempuan"
BIRTH_SHOWN = "12 April 1998"  # as pages write it
SECRETS = (
    NAME,
    BIRTH,
    BIRTH_SHOWN,
    PHONE,
    SAFE,
    WHEN,
    FORBIDDEN,
    HEALTH,
    NEED,
    REPORT,
    STORY,
    HOME,
    PERPETRATOR,
    NOTE,
)
TEAM = ("case-officer", "companion")


@dataclass(frozen=True)
class File:
    """The ids of one case."""

    case_id: UUID
    need_id: UUID
    survivor_id: UUID
    incident_id: UUID
    tenant: str

    @property
    def path(self) -> str:
        """The address of the case page."""
        return f"/cases/{self.case_id}"


def organisation(world: World, kind: str, tenant: str = PASUR) -> UUID:
    """The id of the tenant's organisation of a kind."""
    with world.as_system(tenant):
        return next(one.id for one in registry.organisations() if one.kind == kind)


def open_case(
    world: World,
    *,
    tenant: str = PASUR,
    violence: Iterable[str] = ("physical",),
    child: bool = False,
    perpetrator_child: bool = False,
    complaint_offence: bool = False,
    bare: bool = False,
) -> File:
    """Register a case with a team and one of everything; a bare one has no incident or process."""
    people = [world.account(username, tenant) for username in TEAM]
    with world.acting("case-officer", tenant):
        file = File(uuid4(), uuid4(), uuid4(), uuid4(), tenant)
        moment, owner = clock.now(), acting_person().id
        vault.create_data_key(file.case_id)
        db.session.add(
            Case(
                id=file.case_id,
                code=f"K-{file.case_id.hex[:6].upper()}",
                state="received",
                channel="direct",
                risk="medium",
                registered_at=moment,
                registered_by=owner,
            )
        )
        db.session.flush()
        own = {"case_id": file.case_id}
        for person in people:
            db.session.add(
                TeamMember(
                    **own,
                    account_id=person,
                    team="case_officer",
                    assigned_by=owner,
                    assigned_at=moment,
                )
            )
        survivor = Survivor(
            **own,
            id=file.survivor_id,
            age_group="25-44",
            disability="none",
            is_child=child,
        )
        survivor.full_name, survivor.birth_date, survivor.phone = NAME, BIRTH, PHONE
        survivor.safe_contact, survivor.health, survivor.address = SAFE, HEALTH, HOME
        survivor.contact_when, survivor.forbidden_phone = WHEN, FORBIDDEN
        perpetrator = AllegedPerpetrator(
            **own, relation="spouse", age_group="25-44", is_child=perpetrator_child
        )
        perpetrator.full_name = PERPETRATOR
        incident = Incident(
            **own, id=file.incident_id, place="household", violence=list(violence), domestic=True
        )
        incident.narrative = STORY
        need = Need(
            **own,
            id=file.need_id,
            service="psychology",
            urgency="soon",
            state="open",
            created_at=moment,
        )
        need.description = NEED
        legal = LegalProcess(**own, complaint_offence=complaint_offence)
        legal.report_number = REPORT
        db.session.add_all([survivor, perpetrator, need])
        if not bare:
            db.session.add_all([incident, legal])
    return file


def consent(
    world: World,
    file: File,
    *classes: FieldClass,
    kind: str = "hospital",
    days: int = 30,
    purpose: Purpose = Purpose.REFERRAL,
) -> UUID:
    """Record what the survivor lets an organisation see, for so many days from now."""
    to = organisation(world, kind, file.tenant)
    with world.acting("case-officer", file.tenant):
        given = Consent(
            case_id=file.case_id,
            organisation_id=to,
            purpose=purpose.value,
            classes=[one.value for one in classes or FieldClass],
            given_by="survivor",
            method="written",
            given_on=today(),
            expires_on=today() + timedelta(days=days),
            recorded_by=acting_person().id,
            recorded_at=clock.now(),
        )
        db.session.add(given)
    return given.id


def revoke(world: World, file: File, consent_id: UUID) -> None:
    """Withdraw a consent."""
    with world.acting("case-officer", file.tenant) as context:
        found = db.session.get(Consent, (context.tenant_id, consent_id))
        assert found is not None
        found.revoked_at, found.revoked_by = clock.now(), acting_person().id


def send(world: World, file: File, *, kind: str = "hospital", service: str = "psychology") -> UUID:
    """Refer the case, with a note."""
    to = organisation(world, kind, file.tenant)
    with world.acting("case-officer", file.tenant):
        from app.cases import service as cases

        return referrals.create(
            cases.load_case(file.case_id),
            organisation_id=to,
            service=service,
            need_id=file.need_id if service == "psychology" else None,
            note=NOTE,
        )


def today() -> date:
    """The date where the agency is."""
    return clock.today()
