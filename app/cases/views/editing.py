"""The pages that change what is recorded of a case, one entry at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.cases import service
from app.cases.forms import (
    IncidentForm,
    LegalForm,
    NeedForm,
    PerpetratorForm,
    StatusForm,
    SurvivorForm,
    typed,
)
from app.cases.views.shared import act, blueprint, check_open, crumbs, to_case
from app.ui.forms import Form
from app.web import Needs, Subject
from tenants.context import acting_person
from tenants.policy import Permission
from tenants.vocabulary import Tag

_EDIT = Needs(Permission.CASE_EDIT, of=service.load_case)
_CASE = "/cases/<uuid:case_id>"
_ENTRY = f"{_CASE}/entries/<any(survivor, alleged_perpetrator, incident, need):kind>"


@dataclass(frozen=True, slots=True)
class Part:
    """How one kind of entry is asked for and kept.

    Attributes:
        plain: names of what is not confidential, as form and table call it.
        save: (case, the entry or None for a new one, form) -> done.
    """

    title: Any
    new_title: Any
    form: type[Form]
    plain: tuple[str, ...]
    save: Callable[[Subject, service.Entry | None, Any], object]


def _save_survivor(subject: Subject, entry: service.Entry | None, form: SurvivorForm) -> UUID:
    return service.edit_survivor(
        subject,
        entry.id if entry else None,
        age_group=form.age_group.data,
        disability=form.disability.data,
        district=form.district.data,
        suffered=form.suffered.data or (),
        typed=typed(form, *service.field_names("survivor")),
    )


def _save_perpetrator(subject: Subject, entry: service.Entry | None, form: PerpetratorForm) -> UUID:
    return service.edit_perpetrator(
        subject,
        entry.id if entry else None,
        relation=form.relation.data,
        age_group=form.age_group.data,
        typed=typed(form, *service.field_names("alleged_perpetrator")),
    )


def _save_incident(subject: Subject, entry: service.Entry | None, form: IncidentForm) -> UUID:
    incident = service.IncidentEntry(
        violence=tuple(form.violence.data),
        place=form.place.data,
        occurred_on=form.occurred_on.data,
        domestic=form.domestic.data,
        signs=tuple(form.signs.data or ()),
    )
    values = typed(form, *service.field_names("incident"))
    return service.edit_incident(subject, entry.id if entry else None, incident, values)


def _save_need(subject: Subject, entry: service.Entry | None, form: NeedForm) -> UUID:
    kind = entry.row.service if entry else form.service.data
    need = service.NeedEntry(kind, form.urgency.data, state=form.state.data)
    values = typed(form, *service.field_names("need"))
    return service.edit_need(subject, entry.id if entry else None, need, values)


PARTS: dict[str, Part] = {
    "survivor": Part(
        _l("The survivor"),
        _l("Another survivor"),
        SurvivorForm,
        ("age_group", "disability", "district", "suffered"),
        _save_survivor,
    ),
    "alleged_perpetrator": Part(
        _l("The person who is reported"),
        _l("Another person who is reported"),
        PerpetratorForm,
        ("relation", "age_group"),
        _save_perpetrator,
    ),
    "incident": Part(
        _l("What happened"),
        _l("Another incident"),
        IncidentForm,
        ("violence", "signs", "place", "domestic", "occurred_on"),
        _save_incident,
    ),
    "need": Part(
        _l("What she needs"),
        _l("Another need"),
        NeedForm,
        ("service", "urgency", "state"),
        _save_need,
    ),
}


@blueprint.route(f"{_ENTRY}/<uuid:row_id>", access=_EDIT, records=Tag.CASE_FORM_VIEWED)
def edit_form(subject: Subject, kind: str, row_id: UUID) -> Any:
    """Show one entry, to be changed."""
    check_open(subject)
    entry = service.editable(subject, kind, row_id)
    return _entry_page(subject, kind, _prefilled(subject, entry, kind), entry)


@blueprint.route(
    f"{_ENTRY}/<uuid:row_id>", access=_EDIT, records=Tag.CASE_EDITED, methods=("POST",)
)
def edit(subject: Subject, kind: str, row_id: UUID) -> Any:
    """Change one entry."""
    entry = service.editable(subject, kind, row_id)
    form = _narrowed(PARTS[kind].form(), subject, kind, entry)
    status = act(form, lambda: PARTS[kind].save(subject, entry, form))
    if status:
        return _entry_page(subject, kind, form, entry), status
    return to_case(subject, anchor=f"entry-{row_id}")


_NEW = f"{_CASE}/entries/<any(survivor, alleged_perpetrator, incident, need):kind>/new"


@blueprint.route(_NEW, access=_EDIT, records=Tag.CASE_FORM_VIEWED)
def add_form(subject: Subject, kind: str) -> Any:
    """Ask for one more entry."""
    check_open(subject)
    return _entry_page(subject, kind, _narrowed(PARTS[kind].form(), subject, kind), None)


@blueprint.route(_NEW, access=_EDIT, records=Tag.CASE_EDITED, methods=("POST",))
def add(subject: Subject, kind: str) -> Any:
    """Record one more entry."""
    form = _narrowed(PARTS[kind].form(), subject, kind)
    status = act(form, lambda: PARTS[kind].save(subject, None, form))
    if status:
        return _entry_page(subject, kind, form, None), status
    return to_case(subject)


@blueprint.route(f"{_CASE}/legal", access=_EDIT, records=Tag.CASE_FORM_VIEWED)
def legal_form(subject: Subject) -> Any:
    """Show where the case stands with the police, to be changed."""
    check_open(subject)
    entry = service.legal_entry(subject)
    values: dict[str, Any] = {}
    if entry is not None:
        values = _shown(entry) | {
            "complaint_offence": entry.row.complaint_offence,
            "diversion": entry.row.diversion_confirmed_at is not None,
        }
    form = _narrowed(LegalForm(data=values), subject, "legal_process", entry)
    return _legal_page(subject, form, entry)


@blueprint.route(f"{_CASE}/legal", access=_EDIT, records=Tag.CASE_EDITED, methods=("POST",))
def legal(subject: Subject) -> Any:
    """Change where the case stands with the police."""
    entry = service.legal_entry(subject)
    form = _narrowed(LegalForm(), subject, "legal_process", entry)
    status = act(
        form,
        lambda: service.edit_legal(
            subject,
            complaint_offence=form.complaint_offence.data,
            diversion=form.diversion.data,
            typed=typed(form, *service.field_names("legal_process")),
        ),
    )
    if status:
        return _legal_page(subject, form, entry), status
    return to_case(subject, anchor="legal")


@blueprint.route(f"{_CASE}/status", access=_EDIT, records=Tag.CASE_FORM_VIEWED)
def status_form(subject: Subject) -> Any:
    """Ask where the work stands and how near harm is."""
    check_open(subject)
    form = StatusForm(data={"state": subject.row.state, "risk": subject.row.risk})
    form.offer(subject.row.state)
    return _status_page(subject, form)


@blueprint.route(f"{_CASE}/status", access=_EDIT, records=Tag.CASE_EDITED, methods=("POST",))
def status(subject: Subject) -> Any:
    """Change where the work stands and how near harm is."""
    form = StatusForm()
    form.offer(subject.row.state)
    wrong = act(
        form,
        lambda: service.edit_status(subject, state=form.state.data, risk=form.risk.data),
    )
    if wrong:
        return _status_page(subject, form), wrong
    return to_case(subject)


def _prefilled(subject: Subject, entry: service.Entry, kind: str) -> Any:
    part = PARTS[kind]
    values = {name: getattr(entry.row, name) for name in part.plain} | _shown(entry)
    return _narrowed(part.form(data=values), subject, kind, entry)


def _shown(entry: service.Entry) -> dict[str, Any]:
    """Return the values that the person sees unasked; what is hidden stays out of the form."""
    values: dict[str, Any] = {
        name: one.value for name, one in entry.fields.items() if one.shown and one.value
    }
    if "birth_date" in values:
        values["birth_date"] = date.fromisoformat(values["birth_date"])
    return values


def _narrowed(form: Any, subject: Subject, kind: str, entry: service.Entry | None = None) -> Any:
    """Leave out the fields that the person may not write, and say which hold a hidden value."""
    raised = entry is not None and entry.row.raised
    allowed = service.writable(acting_person(), subject, kind, raised=raised)
    for name in service.field_names(kind):
        if name not in form:
            continue
        if name not in allowed:
            del form[name]
        elif entry is not None and not entry.fields[name].shown:
            form[name].description = _(
                "Hidden from this page. Leave it empty to keep what is recorded; what you write "
                "takes its place."
            )
    if kind == "need" and entry is not None:
        del form["service"]
        form.service_name = service.service_name(entry.row.service)
    return form


def _entry_page(subject: Subject, kind: str, form: Any, entry: service.Entry | None) -> str:
    part = PARTS[kind]
    return render_template(
        f"cases/edit_{kind}.html",
        subject=subject,
        form=form,
        entry=entry,
        title=part.title if entry else part.new_title,
        crumbs=crumbs(subject),
    )


def _legal_page(subject: Subject, form: LegalForm, entry: service.Entry | None) -> str:
    return render_template(
        "cases/legal.html",
        subject=subject,
        form=form,
        entry=entry,
        legal_officer=service.is_legal_officer(subject),
        crumbs=crumbs(subject),
    )


def _status_page(subject: Subject, form: StatusForm) -> str:
    return render_template("cases/status.html", subject=subject, form=form, crumbs=crumbs(subject))
