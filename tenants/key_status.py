"""Which keys are in use and what is due: versions, counts and ages, never a key."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from tenants import rotation
from tenants.clock import now
from tenants.context import current
from tenants.database import db, keyring
from tenants.vault import DataKey, RetiredDataKey, TenantKey

TENANT_KEY_DUE = timedelta(days=365)
"""How old an office's key may grow before status calls for a new one: within the one to two years
that NIST SP 800-57 part 1 (5.3.6) names for keys that wrap others."""
KEY_BACKUPS_KEPT = timedelta(days=30)
"""How long a back-up of keys may be kept (invariant 10)."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One key of an office.

    Attributes:
        case_keys, earlier_case_keys: how many it wraps, newest and earlier versions.
    """

    version: int
    root_id: str
    created_at: datetime
    retired_at: datetime | None
    case_keys: int
    earlier_case_keys: int


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A case whose key was destroyed.

    Attributes:
        gone_at: from when no back-up of keys holds it any more.
    """

    case_id: UUID
    at: datetime
    days: int
    gone_at: datetime


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """How the keys of one office stand.

    Attributes:
        case_versions: how many living cases have their first, second, ... key.
        due: what should be done, in words for the operator.
    """

    slug: str
    active_root: str
    generations: tuple[Generation, ...]
    case_versions: dict[int, int]
    destroyed: tuple[Destroyed, ...]
    due: tuple[str, ...]


def status() -> KeyStatus:
    """Return how the keys of the bound tenant stand; no key is opened but the tenant's newest."""
    moment = now()
    generations = _generations()
    versions = db.session.execute(
        select(DataKey.version, func.count().label("cases"))
        .where(DataKey.wrapped.is_not(None))
        .group_by(DataKey.version)
        .order_by(DataKey.version)
    )
    destroyed = db.session.execute(
        select(DataKey.id, DataKey.destroyed_at)
        .where(DataKey.destroyed_at.is_not(None))
        .order_by(DataKey.destroyed_at, DataKey.id)
    )
    return KeyStatus(
        slug=current().slug,
        active_root=keyring().active,
        generations=generations,
        case_versions={row.version: row.cases for row in versions},
        destroyed=tuple(
            Destroyed(case_id, at, (moment - at).days, at + KEY_BACKUPS_KEPT)
            for case_id, at in destroyed
            if at is not None
        ),
        due=tuple(_due(generations, moment)),
    )


def _generations() -> tuple[Generation, ...]:
    living = Counter(_wrapped_by(DataKey))
    earlier = Counter(_wrapped_by(RetiredDataKey))
    return tuple(
        Generation(
            row.version,
            row.root_id,
            row.created_at,
            row.retired_at,
            living[row.version],
            earlier[row.version],
        )
        for row in db.session.scalars(select(TenantKey).order_by(TenantKey.version))
    )


def _wrapped_by(table: type[DataKey] | type[RetiredDataKey]) -> dict[int, int]:
    query = (
        select(table.tenant_key_version.label("wrapping"), func.count().label("keys_wrapped"))
        .where(table.wrapped.is_not(None))
        .group_by(table.tenant_key_version)
    )
    return {row.wrapping: row.keys_wrapped for row in db.session.execute(query)}


def _due(generations: tuple[Generation, ...], moment: datetime) -> list[str]:
    found, newest, active = [], generations[-1], keyring().active
    other = rotation.under_other_root()
    if other:
        found.append(f"{other} office keys lie under another root key than {active}: rotate root")
    waiting = rotation.under_earlier_tenant_key()
    if waiting:
        found.append(f"{waiting} keys and values lie under an earlier office key: rotate tenant")
    unfinished = len(rotation.unfinished_cases())
    if unfinished:
        found.append(f"{unfinished} cases are not wholly under their new key: rotate case")
    age = moment - newest.created_at
    if age > TENANT_KEY_DUE:
        found.append(f"the office key is {age.days} days old: rotate tenant")
    return found
