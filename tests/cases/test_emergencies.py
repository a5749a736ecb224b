"""Opening a case in an emergency: a door that rings, and somebody else judges who went through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.cases import service as cases
from app.cases.models import EmergencyAccess, Survivor
from app.cases.viewing import Reference
from app.web.access import Subject
from tenants import clock, registry
from tenants.context import Purpose, acting_person
from tenants.database import db
from tenants.errors import Conflict, Invalid, LimitReached, Refused
from tenants.policy import Permission, Relation, permits
from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History
from tests.cases.intake import HOME, NIK, case_row, code, events, open_case, row, working
from tests.world import CONTOH, PASUR, World

WHY = "Ia menelepon tengah malam dan minta dijemput"
STRANGER = "case-officer-2"


@pytest.fixture
def limits(world: World) -> Iterator[dict[str, int]]:
    """The agency's own limits, empty again at the end."""
    with world.as_system():
        found = registry.profile().limits
    yield found
    found.clear()


def open_as(world: World, username: str, number: int = 1, tenant: str = PASUR) -> UUID:
    """Open the case of a number in an emergency and return the emergency's id."""
    with world.acting(username, tenant):
        case_id = cases.open_emergency(code(number), "danger", WHY)
        found = cases.living(case_id)
        assert found is not None
        return found.id


def give_back(world: World, case_id: UUID, username: str = STRANGER) -> None:
    """End an emergency before its time."""
    with working(world, case_id, username) as subject:
        cases.end_emergency(subject)


def reviewing(emergency_id: UUID) -> Subject:
    """The emergency as the guard loads it for the acting person."""
    return cases.load_emergency(emergency_id)


def test_who_has_nothing_to_do_with_a_case_opens_it_and_each_value_for_a_purpose(
    world: World,
) -> None:
    case_id = open_case(world)
    survivor = row(world, case_id, Survivor).id
    with working(world, case_id, STRANGER) as subject:
        assert not permits(acting_person(), Permission.CASE_READ, subject.standing)
    open_as(world, STRANGER)
    with working(world, case_id, STRANGER) as subject:
        assert permits(acting_person(), Permission.CASE_READ, subject.standing)
        assert permits(acting_person(), Permission.CASE_REVEAL, subject.standing)
        for forbidden in set(Permission) - {Permission.CASE_READ, Permission.CASE_REVEAL}:
            relation = permits(acting_person(), forbidden, subject.standing)
            assert relation == permits(acting_person(), forbidden), forbidden
        dossier = cases.look(subject)
        assert not any(one.shown for one in dossier.survivors[0].fields.values())
        opened = cases.reveal(subject, Reference("survivor", survivor, "address"), Purpose.SAFETY)
        assert opened.survivors[0].fields["address"].value == HOME
        assert not opened.survivors[0].fields["nik"].shown
        assert [one.id for one in cases.index(cases.Filters()).lines] == [case_id]
        assert [one.id for one in cases.search(NIK).lines] == [case_id]


def test_it_opens_what_even_the_team_may_not_open(world: World) -> None:
    case_id = open_case(world)
    survivor = row(world, case_id, Survivor).id
    meant = Reference("survivor", survivor, "address")
    with working(world, case_id, "supervisor") as subject, pytest.raises(Refused):
        cases.reveal(subject, meant, Purpose.SAFETY)
    open_as(world, "supervisor")
    with working(world, case_id, "supervisor") as subject:
        seen = cases.reveal(subject, meant, Purpose.SAFETY)
        assert seen.survivors[0].fields["address"].value == HOME


