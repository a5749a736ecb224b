"""Pages of taking a report that come after it: immediate steps, who is who, other cases of hers."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from app.cases import codes, service
from app.cases.forms import LinkForm
from app.cases.views.shared import act, blueprint, check_open, crumbs, names, to_case
from app.web import Needs, Subject, say
from tenants.errors import Invalid
from tenants.policy import Permission
from tenants.vocabulary import Tag

_EDIT = Needs(Permission.CASE_EDIT, of=service.load_case)
_LINK = Needs(Permission.CASE_LINK, of=service.load_case)
_CASE = "/cases/<uuid:case_id>"


@blueprint.route(f"{_CASE}/immediate", access=_EDIT, records=Tag.CASE_EDITED, methods=("POST",))
def do_step(subject: Subject) -> Any:
    """Mark an immediate step as done."""
    service.do_step(subject, request.form.get("step", ""))
    return to_case(subject, anchor="immediate")


@blueprint.route(f"{_CASE}/relations", access=_EDIT, records=Tag.CASE_FORM_VIEWED)
def relations_form(subject: Subject) -> Any:
    """Ask what each person reported is to each survivor."""
    check_open(subject)
    return _relations_page(subject)


@blueprint.route(f"{_CASE}/relations", access=_EDIT, records=Tag.CASE_EDITED, methods=("POST",))
def relations(subject: Subject) -> Any:
    """Keep what each person reported is to each survivor."""
    chosen: dict[tuple[UUID, UUID], str] = {}
    for name, relation in request.form.items():
        survivor, _, perpetrator = name.partition("/")
        if perpetrator:
            chosen[_id(survivor), _id(perpetrator)] = relation
    if not chosen:
        raise Invalid("relation", "missing")
    service.edit_relations(subject, chosen)
    return to_case(subject, anchor="perpetrators")


@blueprint.route(f"{_CASE}/links", access=_LINK, records=Tag.CASE_LINKS_VIEWED)
def links(subject: Subject) -> Any:
    """Show other cases that may concern the same person."""
    return _links_page(subject)


@blueprint.route(f"{_CASE}/links", access=_LINK, records=Tag.CASE_LINK_DECIDED, methods=("POST",))
def decide_link(subject: Subject) -> Any:
    """Say whether it is the same person."""
    form = LinkForm()
    status = act(
        form,
        lambda: service.decide_link(
            subject, other=UUID(form.other.data), verdict=form.verdict.data
        ),
    )
    if status:
        return _links_page(subject, form), status
    say("saved")
    return redirect(url_for("cases.links", case_id=subject.id), 303)


def _links_page(subject: Subject, wrong: LinkForm | None = None) -> str:
    return render_template(
        "cases/links.html",
        subject=subject,
        links=service.links(subject),
        form=wrong,
        crumbs=crumbs(subject),
        **names(),
    )


def _relations_page(subject: Subject) -> str:
    survivors, perpetrators, relations = service.related(subject)
    return render_template(
        "cases/relations.html",
        subject=subject,
        survivors=survivors,
        perpetrators=perpetrators,
        relations=relations,
        choices=codes.RELATIONSHIPS.choices(service.today()),
        crumbs=crumbs(subject),
    )


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("survivor", "unknown") from None
