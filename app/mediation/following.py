"""After a mediation: what has to be looked at, and whether what was agreed is kept."""

from datetime import date
from uuid import UUID

from app.cases import service as cases
from app.mediation.codes import Kept
from app.mediation.taking import HELD, edited, take
from app.tasks import service as tasks
from app.web.access import Subject
from tenants import clock
from tenants.context import acting_person
from tenants.errors import Conflict, Invalid


def follow_up(subject: Subject, text: str, owner_id: UUID | None, due_on: date) -> UUID:
    """Put on the list of the case what has to be looked at after the mediation.

    Raises:
        Refused: the law is against it.
        Conflict: it was not held, or the case is closed.
        Invalid: ``text`` is missing or too long, ``owner`` is not in the team, or ``due_on`` has
            passed.
    """
    mediation = take(subject, HELD)
    if not text.strip():
        raise Invalid("text", "missing")
    return tasks.add(
        subject,
        tasks.TaskKind.FOLLOW_UP,
        owner_id=owner_id,
        due_on=due_on,
        text=text,
        about=tasks.About.MEDIATION,
        about_id=mediation.id,
    )


def follow_up_tasks(subject: Subject) -> list[tasks.Task]:
    """Return what has to be looked at after a mediation, done ones last."""
    return tasks.of(subject.id)


def judge(subject: Subject, kept: Kept) -> None:
    """Say what has become of what was agreed; a broken agreement is looked at today.

    Raises:
        Refused: the law is against it.
        Conflict: nothing was agreed.
    """
    mediation = take(subject, HELD)
    if not mediation.agreed:
        raise Conflict("mediation-changed")
    mediation.kept = kept.value
    mediation.followed_up_at, mediation.followed_up_by = clock.now(), acting_person().id
    edited(mediation, "followed-up")
    if kept is Kept.BROKEN:
        tasks.add(
            subject,
            tasks.TaskKind.CONTACT,
            due_on=cases.today(),
            about=tasks.About.MEDIATION,
            about_id=mediation.id,
        )
