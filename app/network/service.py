"""The network around the agency: its duties, and what became of them."""

from app.network.codes import Evidence, Mark, Resolution, Verdict
from app.network.evidence import by_ids, enter, load_evidence, offered, take_back
from app.network.reconciling import (
    Answer,
    Compared,
    answer,
    begin,
    compared,
    load_reconciliation,
    months,
    partners,
    resolutions,
    settle,
)
from app.network.register import Holder, duty, holders
from app.network.report import Receiver, escalate
from app.network.report import sign as sign_report
from app.network.rules import Event, Judgement, entered
from app.network.scorecard import (
    Line,
    Part,
    Scorecard,
    Totals,
    computed,
    events,
    own,
    scorecard,
    usual,
)

__all__ = [
    "Answer",
    "Compared",
    "Event",
    "Evidence",
    "Holder",
    "Judgement",
    "Line",
    "Mark",
    "Part",
    "Receiver",
    "Resolution",
    "Scorecard",
    "Totals",
    "Verdict",
    "answer",
    "begin",
    "by_ids",
    "compared",
    "computed",
    "duty",
    "enter",
    "entered",
    "escalate",
    "events",
    "holders",
    "load_evidence",
    "load_reconciliation",
    "months",
    "offered",
    "own",
    "partners",
    "resolutions",
    "scorecard",
    "settle",
    "sign_report",
    "take_back",
    "usual",
]
