"""What each side of a transfer keeps of it: never the content."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable
from tenants.database import TenantTable, inside, plain

_CODES = plain("code list")
_SLUG = plain("public short name of an agency")


class Transfer(CaseTable):
    """A case that was sent to another agency."""

    __tablename__ = "transfer"
    __table_args__ = (inside("case_id", "case"), inside("organisation_id", "organisation"))

    organisation_id: Mapped[UUID]
    recipient: Mapped[str] = mapped_column(info=_SLUG)
    parcel_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(info=_CODES)
    classes: Mapped[list[str]] = mapped_column(info=_CODES)
    sent_by: Mapped[UUID]
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class TransferArrival(TenantTable):
    """A case that came from another agency."""

    __tablename__ = "transfer_arrival"
    __table_args__ = (UniqueConstraint("tenant_id", "parcel_id"), inside("case_id", "case"))

    parcel_id: Mapped[UUID]
    sender: Mapped[str] = mapped_column(info=_SLUG)
    state: Mapped[str] = mapped_column(info=_CODES)
    arrived_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None]
    case_id: Mapped[UUID | None]
