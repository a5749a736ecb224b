"""Safe houses, and the stays of survivors in them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.confidential import CaseTable, Confidential, FieldClass
from tenants.database import TenantTable, inside, plain
from tenants.vault import sealed_for_office

_CODES = plain("code list")
PLACE = "shelter-place"


class ShelterPlace(TenantTable):
    """A safe house. Its number says nothing of where it is; its address belongs to no one case."""

    __tablename__ = "shelter_place"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)

    number: Mapped[int] = mapped_column(Integer)
    capacity: Mapped[int] = mapped_column(Integer)
    active: Mapped[bool]
    address: Mapped[bytes] = mapped_column(info=sealed_for_office(PLACE))
    created_at: Mapped[datetime]


class ShelterStay(CaseTable):
    """From the admission of a survivor and who comes with her, to her leaving."""

    __tablename__ = "shelter_stay"
    __table_args__ = (
        inside("case_id", "case"),
        inside("place_id", "shelter_place"),
        Index(
            "uq_shelter_stay_now",
            "tenant_id",
            "case_id",
            unique=True,
            postgresql_where=text("left_at IS NULL"),
        ),
    )

    place_id: Mapped[UUID]
    place_number: Mapped[int] = mapped_column(Integer)
    dependants: Mapped[int] = mapped_column(Integer)
    admitted_at: Mapped[datetime]
    admitted_by: Mapped[UUID]
    received_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_reason: Mapped[str | None] = mapped_column(info=_CODES)
    left_to: Mapped[str | None] = mapped_column(info=_CODES)
    needs_sealed: Mapped[bytes | None]

    needs = Confidential(FieldClass.CLINICAL, 2, limit=1000)
