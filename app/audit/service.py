"""The access log, for auditors and for whoever answers for a case: read it, prove it, export it."""

from app.audit.answers import MAX_NOTE, Note, answer, notes
from app.audit.answers import answered as answered_findings
from app.audit.answers import give_back as give_back_finding
from app.audit.codes import Conclusion
from app.audit.entries import (
    NOT_ALLOWED,
    Cursor,
    Entry,
    Page,
    Wanted,
    entry,
    find_case,
    find_event,
    load_case,
    load_event,
    read,
    refusals,
    who_looked,
)
from app.audit.exporting import MAX_ON_A_PAGE as MAX_EXPORT
from app.audit.exporting import lines as export_lines
from app.audit.exporting import sheet as export_sheet
from app.audit.figures import Figures, figures
from app.audit.handing import Handed, HandingFault, hand_out
from app.audit.handing import state as handed_state
from app.audit.keys import origin, vkey
from app.audit.news import News, Notable, news
from app.audit.periods import (
    MAX_REMARKS,
    Period,
    load_period,
    periods,
    sign_off,
)
from app.audit.periods import examine as examine_period
from app.audit.periods import file_of as period_file
from app.audit.periods import opened as opened_period
from app.audit.periods import proposed as proposed_period
from app.audit.periods import retry as retry_period
from app.audit.proofs import (
    CHECKPOINTS,
    Inclusion,
    ProofState,
    checkpoint_note,
    checkpoints,
    proof_file,
    prove,
)
from app.audit.readers import DAYS as READER_DAYS
from app.audit.readers import concerned, readers, reading
from app.audit.readers import counts as reading_counts
from app.audit.report import totals as period_totals
from app.audit.report import unusual as period_unusual
from app.audit.saved import MAX_NAME, View, load_view, views
from app.audit.saved import remove as remove_view
from app.audit.saved import save as save_view
from app.audit.trail import Look
from app.audit.trail import shown as survivor_list
from app.audit.trail_export import trail_archive
from app.audit.verification import MAX_ON_A_PAGE as MAX_VERIFY
from app.audit.verification import Fault, Finding, Verification, verify
from app.audit.watch import DAYS as NEWS_DAYS
from app.audit.words import field_name
from app.audit.work import (
    MAX_ANSWER,
    Explanation,
    Result,
    ReviewReason,
    Severity,
    Work,
    ask,
    close,
    explain,
    findings,
    load_finding,
    load_sign,
    own_findings,
    own_requests,
    raise_finding,
    read_answer,
    reason_of,
    review,
    waiting,
    work_on,
)

__all__ = [
    "CHECKPOINTS",
    "MAX_ANSWER",
    "MAX_EXPORT",
    "MAX_NAME",
    "MAX_NOTE",
    "MAX_REMARKS",
    "MAX_VERIFY",
    "NEWS_DAYS",
    "NOT_ALLOWED",
    "READER_DAYS",
    "Conclusion",
    "Cursor",
    "Entry",
    "Explanation",
    "Fault",
    "Figures",
    "Finding",
    "Handed",
    "HandingFault",
    "Inclusion",
    "Look",
    "News",
    "Notable",
    "Note",
    "Page",
    "Period",
    "ProofState",
    "Result",
    "ReviewReason",
    "Severity",
    "Verification",
    "View",
    "Wanted",
    "Work",
    "answer",
    "answered_findings",
    "ask",
    "checkpoint_note",
    "checkpoints",
    "close",
    "concerned",
    "entry",
    "examine_period",
    "explain",
    "export_lines",
    "export_sheet",
    "field_name",
    "figures",
    "find_case",
    "find_event",
    "findings",
    "give_back_finding",
    "hand_out",
    "handed_state",
    "load_case",
    "load_event",
    "load_finding",
    "load_period",
    "load_sign",
    "load_view",
    "news",
    "notes",
    "opened_period",
    "origin",
    "own_findings",
    "own_requests",
    "period_file",
    "period_totals",
    "period_unusual",
    "periods",
    "proof_file",
    "proposed_period",
    "prove",
    "raise_finding",
    "read",
    "read_answer",
    "readers",
    "reading",
    "reading_counts",
    "reason_of",
    "refusals",
    "remove_view",
    "retry_period",
    "review",
    "save_view",
    "sign_off",
    "survivor_list",
    "trail_archive",
    "verify",
    "views",
    "vkey",
    "waiting",
    "who_looked",
    "work_on",
]
