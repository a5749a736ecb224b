"""The people of a tenant: their accounts, roles and what letters say about them."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import Select

from app.accounts import passwords
from app.accounts.models import Account, RoleGrant
from tenants import audit, registry
from tenants.clock import now
from tenants.context import Person, Role, acting_person, bound, current
from tenants.database import db
from tenants.errors import Invalid, Missing
from tenants.vocabulary import Tag

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,38})[a-z0-9]")
TEXT_LIMIT = 120  # characters of a name, title or rank

# These look after people and records, and must not also see cases: each stands alone.
_APART = frozenset({Role.ADMINISTRATOR, Role.AUDITOR, Role.EXTERNAL_AUDITOR, Role.PARTNER_OFFICER})


@dataclass(frozen=True, slots=True)
class Card:
    """What other rooms and letters may know of a person."""

    id: UUID
    name: str
    title: str | None
    rank: str | None
    nip: str | None
    phone: str | None
    roles: frozenset[Role]
    organisation_id: UUID | None
    active: bool = True
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Official:
    """What letters print about a person; None where there is nothing to print."""

    title: str | None = None
    rank: str | None = None
    nip: str | None = None
    phone: str | None = None


def person_of(account_id: UUID) -> Person:
    """Return a person with the rights of this moment, for jobs and commands.

    Raises:
        Missing: the account is gone, disabled or over, or its organisation is a partner no more.
    """
    row = db.session.execute(_people().where(Account.id == account_id, may_work(now()))).first()
    if row is None:
        raise Missing("account")
    account, roles = row
    return Person(
        id=account.id,
        name=account.name,
        roles=_roles(roles),
        organisation_id=account.organisation_id,
        language=account.language,
    )


def may_work(at: Any) -> ColumnElement[bool]:
    """Return the condition that an account and the organisation it belongs to are active.

    Args:
        at: the moment, or a parameter for it.
    """
    partner = exists().where(
        registry.Organisation.tenant_id == Account.tenant_id,
        registry.Organisation.id == Account.organisation_id,
        registry.Organisation.active,
    )
    return living(at) & or_(Account.organisation_id.is_(None), partner.correlate(Account))


def living(at: Any) -> ColumnElement[bool]:
    """Return the condition that an account is neither disabled nor over at a moment."""
    return Account.active & or_(Account.ends_at.is_(None), Account.ends_at > at)


def card(account_id: UUID) -> Card:
    """Return the card of one person, active or not.

    Raises:
        Missing: there is no such account in the bound tenant.
    """
    found = cards([account_id]).get(account_id)
    if found is None:
        raise Missing("account")
    return found


def cards(ids: Iterable[UUID]) -> dict[UUID, Card]:
    """Return the cards of several people by id, in one statement; unknown ids are left out."""
    wanted = set(ids)
    if not wanted:
        return {}
    rows = db.session.execute(_people().where(Account.id.in_(wanted)))
    return {account.id: _card(account, roles) for account, roles in rows}


def with_role(*roles: Role) -> list[Card]:
    """Return the active people who hold at least one of ``roles``, by name."""
    holders = select(RoleGrant.account_id).where(
        RoleGrant.role.in_([role.value for role in roles]), RoleGrant.revoked_at.is_(None)
    )
    query = _people().where(living(now()), Account.id.in_(holders)).order_by(Account.name)
    return [_card(account, held) for account, held in db.session.execute(query)]


def create_account(
    *,
    username: str,
    name: str,
    password: str,
    roles: Collection[Role],
    organisation_id: UUID | None = None,
    title: str | None = None,
    rank: str | None = None,
    nip: str | None = None,
    phone: str | None = None,
    ends_at: datetime | None = None,
    granted: bool = True,
) -> UUID:
    """Make an account with its roles and return its id.

    Args:
        granted: the roles hold at once; otherwise the caller asks a second person for them.
        ends_at: from this moment on it lets nobody in (:func:`app.accounts.terms.end_of`).

    Raises:
        Invalid: naming the field at fault: ``username`` (``format``, ``taken``), ``password``
            (as :func:`passwords.check_strength`), ``name``, ``roles``, ``title``, ...
        Conflict: ``busy``; too many passwords are being computed.
    """
    username = clean_username(username)
    name = clean_text("name", name)
    check_roles(roles, organisation_id)
    official = clean_official(Official(title, rank, nip, phone))
    passwords.check_strength(password, known_words(username, name))
    tenant_id, account_id, at = current().tenant_id, uuid4(), now()
    made = db.session.execute(
        insert(Account)
        .values(
            tenant_id=tenant_id,
            id=account_id,
            username=username,
            name=name,
            title=official.title,
            rank=official.rank,
            nip=official.nip,
            phone=official.phone,
            password_hash=passwords.seal(password),
            organisation_id=organisation_id,
            active=True,
            ends_at=ends_at,
            failures=0,
            created_at=at,
        )
        .on_conflict_do_nothing(index_elements=["tenant_id", "username"])
        .returning(Account.id)
    ).first()
    if made is None:
        raise Invalid("username", "taken")
    if granted:
        grant(account_id, roles)
    audit.record(
        Tag.ACCOUNT_CREATED,
        subject=("account", account_id),
        details={
            "roles": sorted(roles),
            "organisation": str(organisation_id) if organisation_id else None,
        },
    )
    return account_id


def keep_language(language: str) -> None:
    """Keep the acting person's language with the account, for every device they use."""
    db.session.execute(
        update(Account)
        .where(Account.id == acting_person().id)
        .values(language=language)
        .execution_options(synchronize_session=False)
    )


