"""Events as if they had been recorded before: the true body, at another moment."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import text

from tenants.audit import canonical, stamp
from tenants.context import Role
from tenants.database import db
from tenants.vocabulary import Outcome, Tag
from tests.world import PASUR, PEOPLE, World

ZONE = ZoneInfo("Asia/Jakarta")
_INSERT = text(
    "INSERT INTO audit_event (tenant_id, id, at, body)"
    " VALUES (:tenant, :id, :at, CAST(:body AS json))"
)


def last_monday() -> datetime:
    """Ten in the morning of a plain working day within the last three weeks, at the office."""
    from app.audit.days import days_off

    day = datetime.now(ZONE).replace(hour=10, minute=0, second=0, microsecond=0)
    day -= timedelta(days=1)
    while day.weekday() > 3 or day.date() in days_off(day.year):
        day -= timedelta(days=1)
    return day


@dataclass
class History:
    """Writes events of the past, as a log would hold them."""

    world: World
    tenant: str = PASUR
    accounts: dict[str, UUID] = field(default_factory=dict)

    def account(self, username: str) -> UUID:
        """The id of a person."""
        if username not in self.accounts:
            self.accounts[username] = self.world.account(username, self.tenant)
        return self.accounts[username]

    def add(
        self,
        username: str,
        tag: Tag,
        at: datetime,
        *,
        case_id: UUID | None = None,
        outcome: Outcome = Outcome.ALLOWED,
        reason: str | None = None,
        fields: Sequence[str] = (),
        details: dict[str, Any] | None = None,
        times: int = 1,
        **more: Any,
    ) -> None:
        """Let a person have done something, a second apart when several times.

        Args:
            more: other parts of the event, as ``purpose`` or ``roles``.
        """
        rows = [
            self._row(username, tag, at + timedelta(seconds=n), case_id, outcome, reason, fields,
                      details or {}, more)
            for n in range(times)
        ]  # fmt: skip
        with self.world.as_system(self.tenant):
            db.session.execute(_INSERT, rows)

    def case(self, at: datetime, by: str = "intake-officer") -> UUID:
        """A case that somebody registered."""
        case_id = uuid4()
        details = {"code": f"K-{case_id.hex[:6].upper()}", "channel": "direct"}
        self.add(by, Tag.CASE_REGISTERED, at, case_id=case_id, details=details)
        return case_id

    def assign(self, case_id: UUID, username: str, at: datetime) -> None:
        """The supervisor puts a person into the team."""
        details = {"person": str(self.account(username)), "role": "case_officer"}
        self.add("supervisor", Tag.TEAM_ASSIGNED, at, case_id=case_id, details=details)

    def release(self, case_id: UUID, username: str, at: datetime) -> None:
        """The supervisor takes a person out of the team."""
        details = {"person": str(self.account(username))}
        self.add("supervisor", Tag.TEAM_RELEASED, at, case_id=case_id, details=details)

    def emergency(self, case_id: UUID, username: str, at: datetime) -> UUID:
        """A person opens a case in an emergency."""
        opened = uuid4()
        details = {"reason": "danger", "open_until": stamp(at), "reviewer": str(uuid4())}
        about = {"object_id": str(opened), "object_kind": "emergency_access"}
        self.add(username, Tag.EMERGENCY_OPENED, at, case_id=case_id, details=details, **about)
        return opened

    def judge(self, case_id: UUID, emergency: UUID, at: datetime) -> None:
        """The supervisor judges an emergency."""
        details = {"verdict": "justified"}
        about = {"object_id": str(emergency), "object_kind": "emergency_access"}
        self.add(
            "supervisor", Tag.EMERGENCY_REVIEWED, at, case_id=case_id, details=details, **about
        )

    def _row(
        self,
        username: str,
        tag: Tag,
        at: datetime,
        case_id: UUID | None,
        outcome: Outcome,
        reason: str | None,
        fields: Sequence[str],
        details: dict[str, Any],
        more: dict[str, Any],
    ) -> dict[str, Any]:
        event_id, role = uuid4(), PEOPLE[username][1]
        assert isinstance(role, Role)
        body = canonical(
            {
                "actor": str(self.account(username)),
                "address": "192.0.2.1",
                "at": stamp(at),
                "case": str(case_id) if case_id else None,
                "channel": "web",
                "details": details,
                "fields": list(fields),
                "id": str(event_id),
                "object_id": str(case_id) if case_id else None,
                "object_kind": "case" if case_id else None,
                "outcome": outcome.value,
                "purpose": "handling",
                "reason": reason,
                "request": str(uuid4()),
                "roles": [role.value],
                "salt": secrets.token_hex(16),
                "tag": tag.code,
                **more,
            }
        )
        tenant = self.world.tenant(self.tenant).tenant_id
        return {"tenant": tenant, "id": event_id, "at": at, "body": body}
