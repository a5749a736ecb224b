"""Gap-free numbers: taken inside the approving transaction, or not at all."""

from uuid import uuid4

from sqlalchemy.dialects.postgresql import insert

from app.documents import registers
from app.documents.models import LetterCounter
from tenants.context import current
from tenants.database import db


def take(family: str, year: int) -> int:
    """Return the next number of a family in a year, from 1.

    The counter's row stays locked until this transaction ends: a number is used by the approval
    that took it, or, when that fails, by the next one. Never hold it across rendering.

    Raises:
        Conflict: ``register-held``: after a restore nobody has stated the last number yet.
    """
    registers.check_held()
    statement = insert(LetterCounter).values(
        tenant_id=current().tenant_id, id=uuid4(), family=family, year=year, last=1
    )
    raised = statement.on_conflict_do_update(
        index_elements=["tenant_id", "family", "year"],
        set_={"last": LetterCounter.last + 1},
    ).returning(LetterCounter.last)
    return int(db.session.execute(raised).scalar_one())
