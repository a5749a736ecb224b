"""Assessments and the plan: what other rooms may ask and do."""

from collections.abc import Iterable
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.assessments.answering import (
    Answered,
    Sheet,
    begin,
    finish,
    load_assessment,
    look,
    reveal,
    save,
)
from app.assessments.codes import PlanState
from app.assessments.comparing import Comparison, Standing, compare, standings, unpaired
from app.assessments.instruments import Instrument, Said, instruments, newest
from app.assessments.models import Assessment, AssessmentAnswer, PlanItem
from app.assessments.planning import (
    Plan,
    Planned,
    add_item,
    end_item,
    items,
    late,
    load_item,
    move_item,
    plan,
)
from app.assessments.planning import reveal as reveal_plan
from app.cases import service as cases
from tenants.database import db

TABLES = (Assessment, PlanItem)
"""What the page of a case reads along with its own."""


def title(instrument: str) -> Said:
    """Return the title of an instrument, by its newest version."""
    return next(
        one.title
        for one in sorted(instruments().values(), key=lambda each: -each.version)
        if one.key == instrument
    )


def set_about_child(survivor_id: UUID, is_child: bool) -> None:
    """Let her assessments and their answers be protected as a child's, or no longer."""
    hers = Assessment.survivor_id == survivor_id
    answers = AssessmentAnswer.assessment_id.in_(select(Assessment.id).where(hers))
    db.session.execute(update(Assessment).where(hers).values(about_child=is_child))
    db.session.execute(
        update(AssessmentAnswer)
        .where(answers)
        .values(about_child=is_child)
        .execution_options(synchronize_session="fetch")
    )


def duties(case_id: UUID) -> Iterable[cases.Step]:
    """Name what of assessments and plan a closure waits for."""
    case = {"case_id": case_id}
    for key in unpaired(case_id):
        what = _("The second assessment is missing: %(title)s", title=title(key))
        yield cases.Step(what, "assessments.index", case)
    for row in cases.beside(case_id, Assessment):
        if row.finished_at is None:
            what = _("An assessment is not finished: %(title)s", title=title(row.instrument))
            yield cases.Step(what, "assessments.fill", case | {"assessment_id": row.id})
    services = {one.id: one.service for one in cases.rows(case_id).needs}
    for line in items(case_id):
        if line.state == PlanState.OPEN:
            service = cases.service_name(services[line.need_id])
            what = _("The plan is open: %(service)s", service=service)
            yield cases.Step(what, "assessments.plan", case, due=line.due_on)


def happenings(case_id: UUID) -> Iterable[cases.Happened]:
    """Name what of assessments and plan belongs into the course of a case."""
    for row in cases.beside(case_id, Assessment):
        if row.finished_at is not None:
            what = _("Assessed: %(title)s", title=title(row.instrument))
            yield cases.Happened(row.finished_at, what, "active")
    for line in items(case_id):
        if line.ended_at is not None:
            yield cases.Happened(line.ended_at, _("A line of the plan has ended"), "good")


__all__ = [
    "TABLES",
    "Answered",
    "Assessment",
    "Comparison",
    "Instrument",
    "Plan",
    "PlanItem",
    "PlanState",
    "Planned",
    "Said",
    "Sheet",
    "Standing",
    "add_item",
    "begin",
    "compare",
    "duties",
    "end_item",
    "finish",
    "happenings",
    "instruments",
    "items",
    "late",
    "load_assessment",
    "load_item",
    "look",
    "move_item",
    "newest",
    "plan",
    "reveal",
    "reveal_plan",
    "save",
    "set_about_child",
    "standings",
    "title",
    "unpaired",
]
