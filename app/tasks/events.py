"""What becomes of tasks when that ends from which they came."""

from typing import Any
from uuid import UUID

from app.tasks import service
from tenants.vocabulary import Tag

_ENDS = frozenset(
    {
        Tag.REFERRAL_DECLINED,
        Tag.REFERRAL_COMPLETED,
        Tag.REFERRAL_WITHDRAWN,
        Tag.REFERRAL_TAKEN_OVER,
        Tag.MEDIATION_STOPPED,
    }
)


def hear(
    tag: Tag, subject: tuple[str, UUID] | None, _case_id: UUID | None, _details: dict[str, Any]
) -> None:
    """End the tasks of what has ended."""
    if tag in _ENDS and subject is not None:
        service.end_about(subject[1])
