"""The stay of one woman: admission, reception, a longer stay, leaving, and where it is."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.accounts import service as accounts
from app.cases import service as cases
from app.clocks import service as clocks
from app.shelter import service
from app.shelter.codes import ExtendReason, Goes, LeaveReason
from app.shelter.forms import AdmitForm, ExtendForm, LeaveForm, admit_form
from app.shelter.views.shared import act, blueprint, names
from app.ui.fields import FieldView, field_view
from app.ui.forms import Form
from app.web import Needs, Subject, purposes, say
from tenants import audit, policy
from tenants.context import acting_person
from tenants.disclosure import Disclosed
from tenants.errors import Invalid
from tenants.policy import Access, Permission, permits
from tenants.vocabulary import Tag

_ADMIT = Needs(Permission.SHELTER_ADMIT, of=cases.load_case)
_EDIT = Needs(Permission.SHELTER_ADMIT, of=service.load_stay)
_CASE = "/cases/<uuid:case_id>/stays"
_ONE = f"{_CASE}/<uuid:stay_id>"


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """Return the panel of the safe house: whether she stays in one, never where it is."""
    stays = service.for_case(subject.id)
    may_admit = not subject.standing.closed and permits(
        acting_person(), Permission.SHELTER_ADMIT, subject.standing
    )
    if not stays and not may_admit:
        return None
    return "shelter/case_part.html", {
        "section": ("shelter", _("Safe house")),
        "case_id": subject.id,
        "stays": stays,
        "may_admit": may_admit and all(one.left_at is not None for one in stays),
        **names(),
    }


@blueprint.route(f"{_CASE}/new", access=_ADMIT, records=Tag.SHELTER_FORM_VIEWED)
def admit_page(subject: Subject) -> Any:
    """Ask to which house she goes, and who comes with her."""
    return _admit_page(subject, admit_form(service.places()))


@blueprint.route(f"{_CASE}/new", access=_ADMIT, records=Tag.SHELTER_ADMITTED, methods=("POST",))
def admit(subject: Subject) -> Any:
    """Admit her."""
    form = admit_form(service.places())
    return act(
        form,
        lambda: service.admit(
            subject, UUID(form.place.data), form.dependants.data, form.needs.data or ""
        ),
        lambda said: _admit_page(subject, form, said),
        url_for("cases.view", case_id=subject.id, _anchor="shelter"),
        "shelter-admitted",
    )


@blueprint.route(
    _ONE,
    access=Needs(Permission.CASE_READ, of=service.load_stay),
    records=Tag.SHELTER_STAY_VIEWED,
)
def stay(subject: Subject) -> Any:
    """Show one stay."""
    return _page(subject, service.needs(subject))


@blueprint.route(
    f"{_ONE}/reveal",
    access=Needs(Permission.CASE_REVEAL, of=service.load_stay),
    records=Tag.FIELD_REVEALED,
    methods=("POST",),
)
def reveal(subject: Subject) -> Any:
    """Open what she needs there, or where it is, for a purpose that is named."""
    name, purpose = request.form.get("field", ""), purposes.named()
    if name == service.ADDRESS:
        address = service.reveal_address(subject, purpose)
        page = _page(subject, service.needs(subject), address=address)
    elif name == "shelter_stay.needs":
        page = _page(subject, service.reveal_needs(subject, purpose), opened=True)
    else:
        raise Invalid("field", "unknown")
    audit.record(
        Tag.SHELTER_STAY_VIEWED, subject=("shelter_stay", subject.id), case_id=subject.case_id
    )
    return page


@blueprint.route(f"{_ONE}/receive", access=_EDIT, records=Tag.SHELTER_RECEIVED, methods=("POST",))
def receive(subject: Subject) -> Any:
    """Say that the house has received her."""
    service.receive(subject)
    say("saved")
    return redirect(_back(subject), 303)


@blueprint.route(f"{_ONE}/extend", access=_EDIT, records=Tag.SHELTER_FORM_VIEWED)
def extend_page(subject: Subject) -> Any:
    """Ask for how long and why she stays longer."""
    return _form_page("extend", subject, ExtendForm())


@blueprint.route(f"{_ONE}/extend", access=_EDIT, records=Tag.SHELTER_EXTENDED, methods=("POST",))
def extend(subject: Subject) -> Any:
    """Let her stay longer."""
    form = ExtendForm()
    return act(
        form,
        lambda: service.extend(subject, form.days.data, ExtendReason(form.reason.data)),
        lambda said: _form_page("extend", subject, form, said),
        _back(subject),
        "saved",
    )


@blueprint.route(f"{_ONE}/leave", access=_EDIT, records=Tag.SHELTER_FORM_VIEWED)
def leave_page(subject: Subject) -> Any:
    """Ask why she leaves and where she goes."""
    return _form_page("leave", subject, LeaveForm())


@blueprint.route(f"{_ONE}/leave", access=_EDIT, records=Tag.SHELTER_LEFT, methods=("POST",))
def leave(subject: Subject) -> Any:
    """Say that she has left."""
    form = LeaveForm()
    return act(
        form,
        lambda: service.leave(subject, LeaveReason(form.reason.data), Goes(form.goes.data)),
        lambda said: _form_page("leave", subject, form, said),
        _back(subject),
        "shelter-left",
    )


def _page(
    subject: Subject, seen: Disclosed, *, opened: bool = False, address: str | None = None
) -> str:
    row = subject.row
    limit = next((one for one in clocks.for_case(row.case_id) if one.object_id == row.id), None)
    return render_template(
        "shelter/stay.html",
        subject=subject,
        stay=row,
        case_code=cases.find(row.case_id).code,
        admitted_by=accounts.card(row.admitted_by),
        limit=limit,
        needs=field_view(seen, str(_("What she and those with her need there")), opened),
        address=_address(subject, address),
        purposes=purposes.offered(),
        may_leave=row.left_at is None
        and permits(acting_person(), Permission.SHELTER_ADMIT, subject.standing),
        **names(),
    )


def _address(subject: Subject, opened: str | None) -> FieldView | None:
    """Return where it is, as a field of the page; None for who may not even ask."""
    if subject.row.left_at is not None or not service.may_ask(subject):
        return None
    access = Access.SHOWN if opened is not None else Access.ON_DEMAND
    reason = None if opened is not None else policy.Reason.OPEN_ON_DEMAND
    seen = Disclosed(service.ADDRESS, access, opened, True, reason)
    return field_view(seen, str(_("Where the safe house is")), opened is not None)


def _admit_page(subject: Subject, form: AdmitForm, said: str = "") -> str:
    return render_template("shelter/admit.html", subject=subject, form=form, said=said, **names())


def _form_page(part: str, subject: Subject, form: Form, said: str = "") -> str:
    return render_template(
        f"shelter/{part}.html",
        subject=subject,
        stay=subject.row,
        back=_back(subject),
        form=form,
        said=said,
        **names(),
    )


def _back(subject: Subject) -> str:
    return url_for("shelter.stay", case_id=subject.case_id, stay_id=subject.id)
