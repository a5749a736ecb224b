"""After a restore, numbers are held until a person has said which were given last.

A back-up knows the numbers up to the moment it was made. Letters issued after it are on paper, in
other people's hands, and nothing that Teduh has left may tell: a number given again would belong
to two sets of bytes (invariant 19). So nothing is approved until somebody has looked into the
office's own register and stated the last number of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import exists, select, update
from sqlalchemy.dialects.postgresql import insert

from app.documents import office, workshop
from app.documents.models import LetterCounter, RegisterHold
from tenants import audit
from tenants.clock import now, today
from tenants.context import current
from tenants.database import db
from tenants.errors import Conflict, Invalid
from tenants.registry import profile
from tenants.vocabulary import Tag

MOST = 99_999


@dataclass(frozen=True, slots=True)
class Register:
    """One register of numbers and the last number that is known of it."""

    family: str
    year: int
    last: int

    @property
    def name(self) -> str:
        """As the operator names it."""
        return f"{self.family}/{self.year}"


def check_held() -> None:
    """See that numbers may be given.

    Raises:
        Conflict: ``register-held``.
    """
    if db.session.scalar(select(exists().where(RegisterHold.lifted_at.is_(None)))):
        raise Conflict("register-held")


def held_since() -> datetime | None:
    """Return the moment up to which the restored data know what was issued; None when not held."""
    return db.session.scalar(
        select(RegisterHold.known_until)
        .where(RegisterHold.lifted_at.is_(None))
        .order_by(RegisterHold.known_until)
        .limit(1)
    )


def to_state(since: datetime) -> list[Register]:
    """Return every register in which a number may have been given after ``since``."""
    day = today(profile().identity.timezone)
    years = range(since.year, day.year + 1)
    kinds = workshop.catalogue().types.values()
    families = {office.series(kind.key, kind.family) for kind in kinds}
    known = {
        (row.family, row.year): row.last
        for row in db.session.scalars(select(LetterCounter).where(LetterCounter.year.in_(years)))
    }
    wanted = known.keys() | {(family, year) for family in families for year in years}
    return [
        Register(family, year, known.get((family, year), 0))
        for family, year in sorted(wanted, key=lambda one: (one[1], one[0]))
    ]


def state(stated: Mapping[str, int]) -> None:
    """Take the last numbers that a person has stated, and let numbers be given again.

    Args:
        stated: the last number by register's name; 0 for none given.

    Raises:
        Conflict: ``register-not-held``.
        Invalid: the register's name, with ``missing``, ``unknown``, ``lower`` than what is known,
            or ``too-high``.
    """
    since = held_since()
    if since is None:
        raise Conflict("register-not-held")
    wanted = {one.name: one for one in to_state(since)}
    for name in sorted(wanted.keys() | stated.keys()):
        if name not in wanted:
            raise Invalid(name, "unknown")
        if name not in stated:
            raise Invalid(name, "missing")
        if stated[name] < wanted[name].last:
            raise Invalid(name, "lower")
        if stated[name] > MOST:
            raise Invalid(name, "too-high")
    for name, register in wanted.items():
        _raise(register, stated[name])
        audit.record(
            Tag.REGISTER_STATED,
            details={
                "family": register.family,
                "year": register.year,
                "earlier": register.last,
                "stated": stated[name],
            },
        )
    db.session.execute(
        update(RegisterHold).where(RegisterHold.lifted_at.is_(None)).values(lifted_at=now())
    )


def _raise(register: Register, last: int) -> None:
    if register.last == 0 and last > 0:
        db.session.execute(
            insert(LetterCounter).values(
                tenant_id=current().tenant_id,
                id=uuid4(),
                family=register.family,
                year=register.year,
                last=last,
            )
        )
        return
    # The database lets a counter grow by one at a time.
    step = (
        update(LetterCounter)
        .where(LetterCounter.family == register.family, LetterCounter.year == register.year)
        .values(last=LetterCounter.last + 1)
        .execution_options(synchronize_session=False)
    )
    for _ in range(last - register.last):
        db.session.execute(step)
