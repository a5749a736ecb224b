"""The tenants, their hosts, and what each has told us about itself.

``tenant`` and ``tenant_host`` are platform tables: the host directory, read before any
tenant is bound. The profile and the organisations live inside the tenant.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from tenants.context import current
from tenants.database import PlatformTable, TenantTable, db, plain, platform
from tenants.errors import Missing
from tenants.profile import Profile


class TenantState(StrEnum):
    """Whether the agency may work."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


class OrganisationKind(StrEnum):
    """What a partner organisation is (the members of a PPT-PPA)."""

    HOSPITAL = "hospital"
    POLICE = "police"
    SOCIAL_SERVICES = "social_services"
    RELIGIOUS_AFFAIRS = "religious_affairs"
    LEGAL_AID = "legal_aid"
    PROTECTION_AGENCY = "protection_agency"  # of another regency or of the province
    COURT = "court"
    UNIVERSITY = "university"
    NGO = "ngo"


class Tenant(PlatformTable):
    """One agency."""

    __tablename__ = "tenant"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True, info=plain("public short name of an agency"))
    state: Mapped[str] = mapped_column(info=plain("a state"))
    created_at: Mapped[datetime]
    profile_version: Mapped[int] = mapped_column(Integer)
    profile_digest: Mapped[str] = mapped_column(info=plain("SHA-256 of a public profile"))


class TenantHost(PlatformTable):
    """An exact host name at which a tenant is reached."""

    __tablename__ = "tenant_host"

    host: Mapped[str] = mapped_column(primary_key=True, info=plain("a public host name"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))


class TenantProfile(TenantTable):
    """One version of the agency's profile; old ones stay, for letters that were made with them."""

    __tablename__ = "tenant_profile"
    __table_args__ = (UniqueConstraint("tenant_id", "version"),)

    version: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(info=plain("SHA-256 of the document"))
    document: Mapped[str] = mapped_column(info=plain("the agency's public profile as JSON"))
    created_at: Mapped[datetime]


class Organisation(TenantTable):
    """A partner organisation (lembaga layanan) of the agency."""

    __tablename__ = "organisation"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    key: Mapped[str] = mapped_column(info=plain("short name from the profile"))
    name: Mapped[str] = mapped_column(info=plain("public name of an organisation"))
    kind: Mapped[str] = mapped_column(info=plain("code list"))
    addressee: Mapped[str] = mapped_column(info=plain("public title a letter is addressed to"))
    place: Mapped[str] = mapped_column(info=plain("public seat of an organisation"))
    services: Mapped[list[str]] = mapped_column(info=plain("code list"))
    active: Mapped[bool]


@dataclass(frozen=True, slots=True)
class Directory:
    """What the host directory says of one host name."""

    tenant_id: UUID
    slug: str
    state: TenantState
    profile_digest: str


def find_host(host: str) -> Directory | None:
    """Look up an exact host name (lower case, without port); None when unknown."""
    query = (
        select(Tenant.id, Tenant.slug, Tenant.state, Tenant.profile_digest)
        .join(TenantHost, TenantHost.tenant_id == Tenant.id)
        .where(TenantHost.host == host)
    )
    with platform() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return Directory(row.id, row.slug, TenantState(row.state), row.profile_digest)


def active_tenants() -> list[Directory]:
    """Return every active tenant (for the processes that serve all of them in turn)."""
    query = (
        select(Tenant.id, Tenant.slug, Tenant.state, Tenant.profile_digest)
        .where(Tenant.state == TenantState.ACTIVE.value)
        .order_by(Tenant.slug)
    )
    with platform() as connection:
        rows = connection.execute(query).all()
    return [Directory(r.id, r.slug, TenantState(r.state), r.profile_digest) for r in rows]


def every_tenant() -> list[Directory]:
    """Return every tenant, a suspended one too."""
    query = select(Tenant.id, Tenant.slug, Tenant.state, Tenant.profile_digest).order_by(
        Tenant.slug
    )
    with platform() as connection:
        rows = connection.execute(query).all()
    return [Directory(r.id, r.slug, TenantState(r.state), r.profile_digest) for r in rows]


def find_tenant(tenant_id: UUID) -> Directory | None:
    """Return a tenant by its id, or None."""
    query = select(Tenant.id, Tenant.slug, Tenant.state, Tenant.profile_digest).where(
        Tenant.id == tenant_id
    )
    with platform() as connection:
        row = connection.execute(query).one_or_none()
    return Directory(row.id, row.slug, TenantState(row.state), row.profile_digest) if row else None


def hosts_of(tenant_id: UUID) -> list[str]:
    """Return the host names of a tenant, sorted."""
    query = select(TenantHost.host).where(TenantHost.tenant_id == tenant_id)
    with platform() as connection:
        return sorted(connection.scalars(query))


_profiles: dict[tuple[UUID, str], Profile] = {}


def profile() -> Profile:
    """Return the newest profile of the bound tenant.

    Raises:
        Missing: the tenant has no profile (it was not onboarded to the end).
    """
    tenant_id = current().tenant_id
    session = db.session()
    known: Profile | None = session.info.get("profile")
    if known is not None:
        return known
    digest = current().profile
    if digest is None or (tenant_id, digest) not in _profiles:
        newest = select(TenantProfile.digest).order_by(TenantProfile.version.desc()).limit(1)
        digest = session.scalar(newest)
    if digest is None:
        raise Missing("profile")
    if (tenant_id, digest) not in _profiles:
        written = select(TenantProfile.document).where(TenantProfile.digest == digest).limit(1)
        document = session.scalar(written)
        _profiles[tenant_id, digest] = Profile.from_document(json.loads(document or "{}"))
    found = session.info["profile"] = _profiles[tenant_id, digest]
    return found


def organisations() -> list[Organisation]:
    """Return the active partner organisations of the bound tenant by name."""
    query = select(Organisation).where(Organisation.active).order_by(Organisation.name)
    return list(db.session.scalars(query))


def organisation(organisation_id: UUID) -> Organisation:
    """Return one partner organisation.

    Raises:
        Missing: there is none with this id in the bound tenant.
    """
    found = db.session.get(Organisation, (current().tenant_id, organisation_id))
    if found is None:
        raise Missing("organisation")
    return found


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of several organisations, active or not, in one statement."""
    wanted = set(ids)
    if not wanted:
        return {}
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    return {row.id: row.name for row in db.session.execute(query)}
