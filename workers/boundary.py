"""Wraps every job, as the guard wraps every request.

A job is ``(tenant_id, object_id)`` as strings. Inside, each step is one transaction in which the
asking person acts with the rights of that moment. No error leaves: what went wrong is kept as a
code, and the log names types, files and lines, never a message, since RQ would keep it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app import create_app
from app.accounts import service as accounts
from app.startup import check
from app.web.guard import trace
from tenants.context import Channel, Context, Person, Purpose, bind
from tenants.database import transaction
from tenants.disclosure import start_record
from tenants.registry import TenantState, find_tenant

log = structlog.get_logger()


@dataclass
class Job:
    """One run of a job inside its tenant."""

    context: Context
    object_id: UUID
    person: Person | None = field(default=None, repr=False)

    @contextmanager
    def step(self) -> Iterator[None]:
        """Run one transaction of the job, the asking person acting in it."""
        context = self.context.acting(self.person) if self.person else self.context
        start_record()
        with bind(context), transaction():
            yield

    def act_for(self, find: Callable[[], UUID]) -> None:
        """Let a person act from here on, with the rights of this moment.

        Args:
            find: returns the person's account, within the step.

        Raises:
            Missing: the account is gone or disabled.
        """
        with self.step():
            self.person = accounts.person_of(find())


_application: list[Flask] = []


def use(app: Flask) -> None:
    """Let this process's jobs run in ``app``."""
    _application[:] = [app]


def application() -> Flask:
    """Return this process's application, made once from the settings and inherited by forks.

    Raises:
        SettingsError: the settings, the keyring, or the database role are not safe to work with.
    """
    if not _application:
        app = create_app()
        check(app)
        use(app)
    return _application[0]


def report(event: str, error: BaseException, **facts: str) -> None:
    """Log an error by its types, files and lines; its words may quote a letter."""
    log.error(event, error=trace(error), **facts)


@contextmanager
def enter(tenant_id: str, object_id: str, purpose: Purpose) -> Iterator[Job | None]:
    """Open a job: the application, the tenant, the object's id; None when it cannot run now.

    A suspended tenant's job stays in the outbox and is tried again later; so does every job while
    the database does not answer. An error that leaves the block is logged without its words and
    goes no further.
    """
    with application().app_context():
        try:
            job = _open(tenant_id, object_id, purpose)
        except SQLAlchemyError as error:
            report("job-postponed", error)
            job = None
        try:
            yield job
        except Exception as error:  # noqa: BLE001 (nothing of an error may reach Valkey)
            report("job-failed", error, object=object_id[:36])


def _open(tenant_id: str, object_id: str, purpose: Purpose) -> Job | None:
    try:
        tenant, wanted = UUID(tenant_id), UUID(object_id)
    except (ValueError, TypeError, AttributeError) as error:
        report("job-malformed", error)
        return None
    found = find_tenant(tenant)
    if found is None or found.state is not TenantState.ACTIVE:
        log.warning("job-postponed", tenant=str(tenant))
        return None
    context = Context(
        tenant_id=found.tenant_id, slug=found.slug, channel=Channel.JOB, purpose=purpose
    )
    return Job(context, wanted)
