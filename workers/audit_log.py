"""The sequencing process: once a second, every tenant's events get their place in its tree.

One tenant's trouble is that tenant's alone, and the database may come and go.
"""

from dataclasses import dataclass, field
from threading import Event

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.audit import sequencer
from tenants.errors import TeduhError
from tenants.registry import Directory
from workers import boundary
from workers.stopping import stop_event

PAUSE = 1.0  # seconds between rounds: events are at most five seconds outside the tree
IN_A_ROW = 5  # batches of one tenant before the next one's turn

log = structlog.get_logger()


def serve() -> None:
    """Sequence until the process is told to stop."""
    stop = stop_event()
    rounds = Rounds()
    with boundary.application().app_context():
        while not stop.is_set():
            if not rounds.once(stop):
                stop.wait(PAUSE)


@dataclass
class Rounds:
    """What the process remembers from one round to the next.

    Attributes:
        troubled: tenants whose log could not be served, and why; said once, not every second.
    """

    memory: sequencer.Memory = field(default_factory=sequencer.Memory)
    troubled: dict[str, str] = field(default_factory=dict)

    def once(self, stop: Event) -> bool:
        """Serve every tenant once; tell whether some tenant has more to do."""
        try:
            tenants = sequencer.logs()
        except SQLAlchemyError as error:
            self._trouble("database", type(error).__name__, error)
            return False
        self._well("database")
        unfinished = False
        for tenant in tenants:
            if stop.is_set():
                return False
            unfinished = self._serve(tenant, stop) or unfinished
        return unfinished

    def _serve(self, tenant: Directory, stop: Event) -> bool:
        try:
            for _ in range(IN_A_ROW):
                moved = sequencer.sequence(tenant, memory=self.memory)
                if moved < sequencer.BATCH or stop.is_set():
                    self._well(tenant.slug)
                    return False
        except sequencer.LogInconsistent as error:
            self._trouble(tenant.slug, error.code, error)
            return False
        except (TeduhError, SQLAlchemyError) as error:
            self._trouble(tenant.slug, type(error).__name__, error)
            return False
        except Exception as error:  # noqa: BLE001 (one tenant must not stop the others)
            self._trouble(tenant.slug, type(error).__name__, error)
            return False
        self._well(tenant.slug)
        return True

    def _trouble(self, name: str, code: str, error: Exception) -> None:
        if self.troubled.get(name) != code:
            boundary.report("audit-log-waits", error, log=name, code=code)
        self.troubled[name] = code

    def _well(self, name: str) -> None:
        if self.troubled.pop(name, None) is not None:
            log.info("audit-log-goes-on", log=name)
