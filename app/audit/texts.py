"""Whoever reads the whole log holds its texts still: none is emptied meanwhile.

Retention records what it empties and waits until that record is signed. An export that began
before would end before the record and hold texts that were emptied after it began: it would
accuse the agency of what was done by law.
"""

from hashlib import sha256

from sqlalchemy import func, select

from tenants.context import current
from tenants.database import db


def hold_still() -> None:
    """Keep every text of the bound tenant's log until the transaction ends."""
    db.session.execute(select(func.pg_advisory_xact_lock_shared(_key())))


def may_be_emptied() -> bool:
    """Tell whether nobody reads the whole log; if so, nobody begins to until the end."""
    return bool(db.session.scalar(select(func.pg_try_advisory_xact_lock(_key()))))


def _key() -> int:
    digest = sha256(b"audit-texts" + current().tenant_id.bytes).digest()
    return int.from_bytes(digest[:8], signed=True)
