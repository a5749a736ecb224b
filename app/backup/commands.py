"""Back-ups from the command line: make, check, restore, and state numbers after a restore."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_migrate import upgrade
from sqlalchemy.exc import SQLAlchemyError

from app.backup import afterwards, checking, key, making, restoring
from app.backup.faults import BackupFault
from app.cli import ring, settings
from app.documents import registers
from app.documents.store import Store, StoreError
from app.keys import destroyed
from app.keys.commands import install_binding_key
from app.keys.rotating import inside
from tenants.errors import Conflict, Invalid, TeduhError
from tenants.keyring import KeyringError
from tenants.registry import every_tenant

backup = AppGroup("backup", help="Back-ups: init, create, verify, restore, registers.")
DIFFERS = 3
"""Exit status of a restore that was done and found something that is not as it should be."""

_STATED = {
    "missing": "state its last number: --last {0}=NUMBER (0 if none was given)",
    "unknown": "there is no register {0}",
    "lower": "{0} had a higher number already when the back-up was made",
    "too-high": "the number stated for {0} cannot be right",
}


@backup.command("init")
def backup_init() -> None:
    """Make the key of back-ups (BACKUP_KEY_FILE), unless it exists."""
    with _faults():
        path = _path("BACKUP_KEY_FILE")
        made = key.make(path)
    click.echo(
        f"{path} made. Keep a copy of it apart from every back-up."
        if made
        else f"{path} exists already; it was left as it is"
    )


@backup.command("create")
def backup_create() -> None:
    """Back up database, objects and keys; remove back-ups of keys older than 30 days."""
    url = settings().backup_database_url
    if not url:
        raise click.ClickException("BACKUP_DATABASE_URL is not set")
    with _faults():
        secret = key.load(_path("BACKUP_KEY_FILE"))
        made = making.create(url, Store(settings().object_store_url), _places(), secret)
    rows = sum(sum(one.values()) for one in made.data.counts.values())
    click.echo(f"{made.data.id}\t{rows} rows\t{made.data.objects} objects")
    for old in made.expired:
        click.echo(f"back-up of keys {old} removed: older than 30 days")
    for name in made.data.missing:
        click.echo(f"MISSING: {name} was not in the object store", err=True)
    if made.data.missing:
        raise SystemExit(DIFFERS)


@backup.command("verify")
@click.argument("backup_id", required=False)
def backup_verify(backup_id: str | None) -> None:
    """Open and count a back-up (the newest unless named) without restoring it."""
    with _faults():
        secret, places = key.load(_path("BACKUP_KEY_FILE")), _places()
        backup_id = backup_id or restoring.newest(places.data)
        faults = []
        for folder in (places.data / backup_id, places.keys / backup_id):
            if folder.parent == places.keys and not folder.exists():
                click.echo(
                    f"{backup_id}: its keys have expired; a newer back-up of keys goes with it"
                )
                continue
            found, wrong = checking.verify(folder, secret)
            rows = sum(sum(one.values()) for one in found.counts.values())
            click.echo(
                f"{found.id}\t{found.part}\t{'FAULTY' if wrong else 'in order'}\t{rows} rows"
            )
            faults += wrong
    for fault in faults:
        click.echo(f"  {fault}", err=True)
    if faults:
        raise SystemExit(1)


@backup.command("restore")
@click.argument("backup_id")
@click.option("--keys", "keys_id", help="Which back-up of keys; the newest unless named")
@click.option("--tenant", "slug", help="Only this agency")
@click.option(
    "--without-destroyed-list",
    is_flag=True,
    help="Restore though the list of destroyed keys is not at hand (it is lost, and you answer "
    "for it that no case was destroyed since the back-up of keys)",
)
def backup_restore(
    backup_id: str, keys_id: str | None, slug: str | None, without_destroyed_list: bool
) -> None:
    """Restore into the empty database and the object store of these settings."""
    url = settings().migration_database_url
    if not url:
        raise click.ClickException("MIGRATION_DATABASE_URL is not set")
    with _faults():
        secret, places, keyring = key.load(_path("BACKUP_KEY_FILE")), _places(), ring()
        click.echo("checking the back-up ...")
        chosen = restoring.source(places, backup_id, keys_id, slug, secret)
        unknown = set(chosen.keys.roots) - keyring.roots.keys()
        if unknown:
            raise BackupFault(
                f"the keys lie under root key {', '.join(sorted(unknown))}, which is not in "
                f"{settings().keyring_file}: put back the keyring of that time"
            )
        gone = [*restoring.destroyed_since(places, chosen, secret)]
        listed = [] if without_destroyed_list else _listed(chosen)
        restoring.check_known(chosen.data.revision)
        restoring.check_empty(url)
        click.echo(f"keys of {chosen.keys.id}; making the tables of {chosen.data.revision} ...")
        upgrade(revision=chosen.data.revision)
        click.echo("putting the rows ...")
        outcome = restoring.fill(url, chosen, [*gone, *listed])
        upgrade()
        install_binding_key()
        click.echo("putting the files ...")
        outcome.differences += restoring.put_objects(chosen, Store(settings().object_store_url))
        click.echo("comparing ...")
        for tenant_id in restoring.tenant_ids(chosen):
            outcome.differences += afterwards.look(tenant_id, chosen, outcome)
    _tell(chosen, outcome)


@backup.command("registers")
@click.option("--tenant", "slug", required=True, help="The agency's short name")
@click.option("--last", "stated", multiple=True, help="REGISTER/YEAR=NUMBER; one for each register")
def backup_registers(slug: str, stated: tuple[str, ...]) -> None:
    """Show the registers of numbers held since a restore, or state the last number of each."""
    found = [tenant for tenant in every_tenant() if tenant.slug == slug]
    if not found:
        raise click.ClickException(f"there is no agency called {slug}")
    lasts = dict(_pair(one) for one in stated)
    with _faults(), inside(found[0]):
        if lasts:
            registers.state(lasts)
            click.echo(f"{slug}: numbers are given again")
            return
        since = registers.held_since()
        if since is None:
            click.echo(f"{slug}: no register is held")
            return
        click.echo(f"{slug}: held; known up to {since:%Y-%m-%d %H:%M %Z}. Last numbers known:")
        for one in registers.to_state(since):
            click.echo(f"  {one.name}\t{one.last}")


def _pair(text: str) -> tuple[str, int]:
    name, _, number = text.rpartition("=")
    if not name or not (number.isascii() and number.isdigit()) or len(number) > 6:
        raise click.ClickException(f"--last {text}: write REGISTER/YEAR=NUMBER")
    return name, int(number)


def _listed(chosen: restoring.Source) -> list[destroyed.DestroyedKey]:
    place = settings().destroyed_store
    if place is None:
        raise BackupFault(
            "DESTROYED_STORE_URL is not set: without the list of destroyed keys a case that was "
            "destroyed after the back-up would come back (--without-destroyed-list if it is lost)"
        )
    try:
        return destroyed.read(place, ring(), restoring.tenant_ids(chosen))
    except destroyed.ListUnusable as error:
        raise BackupFault(f"DESTROYED_STORE_URL: {error}") from None


def _tell(chosen: restoring.Source, outcome: restoring.Outcome) -> None:
    names = ", ".join(sorted(chosen.data.tenants[one] for one in chosen.tenants))
    click.echo(f"restored: {names}, as of {chosen.data.made_at:%Y-%m-%d %H:%M %Z}")
    click.echo(f"destroyed keys that stay destroyed: {outcome.destroyed}")
    click.echo(
        "Closed until you have read docs/production.md, After a restore: consents, accounts and "
        "roles are as they were then; letters' numbers are held (flask backup registers); then "
        "flask tenant resume."
    )
    for one in outcome.differences:
        click.echo(f"DIFFERS: {one}", err=True)
    if outcome.differences:
        raise SystemExit(DIFFERS)


def _places() -> making.Places:
    return making.Places(_path("BACKUP_FOLDER"), _path("KEY_BACKUP_FOLDER"))


def _path(name: str) -> Path:
    found: Path | None = getattr(settings(), name.lower())
    if found is None:
        raise BackupFault(f"{name} is not set")
    return found


@contextmanager
def _faults() -> Iterator[None]:
    """Say what went wrong in one line."""
    try:
        yield
    except Invalid as error:
        said = _STATED.get(error.reason, error.reason).format(error.field)
        raise click.ClickException(said) from None
    except Conflict as error:
        known = {"register-not-held": "no register is held"}
        raise click.ClickException(known.get(error.reason, error.reason)) from None
    except (BackupFault, TeduhError, KeyringError) as error:
        raise click.ClickException(str(error)) from None
    except (StoreError, SQLAlchemyError) as error:
        origin = getattr(error, "orig", None)
        raise click.ClickException(f"refused ({type(origin or error).__name__})") from None
