"""The list of cases, and the one box that searches them."""

from typing import Any

from flask import render_template, request

from app.cases import service
from app.cases.forms import FilterForm, SearchForm
from app.cases.views.shared import act, blueprint, names
from app.web import Needs
from app.web.guard import fail
from tenants.context import acting_person
from tenants.policy import Permission, permits
from tenants.vocabulary import Tag

_LIST = Needs(Permission.CASE_LIST)


@blueprint.route("/cases", access=_LIST, records=Tag.CASES_LISTED)
def index() -> Any:
    """List the cases that the person may read, the dangerous ones first."""
    form = FilterForm(request.args, meta={"csrf": False})
    if not form.validate():
        fail("form")
        return _list(form, None), 422
    filters = service.Filters(form.state.data or "", form.risk.data or "", form.shown())
    return _list(form, service.index(filters, request.args.get("page", 1, type=int)))


@blueprint.route("/cases/search", access=_LIST, records=Tag.CASES_SEARCHED, methods=("POST",))
def search() -> Any:
    """Find cases by NIK, telephone, full name or code; the term stands in no address."""
    form = SearchForm()
    found: list[service.Found] = []
    status = act(form, lambda: found.append(service.search(form.term.data)))
    return (_results(form, None), status) if status else _results(form, found[0])


def _list(form: FilterForm, listed: service.Listed | None) -> str:
    return render_template(
        "cases/index.html",
        listed=listed,
        asked=form.in_use(),
        form=form,
        search=SearchForm(formdata=None),
        may_create=permits(acting_person(), Permission.CASE_CREATE),
        may_judge=permits(acting_person(), Permission.EMERGENCY_LIST),
        **names(),
    )


def _results(form: SearchForm, found: service.Found | None) -> str:
    return render_template("cases/search.html", form=form, found=found, **names())
