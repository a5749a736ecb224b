"""SIMFONI-PPA, the ministry's register: what has to be entered, and exports of codes."""

from app.simfoni.entering import TABLES, EntryState, Sheet, Waiting, enter, entered_at, look, queue
from app.simfoni.exporting import (
    ExportFile,
    ask,
    confirm,
    exports,
    fetch,
    load_export,
)

__all__ = [
    "TABLES",
    "EntryState",
    "ExportFile",
    "Sheet",
    "Waiting",
    "ask",
    "confirm",
    "enter",
    "entered_at",
    "exports",
    "fetch",
    "load_export",
    "look",
    "queue",
]
