"""The auditors' desk. Reading it is recorded like everything else; no case is opened from it."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts import service as accounts
from app.audit import service, words
from app.audit.details import facts
from app.audit.forms import NOT_ALLOWED, DayForm, FilterForm, NameForm
from app.audit.views.room import READ, blueprint
from app.web import Needs, Subject, say
from app.web.guard import fail
from tenants.context import Person, current
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_EXPORT = Needs(Permission.AUDIT_EXPORT, fresh=True)
_EVENT = Needs(Permission.AUDIT_READ, of=service.load_event)
_PERSON = Needs(Permission.AUDIT_READ, of=accounts.load_member)
_VIEW = Needs(Permission.AUDIT_READ, of=service.load_view)
_CASE = Needs(Permission.AUDIT_READ, of=service.load_case)
_VERIFIER = Path(__file__).parents[1] / "verifier.py"
_NEWS_DAYS = 7

_SHORTCUTS: tuple[tuple[str, dict[str, str]], ...] = (
    ("all", {}),
    ("refused", {"outcome": NOT_ALLOWED}),
    ("revealed", {"tag": Tag.FIELD_REVEALED.code}),
    ("sign-in", {"tag": Tag.SESSION_OPENED.code, "outcome": NOT_ALLOWED}),
    ("locked", {"tag": Tag.PERSON_LOCKED.code}),
)
"""What an auditor looks for first, one touch away."""


def home_part(person: Person) -> tuple[str, dict[str, Any]] | None:
    """Return how many acts were refused in the last days."""
    if not permits(person, Permission.AUDIT_READ):
        return None
    answered = permits(person, Permission.AUDIT_WORK) and service.answered_findings()
    return "audit/home_part.html", {
        "refused": service.refusals(_NEWS_DAYS),
        "answered": answered,
        "days": _NEWS_DAYS,
    }


@blueprint.route("/audit/start", access=READ, records=Tag.AUDIT_NEWS_VIEWED)
def start() -> Any:
    """What is new since the last visit, unusual things first."""
    return render_template("audit/start.html", news=service.news(), days=service.NEWS_DAYS)


@blueprint.route("/audit", access=READ, records=Tag.AUDIT_DESK_VIEWED)
def desk() -> Any:
    """The newest events, and a filter."""
    return _desk_page(NameForm(formdata=None))


@blueprint.route("/audit/views", access=READ, records=Tag.AUDIT_VIEW_SAVED, methods=("POST",))
def save_view() -> Any:
    """Keep the filter of this address under a name."""
    form, name = _filter(), NameForm()
    if not name.validate() or not form.validate():
        fail("form")
        return _desk_page(name, 422)
    try:
        service.save_view(name.name.data, form.in_use())
    except Invalid as error:
        fail(f"{error.field}:{error.reason}")
        name.name.errors = [_("This cannot be kept as a view. Set the filter, then name it.")]
        return _desk_page(name, 422)
    except Conflict as error:
        fail(error.reason)
        name.name.errors = [_("You have as many views as there can be. Remove one first.")]
        return _desk_page(name, 409)
    say("saved")
    asked: dict[str, Any] = dict(form.in_use())
    return redirect(url_for("audit.desk", **asked), 303)


@blueprint.route(
    "/audit/views/<uuid:view_id>/remove",
    access=_VIEW,
    records=Tag.AUDIT_VIEW_REMOVED,
    methods=("POST",),
)
def remove_view(subject: Subject) -> Any:
    """Remove a view of one's own."""
    service.remove_view(subject.row)
    say("saved")
    return redirect(url_for("audit.desk"), 303)


@blueprint.route("/audit/people/<uuid:account_id>", access=_PERSON, records=Tag.AUDIT_DESK_VIEWED)
def person_timeline(subject: Subject) -> Any:
    """What one person did, as a timeline."""
    name = subject.row.card.name
    title = _("What %(name)s did", name=name)
    return _timeline(subject, service.Wanted(person=subject.id), title, account_id=subject.id)


@blueprint.route("/audit/cases/<uuid:case_id>", access=_CASE, records=Tag.AUDIT_DESK_VIEWED)
def case_timeline(subject: Subject) -> Any:
    """Who was in one case, as a timeline; what the case says is not in the log."""
    title = _("Who was in case %(code)s", code=subject.row or "–")
    return _timeline(subject, service.Wanted(case_id=subject.id), title, case_id=subject.id)


@blueprint.route("/audit/figures", access=READ, records=Tag.AUDIT_FIGURES_VIEWED)
def figures() -> Any:
    """Access to cases by hour and by role."""
    return render_template("audit/figures.html", figures=service.figures(), days=service.NEWS_DAYS)


@blueprint.route("/audit/events/<uuid:event_id>", access=_EVENT, records=Tag.AUDIT_EVENT_VIEWED)
def event(subject: Subject) -> Any:
    """One event, and the proof that it stands in the signed tree."""
    entry = service.entry(subject.row)
    return render_template(
        "audit/event.html",
        entry=entry,
        details=facts(entry),
        proof=service.prove(subject.row),
        text=json.dumps(entry.content, ensure_ascii=False, indent=2, sort_keys=True),
    )


