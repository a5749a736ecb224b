"""python -m workers work letters | outbox | audit | schedule | metrics: one process of each kind.

Each logs in to the database with the worker's role, from its own DATABASE_URL, and ends at once
and cleanly on SIGTERM or SIGINT.
"""

import signal
import sys
from collections.abc import Sequence

from app.config import SettingsError
from tenants.keyring import KeyringError


def main(arguments: Sequence[str]) -> int:
    """Run one process until it is told to stop; return its exit status.

    The modules are imported late: a process of one kind does not load the others' engines.
    """
    # Until the process serves there is nothing to finish: a signal ends it without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        return _serve(arguments)
    except (SettingsError, KeyringError) as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _serve(arguments: Sequence[str]) -> int:
    match list(arguments):
        case ["work", "letters" as queue]:
            from workers import forking

            forking.serve(queue)
        case ["outbox"]:
            from workers import outbox

            outbox.serve()
        case ["audit"]:
            from workers import audit_log

            audit_log.serve()
        case ["metrics"]:
            from workers import metrics

            metrics.serve()
        case ["schedule"]:
            from workers import schedule

            schedule.serve()
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
