"""Tickets: what a browser holds between two steps of signing in, and challenges to passkeys.

A ticket is 256 random bits of which the SHA-256 is kept, for ten minutes and one use. It is no
session: nothing but the page of the next step asks for it.
"""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from app.accounts.models import SignInTicket
from app.accounts.sessions import new_token, token_hash
from tenants.clock import now
from tenants.database import db

GOOD_FOR = timedelta(minutes=10)


class Purpose(StrEnum):
    """What a ticket is for; one is never good for another's."""

    SECOND_STEP = "second-step"
    PASSKEY_SIGN_IN = "passkey-sign-in"
    PASSKEY_SECOND = "passkey-second"
    PASSKEY_NEW = "passkey-new"
    PASSKEY_FRESH = "passkey-fresh"


def issue(purpose: Purpose, account_id: UUID | None = None) -> str:
    """Make a ticket and return its secret; what is over of all tickets goes."""
    at = now()
    db.session.execute(delete(SignInTicket).where(SignInTicket.created_at < at - GOOD_FOR))
    secret, kept = new_token()
    db.session.add(
        SignInTicket(purpose=purpose.value, account_id=account_id, secret_hash=kept, created_at=at)
    )
    db.session.flush()
    return secret


def holder(purpose: Purpose, secret: str) -> UUID | None:
    """Return the account of a living ticket, or None where there is no such ticket."""
    return db.session.scalar(select(SignInTicket.account_id).where(*_living(purpose, secret)))


def use(purpose: Purpose, secret: str, account_id: UUID | None = None) -> bool:
    """Use a ticket up; tells whether it lived and was this account's. Of two at once one wins."""
    used = db.session.execute(
        update(SignInTicket)
        .where(*_living(purpose, secret), SignInTicket.account_id.is_not_distinct_from(account_id))
        .values(used_at=now())
        .returning(SignInTicket.id)
        .execution_options(synchronize_session=False)
    )
    return used.first() is not None


def _living(purpose: Purpose, secret: str) -> tuple[ColumnElement[bool], ...]:
    return (
        SignInTicket.purpose == purpose.value,
        SignInTicket.secret_hash == token_hash(secret),
        SignInTicket.used_at.is_(None),
        SignInTicket.created_at > now() - GOOD_FOR,
    )
