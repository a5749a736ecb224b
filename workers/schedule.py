"""What runs by the clock, in every active tenant."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from threading import Event
from uuid import uuid5

import structlog
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app.attachments import service as attachments
from app.audit import handing, retention
from app.clocks import service as clocks
from app.config import Settings
from app.documents import service as documents
from app.keys import destroyed
from app.startup import open_retention
from app.transfers import service as transfers
from tenants.context import Channel, Context, bind
from tenants.database import hold, through, transaction
from tenants.disclosure import start_record
from tenants.registry import Directory, active_tenants
from workers import boundary
from workers.stopping import stop_event

REST = 2.0  # seconds, while the database does not answer

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do regularly.

    Attributes:
        name: as the log of the process names it.
        every: seconds from one run to the next; the first is at the start of the process.
        act: works in the bound tenant and returns how many things it did.
        retaining: logs in with the role of retention, and is left out where there is none.
    """

    name: str
    every: float
    act: Callable[[], int] = field(repr=False)
    retaining: bool = False


TASKS = (
    Task("letters-asked-again", 60, documents.reconcile),
    Task("attachments-asked-again", 60, attachments.reconcile),
    Task("certificates-end-soon", 86_400, documents.watch_certificates),
    Task("old-previews-removed", 3_600, documents.remove_old_previews),
    Task("deadlines-told-of", 60, clocks.remind),
    Task("parcels-looked-after", 60, transfers.attend),
    Task("checkpoints-handed-out", 300, handing.hand_out),
    Task("old-texts-removed", 60, retention.run, retaining=True),
    Task("destroyed-keys-handed-out", 60, destroyed.hand_out),
)


def serve() -> None:
    """Run what is due until the process is told to stop."""
    stop = stop_event()
    clock = Clock(TASKS)
    app = boundary.application()
    settings: Settings = app.extensions["settings"]
    if settings.checkpoint_store is None:
        log.warning("checkpoints-stay-inside", missing="CHECKPOINT_STORE_URL")
    if settings.retention_database_url is None:
        log.warning("old-texts-stay", missing="RETENTION_DATABASE_URL")
    if settings.destroyed_store is None:
        log.warning("destroyed-keys-stay-inside", missing="DESTROYED_STORE_URL")
    with app.app_context():
        while not stop.is_set():
            stop.wait(clock.once(stop))


class Clock:
    """Which task is due when, by a clock that only goes forward."""

    def __init__(self, tasks: tuple[Task, ...]) -> None:
        self._due = dict.fromkeys(tasks, time.monotonic())

    def once(self, stop: Event) -> float:
        """Run what is due; return for how many seconds nothing will be."""
        for task, due in self._due.items():
            if stop.is_set():
                return 0.0
            if due <= time.monotonic():
                well = run(task)
                self._due[task] = time.monotonic() + (task.every if well else REST)
        return max(0.0, min(self._due.values()) - time.monotonic())


def run(task: Task) -> bool:
    """Do one task in every active tenant; tell whether it went well in all of them."""
    try:
        login = _login(task)
        if login is None:
            return True
        tenants = active_tenants()
    except SQLAlchemyError as error:
        boundary.report("schedule-waits", error, task=task.name)
        return False
    with login:
        # Every one, whatever became of others.
        well = [_run_in(tenant, task) for tenant in tenants]
    return all(well)


def _login(task: Task) -> AbstractContextManager[None] | None:
    """The database role that a task works with; None when the process was not given it."""
    if not task.retaining:
        return nullcontext()
    settings: Settings = current_app.extensions["settings"]
    if settings.retention_database_url is None:
        return None
    if "retention_engine" not in current_app.extensions:
        current_app.extensions["retention_engine"] = open_retention(settings)
    return through(current_app.extensions["retention_engine"])


def _run_in(tenant: Directory, task: Task) -> bool:
    context = Context(tenant.tenant_id, tenant.slug, channel=Channel.JOB)
    start_record()
    try:
        with bind(context), transaction():
            hold(uuid5(tenant.tenant_id, f"schedule/{task.name}"))
            done = task.act()
    except Exception as error:  # noqa: BLE001 (one tenant must not stop the others)
        boundary.report("schedule-failed", error, task=task.name, tenant=tenant.slug)
        return False
    if done:
        log.info(task.name, tenant=tenant.slug, count=done)
    return True
