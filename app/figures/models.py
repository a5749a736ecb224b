"""Figures as they were published: frozen, so that a later correction changes none of them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenants.database import TenantTable, inside, plain


class FigurePublication(TenantTable):
    """The tables of one period. No service may change or remove a row.

    ``counts`` holds the exact counts and which of them are hidden: a year is the sum of what was
    frozen, so that it never differs from its parts by a person who was corrected afterwards.
    """

    __tablename__ = "figure_publication"
    __table_args__ = (
        UniqueConstraint("tenant_id", "since", "until"),
        CheckConstraint("since <= until", name="begins_before_it_ends"),
        inside("published_by", "account"),
    )

    since: Mapped[date]
    until: Mapped[date]
    counts: Mapped[str] = mapped_column(info=plain("counts by code as JSON; no person is in it"))
    published_by: Mapped[UUID]
    published_at: Mapped[datetime]
