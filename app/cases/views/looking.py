"""The page of a case, its hidden values, its notes, and who has looked at it."""

from typing import Any
from uuid import UUID

from flask import jsonify, render_template, request
from flask_babel import gettext as _

from app.audit import service as log
from app.cases import service
from app.cases.forms import NoteForm
from app.cases.parts import CASE_PARTS, SIGNED_PAPERS
from app.cases.views.glance import glance
from app.cases.views.shared import act, blueprint, crumbs, may, names, to_case, view_of
from app.cases.words import sentence
from app.ui.formats import show_clock
from app.web import Needs, Subject, purposes
from app.web.guard import fail
from tenants import audit, clock
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid
from tenants.policy import Permission, Relation, permits
from tenants.vocabulary import Tag

_READ = Needs(Permission.CASE_READ, of=service.load_case)
_EDIT = Needs(Permission.CASE_EDIT, of=service.load_case)
_ONE = "/cases/<uuid:case_id>"


@blueprint.route(_ONE, access=_READ, records=Tag.CASE_VIEWED)
def view(subject: Subject) -> Any:
    """Show a case as the person may see it."""
    return _gone(subject) or _page(subject, service.look(subject))


@blueprint.route(
    f"{_ONE}/entries/<kind>/<uuid:row_id>/reveal",
    access=Needs(Permission.CASE_REVEAL, of=service.load_case),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal(subject: Subject, kind: str, row_id: UUID) -> Any:
    """Show one hidden value as well, for a purpose that is named."""
    table, _dot, name = request.form.get("field", "").partition(".")
    if table != kind:
        raise Invalid("field", "unknown")
    meant = service.Reference(kind, row_id, name)
    return _page(subject, service.reveal(subject, meant, purposes.named()))


@blueprint.route(f"{_ONE}/notes", access=_READ, records=Tag.CASE_VIEWED)
def notes(subject: Subject) -> Any:
    """Show every note, newest first."""
    return _gone(subject) or _notes_page(subject, None)


@blueprint.route(f"{_ONE}/notes", access=_EDIT, records=Tag.CASE_EDITED, methods=("POST",))
def add_note(subject: Subject) -> Any:
    """Write a note."""
    form = NoteForm()
    status = act(form, lambda: service.add_note(subject, form.text.data))
    if status:
        return _notes_page(subject, form), status
    return to_case(subject, anchor="notes")


@blueprint.route(
    f"{_ONE}/notes/draft", access=_EDIT, records=Tag.NOTE_DRAFT_KEPT, methods=("POST",)
)
def keep_draft(subject: Subject) -> Any:
    """Keep a note while it is being written; asked by the page."""
    try:
        service.keep_draft(subject, request.form.get("text", ""))
    except (Invalid, Conflict) as error:
        fail(error.reason)
        status = 409 if isinstance(error, Conflict) else 422
        return jsonify(kept=False, sentence=sentence(error)), status
    return jsonify(kept=True, sentence=_("Kept at %(time)s.", time=show_clock(clock.now())))


@blueprint.route(f"{_ONE}/course", access=_READ, records=Tag.CASE_VIEWED)
def course(subject: Subject) -> Any:
    """Show what happened in the case, and when."""
    return _gone(subject) or render_template(
        "cases/course.html",
        subject=subject,
        events=service.course(subject),
        crumbs=crumbs(subject),
    )


@blueprint.route(
    f"{_ONE}/access",
    access=Needs(Permission.CASE_ACCESS_LIST, of=service.load_case),
    records=Tag.CASE_ACCESS_LISTED,
)
def access(subject: Subject) -> Any:
    """Show who has looked at this case, when, at which fields and what for."""
    events = log.who_looked(subject.id)
    audit.record(
        Tag.CASE_ACCESS_LISTED,
        subject=("case", subject.id),
        case_id=subject.id,
        details={"count": len(events)},
    )
    return render_template(
        "cases/access.html", subject=subject, events=events, crumbs=crumbs(subject)
    )


def _gone(subject: Subject) -> str | None:
    """Return what a case shows whose key is destroyed; None while it can be read."""
    gone = service.destroyed(subject.id) if subject.standing.closed else None
    page = "cases/destroyed.html"
    return render_template(page, gone=gone, subject=subject) if gone else None


def _page(subject: Subject, dossier: service.Dossier) -> str:
    person = acting_person()
    parts = [part for part in (make(subject) for make in CASE_PARTS) if part]
    return render_template(
        "cases/view.html",
        subject=subject,
        dossier=dossier,
        fields=lambda entry: view_of(entry, dossier.opened),
        parts=parts,
        signed={one for find in SIGNED_PAPERS for one in find(subject.id)},
        purposes=purposes.offered(),
        may_edit=may(Permission.CASE_EDIT, subject),
        may_assign=may(Permission.CASE_ASSIGN, subject),
        may_close=may(Permission.CASE_CLOSE, subject),
        may_confirm=may(Permission.CLOSURE_CONFIRM, subject),
        may_link=may(Permission.CASE_LINK, subject),
        # How many there are is for whoever reads every case; others see theirs on the page of it.
        to_link=dossier.to_link if Relation.OVERSIGHT in subject.standing.relations else 0,
        may_consent=may(Permission.CONSENT_RECORD, subject),
        may_revoke=permits(person, Permission.CONSENT_RECORD, subject.standing),
        may_see_access=may(Permission.CASE_ACCESS_LIST, subject),
        may_destroy=may(Permission.CASE_DESTROY, subject),
        emergency=_emergency(subject),
        may_open=permits(person, Permission.EMERGENCY_OPEN),
        note_form=NoteForm(formdata=None, data={"text": dossier.draft}),
        keeps_drafts=service.drafts_shown(subject),
        **glance(subject, dossier, parts),
        **names(),
    )


def _emergency(subject: Subject) -> service.Emergency | None:
    """Return the emergency in which the person reads the case; asked for only in one."""
    lasts = Relation.EMERGENCY in subject.standing.relations
    return service.living(subject.id) if lasts else None


def _notes_page(subject: Subject, sent: NoteForm | None) -> str:
    entries, people, draft = service.all_notes(subject)
    return render_template(
        "cases/notes.html",
        subject=subject,
        notes=[(one, view_of(one)[0]) for one in entries],
        people=people,
        purposes=purposes.offered(),
        form=sent or NoteForm(data={"text": draft}),
        keeps_drafts=service.drafts_shown(subject),
        may_edit=may(Permission.CASE_EDIT, subject),
        crumbs=crumbs(subject),
    )
