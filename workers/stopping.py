"""How a process that works in rounds is told to stop."""

import signal
from threading import Event
from types import FrameType


def stop_event() -> Event:
    """Return an event that SIGTERM or SIGINT sets; whoever waits for it wakes at once."""
    stop = Event()
    heed(stop)
    return stop


def heed(stop: Event) -> None:
    """Let SIGTERM and SIGINT set ``stop`` from here on."""

    def _stop(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
