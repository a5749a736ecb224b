"""Gathers the events behind each duty: referrals, cases, needs, and what staff entered."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.cases import service as cases
from app.network.codes import Evidence, Mark
from app.network.models import DutyEvidence
from app.network.reconciling import between
from app.network.register import Holder
from app.network.rules import Event, narrowed, of_need, of_referral
from app.referrals import service as referrals
from tenants import clock, registry
from tenants.database import db
from tenants.profile import Duty


class Ledger:
    """All events of a period, read once, and handed out by duty."""

    def __init__(self, since: date, until: date, holders: dict[str, Holder]) -> None:
        zone = registry.profile().identity.timezone
        self._zone = ZoneInfo(zone)
        begin, end = clock.begins(since, zone), clock.begins(until + timedelta(days=1), zone)
        self._moment = clock.now()
        self._holders = holders
        self._asked = referrals.asked(begin, end)
        self._cases = cases.registered(begin, end)
        self._needs = cases.needs(begin, end)
        query = select(DutyEvidence).where(
            DutyEvidence.happened_on >= since,
            DutyEvidence.happened_on <= until,
            DutyEvidence.withdrawn_at.is_(None),
        )
        self._entered = list(db.session.scalars(query))
        self._months = between(since, until)

    def of(self, duty: Duty) -> list[Event]:
        """Return the events behind a duty, the latest first."""
        found = list(self._events(duty))
        return sorted(found, key=lambda one: (one.on, str(one.id)), reverse=True)

    def _events(self, duty: Duty) -> Iterable[Event]:
        evidence = Evidence(duty.evidence)
        if evidence in {Evidence.REFERRAL, Evidence.REFERRAL_SENT, Evidence.TAKEN_OVER}:
            return self._referrals(duty, evidence)
        if evidence is Evidence.NEED_MET:
            return (
                Event(
                    "need",
                    one.id,
                    self._day(one.created_at),
                    of_need(one, self._moment),
                    one.case_id,
                    one.service,
                )
                for one in self._needs
                if narrowed(duty, one.service)
            )
        if evidence in {Evidence.CASE_REGISTERED, Evidence.TEAM_ASSIGNED}:
            return self._registered(evidence)
        if evidence is Evidence.RECONCILIATION:
            return self._compared(duty)
        return (
            Event("evidence", one.id, one.happened_on, Mark.KEPT if one.kept else Mark.FAILED)
            for one in self._entered
            if one.duty == duty.key
        )

    def _referrals(self, duty: Duty, evidence: Evidence) -> Iterable[Event]:
        holder = self._holders.get(duty.organisation)
        for one in self._asked:
            mark = of_referral(one, self._moment)
            if evidence is Evidence.REFERRAL:
                counts = holder is not None and one.organisation_id == holder.id
            elif evidence is Evidence.TAKEN_OVER:
                counts, mark = mark is Mark.TAKEN_OVER, Mark.KEPT
            else:
                counts, mark = True, Mark.KEPT
            if counts and narrowed(duty, one.service):
                day = self._day(one.requested_at)
                yield Event("referral", one.id, day, mark, one.case_id, one.service)

    def _compared(self, duty: Duty) -> Iterable[Event]:
        holder = self._holders.get(duty.organisation)
        for one in self._months:
            if holder is not None and one.organisation_id == holder.id:
                mark = Mark.KEPT if one.settled_at is not None else Mark.OPEN
                yield Event("reconciliation", one.id, one.month, mark)

    def _registered(self, evidence: Evidence) -> Iterable[Event]:
        for one in self._cases:
            lacking = evidence is Evidence.TEAM_ASSIGNED and one.assigned_at is None
            mark = Mark.FAILED if lacking else Mark.KEPT
            yield Event("case", one.id, self._day(one.registered_at), mark, one.id)

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()
