"""What happens to the work of somebody who leaves: all of it goes to somebody else at once."""

from uuid import UUID

from sqlalchemy import select, update

from app.accounts import service as accounts
from app.accounts.service import Card
from app.cases import service as cases
from app.tasks.models import Task
from tenants import audit
from tenants.database import db
from tenants.errors import Invalid
from tenants.vocabulary import Tag


def leavers() -> list[tuple[Card, int]]:
    """Return who works on open cases now, with how many, also whose account is shut already."""
    counted = cases.team_counts()
    people = accounts.cards(counted)
    found = [(people[one], numbers[0]) for one, numbers in counted.items()]
    return sorted(found, key=lambda one: (one[0].active, one[0].name))


def hand_over(leaver_id: UUID, successor_id: UUID) -> tuple[int, int]:
    """Give every open case and task of one person to another; return how many of each.

    All or nothing: where the successor may not work in one of the teams, nothing changes.

    Raises:
        Invalid: ``successor`` with ``same-person``, ``unknown`` or ``other-role``; ``leaver`` with
            ``no-cases``.
    """
    if leaver_id == successor_id:
        raise Invalid("successor", "same-person")
    successor = accounts.cards([successor_id]).get(successor_id)
    if successor is None or not successor.active:
        raise Invalid("successor", "unknown")
    moved = cases.hand_over(leaver_id, successor)
    tasks = _tasks(leaver_id, successor_id)
    if not moved and not tasks:
        raise Invalid("leaver", "no-cases")
    audit.record(
        Tag.WORK_HANDED_OVER,
        subject=("account", leaver_id),
        details={"to": str(successor_id), "cases": moved, "tasks": tasks},
    )
    return moved, tasks


def _tasks(leaver_id: UUID, successor_id: UUID) -> int:
    open_ones = select(Task.id).where(Task.owner_id == leaver_id, Task.ended_at.is_(None))
    changed = db.session.scalars(
        update(Task)
        .where(Task.id.in_(open_ones))
        .values(owner_id=successor_id)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    return len(list(changed))
