"""Invitations: a link by which one person makes their own account, once.

Nobody else ever knows the password. The link's token is shown once and kept only as a hash.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from app.accounts.confirmations import ask_for_roles
from app.accounts.models import Invitation
from app.accounts.people import Official, check_roles, clean_text, create_account, person_of
from app.accounts.sessions import new_token, token_hash
from app.accounts.terms import check_end, end_of
from tenants import audit
from tenants.clock import now
from tenants.context import Person, Role, bind, current
from tenants.database import db
from tenants.errors import Invalid, Missing
from tenants.vocabulary import Tag

VALID_FOR = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that can still be accepted."""

    id: UUID
    name: str
    roles: frozenset[Role]
    organisation_id: UUID | None
    created_at: datetime
    expires_at: datetime
    ends_at: datetime | None = None
    created_by: UUID | None = None


def invite(
    *,
    name: str,
    roles: Collection[Role],
    created_by: UUID | None,
    organisation_id: UUID | None = None,
    last: date | None = None,
) -> str:
    """Make an invitation and return its token, which cannot be had again.

    Only inserts and, without ``last``, reads nothing: the operator's database role may do no more.

    Args:
        last: the last day on which the account is to let its holder in.

    Raises:
        Invalid: ``name``, ``roles``, ``organisation`` or ``last_day`` cannot be accepted.
    """
    check_roles(roles, organisation_id)
    check_end(roles, last)
    ends_at = end_of(last)
    token, kept = new_token()
    at, invitation_id = now(), uuid4()
    values = {
        "tenant_id": current().tenant_id,
        "id": invitation_id,
        "token_hash": kept,
        "name": clean_text("name", name),
        "roles": sorted(role.value for role in roles),
        "organisation_id": organisation_id,
        "created_by": created_by,
        "created_at": at,
        "ends_at": ends_at,
        "expires_at": min(at + VALID_FOR, ends_at or at + VALID_FOR),
    }
    db.session.execute(insert(Invitation.__table__).values(values))  # type: ignore[arg-type]
    audit.record(
        Tag.INVITATION_CREATED,
        subject=("invitation", invitation_id),
        details={
            "roles": sorted(roles),
            "organisation": str(organisation_id) if organisation_id else None,
            "ends": last.isoformat() if last else None,
        },
    )
    return token


def find_invitation(token: str) -> OpenInvitation:
    """Return the invitation of a link.

    Raises:
        Missing: the link is unknown, used, revoked, expired or another tenant's: all alike.
    """
    row = db.session.scalar(
        select(Invitation).where(
            Invitation.token_hash == token_hash(token),
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
    )
    if row is None:
        raise Missing("invitation")
    return _open(row)


def open_invitations() -> list[OpenInvitation]:
    """Return the invitations that can still be accepted, the newest first."""
    query = (
        select(Invitation)
        .where(
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
        .order_by(Invitation.created_at.desc(), Invitation.id)
    )
    return [_open(row) for row in db.session.scalars(query)]


def accept(token: str, *, username: str, password: str, official: Official) -> Person:
    """Use an invitation: make the account it allows, and return its person.

    The roles wait for a second person, but for an administrator's alone that the operator's
    command made. What the operator gives besides counts as asked for by whoever gets it.

    Raises:
        Missing: as :func:`find_invitation`; also when someone used the link a moment ago.
        Invalid: as :func:`create_account`; ``title``, ``rank`` or ``nip`` with ``required``
            for a signatory, ``phone`` for a companion.
        Conflict: ``busy``.
    """
    invitation = find_invitation(token)
    check_official(invitation.roles, official)
    _close(invitation.id, used_at=now())
    granted = invitation.created_by is None and invitation.roles == {Role.ADMINISTRATOR}
    account_id = create_account(
        username=username,
        name=invitation.name,
        password=password,
        roles=invitation.roles,
        organisation_id=invitation.organisation_id,
        ends_at=invitation.ends_at,
        granted=granted,
        title=official.title,
        rank=official.rank,
        nip=official.nip,
        phone=official.phone,
    )
    if not granted:
        ask_for_roles(account_id, invitation.roles, invitation.created_by or account_id)
    person = person_of(account_id)
    with bind(current().acting(person)):
        audit.record(
            Tag.INVITATION_ACCEPTED,
            subject=("invitation", invitation.id),
            details={"roles": sorted(invitation.roles)},
        )
    return person


def revoke(invitation_id: UUID) -> None:
    """Make an open invitation useless.

    Raises:
        Missing: there is no open invitation of this id.
    """
    _close(invitation_id, revoked_at=now())
    audit.record(Tag.INVITATION_REVOKED, subject=("invitation", invitation_id))


def revoke_made_by(account_id: UUID) -> None:
    """Make the open invitations of a person useless who may invite nobody any more."""
    made = db.session.scalars(
        select(Invitation.id).where(
            Invitation.created_by == account_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
    )
    for invitation_id in made.all():
        revoke(invitation_id)


def needed_particulars(roles: Collection[Role]) -> tuple[str, ...]:
    """Return which fields of :class:`Official` letters print about a person of these roles."""
    wanted: tuple[str, ...] = ()
    if Role.SIGNATORY in roles:
        wanted += ("title", "rank", "nip")
    if Role.COMPANION in roles:
        wanted += ("phone",)
    return wanted


def check_official(roles: Collection[Role], official: Official) -> None:
    """Ask for what letters print about a person of these roles.

    Raises:
        Invalid: the field with ``required``.
    """
    for field in needed_particulars(roles):
        if not (getattr(official, field) or "").strip():
            raise Invalid(field, "required")


def _close(invitation_id: UUID, **values: datetime) -> None:
    """Close an invitation that is open at this very moment."""
    closed = db.session.scalars(
        update(Invitation)
        .where(
            Invitation.id == invitation_id,
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
        .values(**values)
        .returning(Invitation.id)
    ).all()
    if not closed:
        raise Missing("invitation")


def _open(row: Invitation) -> OpenInvitation:
    return OpenInvitation(
        id=row.id,
        name=row.name,
        roles=frozenset(Role(code) for code in row.roles),
        organisation_id=row.organisation_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        ends_at=row.ends_at,
        created_by=row.created_by,
    )
