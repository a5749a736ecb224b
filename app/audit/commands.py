"""The access log from the command line: check it, export it, sequence it once, prune it.

They log in with the role in DATABASE_URL: web or worker; sequencing needs the worker's, and
pruning has a role of its own.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from app.audit import retention, sequencer, service
from app.config import Settings, SettingsError
from app.startup import open_retention
from tenants.context import Channel, Context, bind
from tenants.database import through, transaction
from tenants.disclosure import start_record
from tenants.errors import Conflict, TeduhError
from tenants.registry import Directory

audit = AppGroup("audit", help="The access log: verify, export, sequence, prune.")
PATIENCE = 20  # seconds that a command waits for the audit process

_FAULTS = {
    service.Fault.CHANGED: "entry {0} was changed",
    service.Fault.REMOVED: "entry {0} was removed",
    service.Fault.CUT: "the log was cut off: entries {0} to {1} are gone",
    service.Fault.UNSIGNED: "entries {0} to {1} were added and never signed",
    service.Fault.ROOT: "something between entry {0} and entry {1} was changed",
    service.Fault.FORGED: "the checkpoint of size {0} was not signed by the log's key",
    service.Fault.NODE: "a stored node over entries {0} to {1} was changed",
    service.Fault.UNTRACKED: "event {2} was kept out of the tree",
}


@audit.command("verify")
@click.option("--tenant", "slug", help="Only this agency")
def verify(slug: str | None) -> None:
    """Recompute every agency's tree from its events. Exit code 1 when something was altered."""
    tampered = False
    for tenant in _tenants(slug):
        with _inside(tenant):
            result = service.verify()
        click.echo(
            f"{tenant.slug}\t{'in order' if result.verified else 'TAMPERED'}"
            f"\tsize {result.size}\troot {result.root.hex()}\tpending {result.pending}"
        )
        if result.first is not None:
            click.echo(f"  first: {_say(result.first)}")
            click.echo(f"  faults: {len(result.found) + result.hidden}")
        tampered = tampered or not result.verified
    if tampered:
        raise SystemExit(1)


@audit.command("export")
@click.option("--tenant", "slug", required=True, help="The agency's short name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(slug: str, file: Path) -> None:
    """Write the whole access log of an agency to FILE, for verifier.py."""
    (tenant,) = _tenants(slug)
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with _inside(tenant):
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "w", encoding="utf-8", newline="") as out:
                out.writelines(service.export_lines())
        beside.replace(file)  # only once the export itself is on record
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    finally:
        beside.unlink(missing_ok=True)
    click.echo(f"{file} written. Check it with: python verifier.py {file} --key KEY")


@audit.command("sequence")
@click.option("--tenant", "slug", help="Only this agency")
def sequence(slug: str | None) -> None:
    """Give the waiting events their places now, once (the audit process does it all the time)."""
    for tenant in _tenants(slug):
        with _errors(tenant):
            moved = total = sequencer.sequence(tenant)
            while moved == sequencer.BATCH:
                moved = sequencer.sequence(tenant)
                total += moved
        click.echo(f"{tenant.slug}\t{total}")


@audit.command("prune")
@click.option("--tenant", "slug", help="Only this agency")
@click.option("--yes", is_flag=True, help="Do it; without, only say what would be done")
def prune(slug: str | None, yes: bool) -> None:
    """Remove the texts of events whose time is over; their leaves and every proof stay.

    Logs in with RETENTION_DATABASE_URL. What is removed is recorded first, and the audit process
    has to sign the record: without it the command stops there and may be repeated.
    """
    settings: Settings = current_app.extensions["settings"]
    try:
        engine = open_retention(settings)
    except SettingsError as error:
        raise click.ClickException("; ".join(error.problems)) from None
    except SQLAlchemyError as error:
        raise click.ClickException(f"the database refused ({type(error).__name__})") from None
    try:
        with through(engine):
            for tenant in _tenants(slug):
                _prune(tenant) if yes else _foretell(tenant)
    finally:
        engine.dispose()


def _foretell(tenant: Directory) -> None:
    """Say what would be removed, and change nothing."""
    with _inside(tenant):
        found, begun = retention.due(), len(retention.outstanding())
    if begun:
        click.echo(f"{tenant.slug}\t{begun} begun and not finished")
    if found is None:
        click.echo(f"{tenant.slug}\teverything is kept: the profile has no [retention]")
        return
    rule = f"older than {found.years} years ({found.basis})"
    if not found.indexes:
        click.echo(f"{tenant.slug}\tnothing is {rule}")
        return
    first, last = found.indexes[0], found.indexes[-1]
    more = " at least" if len(found.indexes) == retention.RECORDED_AT_ONCE else ""
    click.echo(
        f"{tenant.slug}\t{len(found.indexes)} texts{more} of entries {first} to {last} are {rule}"
        "; repeat with --yes to remove them"
    )


def _prune(tenant: Directory) -> None:
    """Do every step there is; wait a while for the audit process to sign what was recorded."""
    removed, waited = 0, 0
    while True:
        start_record()
        with _inside(tenant):
            done = retention.step()
        removed += done.count if done.did is retention.Did.EMPTIED else 0
        if done.did is retention.Did.NOTHING:
            break
        if done.did is retention.Did.WAITING:
            if waited == PATIENCE:
                click.echo(f"{tenant.slug}\t{removed} texts removed")
                raise click.ClickException(
                    f"{tenant.slug}: the record is not signed yet, or the log is being read whole;"
                    " see that the audit process runs, then repeat"
                )
            waited += 1
            time.sleep(1)
    click.echo(f"{tenant.slug}\t{removed} texts removed")


def _tenants(slug: str | None) -> list[Directory]:
    every = sequencer.logs()
    chosen = [tenant for tenant in every if slug in (None, tenant.slug)]
    if slug is not None and not chosen:
        raise click.ClickException(f"there is no agency called {slug}")
    return chosen


@contextmanager
def _inside(tenant: Directory) -> Iterator[None]:
    """One transaction in a tenant, nobody acting."""
    context = Context(tenant.tenant_id, tenant.slug, channel=Channel.COMMAND)
    with _errors(tenant), bind(context), transaction():
        yield


@contextmanager
def _errors(tenant: Directory) -> Iterator[None]:
    """Say what went wrong in one line."""
    try:
        yield
    except sequencer.LogInconsistent as error:
        raise click.ClickException(
            f"{tenant.slug}: the log contradicts its last checkpoint ({error.code}); "
            "nothing was signed"
        ) from None
    except Conflict as error:
        raise click.ClickException(f"{tenant.slug}: {error.reason}") from None
    except TeduhError as error:
        raise click.ClickException(f"{tenant.slug}: {type(error).__name__}") from None
    except SQLAlchemyError as error:
        origin = getattr(error, "orig", None)
        raise click.ClickException(
            f"{tenant.slug}: the database refused ({type(origin or error).__name__})"
        ) from None


def _say(finding: service.Finding) -> str:
    last = finding.index if finding.last is None else finding.last
    return _FAULTS[finding.fault].format(finding.index, last, finding.event_id)
