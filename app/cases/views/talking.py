"""The page on which consent is gone through with the survivor, one question on one screen."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for

from app.cases import service
from app.cases.talk_forms import TalkForm
from app.cases.views.shared import act, blueprint, check_open, crumbs, to_case
from app.cases.words import CLASS_SENTENCES
from app.web import Needs, Subject, say
from tenants import registry
from tenants.policy import Permission
from tenants.vocabulary import Tag

_TALK = Needs(Permission.CONSENT_RECORD, of=service.load_case)
_PATH = "/cases/<uuid:case_id>/consents/talk"


@blueprint.route(_PATH, access=_TALK, records=Tag.CONSENT_FORM_VIEWED)
def talk_form(subject: Subject) -> Any:
    """Begin: what it is about, and that help does not depend on it."""
    check_open(subject)
    return _page(subject, _form(subject, {"organisation": request.args.get("organisation", "")}))


@blueprint.route(
    _PATH,
    access=_TALK,
    records=Tag.CONSENT_RECORDED,
    instead=(Tag.CONSENT_REFUSED,),
    methods=("POST",),
)
def talk(subject: Subject) -> Any:
    """Keep her answers."""
    form = _form(subject)
    kept: list[UUID | None] = []
    status = act(form, lambda: kept.append(_keep(subject, form)))
    if status:
        return _page(subject, form), status
    if kept[0] is None:
        return to_case(subject, "consent-refused", "consents")
    if form.method.data == "written":
        say("consent-to-sign")
        return redirect(url_for("cases.view", case_id=subject.id, _anchor="consents"), 303)
    return to_case(subject, "consent-recorded", "consents")


def _keep(subject: Subject, form: TalkForm) -> UUID | None:
    return service.keep_talk(
        subject,
        organisation_id=UUID(form.organisation.data),
        answers=form.answers,
        days=int(form.days.data),
        given_by=form.given_by.data,
        method=form.method.data,
        understood=form.understood.data,
        guardian_accused="guardian_accused" in form and form.guardian_accused.data,
    )


def _form(subject: Subject, data: dict[str, Any] | None = None) -> TalkForm:
    form = TalkForm(data=data)
    form.offer((one.id, one.name) for one in registry.organisations())
    if not service.concerns_child(subject.id):
        del form.guardian_accused
    return form


def _page(subject: Subject, form: TalkForm) -> str:
    return render_template(
        "cases/talk.html",
        subject=subject,
        form=form,
        services={
            str(one.id): [service.service_name(code) for code in one.services]
            for one in registry.organisations()
        },
        sentences={f"class_{one.value}": said for one, said in CLASS_SENTENCES.items()},
        crumbs=crumbs(subject),
    )
