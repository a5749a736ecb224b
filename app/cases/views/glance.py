"""The top of the page of a case: what is at risk, what is next, who does what."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from app.cases import service
from app.cases.codes import Risk
from app.cases.parts import Step
from app.web import Subject

SHOWN = 5  # steps at the top of the page; the others stand in their own sections

Part = tuple[str, dict[str, Any]]


def glance(subject: Subject, dossier: service.Dossier, parts: list[Part]) -> dict[str, Any]:
    """Return what is at risk and what is next, the most urgent first.

    Args:
        parts: of the other rooms; see :data:`app.cases.parts.CASE_PARTS`.
    """
    if subject.standing.closed:
        return {"alerts": [], "steps": [], "more_steps": 0}
    alerts = [*_own_alerts(dossier), *_of(parts, "alerts")]
    steps = sorted([*_own_steps(subject, dossier), *_of(parts, "steps")], key=_by_day)
    return {
        "alerts": alerts,
        "steps": steps[:SHOWN],
        "more_steps": max(0, len(steps) - SHOWN),
        "today": service.today(),
    }


def _own_alerts(dossier: service.Dossier) -> list[Step]:
    undone = sum(one.done_at is None for one in dossier.immediate)
    found = []
    if dossier.case.risk == Risk.HIGH and not dossier.team:
        found.append(Step(_("She is in danger and nobody is assigned to this case.")))
    if undone:
        found.append(Step(_("She is in danger: %(count)s immediate steps are open", count=undone)))
    if dossier.overdue:
        found.append(Step(_("The answer to her report is overdue")))
    return found


def _own_steps(subject: Subject, dossier: service.Dossier) -> list[Step]:
    case = {"case_id": subject.id}
    if not dossier.team:
        return [Step(_("Assign a team"), who=_("Supervisor"))]
    if not dossier.consents:
        return [Step(_("Go through with her what she allows"), "cases.consent_form", case)]
    return []


def _of(parts: list[Part], name: str) -> list[Step]:
    return [one for _template, values in parts for one in values.get(name, ())]


def _by_day(step: Step) -> tuple[bool, date]:
    return step.due is None, step.due or date.max
