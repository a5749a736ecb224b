"""The signed reports of the office: list, state, file."""

from typing import Any

from flask import Response, make_response, redirect, render_template, url_for
from werkzeug.exceptions import ServiceUnavailable

from app.accounts import service as accounts
from app.documents import service as documents
from app.reports import service
from app.reports.words import TITLES
from app.web import GuardedBlueprint, Needs, Subject, say
from tenants.context import acting_person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

blueprint = GuardedBlueprint("reports", "app.reports", template_folder="templates")
_READ = Needs(Permission.REPORTS_READ)
_ONE = Needs(Permission.REPORTS_READ, of=service.load_report)
_PATH = "/reports/<uuid:report_id>"


@blueprint.route("/reports", access=_READ, records=Tag.REPORTS_LISTED)
def index() -> Any:
    """Every report that was signed."""
    rows = service.reports()
    cards = accounts.cards({row.signed_by for row in rows})
    return render_template(
        "reports/index.html",
        reports=rows,
        titles=TITLES,
        names={key: card.name for key, card in cards.items()},
    )


@blueprint.route(_PATH, access=_ONE, records=Tag.REPORT_VIEWED)
def report(subject: Subject) -> Any:
    """One report, and where it stands."""
    row = subject.row
    letter = service.letter_of(row)
    state = documents.LetterState(letter.state)
    cards = accounts.cards([row.signed_by])
    return render_template(
        "reports/report.html",
        row=row,
        letter=letter,
        title=TITLES.get(row.kind, row.kind),
        state=(documents.STATE_KINDS[state], documents.STATE_NAMES[state]),
        in_work=state in documents.IN_WORK,
        issued=state is documents.LetterState.ISSUED,
        parked=state is documents.LetterState.PARKED,
        failure=documents.failure_sentence(letter.failure) if letter.failure else "",
        name=cards[row.signed_by].name if row.signed_by in cards else "–",
        may_retry=permits(acting_person(), Permission.REPORTS_SIGN),
    )


@blueprint.route(f"{_PATH}/file", access=_ONE, records=Tag.LETTER_DOWNLOADED)
def file(subject: Subject) -> Any:
    """The signed report as a file."""
    try:
        found = service.file_of(subject.row)
    except documents.StoreUnavailable:
        raise ServiceUnavailable from None
    response: Response = make_response(found.pdf)
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


@blueprint.route(
    f"{_PATH}/retry",
    access=Needs(Permission.REPORTS_SIGN, of=service.load_report),
    records=Tag.LETTER_RETRIED,
    methods=("POST",),
)
def retry(subject: Subject) -> Any:
    """Have a report tried again that came to a halt."""
    service.retry(subject.row)
    say("letter-retried")
    return redirect(url_for("reports.report", report_id=subject.id), 303)