def grant(account_id: UUID, roles: Iterable[Role]) -> None:
    """Give roles to a person from now on."""
    context = bound()
    by = context.person.id if context and context.person else None
    at = now()
    db.session.add_all(
        RoleGrant(account_id=account_id, role=role.value, granted_by=by, granted_at=at)
        for role in sorted(roles)
    )
    db.session.flush()


def check_roles(roles: Collection[Role], organisation_id: UUID | None) -> None:
    """Refuse roles that one person must not hold together.

    Raises:
        Invalid: ``roles`` with ``none`` or ``apart``, ``organisation`` with ``needed``,
            ``not-for-this-role`` or ``unknown``.
    """
    held = frozenset(roles)
    if not held:
        raise Invalid("roles", "none")
    if held & _APART and len(held) > 1:
        raise Invalid("roles", "apart")
    if Role.PARTNER_OFFICER in held and organisation_id is None:
        raise Invalid("organisation", "needed")
    if Role.PARTNER_OFFICER not in held and organisation_id is not None:
        raise Invalid("organisation", "not-for-this-role")


def clean_username(username: str) -> str:
    """Return the sign-in name as it is kept: lower case.

    Raises:
        Invalid: ``username`` with ``format``.
    """
    username = username.strip().lower()
    if not USERNAME.fullmatch(username):
        raise Invalid("username", "format")
    return username


def clean_text(field: str, value: str) -> str:
    """Return a line of text without surplus blanks.

    Raises:
        Invalid: ``field`` with ``required``, ``too-long`` or ``control-character``.
    """
    value = value.strip()
    if not value:
        raise Invalid(field, "required")
    if len(value) > TEXT_LIMIT:
        raise Invalid(field, "too-long")
    if not value.isprintable():
        raise Invalid(field, "control-character")
    return re.sub(r" {2,}", " ", value)


def clean_official(official: Official) -> Official:
    """Return what letters print, each as a clean line or None.

    Raises:
        Invalid: as :func:`clean_text`; ``nip`` with ``format`` unless it has 18 digits.
    """
    title, rank, nip, phone = (
        clean_text(field, value) if value and value.strip() else None
        for field, value in (
            ("title", official.title),
            ("rank", official.rank),
            ("nip", official.nip),
            ("phone", official.phone),
        )
    )
    if nip is not None:
        nip = nip.replace(" ", "")
        if not re.fullmatch(r"[0-9]{18}", nip):
            raise Invalid("nip", "format")
    if phone is not None and not re.fullmatch(r"\+?[0-9][0-9 ()./-]{3,28}", phone):
        raise Invalid("phone", "format")
    return Official(title, rank, nip, phone)


def known_words(username: str, name: str) -> Sequence[str]:
    """Return what anyone can guess with: the person's names and the agency's."""
    identity = registry.profile().identity
    return (username, name, *name.split(), identity.agency, identity.regency, identity.slug)


def _people() -> Select[Account, list[str] | None]:
    """Select accounts with the codes of the roles they hold now."""
    roles = (
        select(func.array_agg(RoleGrant.role))
        .where(
            RoleGrant.tenant_id == Account.tenant_id,
            RoleGrant.account_id == Account.id,
            RoleGrant.revoked_at.is_(None),
        )
        .scalar_subquery()
    )
    return select(Account, roles)


def _card(account: Account, roles: Iterable[str] | None) -> Card:
    return Card(
        id=account.id,
        name=account.name,
        title=account.title,
        rank=account.rank,
        nip=account.nip,
        phone=account.phone,
        roles=_roles(roles),
        organisation_id=account.organisation_id,
        active=account.active and (account.ends_at is None or account.ends_at > now()),
        ends_at=account.ends_at,
    )


def _roles(codes: Iterable[str] | None) -> frozenset[Role]:
    return frozenset(Role(code) for code in codes or ())
