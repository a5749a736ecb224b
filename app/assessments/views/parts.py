"""The panel of assessments and plan on the page of a case, and what it says at the page's top."""

from typing import Any

from flask_babel import gettext as _

from app.assessments import service
from app.assessments.views.shared import may_assess, names
from app.cases import service as cases
from app.web import Subject

SHOWN = 5  # open lines of the plan on the page of the case; all stand on a page of their own


def case_part(subject: Subject) -> tuple[str, dict[str, Any]] | None:
    """Return the panel, with what is next and what is at risk."""
    standings = service.standings(subject.id)
    lines = service.items(subject.id)
    may_edit = may_assess(subject)
    if not standings and not lines and not may_edit:
        return None
    today = cases.today()
    people = cases.cards_beside(line.owner_id for line in lines)
    live = [line for line in lines if line.state == service.PlanState.OPEN]
    case = {"case_id": subject.id}
    steps = [
        cases.Step(
            _("Plan: %(service)s", service=_service(subject, line)),
            "assessments.plan",
            case,
            due=line.due_on,
            who=people[line.owner_id].name,
        )
        for line in live
    ]
    alerts = [
        cases.Step(_("A line of the plan is late"), "assessments.plan", case, due=line.due_on)
        for line in live
        if service.late(line, today)
    ]
    if may_edit and not standings:
        steps.append(cases.Step(_("Assess her: nobody has yet"), "assessments.index", case))
    steps += [
        cases.Step(
            _("Finish the assessment: %(title)s", title=service.title(one.instrument)),
            "assessments.fill",
            case | {"assessment_id": one.draft.id},
        )
        for one in standings
        if one.draft is not None and may_edit
    ]
    return "assessments/case_part.html", {
        "section": ("assessments", _("Assessments and plan")),
        "case_id": subject.id,
        "standings": standings,
        "title": service.title,
        "lines": live[:SHOWN],
        "service_of": lambda line: _service(subject, line),
        "late": lambda line: service.late(line, today),
        "people": people,
        "steps": steps,
        "alerts": alerts,
        **names(),
    }


def _service(subject: Subject, line: service.PlanItem) -> str:
    needs = {one.id: one.service for one in cases.needs_beside(subject.id)}
    return str(cases.service_name(needs[line.need_id]))
