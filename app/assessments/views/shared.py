"""The blueprint of assessments and what all its pages need."""

from collections.abc import Callable
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.assessments.codes import PLAN_KINDS, PLAN_STATES
from app.assessments.forms import sentence
from app.cases import service as cases
from app.ui.forms import Form
from app.web import GuardedBlueprint, Subject
from app.web.attempts import attempt
from tenants.context import acting_person
from tenants.policy import Permission, permits

blueprint = GuardedBlueprint("assessments", "app.assessments", template_folder="templates")


def may_assess(subject: Subject) -> bool:
    """Tell whether the acting person may assess and plan in this case now."""
    return not subject.standing.closed and permits(
        acting_person(), Permission.ASSESS, subject.standing
    )


def act(form: Form, work: Callable[[], object]) -> int:
    """Do the work of a checked form; return 0, or the status of the page that says why not."""
    return attempt(form, work, sentence)


def crumbs(subject: Subject) -> list[tuple[str, str]]:
    """Return the way back: to the case, and from one assessment to all of them."""
    assert subject.case_id is not None  # noqa: S101 (every subject here has a case)
    code = cases.find(subject.case_id).code
    way = [(url_for("cases.view", case_id=subject.case_id), _("Case %(code)s", code=code))]
    if subject.kind == "assessment":
        way.append((url_for("assessments.index", case_id=subject.case_id), _("Assessments")))
    return way


def names() -> dict[str, Any]:
    """Return the words for codes that the templates look up."""
    return {"plan_states": PLAN_STATES, "plan_kinds": PLAN_KINDS}
