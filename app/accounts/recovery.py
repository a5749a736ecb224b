"""Recovery codes: ten, each good once, for whoever has lost the device of the second step.

A code has 125 random bits. What is kept is its HMAC under a key outside the database, bound to the
account; nothing shows a code a second time.
"""

import secrets
from hmac import digest
from uuid import UUID

from sqlalchemy import delete, func, select, update

from app.accounts.models import RecoveryCode
from tenants import audit
from tenants.clock import now
from tenants.context import Person, bind, current
from tenants.database import db, keyring
from tenants.keyring import associated_data
from tenants.vocabulary import Tag

COUNT = 10
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # 32, none of which looks like another
_GROUPS, _GROUP = 5, 5


def renew(account_id: UUID) -> list[str]:
    """Make ten new codes, which end the old ones, and return them; they cannot be had again."""
    remove(account_id)
    codes, at = [_new() for _ in range(COUNT)], now()
    db.session.add_all(
        RecoveryCode(account_id=account_id, digest=_digest(account_id, code), created_at=at)
        for code in codes
    )
    db.session.flush()
    audit.record(Tag.RECOVERY_CODES_MADE, subject=("account", account_id), details={"count": COUNT})
    return codes


def first(person: Person) -> list[str]:
    """Make the codes of somebody who has just set up the second step."""
    with bind(current().acting(person)):
        return renew(person.id)


def use(account_id: UUID, typed: str) -> bool:
    """Use a code up; tells whether it was a living one. Of two at once one wins."""
    used = db.session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account_id,
            RecoveryCode.digest == _digest(account_id, typed),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    return used.first() is not None


def left(account_id: UUID) -> int:
    """Return how many codes of an account were not used yet."""
    found = db.session.scalar(
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None))
    )
    return found or 0


def remove(account_id: UUID) -> None:
    """Let go of every code of an account."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def _new() -> str:
    letters = [secrets.choice(_LETTERS) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(letters[n : n + _GROUP]) for n in range(0, len(letters), _GROUP))


def _digest(account_id: UUID, typed: str) -> bytes:
    letters = "".join(one for one in typed.upper() if one.isalnum())
    tenant_id = current().tenant_id
    key = digest(keyring().index_key(tenant_id), b"recovery-code", "sha256")
    return digest(key, associated_data(account_id.bytes, letters.encode()), "sha256")
