"""A year of an office: invented cases that run their course through the services.

Nothing goes past a rule: every act is a person's, with the rights of that person, and is on record.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from uuid import UUID

from app.accounts import service as accounts
from app.assessments import service as assessments
from app.cases import service as cases
from app.demo.invented import report, trips
from app.demo.visitor import DemoFault
from app.services import service as services
from tenants import registry
from tenants.clock import now
from tenants.confidential import FieldClass
from tenants.context import Channel, Context, Role, bind
from tenants.database import transaction
from tenants.disclosure import start_record

SEED = 16_2012
"""The same cases each time: what is looked at can be looked at again."""


class Year:
    """Makes cases in the tenant of one host."""

    def __init__(self, host: str) -> None:
        found = registry.find_host(host)
        if found is None:
            raise DemoFault(f"{host} is not onboarded")
        self._context = Context(found.tenant_id, found.slug, channel=Channel.COMMAND)
        self._chance = Random(SEED)  # noqa: S311 (invented data, not a secret)
        self._people = self._find_people()

    def make(self, count: int, told: Callable[[int], object]) -> None:
        """Make ``count`` cases over the last year.

        Args:
            told: called with how many there are, after each.
        """
        with self._acting(Role.INTAKE_OFFICER):
            outreach = [
                cases.record_outreach(**one)  # type: ignore[arg-type]
                for one in trips(self._chance, cases.today())
            ]
        with self._acting(Role.SUPERVISOR):
            day = cases.today() - timedelta(days=300)
            programme = services.begin_programme(name="Menjahit", kind="skill", begun_on=day)
        for number in range(1, count + 1):
            self._case(number, outreach, programme)
            told(number)

    def _case(self, number: int, outreach: list[UUID], programme: UUID) -> None:
        chance = self._chance
        age = chance.randrange(1, 365)
        with self._acting(Role.INTAKE_OFFICER):
            received = now() - timedelta(days=age, minutes=chance.randrange(600))
            made = cases.register(report(chance, number, outreach), received_at=received)
        if age < 3 and chance.random() < 0.5:
            return  # it has only just come in
        with self._acting(Role.SUPERVISOR):
            case = cases.load_case(made)
            for role in (Role.CASE_OFFICER, Role.COMPANION):
                cases.assign(case, self._people[role], role)
        if chance.random() < 0.1:
            return  # the team has not begun
        self._assess(made)
        self._serve(made, programme)
        if age > 60 and chance.random() < 0.5:
            self._close(made)

    def _assess(self, made: UUID) -> None:
        chance = self._chance
        with self._acting(Role.COMPANION):
            case = cases.load_case(made)
            her = cases.rows(made).survivors[0].id
            for key in ("risk", "needs", "psychosocial"):
                if chance.random() < 0.85:
                    self._fill(case.id, key, her, worst=3)
            for need in cases.rows(made).needs[:2]:
                assessments.add_item(
                    case,
                    need_id=need.id,
                    owner_id=self._people[chance.choice((Role.COMPANION, Role.CASE_OFFICER))],
                    due_on=cases.today() + timedelta(days=chance.randrange(0, 30)),
                    action="Antar dan dampingi.",
                )
            cases.add_note(case, "Bertemu dengannya; ia didampingi kakaknya.")

    def _fill(self, case_id: UUID, key: str, her: UUID, worst: int) -> None:
        chance = self._chance
        begun = assessments.begin(cases.load_case(case_id), instrument=key, survivor_id=her)
        subject = assessments.load_assessment(case_id, begun)
        typed: dict[str, str | None] = {}
        for item in assessments.newest(cases.today())[key].items:
            if item.kind == "yes-no":
                typed[item.code] = chance.choice(("yes", "no", "no"))
            elif item.kind == "scale":
                typed[item.code] = str(chance.randrange(0, worst + 1))
        assessments.finish(subject, typed, "Dibahas bersama tim.")

    def _serve(self, made: UUID, programme: UUID) -> None:
        chance = self._chance
        with self._acting(Role.COMPANION):
            case = cases.load_case(made)
            her = cases.rows(made).survivors[0].id
            wanted = chance.random() < 0.85
            session = services.offer(
                case,
                survivor_id=her,
                kind="counselling",
                accepted=wanted,
                at=now() - timedelta(days=chance.randrange(1, 20)) if wanted else None,
                with_id=self._people[Role.COMPANION] if wanted else None,
            )
            if wanted:
                held = chance.random() < 0.85
                services.end_session(
                    services.load_session(made, session),
                    state="held" if held else "missed",
                    content="Sesi pertama; ia mulai bercerita." if held else None,
                )
            services.choose(
                case,
                choice=chance.choice(("undecided", "none", "police", "protection", "divorce")),
                rights_explained=True,
                free=True,
                words=None,
            )
            if chance.random() < 0.2:
                services.join(case, programme_id=programme, survivor_id=her)
        if chance.random() < 0.4:
            self._allow(made)

    def _allow(self, made: UUID) -> None:
        with self._acting(Role.CASE_OFFICER):
            case = cases.load_case(made)
            child = any(one.is_child for one in cases.rows(made).survivors)
            day = cases.today()
            cases.record_consent(
                case,
                organisation_id=registry.organisations()[0].id,
                classes=[FieldClass.IDENTITY, FieldClass.CLINICAL],
                given_by="guardian" if child else "survivor",
                method="written",
                given_on=day,
                expires_on=day + timedelta(days=90),
            )

    def _close(self, made: UUID) -> None:
        with self._acting(Role.COMPANION):
            case = cases.load_case(made)
            rows = cases.rows(made)
            for worst in (2, 1)[: 2 - self._assessed(made)]:
                self._fill(made, "psychosocial", rows.survivors[0].id, worst)
            for need in cases.rows(made).needs:
                met = cases.NeedEntry(need.service, need.urgency, state="met")
                cases.edit_need(case, need.id, met, {})
            for line in assessments.items(made):
                assessments.end_item(
                    assessments.load_item(made, line.id), state="done", result="Sudah dilakukan."
                )
            for missed in services.unreached(made):
                services.reached(services.load_session(made, missed.id))
            for part in services.participations(made):
                services.leave(services.load_participation(made, part.id), reason="works")
            if not cases.open_duties(made):
                cases.close(
                    case,
                    cases.ClosureEntry(
                        outcome="recovered",
                        physical="recovered",
                        psychological="better",
                        no_retrauma=True,
                        comparison="Keluhan berkurang.",
                        statement="Ia bekerja dan tidur dengan baik.",
                    ),
                )

    def _assessed(self, made: UUID) -> int:
        return sum(
            one.finished for one in assessments.standings(made) if one.instrument == "psychosocial"
        )

    def _find_people(self) -> dict[Role, UUID]:
        wanted = (Role.INTAKE_OFFICER, Role.CASE_OFFICER, Role.COMPANION, Role.SUPERVISOR)
        with bind(self._context), transaction():
            return {role: accounts.with_role(role)[0].id for role in wanted}

    @contextmanager
    def _acting(self, role: Role) -> Iterator[None]:
        """A transaction in which the person of a role acts."""
        with bind(self._context), transaction():
            person = accounts.person_of(self._people[role])
            start_record()
            with bind(self._context.acting(person)):
                yield