@blueprint.route(
    "/audit/events/<uuid:event_id>/proof", access=_EVENT, records=Tag.AUDIT_PROOF_DOWNLOADED
)
def proof(subject: Subject) -> Any:
    """The proof of one event as a file that is checked elsewhere."""
    text = service.proof_file(subject.row)
    return _file(text, f"{_slug()}-{subject.id}.tlog-proof", "text/plain")


@blueprint.route("/audit/checkpoints", access=READ, records=Tag.AUDIT_CHECKPOINTS_VIEWED)
def checkpoints() -> Any:
    """The signed checkpoints, and how an outsider checks the log with them."""
    form = DayForm(request.args, meta={"csrf": False})
    if not form.validate():
        fail("form")
        page = render_template("audit/checkpoints.html", **_proofs(form, None, None))
        return make_response(page, 422)
    before = request.args.get("before", type=int)
    page = render_template("audit/checkpoints.html", **_proofs(form, before, form.day.data))
    return make_response(page)


@blueprint.route(
    "/audit/checkpoints/<int:size>/file", access=READ, records=Tag.AUDIT_CHECKPOINT_DOWNLOADED
)
def checkpoint(size: int) -> Any:
    """One signed checkpoint as a file."""
    return _file(service.checkpoint_note(size), f"{_slug()}-{size}.checkpoint.txt", "text/plain")


@blueprint.route("/audit/verifier", access=READ, records=Tag.AUDIT_VERIFIER_DOWNLOADED)
def verifier() -> Any:
    """The program that checks an export without this server."""
    return _file(_VERIFIER.read_text(encoding="utf-8"), "verifier.py", "text/x-python")


@blueprint.route("/audit/export", access=_EXPORT, records=Tag.AUDIT_EXPORTED)
def export() -> Any:
    """The whole log as a file, while it is small enough to be made at once."""
    try:
        lines = service.export_lines(service.MAX_EXPORT)
        return _file("".join(lines), f"{_slug()}-audit.jsonl", "application/jsonl")
    except Conflict as error:
        return too_long(error)


@blueprint.route("/audit/export/sheet", access=_EXPORT, records=Tag.AUDIT_EXPORTED)
def export_sheet() -> Any:
    """The whole log as a spreadsheet, with the checkpoint that signs it."""
    try:
        packed = service.export_sheet(service.MAX_EXPORT)
    except Conflict as error:
        return too_long(error)
    return _file(packed, f"{_slug()}-audit.zip", "application/zip")


@blueprint.route("/audit/verify", access=READ, records=Tag.AUDIT_VERIFIED, methods=("POST",))
def verify() -> Any:
    """Recompute the whole tree now."""
    try:
        result = service.verify(service.MAX_VERIFY)
    except Conflict as error:
        return too_long(error)
    return render_template(
        "audit/verified.html", result=result, first=result.first, faults=words.FAULTS
    )


def _filter() -> FilterForm:
    form = FilterForm(request.args, meta={"csrf": False})
    form.offer()
    return form


def _desk_page(name: NameForm, status: int = 200) -> Response:
    """The filter, what it finds, and the auditor's own views."""
    form = _filter()
    asked = form.in_use()
    values: dict[str, Any] = {
        "form": form,
        "name_form": name,
        "shortcuts": _SHORTCUTS,
        "views": service.views(),
        "asked": asked,
        "page": None,
    }
    if form.validate():
        before, after = places()
        wanted = form.wanted()
        values |= {
            "wanted": wanted,
            "page": service.read(wanted, before=before, after=after),
        }
    elif status < 400:
        fail("form")
        status = 422
    return make_response(render_template("audit/desk.html", **values), status)


def _timeline(subject: Subject, wanted: service.Wanted, title: str, **ids: Any) -> str:
    before, after = places()
    return render_template(
        "audit/timeline.html",
        page=service.read(wanted, about=subject, before=before, after=after),
        title=title,
        endpoint=request.endpoint,
        ids=ids,
    )


def places() -> tuple[service.Cursor | None, service.Cursor | None]:
    """Where the asked page begins: before one place, or after one."""
    before, after = request.args.get("before"), request.args.get("after")
    return (
        service.Cursor.parse(before) if before else None,
        service.Cursor.parse(after) if after else None,
    )


def too_long(error: Conflict) -> Response:
    """Say how the operator does what would take too long on a page."""
    fail(error.reason)
    body = render_template("audit/too_long.html", reason=error.reason, slug=_slug())
    return make_response(body, 409)


def _proofs(form: DayForm, before: int | None, until: date | None) -> dict[str, Any]:
    found = service.checkpoints(before, until)
    first = before is None and until is None
    return {
        "form": form,
        "until": until,
        "checkpoints": found,
        "older": found[-1].size if len(found) == service.CHECKPOINTS else None,
        "first_page": first,
        "vkey": service.vkey(),
        "slug": _slug(),
        "handed": service.handed_state() if first else None,
        "handing_faults": words.HANDING_FAULTS,
    }


def _slug() -> str:
    return current().slug


def _file(content: str | bytes, name: str, kind: str) -> Response:
    text = isinstance(content, str)
    response = make_response(content.encode() if isinstance(content, str) else content)
    response.headers["Content-Type"] = f"{kind}; charset=utf-8" if text else kind
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
