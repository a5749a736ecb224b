"""What the agency's administrator does with people: look, change roles, disable, unlock.

The administrator sees no case and never a password, and cannot lock themselves out: their own
account and their own role are left to another administrator.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select, update

from app.accounts.confirmations import (
    Kind,
    ask_for_roles,
    waiting,
    waiting_roles,
    withdraw_about,
    withdraw_asked_by,
)
from app.accounts.invitations import revoke_made_by
from app.accounts.models import Account, RoleGrant
from app.accounts.people import Card, Official, card, cards, check_roles, clean_official
from app.accounts.sessions import end_sessions, open_sessions
from app.accounts.terms import check_end, end_of, last_day
from app.web.access import Subject
from tenants import audit, registry
from tenants.clock import now
from tenants.context import Role, acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid, Missing, Refused
from tenants.vocabulary import Tag


@dataclass(frozen=True, slots=True)
class Member:
    """One person as the administrator sees them.

    Attributes:
        organisation: the partner organisation's name, or None.
        locked_until: set while too many wrong passwords keep the account shut.
        enabled: the administrator has not shut it.
        ends_on: the last day of an account that was given for a time.
        sessions: how many sign-ins are open now.
        seen_at: when the person last used one of them.
        waiting_roles: given to the person, but not confirmed by anybody yet.
    """

    card: Card
    username: str
    organisation: str | None
    created_at: datetime
    locked_until: datetime | None
    enabled: bool
    ends_on: date | None = None
    sessions: int = 0
    seen_at: datetime | None = None
    waiting_roles: frozenset[Role] = frozenset()

    @property
    def ended(self) -> bool:
        """Whether the time is over for which the account was given."""
        return self.enabled and not self.card.active


def members() -> list[Member]:
    """Return everyone, the active ones first, by name; records the look."""
    query = select(Account).order_by(Account.active.desc(), func.lower(Account.name), Account.id)
    accounts = list(db.session.scalars(query))
    known = cards(account.id for account in accounts)
    names = organisation_names()
    audit.record(Tag.PEOPLE_LISTED, details={"count": len(accounts)})
    roles: dict[UUID, frozenset[Role]] = {
        one.about.id: one.roles for one in waiting() if one.kind is Kind.ROLES
    }
    return [
        replace(
            _member(account, known[account.id], names),
            waiting_roles=roles.get(account.id, frozenset()),
        )
        for account in accounts
    ]


def member(account_id: UUID) -> Member:
    """Return one person.

    Raises:
        Missing: there is no such account in the bound tenant.
    """
    account = db.session.scalar(select(Account).where(Account.id == account_id))
    if account is None:
        raise Missing("account")
    living = open_sessions(account_id)
    seen_at = max((one.seen_at for one in living), default=None)
    found = _member(account, card(account_id), organisation_names(), len(living), seen_at)
    return replace(found, waiting_roles=waiting_roles(account_id))


def load_member(account_id: UUID) -> Subject:
    """Load a person for the guard.

    Raises:
        Missing: there is no such account in the bound tenant.
    """
    return Subject("account", account_id, member(account_id))


def organisation_names() -> dict[UUID, str]:
    """Return the tenant's active partner organisations: id and name, by name."""
    return {one.id: one.name for one in registry.organisations()}


def edit_member(
    account_id: UUID,
    *,
    roles: Collection[Role],
    organisation_id: UUID | None,
    official: Official,
    last: date | None = None,
) -> None:
    """Change what a person is employed for, until when, and what letters print about them.

    A role that is taken away ends at once; one that is given waits for a second person.

    Args:
        last: the last day on which the account lets its holder in; None for one without an end.

    Raises:
        Invalid: the field at fault; ``roles`` with ``own-administrator`` when one would lose
            one's own administrator role.
        Missing: there is no such account.
    """
    _hold_administrators(account_id)
    account = _locked_row(account_id)
    before, wanted = card(account_id).roles, frozenset(roles)
    check_roles(wanted, organisation_id)
    known_last = last_day(account.ends_at)
    if last != known_last or wanted != before:
        check_end(wanted, last)
    if _is_own(account_id) and Role.ADMINISTRATOR in before - wanted:
        raise Invalid("roles", "own-administrator")
    official = clean_official(official)
    names = [one.name for one in fields(Official)]
    changed = [name for name in names if getattr(account, name) != getattr(official, name)]
    for name in changed:
        setattr(account, name, getattr(official, name))
    moved = account.organisation_id != organisation_id
    if moved:
        account.organisation_id = organisation_id
        changed.append("organisation")
    db.session.flush()
    subject = ("account", account_id)
    if last != known_last:
        account.ends_at = end_of(last)
        db.session.flush()
        term = {"before": _day(known_last), "after": _day(last)}
        audit.record(Tag.TERM_CHANGED, subject=subject, details=term)
    anew = {Role.PARTNER_OFFICER} & before & wanted if moved else frozenset()
    _change_roles(account_id, before, wanted, anew)
    audit.record(Tag.PERSON_EDITED, subject=subject, details={"fields": changed})


