"""Figures for the operator's monitoring, in the text format of Prometheus: counts and ages alone.

A process of its own, on this machine unless the operator says otherwise, and then only for whoever
shows the token. No agency, no person, no id and no text of a letter is in it.
"""

import hmac
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import structlog
from flask import Flask
from redis.exceptions import RedisError
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.config import Settings, SettingsError
from app.documents import service as documents
from tenants.audit import AuditPending
from tenants.clock import now
from tenants.context import Channel, Context, bind
from tenants.database import db, platform, transaction
from tenants.disclosure import start_record
from tenants.outbox import Kind, OutboxEntry
from tenants.registry import active_tenants
from workers import boundary
from workers.outbox import LETTERS, connect
from workers.stopping import stop_event

TYPE = "text/plain; version=0.0.4; charset=utf-8"
Samples = Iterable[tuple[Mapping[str, str], float]]

log = structlog.get_logger()


def serve() -> None:
    """Answer until the process is told to stop.

    Raises:
        SettingsError: it is not said where.
    """
    stop = stop_event()
    app = boundary.application()
    settings: Settings = app.extensions["settings"]
    if settings.metrics_listen is None:
        raise SettingsError(["METRICS_LISTEN is not set"])
    server = server_for(app, settings)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    log.info("metrics-answer")
    stop.wait()
    server.shutdown()
    server.server_close()


def server_for(app: Flask, settings: Settings) -> ThreadingHTTPServer:
    """Return the server of the figures, not answering yet."""
    token = settings.metrics_token

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/metrics":
                self._say(404, b"")
            elif token and not _shown(self.headers.get("Authorization"), token):
                self._say(401, b"")
            else:
                with app.app_context():
                    self._say(200, figures().encode())

        def _say(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", TYPE)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: Any) -> None:
            """Say nothing of who asked."""

    return ThreadingHTTPServer(settings.metrics_listen or ("127.0.0.1", 0), Answer)


def figures() -> str:
    """Return every figure; what cannot be asked now is left out, and that it cannot is said."""
    lines: list[str] = []
    well = {"database": True, "valkey": True}
    try:
        _of_database(lines)
    except SQLAlchemyError as error:
        boundary.report("metrics-without-database", error)
        well["database"] = False
    try:
        _of_valkey(lines)
    except (RedisError, OSError) as error:
        boundary.report("metrics-without-valkey", error)
        well["valkey"] = False
    up = [({"part": name}, float(holds)) for name, holds in well.items()]
    _add(lines, "teduh_up", "Whether a part that everything stands on answers.", up)
    return "\n".join(lines) + "\n"


def _of_database(lines: list[str]) -> None:
    columns = (
        OutboxEntry.kind,
        func.count(),
        func.min(OutboxEntry.created_at),
        func.max(OutboxEntry.attempts),
    )
    with platform() as session:
        rows = session.execute(select(*columns).group_by(OutboxEntry.kind)).all()
    known = {row[0]: row for row in rows}
    depth, oldest, most = [], [], []
    for kind in Kind:
        row = known.get(kind.value)
        label = {"kind": kind.value}
        depth.append((label, float(row[1]) if row else 0.0))
        oldest.append((label, (now() - row[2]).total_seconds() if row else 0.0))
        most.append((label, float(row[3]) if row else 0.0))
    _add(lines, "teduh_outbox_depth", "Jobs that are not finished.", depth)
    _add(lines, "teduh_outbox_oldest_seconds", "How long the oldest job has waited.", oldest)
    _add(lines, "teduh_outbox_handed_over_most", "How often one job was handed over.", most)
    stopped = failed = issued = pending = 0
    for tenant in active_tenants():
        start_record()
        with bind(Context(tenant.tenant_id, tenant.slug, channel=Channel.JOB)), transaction():
            found = documents.health_counts()
            stopped += found.stopped
            failed += found.failed
            issued += found.issued
            pending += db.session.scalar(select(func.count()).select_from(AuditPending)) or 0
    for name, what, value in (
        ("teduh_letters_stopped", "Letters that wait for a person.", stopped),
        ("teduh_letters_failed_a_day", "Tries of letters that failed within a day.", failed),
        ("teduh_letters_issued_a_day", "Letters issued within a day.", issued),
        ("teduh_audit_pending", "Events that have no place in their tree yet.", pending),
    ):
        _add(lines, name, what, [({}, float(value))])


def _of_valkey(lines: list[str]) -> None:
    settings: Settings = boundary.application().extensions["settings"]
    with connect(settings.redis_url) as server:
        waiting = float(server.llen(f"rq:queue:{LETTERS}"))
    _add(lines, "teduh_queue_depth", "Reminders of jobs in Valkey.", [({}, waiting)])
    workers = documents.letter_workers() or ()
    states: dict[str, float] = {"idle": 0.0, "busy": 0.0}
    for one in workers:
        if one.well:
            states[one.state if one.state in states else "busy"] += 1
    samples = [({"state": state}, count) for state, count in states.items()]
    _add(lines, "teduh_workers", "Processes that make letters and were heard of lately.", samples)
    heard = [one.heard for one in workers if one.heard]
    age = (now() - min(heard)).total_seconds() if heard else 0.0
    _add(
        lines, "teduh_worker_silent_seconds", "Since when the quietest was not heard.", [({}, age)]
    )


def _add(lines: list[str], name: str, what: str, samples: Samples) -> None:
    lines.append(f"# HELP {name} {what}")
    lines.append(f"# TYPE {name} gauge")
    for labels, value in samples:
        inner = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines.append(f"{name}{{{inner}}} {value:g}" if inner else f"{name} {value:g}")


def _shown(given: str | None, token: str) -> bool:
    return hmac.compare_digest((given or "").encode(), f"Bearer {token}".encode())
