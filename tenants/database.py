"""The declarative base and the only way to a tenant session.

Every transaction of ``db.session`` begins by binding the tenant of the current context;
with none bound it raises instead of reading an empty world.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from psycopg.errors import InvalidSqlStatementName
from sqlalchemy import (
    ARRAY,
    Connection,
    Date,
    DateTime,
    Engine,
    ExceptionContext,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    Text,
    Uuid,
    event,
    func,
    select,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, SessionTransaction, mapped_column
from sqlalchemy.pool import Pool, PoolResetState

from tenants import binding
from tenants.context import bound
from tenants.errors import NoTenantBound, Tampered
from tenants.keyring import Keyring, KeyringError, load

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_1_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy reads it from the class)
        UUID: Uuid(as_uuid=True),
        datetime: DateTime(timezone=True),
        date: Date(),
        bytes: LargeBinary(),
        str: Text(),
        list[str]: ARRAY(Text()),
    }


class PlatformTable(Base):
    """A table outside the tenants: opaque ids only, on the pinned list (house.md)."""

    __abstract__ = True


class TenantTable(Base):
    """A table inside a tenant: ``(tenant_id, id)`` is its key, ids are made by the client.

    The id exists before the row is written because it is part of what a sealed value is
    bound to (invariant 7).
    """

    __abstract__ = True

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-1)

    def __init__(self, **values: Any) -> None:
        context = bound()
        if context is None:
            raise NoTenantBound("a tenant row was made without a tenant")
        values.setdefault("tenant_id", context.tenant_id)
        values.setdefault("id", uuid4())
        for name, value in values.items():
            if not hasattr(type(self), name):
                raise TypeError(f"{type(self).__name__} has no attribute {name!r}")
            setattr(self, name, value)


def inside(column: str, target: str, **options: Any) -> ForeignKeyConstraint:
    """Return the foreign key from ``(tenant_id, column)`` to ``target``'s ``(tenant_id, id)``.

    A key on the id alone would accept another tenant's row: PostgreSQL checks foreign keys
    past row-level security.
    """
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], **options
    )


def plain(why: str) -> dict[str, str]:
    """Return the ``info`` of a text column that holds no confidential value, with the reason.

    A text, bytes or JSON column with neither this nor a confidential declaration fails
    ``test_every_text_column_is_declared`` (invariant 6).
    """
    return {"plain": why}


_engine: ContextVar[Engine | None] = ContextVar("teduh_engine", default=None)


class TenantSession(Session):
    """A session whose every transaction is bound to the tenant of the current context."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        """Return the engine of this process, or the one chosen by :func:`through`."""
        return _engine.get() or super().get_bind(*args, **kwargs)


db = SQLAlchemy(
    metadata=Base.metadata,
    session_options={"class_": TenantSession, "expire_on_commit": False},
)


@contextmanager
def through(engine: Engine) -> Iterator[None]:
    """Use ``engine`` (another database role) for sessions begun inside the block."""
    token = _engine.set(engine)
    db.session.remove()
    try:
        yield
    finally:
        db.session.remove()
        _engine.reset(token)


def keyring() -> Keyring:
    """Return the process's keyring, loaded at start-up."""
    ring: Keyring = current_app.extensions["keyring"]
    return ring


def keyring_with(root_id: str) -> Keyring:
    """Return the keyring, read again from its file when it does not know ``root_id`` yet.

    So a running process notices that the root key was rotated and need not be started again.
    """
    ring = keyring()
    if root_id not in ring.roots:
        try:
            ring = load(current_app.extensions["keyring_file"])
        except KeyringError:
            return ring  # being copied here at this moment, or gone: as if nothing had changed
        current_app.extensions["keyring"] = ring
    return ring


@event.listens_for(TenantSession, "after_begin")
def _bind_tenant(
    session: TenantSession, transaction: SessionTransaction, connection: Connection
) -> None:
    """Bind the context's tenant to the transaction that just began."""
    if transaction.nested:
        return
    context = bound()
    if context is None:
        raise NoTenantBound("a transaction was begun without a tenant")
    if session.info.setdefault("tenant_id", context.tenant_id) != context.tenant_id:
        raise NoTenantBound("a session holds what it opened for one tenant alone")
    driver = connection.connection.dbapi_connection
    assert driver is not None  # noqa: S101 (a begun transaction has a connection)
    moment = str(connection.scalar(text(binding.MOMENT)))
    token = binding.mint(keyring().binding, context.tenant_id, driver.info.backend_pid, moment)
    connection.execute(
        text("SELECT set_config(:name, :token, true)"), {"name": binding.SETTING, "token": token}
    )


# All of DISCARD ALL but the statements that the driver has prepared and goes on using. Those that
# SQL prepared (and only SQL can be injected) are counted last.
_FORGET = (
    "CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *;"
    " SELECT pg_advisory_unlock_all(); DISCARD SEQUENCES; DISCARD TEMP;"
    " SELECT count(*) FROM pg_prepared_statements WHERE from_sql"
)


@event.listens_for(Pool, "reset")
def _forget(connection: Any, _record: Any, state: PoolResetState) -> None:
    """Leave nothing in a connection's session when it goes back to be used by another tenant.

    Settings, cursors, locks and prepared statements outlive a transaction. What injected SQL put
    in the place of a statement that the driver had prepared would be run by the next tenant's
    request, with that tenant bound: such a connection is closed.

    Raises:
        Tampered: the pool closes the connection.
    """
    if state.terminate_only:
        return
    connection.rollback()
    connection.autocommit = True
    cursor = connection.execute(_FORGET)
    while cursor.nextset():
        pass
    connection.autocommit = False
    if cursor.fetchone() != (0,):
        raise Tampered("a statement was prepared by SQL")


@event.listens_for(Engine, "handle_error")
def _renew(failure: ExceptionContext) -> None:
    """Give up a connection from which SQL has taken a statement that the driver had prepared."""
    if isinstance(failure.original_exception, InvalidSqlStatementName):
        failure.is_disconnect = True
        failure.invalidate_pool_on_disconnect = False


def hold(name: UUID) -> None:
    """Let one transaction at a time pass that holds ``name``; others wait until it ends.

    For a rule over several rows that no row lock can keep (a condition that must stay absent).
    """
    key = int.from_bytes(name.bytes[:8], signed=True)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))


@contextmanager
def platform() -> Iterator[Connection]:
    """Open a transaction on the platform tables: no tenant is bound and none can be read."""
    with (_engine.get() or db.engine).begin() as connection:
        yield connection


@contextmanager
def transaction() -> Iterator[None]:
    """Run the block in one transaction of ``db.session``: commit at its end, else roll back.

    Only the guard, the job boundary and the commands call this; services never commit.
    """
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        db.session.remove()