def _change_roles(
    account_id: UUID, before: frozenset[Role], wanted: frozenset[Role], anew: Collection[Role]
) -> None:
    """Take roles away now, and ask a second person for new ones.

    Args:
        anew: held and wanted, but for another organisation: that is another right.
    """
    kept = (before & wanted).difference(anew)
    if before - kept:
        _revoke(account_id, before - kept)
        details = {"before": sorted(before), "after": sorted(kept)}
        audit.record(Tag.ROLES_CHANGED, subject=("account", account_id), details=details)
    if Role.ADMINISTRATOR in before - wanted:
        revoke_made_by(account_id)
        withdraw_asked_by(account_id)
    if anew or wanted - kept != waiting_roles(account_id):
        withdraw_about(account_id, Kind.ROLES)
        if wanted - kept:
            ask_for_roles(account_id, wanted - kept, acting_person().id)


def disable(account_id: UUID) -> None:
    """Shut a person out from their next request on; what they did stays theirs.

    Invitations they made no longer let anybody in, themselves least of all.

    Raises:
        Refused: ``own-account``.
        Conflict: ``already-disabled``.
    """
    if _is_own(account_id):
        raise Refused("own-account")
    _hold_administrators(account_id)
    account = _locked_row(account_id)
    if not account.active:
        raise Conflict("already-disabled")
    account.active = False
    db.session.flush()
    end_sessions(account_id)
    revoke_made_by(account_id)
    withdraw_asked_by(account_id)
    audit.record(Tag.PERSON_DISABLED, subject=("account", account_id))


def enable(account_id: UUID) -> None:
    """Let a disabled person sign in again with the password they have.

    Raises:
        Conflict: ``already-enabled``.
    """
    account = _locked_row(account_id)
    if account.active:
        raise Conflict("already-enabled")
    account.active = True
    db.session.flush()
    audit.record(Tag.PERSON_ENABLED, subject=("account", account_id))


def unlock(account_id: UUID) -> None:
    """Let a person try passwords again before the lock ends by itself."""
    account = _locked_row(account_id)
    account.failures, account.locked_until = 0, None
    db.session.flush()
    audit.record(Tag.PERSON_UNLOCKED, subject=("account", account_id))


def _hold_administrators(account_id: UUID) -> None:
    """Hold the acting administrator's account and another's against each other's changes.

    Two administrators who shut each other out at the same moment would leave nobody: the one who
    comes second finds that they are no longer what they were.

    Raises:
        Refused: ``no-longer-administrator``.
    """
    own = acting_person().id
    query = select(Account.id).where(Account.id.in_({own, account_id})).order_by(Account.id)
    db.session.execute(query.with_for_update())
    present = cards([own]).get(own)
    if present is None or not present.active or Role.ADMINISTRATOR not in present.roles:
        raise Refused("no-longer-administrator")


def _locked_row(account_id: UUID) -> Account:
    """Return the account's row, held against other changes until the end of the request."""
    account = db.session.scalar(
        select(Account)
        .where(Account.id == account_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if account is None:
        raise Missing("account")
    return account


def _revoke(account_id: UUID, roles: Collection[Role]) -> None:
    if roles:
        db.session.execute(
            update(RoleGrant)
            .where(
                RoleGrant.account_id == account_id,
                RoleGrant.role.in_([role.value for role in roles]),
                RoleGrant.revoked_at.is_(None),
            )
            .values(revoked_at=now())
            .execution_options(synchronize_session=False)
        )


def _day(last: date | None) -> str | None:
    return last.isoformat() if last else None


def _is_own(account_id: UUID) -> bool:
    return acting_person().id == account_id


def _member(
    account: Account,
    known: Card,
    names: dict[UUID, str],
    sessions: int = 0,
    seen_at: datetime | None = None,
) -> Member:
    at = now()
    locked = account.locked_until if account.locked_until and account.locked_until > at else None
    return Member(
        card=known,
        username=account.username,
        organisation=names.get(account.organisation_id) if account.organisation_id else None,
        created_at=account.created_at,
        locked_until=locked,
        enabled=account.active,
        ends_on=last_day(account.ends_at),
        sessions=sessions,
        seen_at=seen_at,
    )
