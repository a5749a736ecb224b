"""The access log, for auditors and for whoever answers for a case: read it, prove it, export it."""

from app.audit.entries import (
    NOT_ALLOWED,
    Cursor,
    Entry,
    Page,
    Wanted,
    entry,
    find_case,
    find_event,
    load_event,
    read,
    refusals,
    who_looked,
)
from app.audit.exporting import MAX_ON_A_PAGE as MAX_EXPORT
from app.audit.exporting import lines as export_lines
from app.audit.handing import Handed, HandingFault, hand_out
from app.audit.handing import state as handed_state
from app.audit.keys import origin, vkey
from app.audit.news import News, Notable, news
from app.audit.proofs import (
    CHECKPOINTS,
    Inclusion,
    ProofState,
    checkpoint_note,
    checkpoints,
    proof_file,
    prove,
)
from app.audit.verification import MAX_ON_A_PAGE as MAX_VERIFY
from app.audit.verification import Fault, Finding, Verification, verify
from app.audit.watch import DAYS as NEWS_DAYS

__all__ = [
    "CHECKPOINTS",
    "MAX_EXPORT",
    "MAX_VERIFY",
    "NEWS_DAYS",
    "NOT_ALLOWED",
    "Cursor",
    "Entry",
    "Fault",
    "Finding",
    "Handed",
    "HandingFault",
    "Inclusion",
    "News",
    "Notable",
    "Page",
    "ProofState",
    "Verification",
    "Wanted",
    "checkpoint_note",
    "checkpoints",
    "entry",
    "export_lines",
    "find_case",
    "find_event",
    "hand_out",
    "handed_state",
    "load_event",
    "news",
    "origin",
    "proof_file",
    "prove",
    "read",
    "refusals",
    "verify",
    "vkey",
    "who_looked",
]
