"""`python -m app.local run [--port N]` and `python -m app.local demo`."""

from __future__ import annotations

import argparse
import signal
import sys

from app.local.fault import StackFault
from app.local.place import describe
from app.local.stack import ROOT, demo, run


def main() -> int:
    """Run one command; every foreseeable failure is a sentence on stderr and status 1."""
    parser = argparse.ArgumentParser(prog="python -m app.local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="start everything and stay until Ctrl-C")
    running.add_argument("--port", type=int, default=8000, help="of the web pages (8000)")
    commands.add_parser("demo", help="the main job once, without a browser")
    chosen = parser.parse_args()
    # Before the processes run, SIGTERM ends like Ctrl-C: the servers are stopped on the way out.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return run(chosen.port) if chosen.command == "run" else demo()
    except StackFault as fault:
        print(f"teduh: {fault}", file=sys.stderr)
    except KeyboardInterrupt:
        print("teduh: stopped", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"teduh: {describe(error, ROOT / 'var')}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