def test_it_ends_by_itself_and_when_it_is_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = open_case(world)
    open_as(world, STRANGER)
    with working(world, case_id, STRANGER) as subject:
        cases.end_emergency(subject)
    with working(world, case_id, STRANGER) as subject:
        assert subject.standing.relations == frozenset()
        with pytest.raises(Conflict, match="emergency-over"):
            cases.end_emergency(subject)
    open_as(world, STRANGER)
    later = clock.now() + timedelta(minutes=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    with working(world, case_id, STRANGER) as subject:
        assert subject.standing.relations == frozenset()
        assert cases.index(cases.Filters()).lines == []
    assert len(events(world, "case:emergency:ended")) == 1


def test_its_length_is_the_agencys_and_nothing_makes_it_longer(
    world: World, limits: dict[str, int]
) -> None:
    open_case(world)
    limits["emergency_minutes"] = 15
    open_as(world, STRANGER)
    with world.as_system():
        kept = db.session.query(EmergencyAccess).one()
        assert kept.until - kept.opened_at == timedelta(minutes=15)
    for change in (
        "until = until + interval '1 minute'",
        "reason = 'other'",
        "account_id = reviewer_id",
        "opened_at = opened_at - interval '1 day'",
    ):
        with world.as_system(), pytest.raises(IntegrityError):
            db.session.execute(text(f"UPDATE emergency_access SET {change}"))


def test_nobody_does_it_more_often_in_a_day_than_the_agency_allows(
    world: World, limits: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    limits["emergencies_a_day"] = 1
    open_case(world)
    open_case(world)
    open_as(world, STRANGER, 1)
    with world.acting(STRANGER), pytest.raises(LimitReached):
        cases.open_emergency(code(2), "danger", WHY)
    open_as(world, "companion", 2)
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    open_as(world, STRANGER, 2)


@pytest.mark.parametrize(
    ("number", "reason", "explanation", "fault"),
    [
        (9, "danger", WHY, "code: unknown"),
        (1, "curiosity", WHY, "reason: unknown-code"),
        (1, "danger", "  ", "explanation: missing"),
        (1, "danger", "penting sekali", "explanation: too-short"),
        (1, "danger", "x" * 2001, "explanation: too-long"),
        (1, "danger", WHY + "\x07", "explanation: control-character"),
    ],
)
def test_what_cannot_be_accepted_is_named_and_opens_nothing(
    world: World, number: int, reason: str, explanation: str, fault: str
) -> None:
    case_id = open_case(world)
    with world.acting(STRANGER), pytest.raises(Invalid, match=fault):
        cases.open_emergency(code(number), reason, explanation)
    with working(world, case_id, STRANGER) as subject:
        assert subject.standing.relations == frozenset()


def test_a_case_of_another_agency_is_no_case(world: World) -> None:
    open_case(world)
    with world.acting(STRANGER, CONTOH), pytest.raises(Invalid, match="code: unknown"):
        cases.open_emergency(code(1), "danger", WHY)


def test_a_case_that_is_open_already_or_gone_for_ever_does_not_open(world: World) -> None:
    case_id = open_case(world)
    open_as(world, STRANGER)
    with world.acting(STRANGER), pytest.raises(Conflict, match="emergency-open"):
        cases.open_emergency(code(1), "danger", WHY)
    with working(world, case_id, "supervisor") as subject:
        cases.destroy_key(subject, reason="survivor-asked", code=code(1))
    with world.acting("companion"), pytest.raises(Conflict, match="key-already-destroyed"):
        cases.open_emergency(code(1), "danger", WHY)


def test_the_reviewer_is_another_person_and_nobody_judges_themselves(world: World) -> None:
    case_id = open_case(world)
    by_officer, by_supervisor = open_as(world, STRANGER), open_as(world, "supervisor")
    give_back(world, case_id, "supervisor")
    with world.acting("supervisor"):
        assert cases.emergency(reviewing(by_officer)).reviewer.name == acting_person().name
        assert [one.id for one in cases.to_review(acting_person())] == [by_officer]
        own = reviewing(by_supervisor)
        assert Relation.REVIEWING not in own.standing.relations
        with pytest.raises(Refused):
            cases.review_emergency(own, "justified", "")
    with world.acting("signatory"):
        subject = reviewing(by_supervisor)
        assert cases.emergency(subject).reviewer.name == acting_person().name
        assert cases.told(subject).explanation == WHY
        cases.review_emergency(subject, "justified", "")
    for username in ("companion", "auditor", "administrator", "hospital-officer"):
        with world.acting(username):
            standing = reviewing(by_officer).standing
            assert not permits(acting_person(), Permission.EMERGENCY_REVIEW, standing)


def test_without_anybody_who_could_judge_it_no_case_opens(world: World) -> None:
    from app.accounts import service as accounts

    open_case(world)
    for username in ("signatory", "supervisor"):
        other = world.account(username)
        with world.acting("administrator"):
            accounts.disable(other)
    with world.acting(STRANGER), pytest.raises(Conflict, match="no-reviewer"):
        cases.open_emergency(code(1), "danger", WHY)


def test_what_was_not_right_ends_at_once_and_says_why(world: World) -> None:
    case_id = open_case(world)
    emergency = open_as(world, STRANGER)
    with world.acting("supervisor"):
        subject = reviewing(emergency)
        with pytest.raises(Invalid, match="remark: missing"):
            cases.review_emergency(subject, "not-justified", " ")
        cases.review_emergency(subject, "not-justified", "Timnya ada di kantor")
    with working(world, case_id, STRANGER) as subject:
        assert subject.standing.relations == frozenset()
    with world.acting("supervisor"):
        subject = reviewing(emergency)
        assert cases.told(subject) == cases.Told(WHY, "Timnya ada di kantor")
        with pytest.raises(Conflict, match="emergency-reviewed"):
            cases.review_emergency(subject, "justified", "")
    with world.as_system(), pytest.raises(IntegrityError):
        db.session.execute(text("UPDATE emergency_access SET verdict = 'justified'"))


def test_nothing_is_found_right_while_more_can_still_be_opened(world: World) -> None:
    case_id = open_case(world)
    emergency = open_as(world, STRANGER)
    with world.acting("supervisor"), pytest.raises(Conflict, match="emergency-lasts"):
        cases.review_emergency(reviewing(emergency), "justified", "")
    give_back(world, case_id)
    with world.acting("supervisor"):
        cases.review_emergency(reviewing(emergency), "justified", "")


def test_a_judgement_is_given_also_when_the_key_is_gone(world: World) -> None:
    case_id = open_case(world)
    emergency = open_as(world, STRANGER)
    give_back(world, case_id)
    with working(world, case_id, "supervisor") as subject:
        cases.destroy_key(subject, reason="survivor-asked", code=code(1))
    with world.acting("supervisor"):
        assert cases.told(reviewing(emergency)) == cases.Told(None, None)
        cases.review_emergency(reviewing(emergency), "justified", "Sudah benar")


def test_the_record_says_who_why_until_when_and_what_came_of_it_but_no_word_of_it(
    world: World,
) -> None:
    case_id = open_case(world)
    emergency = open_as(world, STRANGER)
    give_back(world, case_id)
    with world.acting("supervisor"):
        cases.review_emergency(reviewing(emergency), "justified", "Sudah benar")
    (opened,) = events(world, "case:emergency:opened")
    assert (opened["object_id"], opened["case"]) == (str(emergency), str(case_id))
    assert opened["fields"] == ["emergency_access.explanation"]
    assert opened["purpose"] == "safety"
    assert opened["details"]["reason"] == "danger"
    assert opened["details"]["reviewer"] == str(world.account("supervisor"))
    (judged,) = events(world, "case:emergency:reviewed")
    assert judged["details"] == {"verdict": "justified"}
    assert WHY not in str(world.events())


def test_the_way_through_the_pages_loses_nothing(world: World) -> None:
    case_id = open_case(world)
    number = case_row(world, case_id).code
    officer, supervisor = world.client(STRANGER), world.client("supervisor")
    form = "/emergencies/open"
    assert officer.get(form).headers["Location"].startswith("/confirm")
    officer.confirm(form)
    assert officer.get(f"/cases/{case_id}").status_code == 403
    wrong = officer.post(form, {"code": "K-1", "reason": "danger", "explanation": WHY})
    assert wrong.status_code == 422
    assert WHY in wrong.text
    done = officer.post(form, {"code": number, "reason": "danger", "explanation": WHY})
    assert done.headers["Location"] == f"/cases/{case_id}"
    page = officer.get(f"/cases/{case_id}").text
    assert "Anda membaca kasus ini dalam keadaan darurat" in page
    assert number in officer.get("/").text
    home = supervisor.get("/").text
    assert "Akses darurat yang perlu dinilai" in home
    (emergency,) = [one["object_id"] for one in events(world, "case:emergency:opened")[1:]]
    review = supervisor.get(f"/emergencies/{emergency}").text
    assert WHY in review
    assert "Membuka kasus" in review
    answer = supervisor.post(f"/emergencies/{emergency}/review", {"verdict": "not-justified"})
    assert answer.status_code == 422
    assert "mengapa tidak tepat" in answer.text
    kept = supervisor.post(
        f"/emergencies/{emergency}/review", {"verdict": "not-justified", "remark": "Tidak perlu"}
    )
    assert kept.status_code == 303
    assert officer.get(f"/cases/{case_id}").status_code == 403
    assert "Tidak tepat dibuka" in supervisor.get("/emergencies").text


def test_no_number_of_other_acts_hides_from_the_reviewer_what_was_opened(world: World) -> None:
    case_id = open_case(world)
    emergency, history = open_as(world, STRANGER), History(world)
    history.add(STRANGER, Tag.FIELD_REVEALED, clock.now(), case_id=case_id, fields=["survivor.nik"])
    history.add(STRANGER, Tag.CASE_VIEWED, clock.now(), case_id=case_id, times=250)
    ended = clock.now() + timedelta(hours=5)
    history.add(STRANGER, Tag.CASE_VIEWED, ended, case_id=case_id, times=250,
                outcome=Outcome.REFUSED)  # fmt: skip
    page = world.client("supervisor").get(f"/emergencies/{emergency}").text
    assert "NIK" in page


def test_a_day_has_only_so_many_openings_and_searches(world: World, limits: dict[str, int]) -> None:
    limits["reveals_a_day"] = limits["searches_a_day"] = 1
    case_id = open_case(world)
    survivor = row(world, case_id, Survivor).id
    client = world.client("case-officer")
    path = f"/cases/{case_id}/entries/survivor/{survivor}/reveal"
    asked = {"field": "survivor.address", "purpose": "safety"}
    assert client.post(path, asked).status_code == 200
    refused = client.post(path, asked)
    assert refused.status_code == 429
    assert HOME not in refused.text
    assert "dalam satu hari" in refused.text
    assert client.post("/cases/search", {"term": NIK}).status_code == 200
    assert client.post("/cases/search", {"term": NIK}).status_code == 429
    assert [one["outcome"] for one in events(world, "case:field:revealed")] == [
        "allowed",
        "refused",
    ]
