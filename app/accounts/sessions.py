"""Sign-in sessions: opened, recognised, kept alive, ended. All of it in the database.

The cookie holds a random token of 256 bits and nothing else; the database holds its SHA-256.
Every request reads session, account and roles in one statement, so that ending a session,
disabling a person or changing a role counts from the next request on.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from flask import Request, current_app, g
from flask_login import UserMixin
from sqlalchemy import RowMapping, and_, bindparam, func, select, text, update
from sqlalchemy.sql import Select

from app.accounts.devices import is_new, untold
from app.accounts.models import Account, RoleGrant, SignInSession
from app.accounts.people import may_work
from app.accounts.terms import last_day
from app.config import Settings
from app.web.access import Subject
from tenants import audit
from tenants.clock import now
from tenants.context import Person, Role, bind, bound, current
from tenants.database import db
from tenants.errors import Missing
from tenants.vocabulary import Tag

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
FRESH = timedelta(minutes=5)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class SignedInUser(UserMixin):  # type: ignore[misc]
    """What Flask-Login hands out: the person as known when the request began."""

    def __init__(self, person: Person) -> None:
        self.id = str(person.id)
        self.person = person


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One living session, for its owner's list."""

    id: UUID
    device: str
    address: str | None
    created_at: datetime
    seen_at: datetime
    present: bool
    factor: str = ""


def new_token() -> tuple[str, bytes]:
    """Return a random token of 256 bits and the hash to keep of it."""
    token = secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> bytes:
    """Return what is kept of a token: it is random, so a plain SHA-256 is enough."""
    return sha256(token.encode()).digest()


def cookie_name() -> str:
    """Return the session cookie's name; ``__Host-`` forbids a Domain and needs TLS."""
    settings: Settings = current_app.extensions["settings"]
    return "__Host-session" if settings.tls else "session"


def ticket_cookie() -> str:
    """Return the name of the cookie between two steps of signing in."""
    settings: Settings = current_app.extensions["settings"]
    return "__Host-step" if settings.tls else "step"


def load_signed_in(request: Request) -> SignedInUser | None:
    """Return who is signed in, in the bound tenant (Flask-Login's request loader).

    Whoever's time is over is told so: ``g.account_ended`` names the account and its last day.
    Also notes that the session is in use, at most once a minute and not when a page's script
    asks by itself, and gives ``say()`` a place to keep messages.
    """
    token = request.cookies.get(cookie_name(), "")
    if bound() is None or not _TOKEN.fullmatch(token):
        return None
    at = now()
    row = (
        db.session.execute(
            _LOAD, {"hash": token_hash(token), "idle": at - IDLE, "oldest": at - ABSOLUTE, "at": at}
        )
        .mappings()
        .one_or_none()
    )
    if row is None:
        g.account_ended = _over(token, at)
        return None
    person = _person(row, at)
    by_itself = request.accept_mimetypes.best == "application/json"
    if row["seen_at"] <= at - SEEN_EVERY and not by_itself:
        _update(row["session_id"], seen_at=at)
    g.notices = list(row["notices"])
    g.notices_session = row["session_id"]
    g.keep_notice = lambda code: keep_notice(row["session_id"], code)
    return SignedInUser(person)


def _load_statement() -> Select[*tuple[Any, ...]]:
    roles = (
        select(func.array_agg(RoleGrant.role))
        .where(
            RoleGrant.tenant_id == Account.tenant_id,
            RoleGrant.account_id == Account.id,
            RoleGrant.revoked_at.is_(None),
        )
        .scalar_subquery()
    )
    return (
        select(
            SignInSession.id.label("session_id"),
            SignInSession.seen_at,
            SignInSession.fresh_until,
            SignInSession.notices,
            Account.id,
            Account.name,
            Account.language,
            Account.organisation_id,
            roles.label("roles"),
        )
        .join(
            Account,
            and_(
                Account.tenant_id == SignInSession.tenant_id,
                Account.id == SignInSession.account_id,
            ),
        )
        .where(
            SignInSession.token_hash == bindparam("hash"),
            SignInSession.ended_at.is_(None),
            SignInSession.seen_at > bindparam("idle"),
            SignInSession.created_at > bindparam("oldest"),
            may_work(bindparam("at")),
        )
    )


_LOAD = _load_statement()


def _over(token: str, at: datetime) -> Subject | None:
    """Return the account of a session that would go on if the account's time were not over.

    The subject's row is the account's last day.
    """
    query = (
        select(Account.id, Account.ends_at)
        .join(
            SignInSession,
            and_(
                Account.tenant_id == SignInSession.tenant_id,
                Account.id == SignInSession.account_id,
            ),
        )
        .where(
            SignInSession.token_hash == token_hash(token),
            SignInSession.ended_at.is_(None),
            SignInSession.created_at > at - ABSOLUTE,
            Account.active,
            Account.ends_at <= at,
        )
    )
    row = db.session.execute(query).one_or_none()
    return Subject("account", row.id, last_day(row.ends_at)) if row else None


