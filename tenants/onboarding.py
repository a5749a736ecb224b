"""Creates and configures a tenant from a profile; may be repeated.

Runs as the operator: it inserts what the tenant needs to begin and can read none of the
tenant's tables but the profile and the organisations it wrote itself. What other rooms need at
the start (signing chain, audit key, first invitation) they add through ``furnish``.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from tenants import audit
from tenants.clock import now
from tenants.context import Channel, Context, bind, current
from tenants.database import db, platform, transaction
from tenants.errors import Conflict, Invalid
from tenants.profile import Partner, Profile
from tenants.registry import Organisation, Tenant, TenantHost, TenantProfile, TenantState
from tenants.vault import new_tenant_key
from tenants.vocabulary import Tag

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*")

Furnish = Callable[[Profile], None]


@dataclass(frozen=True, slots=True)
class Onboarded:
    """The outcome: ``created`` on the first run, ``changed`` when the profile was new."""

    tenant_id: UUID
    slug: str
    host: str
    created: bool
    changed: bool


def onboard(profile: Profile, host: str, furnish: Iterable[Furnish] = ()) -> Onboarded:
    """Create the tenant of ``profile`` at ``host``, or bring its profile up to date.

    Args:
        furnish: called once, inside the new tenant's first transaction.

    Raises:
        Invalid: ``host`` is not a host name.
        Conflict: the host belongs to another tenant.
    """
    host = host.lower()
    if not _HOST.fullmatch(host):
        raise Invalid("host", "not-a-host-name")
    slug, digest = profile.identity.slug, profile.digest()
    with platform() as connection:
        owner = connection.scalar(select(TenantHost.tenant_id).where(TenantHost.host == host))
        known = connection.execute(
            select(Tenant.id, Tenant.profile_version, Tenant.profile_digest).where(
                Tenant.slug == slug
            )
        ).one_or_none()
    if owner is not None and (known is None or owner != known.id):
        raise Conflict("host-taken")
    tenant_id = known.id if known else uuid4()
    version = known.profile_version if known else 0
    changed = known is None or known.profile_digest != digest
    with bind(Context(tenant_id=tenant_id, slug=slug, channel=Channel.COMMAND)), transaction():
        session = db.session
        if known is None:
            session.add(
                Tenant(
                    id=tenant_id,
                    slug=slug,
                    state=TenantState.ACTIVE.value,
                    created_at=now(),
                    profile_version=1,
                    profile_digest=digest,
                )
            )
            session.flush()
            session.add(new_tenant_key(tenant_id))
        if owner is None:
            session.execute(insert(TenantHost).values(host=host, tenant_id=tenant_id))
        if changed:
            former = _newest_profile()
            _write_profile(profile, version + 1)
            if known is not None:
                session.execute(
                    update(Tenant)
                    .where(Tenant.id == tenant_id)
                    .values(profile_version=version + 1, profile_digest=digest)
                )
                audit.record(Tag.TENANT_PROFILE_CHANGED, details=_difference(former, profile))
        if known is None:
            for fit in furnish:
                fit(profile)
            audit.record(Tag.TENANT_ONBOARDED, details={"profile": digest})
    return Onboarded(tenant_id, slug, host, known is None, changed)


def set_state(slug: str, state: TenantState) -> None:
    """Suspend or resume a tenant; recorded in its own log.

    Raises:
        Invalid: there is no tenant of this name.
    """
    with platform() as connection:
        tenant_id = connection.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if tenant_id is None:
        raise Invalid("slug", "unknown")
    tag = Tag.TENANT_RESUMED if state is TenantState.ACTIVE else Tag.TENANT_SUSPENDED
    with bind(Context(tenant_id=tenant_id, slug=slug, channel=Channel.COMMAND)), transaction():
        db.session.execute(update(Tenant).where(Tenant.id == tenant_id).values(state=state.value))
        audit.record(tag)


def organisation_id(tenant_id: UUID, key: str) -> UUID:
    """Return the id of a tenant's organisation: the same at each run."""
    return uuid5(tenant_id, f"organisation/{key}")


def _newest_profile() -> Profile | None:
    query = select(TenantProfile.document).order_by(TenantProfile.version.desc()).limit(1)
    document = db.session.scalar(query)
    return Profile.from_document(json.loads(document)) if document else None


def _difference(former: Profile | None, profile: Profile) -> dict[str, dict[str, Any]]:
    """Return what a changed profile has changed, before and after; a profile is public."""
    old, new = former.settings() if former else {}, profile.settings()
    changed = [path for path in sorted(old | new) if old.get(path) != new.get(path)]
    return {
        "before": {path: old[path] for path in changed if path in old},
        "after": {path: new[path] for path in changed if path in new},
    }


def _write_profile(profile: Profile, version: int) -> None:
    db.session.add(
        TenantProfile(
            version=version,
            digest=profile.digest(),
            document=profile.document(),
            created_at=now(),
        )
    )
    db.session.flush()
    present = [_write_partner(partner) for partner in profile.partners]
    db.session.execute(
        update(Organisation).where(Organisation.id.not_in(present)).values(active=False)
    )


def _write_partner(partner: Partner) -> UUID:
    tenant_id = current().tenant_id
    row_id = organisation_id(tenant_id, partner.key)
    values = {
        "name": partner.name,
        "kind": partner.kind,
        "addressee": partner.addressee,
        "place": partner.place,
        "services": partner.services,
        "active": True,
    }
    statement = upsert(Organisation).values(
        tenant_id=tenant_id, id=row_id, key=partner.key, **values
    )
    db.session.execute(
        statement.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values)
    )
    return row_id
