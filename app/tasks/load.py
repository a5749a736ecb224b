"""How the work is spread: for each person of the teams, how much, and how much of it is late."""

from dataclasses import dataclass

from sqlalchemy import func, select

from app.accounts import service as accounts
from app.accounts.service import Card
from app.cases import service as cases
from app.tasks.models import Task
from tenants.database import db


@dataclass(frozen=True, slots=True)
class Load:
    """The work of one person.

    Attributes:
        danger: open cases in which the survivor is in danger now.
    """

    card: Card
    cases: int
    danger: int
    tasks: int
    overdue: int


def loads() -> list[Load]:
    """Return the work of everybody who may be in a team, the most burdened first."""
    counted = cases.team_counts()
    owned = {
        row.owner_id: row
        for row in db.session.execute(
            select(
                Task.owner_id,
                func.count().label("tasks"),
                func.count().filter(Task.due_on < cases.today()).label("overdue"),
            )
            .where(Task.ended_at.is_(None), Task.owner_id.is_not(None))
            .group_by(Task.owner_id)
        )
    }
    people = {card.id: card for card in accounts.with_role(*cases.TEAM_ROLES)}
    people |= accounts.cards(counted.keys() - people.keys())
    found = []
    for account_id, card in people.items():
        many, danger = counted.get(account_id, (0, 0))
        tasks = owned.get(account_id)
        found.append(
            Load(card, many, danger, tasks.tasks if tasks else 0, tasks.overdue if tasks else 0)
        )
    return sorted(found, key=lambda one: (-one.danger, -one.cases, -one.tasks, one.card.name))