def _person(row: RowMapping, at: datetime) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        roles=frozenset(Role(code) for code in row["roles"] or ()),
        organisation_id=row["organisation_id"],
        session_id=row["session_id"],
        fresh=row["fresh_until"] > at,
        language=row["language"],
    )


def keep_notice(session_id: UUID, code: str) -> None:
    """Keep the code of a message for the session's next page."""
    _update(session_id, notices=func.array_append(SignInSession.notices, code))


def take_notices() -> list[str]:
    """Return the kept codes of this request's session and let go of them."""
    codes: list[str] = g.pop("notices", [])
    if codes:
        db.session.execute(
            text(
                "UPDATE sign_in_session SET notices = notices[:next :]"
                " WHERE tenant_id = :tenant AND id = :session"
            ),
            {
                "next": len(codes) + 1,
                "tenant": current().tenant_id,
                "session": g.notices_session,
            },
        )
    return codes


def open_session(
    person: Person,
    address: str | None,
    device: str,
    factor: str,
    notices: tuple[str, ...] = (),
) -> str:
    """Begin a session of ``person`` and return its token for the cookie.

    Args:
        factor: how they proved themselves, as :class:`app.accounts.steps.Factor`.

    Who has signed in from a new device since the last time is told so, here and wherever else
    they are signed in. A session that was open in the same browser ends. A new session is not
    fresh: what needs to be sure of who it is asks for it.
    """
    replaced = current().person
    if replaced is not None and replaced.session_id is not None:
        _update(replaced.session_id, ended_at=now())
    token, kept = new_token()
    at = now()
    told, new = untold(person.id, device, address), is_new(person.id, device, address)
    if new:
        _tell_elsewhere(person.id)
    row = SignInSession(
        account_id=person.id,
        token_hash=kept,
        created_at=at,
        seen_at=at,
        fresh_until=at,
        address=address,
        device=device,
        factor=factor,
        notices=[*notices, *(("new-device",) if told else ())],
        new_device=new,
        told_at=None,
    )
    db.session.add(row)
    db.session.flush()
    with bind(current().acting(person)):
        audit.record(Tag.SESSION_OPENED, subject=("session", row.id))
        if new:
            audit.record(Tag.NEW_DEVICE, subject=("session", row.id))
    return token


def _tell_elsewhere(account_id: UUID) -> None:
    """Tell a person, where they are signed in already, of a sign-in from a new device."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
        .values(notices=func.array_append(SignInSession.notices, "new-device"))
        .execution_options(synchronize_session=False)
    )


def freshen(session_id: UUID) -> str:
    """Note that the password was just given; returns the session's new token.

    The token changes at each authentication (OWASP ASVS 5.0, 7.2.4).
    """
    token, kept = new_token()
    _update(session_id, token_hash=kept, fresh_until=now() + FRESH)
    return token


def renew(session_id: UUID) -> str:
    """Return a new token of a session that stays as fresh as it was (OWASP ASVS 5.0, 7.2.4)."""
    token, kept = new_token()
    _update(session_id, token_hash=kept)
    return token


def close_session(session_id: UUID) -> None:
    """End the acting person's present session (signing out)."""
    _update(session_id, ended_at=now())
    audit.record(Tag.SESSION_CLOSED, subject=("session", session_id))


def open_sessions(account_id: UUID, present: UUID | None = None) -> list[OpenSession]:
    """Return the living sessions of an account, the last used first."""
    at = now()
    query = (
        select(SignInSession)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
            SignInSession.seen_at > at - IDLE,
            SignInSession.created_at > at - ABSOLUTE,
        )
        .order_by(SignInSession.seen_at.desc(), SignInSession.id)
    )
    return [
        OpenSession(
            row.id,
            row.device,
            row.address,
            row.created_at,
            row.seen_at,
            row.id == present,
            row.factor,
        )
        for row in db.session.scalars(query)
    ]


def end_session(account_id: UUID, session_id: UUID) -> None:
    """End one session of ``account_id``.

    Raises:
        Missing: the account has no such living session.
    """
    ended = db.session.scalars(
        update(SignInSession)
        .where(
            SignInSession.id == session_id,
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
        )
        .values(ended_at=now())
        .returning(SignInSession.id)
    ).all()
    if not ended:
        raise Missing("session")
    details = {"session": str(session_id), "person": str(account_id)}
    audit.record(Tag.SESSION_ENDED, subject=("session", session_id), details=details)


def end_sessions(account_id: UUID, but: UUID | None = None) -> int:
    """End every session of ``account_id``, except ``but``; returns how many were open."""
    query = update(SignInSession).where(
        SignInSession.account_id == account_id, SignInSession.ended_at.is_(None)
    )
    if but is not None:
        query = query.where(SignInSession.id != but)
    ended = db.session.scalars(query.values(ended_at=now()).returning(SignInSession.id)).all()
    details = {"person": str(account_id), "count": len(ended)}
    audit.record(Tag.SESSIONS_ENDED, subject=("account", account_id), details=details)
    return len(ended)


def _update(session_id: UUID, **values: object) -> None:
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.tenant_id == current().tenant_id, SignInSession.id == session_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
