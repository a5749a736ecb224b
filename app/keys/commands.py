"""Keys from the command line: made, installed, looked at, rotated.

Looking and rotating log in as ``teduh_keys`` (``KEYS_DATABASE_URL``), a role that reads nothing
of a case but its sealed values and changes nothing else.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from app.cli import as_role, ring, settings
from app.keys import rotating
from tenants import binding, keyring
from tenants.clock import now
from tenants.errors import Conflict, Missing, TeduhError
from tenants.key_status import KeyStatus, status
from tenants.registry import Directory, every_tenant

keys = AppGroup("keys", help="Keys: make, install, look at, rotate.")
rotate = AppGroup("rotate", help="Rotate the root key, an office's key, or case keys.")
keys.add_command(rotate)

_MOMENT = "%Y-%m-%dT%H:%M:%S.%f%z"
_REASONS = {
    "another-rotation": "another rotation or a back-up is at work; wait until it has ended",
    "root-in-use": "a key of an office lies under it: flask keys rotate root",
}


@keys.command("init")
@click.argument("path", type=click.Path(path_type=Path))
def keys_init(path: Path) -> None:
    """Make a new keyring file of mode 0600, unless it exists."""
    if path.exists():
        try:
            keyring.load(path)
        except keyring.KeyringError as error:
            raise click.ClickException(str(error)) from None
        click.echo(f"{path} exists already; it was left as it is")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    keyring.write(keyring.generate(), path)
    click.echo(f"{path} made. Keep a copy of it apart from every back-up of the database.")


@keys.command("install")
def keys_install() -> None:
    """Put the binding key into the database, where no service role can read it."""
    install_binding_key()
    click.echo("The binding key is installed.")


def install_binding_key() -> None:
    """Put the binding key into the database, as the migration role."""
    inner, outer = binding.pads(ring().binding)
    url = settings().migration_database_url
    with as_role(url, "MIGRATION_DATABASE_URL") as engine, engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO tenancy.binding_key (id, inner_pad, outer_pad)"
                " VALUES (1, :inner, :outer) ON CONFLICT (id) DO UPDATE"
                " SET inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad"
            ),
            {"inner": inner, "outer": outer},
        )


@keys.command("status")
@click.option("--tenant", "slug", help="Only this agency")
@click.option("--json", "as_json", is_flag=True, help="For a program")
def keys_status(slug: str | None, as_json: bool) -> None:
    """Show which keys are in use, what was destroyed and what is due. No key is shown."""
    with _as_keeper():
        found = []
        for tenant in _tenants(slug):
            with rotating.inside(tenant):
                found.append(status())
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], default=_plain, indent=2))
        return
    click.echo("\n\n".join("\n".join(_lines(one)) for one in found))


@rotate.command("root")
@click.option("--only-add", is_flag=True, help="Add the key to the file and wrap nothing yet")
def rotate_root(only_add: bool) -> None:
    """Make a new root key and wrap every office's key under it, or go on where this was left."""
    with _as_keeper() as engine, rotating.alone(engine):
        if only_add:
            name = rotating.add_root_key()
            click.echo(f"root key {name} added. Copy the keyring to every machine, then go on.")
            return
        _say(rotating.rotate_root(_tenants(None)))
    click.echo(f"Keep a copy of {settings().keyring_file} apart from every back-up, now.")


@rotate.command("tenant")
@click.option("--tenant", "slug", help="Only this agency")
def rotate_tenant(slug: str | None) -> None:
    """Give an office a new key, or go on where this was left."""
    with _as_keeper() as engine, rotating.alone(engine):
        for tenant in _tenants(slug):
            _say(rotating.rotate_tenant(tenant))


@rotate.command("case")
@click.option("--tenant", "slug", required=True, help="The agency's short name")
@click.option("--case", "chosen", type=click.UUID, multiple=True, help="Only the case of this id")
@click.option(
    "--made-before",
    type=click.DateTime([_MOMENT, "%Y-%m-%dT%H:%M:%S%z"]),
    help="Only keys made before; to go on after an interruption, the moment that was printed",
)
def rotate_case(slug: str, chosen: tuple[UUID, ...], made_before: datetime | None) -> None:
    """Give cases a new key and seal everything of theirs under it."""
    before = made_before or now()
    with _as_keeper() as engine, rotating.alone(engine):
        (tenant,) = _tenants(slug)
        moment = before.strftime(_MOMENT)
        click.echo(f"If this is interrupted, run it again with --made-before {moment}")
        _say(rotating.rotate_cases(tenant, before, chosen or None))


@keys.command("discard")
@click.option("--tenant", "slug", required=True, help="The agency's short name")
@click.option("--days", type=click.IntRange(1), required=True, help="Unused for at least so long")
def keys_discard(slug: str, days: int) -> None:
    """Throw away earlier case keys. Back-ups of data older than that can then not be read."""
    with _as_keeper() as engine, rotating.alone(engine):
        (tenant,) = _tenants(slug)
        _say(rotating.discard(tenant, now() - timedelta(days=days)))


@keys.command("forget-root")
@click.argument("name")
def keys_forget_root(name: str) -> None:
    """Take a root key out of the keyring once no key lies under it.

    Back-ups of keys from before the rotation need it: wait until they have expired.
    """
    with _as_keeper() as engine, rotating.alone(engine):
        rotating.forget_root(_tenants(None), name)
    click.echo(f"root key {name} is gone from {settings().keyring_file}")


@contextmanager
def _as_keeper() -> Iterator[Engine]:
    """Log in as the role that rotates keys; say what went wrong in one line."""
    ring()
    try:
        with as_role(settings().keys_database_url, "KEYS_DATABASE_URL") as engine:
            yield engine
    except Conflict as error:
        raise click.ClickException(_REASONS.get(error.reason, error.reason)) from None
    except (TeduhError, keyring.KeyringError) as error:
        raise click.ClickException(str(error)) from None
    except SQLAlchemyError as error:
        origin = getattr(error, "orig", None)
        raise click.ClickException(
            f"the database refused ({type(origin or error).__name__}); "
            "run the same command again to go on"
        ) from None


def _tenants(slug: str | None) -> list[Directory]:
    chosen = [tenant for tenant in every_tenant() if slug in (None, tenant.slug)]
    if not chosen:
        raise Missing(f"there is no agency called {slug}" if slug else "there is no agency yet")
    return chosen


def _say(steps: Iterable[str]) -> None:
    for step in steps:
        click.echo(step)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


def _lines(found: KeyStatus) -> Iterator[str]:
    yield f"{found.slug} (root key in use: {found.active_root})"
    yield "  office key  root  made        case keys  earlier  state"
    for one in found.generations:
        newest = one is found.generations[-1]
        ended = f"retired {one.retired_at:%Y-%m-%d}" if one.retired_at else "being emptied"
        yield (
            f"  {one.version:>10}  {one.root_id:<4}  {one.created_at:%Y-%m-%d}"
            f"  {one.case_keys:>9}  {one.earlier_case_keys:>7}  {'in use' if newest else ended}"
        )
    for version, count in found.case_versions.items():
        yield f"  {count} living cases have key version {version}"
    for case in found.destroyed:
        yield (
            f"  destroyed {case.at:%Y-%m-%d} ({case.days} days ago): case {case.case_id},"
            f" in no back-up of keys from {case.gone_at:%Y-%m-%d}"
        )
    if found.due:
        yield from (f"  DUE: {one}" for one in found.due)
    else:
        yield "  nothing is due"
