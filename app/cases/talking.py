"""Consent as it is gone through with the survivor, question by question; she may say no to all."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from app.cases.consents import SHAREABLE, latest_expiry, record_consent, today, withdraw_for
from app.cases.reading import hold_open
from app.web.access import Subject
from tenants import audit
from tenants.confidential import FieldClass
from tenants.context import Purpose
from tenants.errors import Invalid
from tenants.vocabulary import Tag

DURATIONS: tuple[int, ...] = (30, 90, 180, 365)
"""For how many days she may be asked; a year is the most."""


def keep_talk(
    subject: Subject,
    *,
    organisation_id: UUID,
    answers: Mapping[FieldClass, bool],
    days: int,
    given_by: str,
    method: str,
    understood: bool,
    guardian_accused: bool = False,
) -> UUID | None:
    """Keep what she answered; return the consent's id, or None when she allowed nothing.

    A no to everything ends what she allowed this organisation before: her newest word counts.

    Args:
        answers: yes or no for every class that can be shared.
        understood: she has said in her own words what it means, and that she may say no.

    Raises:
        Invalid: ``understood`` with ``not-understood``; ``answers`` with ``unanswered``; ``days``
            with ``unknown-code``; as :func:`record_consent`.
        Conflict: the case is closed.
    """
    if not understood:
        raise Invalid("understood", "not-understood")
    if set(answers) != set(SHAREABLE):
        raise Invalid("answers", "unanswered")
    if days not in DURATIONS:
        raise Invalid("days", "unknown-code")
    allowed = [one for one, yes in answers.items() if yes]
    if not allowed:
        _refused(subject, organisation_id)
        return None
    day = today()
    return record_consent(
        subject,
        organisation_id=organisation_id,
        classes=allowed,
        given_by=given_by,
        method=method,
        given_on=day,
        expires_on=min(day + timedelta(days=days), latest_expiry(day)),
        guardian_accused=guardian_accused,
    )


def _refused(subject: Subject, organisation_id: UUID) -> None:
    hold_open(subject)
    withdraw_for(subject.id, organisation_id, Purpose.REFERRAL)
    audit.record(
        Tag.CONSENT_REFUSED,
        subject=("case", subject.id),
        case_id=subject.id,
        details={"organisation": str(organisation_id), "purpose": Purpose.REFERRAL.value},
    )
