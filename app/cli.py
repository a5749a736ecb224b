"""What the operator does from the command line.

Each command logs in with the database role it is for; none can read a case.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import Engine, create_engine, select

from app.config import Settings
from tenants import keyring
from tenants.context import Role
from tenants.database import platform, through
from tenants.errors import TeduhError
from tenants.onboarding import Onboarded, onboard, set_state
from tenants.profile import Profile
from tenants.profile_file import ProfileError, parse
from tenants.registry import Tenant, TenantHost, TenantState

tenant = AppGroup("tenant", help="Agencies: onboard, list, suspend, resume.")


def init_commands(app: Flask) -> None:
    """Add the operator's commands to ``flask``."""
    from app import demo
    from app.audit.commands import audit
    from app.backup.commands import backup
    from app.keys.commands import keys

    app.cli.add_command(keys)
    app.cli.add_command(backup)
    app.cli.add_command(tenant)
    app.cli.add_command(audit)
    app.cli.add_command(demo.demo)


def settings() -> Settings:
    """Return the settings of the running command."""
    found: Settings = current_app.extensions["settings"]
    return found


@contextmanager
def as_role(url: str | None, name: str) -> Iterator[Engine]:
    """Use another database role inside the block.

    Raises:
        click.ClickException: the setting is missing.
    """
    if not url:
        raise click.ClickException(f"{name} is not set")
    engine = create_engine(url, hide_parameters=True)
    try:
        with through(engine):
            yield engine
    finally:
        engine.dispose()


@contextmanager
def as_operator() -> Iterator[Engine]:
    """Use the operator's role inside the block."""
    with as_role(settings().operator_database_url, "OPERATOR_DATABASE_URL") as engine:
        yield engine


@tenant.command("onboard")
@click.argument("profile", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--host", required=True, help="Exact host name, e.g. kabupaten-contoh.example")
@click.option("--admin", required=True, help="Name of the first administrator")
@click.option("--new-link", is_flag=True, help="Make another link for an administrator")
def tenant_onboard(profile: Path, host: str, admin: str, new_link: bool) -> None:
    """Create an agency from PROFILE, or bring its profile up to date. May be repeated."""
    ring()
    found = read_profile(profile)
    try:
        with as_operator():
            done, token = bring_in(found, host, admin, new_link=new_link)
    except TeduhError as error:
        raise click.ClickException(f"{profile}: {error}") from None
    what = "created" if done.created else "profile updated" if done.changed else "unchanged"
    click.echo(f"{done.slug}: {what}")
    if token:
        url = settings().public_url(done.host)
        click.echo(f"One-time link for {admin}, good for 72 hours:\n{url}/invitation/{token}")
    if done.created:
        click.echo("Roles need two persons: make a second administrator's link with --new-link.")


def read_profile(path: Path) -> Profile:
    """Read a profile file.

    Raises:
        click.ClickException: naming the line of every fault.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except ProfileError as error:
        lines = "\n".join(f"  {fault}" for fault in error.faults)
        raise click.ClickException(f"{path} cannot be used:\n{lines}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path} cannot be read: {type(error).__name__}") from None


def bring_in(
    profile: Profile, host: str, admin: str, *, new_link: bool = False
) -> tuple[Onboarded, str | None]:
    """Onboard a tenant with its signing chain, audit key and first invitation.

    Returns:
        the outcome, and the invitation's token when one was made.

    Raises:
        Invalid, Conflict: as :func:`tenants.onboarding.onboard`.
    """
    from app.accounts import service as accounts
    from app.audit import keys as audit_keys
    from app.documents import certificates
    from tenants import audit
    from tenants.context import Channel, Context, bind
    from tenants.database import db, transaction
    from tenants.vocabulary import Tag

    tokens: list[str] = []

    def sign_and_log(profile: Profile) -> None:
        chain = certificates.new_chain(profile)
        db.session.add_all([*chain, audit_keys.new_audit_key()])
        audit.record(Tag.KEYS_CREATED, details={"anchor": chain[0].fingerprint.hex()})

    def invite(_profile: Profile) -> None:
        roles = frozenset({Role.ADMINISTRATOR})
        tokens.append(accounts.invite(name=admin, roles=roles, created_by=None))

    done = onboard(profile, host, (sign_and_log, invite))
    if new_link and not done.created:
        context = Context(tenant_id=done.tenant_id, slug=done.slug, channel=Channel.COMMAND)
        with bind(context), transaction():
            invite(profile)
    return done, tokens[0] if tokens else None


@tenant.command("list")
def tenant_list() -> None:
    """List the agencies with their hosts and states."""
    query = (
        select(Tenant.slug, Tenant.state, TenantHost.host)
        .join(TenantHost, TenantHost.tenant_id == Tenant.id)
        .order_by(Tenant.slug, TenantHost.host)
    )
    with as_operator(), platform() as connection:
        for row in connection.execute(query):
            click.echo(f"{row.slug}\t{row.state}\t{row.host}")


@tenant.command("suspend")
@click.argument("slug")
def tenant_suspend(slug: str) -> None:
    """Close an agency's pages to everyone; nothing is lost."""
    _set_state(slug, TenantState.SUSPENDED)


@tenant.command("resume")
@click.argument("slug")
def tenant_resume(slug: str) -> None:
    """Open a suspended agency again."""
    _set_state(slug, TenantState.ACTIVE)


def _set_state(slug: str, state: TenantState) -> None:
    try:
        with as_operator():
            set_state(slug, state)
    except TeduhError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{slug}: {state.value}")


def ring() -> keyring.Keyring:
    """Return the keyring.

    Raises:
        click.ClickException: it does not exist.
    """
    found: keyring.Keyring | None = current_app.extensions.get("keyring")
    if found is None:
        raise click.ClickException(
            f"{settings().keyring_file} does not exist: make it with flask keys init PATH"
        )
    return found
