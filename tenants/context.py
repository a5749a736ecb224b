"""Who is acting, in which tenant, for what purpose: one immutable value per request or job."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID, uuid4

from tenants.errors import NoTenantBound


class Role(StrEnum):
    """What a person is employed for. Rights also need a relation to the case."""

    INTAKE_OFFICER = "intake_officer"  # Tim Administrasi
    CASE_OFFICER = "case_officer"  # Tim Teknis
    COMPANION = "companion"  # Tim Pendampingan
    SUPERVISOR = "supervisor"  # Kepala Seksi
    SIGNATORY = "signatory"  # Kepala Dinas
    PARTNER_OFFICER = "partner_officer"  # petugas lembaga layanan
    AUDITOR = "auditor"
    EXTERNAL_AUDITOR = "external_auditor"  # of another body, for a time: the log, never a case
    ADMINISTRATOR = "administrator"  # of the tenant: people and settings, never cases


AGENCY_ROLES = frozenset(Role) - {Role.PARTNER_OFFICER, Role.EXTERNAL_AUDITOR}


class Purpose(StrEnum):
    """Why a confidential value is being looked at."""

    HANDLING = "handling"
    CONTACT = "contact"
    SAFETY = "safety"
    IDENTIFICATION = "identification"
    SUPERVISION = "supervision"
    REFERRAL = "referral"
    LETTER = "letter"
    STATUTORY_REPORT = "statutory_report"
    CORRECTION = "correction"


class Channel(StrEnum):
    """Which door the act came through."""

    WEB = "web"
    JOB = "job"
    COMMAND = "command"


@dataclass(frozen=True, slots=True)
class Person:
    """The acting person as known when the request or job began (never a live row).

    Attributes:
        organisation_id: the partner organisation of a partner officer, else None.
        session_id: the sign-in session; None in a job.
        fresh: a password was given within the last minutes.
    """

    id: UUID
    name: str
    roles: frozenset[Role]
    organisation_id: UUID | None = None
    session_id: UUID | None = None
    fresh: bool = False
    language: str | None = None

    def has(self, *roles: Role) -> bool:
        """Tell whether the person holds at least one of ``roles``."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, slots=True)
class Context:
    """One request or job: the tenant, the person, the door, the purpose.

    Attributes:
        slug: the tenant's short public name, used as the audit log's origin.
        address: the caller's network address as the trusted proxy gave it, or None.
        profile: the digest of the agency's profile as the directory has just told it, or None.
    """

    tenant_id: UUID
    slug: str
    person: Person | None = None
    channel: Channel = Channel.WEB
    purpose: Purpose = Purpose.HANDLING
    address: str | None = None
    request_id: UUID = field(default_factory=uuid4)
    profile: str | None = None

    def acting(self, person: Person) -> "Context":
        """Return the same context with ``person`` acting in it."""
        return replace(self, person=person)


_current: ContextVar[Context | None] = ContextVar("teduh_context", default=None)


def current() -> Context:
    """Return the bound context.

    Raises:
        NoTenantBound: nothing is bound.
    """
    context = _current.get()
    if context is None:
        raise NoTenantBound("no tenant is bound to this request or job")
    return context


def acting_person() -> Person:
    """Return the person acting now.

    Raises:
        NoTenantBound: nobody is acting (an anonymous request or the system itself).
    """
    person = current().person
    if person is None:
        raise NoTenantBound("no person is bound to this request or job")
    return person


def bound() -> Context | None:
    """Return the bound context, or None."""
    return _current.get()


@contextmanager
def bind(context: Context) -> Iterator[Context]:
    """Bind ``context`` for the length of the block; what was bound before returns after it."""
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)
