"""Consent: per recipient, purpose and field class; dated, expiring, revocable at once."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from app.cases.models import Consent
from tenants import clock, registry
from tenants.confidential import FieldClass
from tenants.context import Purpose
from tenants.database import db


def consented(
    case_id: UUID, organisation_id: UUID, purpose: Purpose, on: date | None = None
) -> frozenset[FieldClass]:
    """Return the classes that a living consent lets an organisation see for a purpose.

    Args:
        on: the day asked about; today where the agency is, unless given.
    """
    day = on or today()
    found = db.session.scalars(
        select(Consent.classes).where(
            Consent.case_id == case_id,
            Consent.organisation_id == organisation_id,
            Consent.purpose == purpose.value,
            Consent.revoked_at.is_(None),
            Consent.given_on <= day,
            Consent.expires_on >= day,
        )
    )
    return frozenset(FieldClass(code) for classes in found for code in classes)


def today() -> date:
    """Return today's date where the agency is."""
    return clock.today(registry.profile().identity.timezone)
