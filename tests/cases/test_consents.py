"""Consent: per recipient, purpose and class; dated, expiring, revocable at once (invariant 24)."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from app.cases import service as cases
from app.cases.consents import SHAREABLE, ConsentState
from app.local.postgres import Postgres
from tenants.confidential import FieldClass
from tenants.context import Purpose
from tenants.errors import Conflict, Invalid, Missing
from tests.cases.intake import (
    CHILD_REPORT,
    REPORT,
    as_superuser,
    close,
    events,
    open_case,
    organisation,
    take,
    wait_for_lock,
    working,
)
from tests.world import CONTOH, World

DAY = date(2026, 6, 15)
NOON = datetime(2026, 6, 15, 5, 0, tzinfo=UTC)  # 12:00 in Jakarta
MONTH = timedelta(days=30)
IDENTITY, CONTACT = FieldClass.IDENTITY, FieldClass.CONTACT
CLINICAL, LEGAL = FieldClass.CLINICAL, FieldClass.LEGAL
NOTHING: frozenset[FieldClass] = frozenset()


@pytest.fixture(autouse=True)
def hour() -> Any:
    """Noon of one day, so that dates can be written down."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def allow(
    world: World, case_id: UUID, *classes: FieldClass, kind: str = "hospital", **given: Any
) -> UUID:
    """Record a consent as the team does, for a month from today unless told otherwise."""
    to = given.pop("organisation_id", None) or organisation(world, kind)
    with working(world, case_id, given.pop("by", "companion")) as subject:
        return cases.record_consent(
            subject,
            organisation_id=to,
            classes=classes,
            **(
                {
                    "given_by": "survivor",
                    "method": "written",
                    "given_on": DAY,
                    "expires_on": DAY + MONTH,
                }
                | given
            ),
        )


def allowed(
    world: World,
    case_id: UUID,
    kind: str = "hospital",
    purpose: Purpose = Purpose.REFERRAL,
    on: date | None = None,
) -> frozenset[FieldClass]:
    to = organisation(world, kind)
    with world.as_system():
        return cases.consented(case_id, to, purpose, on)


def revoke(world: World, case_id: UUID, consent_id: UUID, by: str = "companion") -> None:
    with working(world, case_id, by) as subject:
        cases.revoke_consent(subject, consent_id)


def consents_of(world: World, case_id: UUID) -> list[Any]:
    with world.as_system():
        return cases.consents(case_id)


def test_a_consent_holds_for_its_recipient_purpose_and_classes_alone(world: World) -> None:
    case_id, other = open_case(world), open_case(world)
    allow(world, case_id, IDENTITY, CLINICAL)
    allow(world, case_id, LEGAL, kind="police", purpose=Purpose.STATUTORY_REPORT)
    assert allowed(world, case_id) == {IDENTITY, CLINICAL}
    assert allowed(world, case_id, "police") == NOTHING
    assert allowed(world, case_id, "police", Purpose.STATUTORY_REPORT) == {LEGAL}
    assert allowed(world, case_id, purpose=Purpose.STATUTORY_REPORT) == NOTHING
    assert allowed(world, case_id, "social_services") == NOTHING
    assert allowed(world, other) == NOTHING


def test_a_consent_begins_on_its_day_and_ends_with_its_last(world: World, hour: Any) -> None:
    case_id = open_case(world)
    allow(world, case_id, IDENTITY, given_on=DAY - MONTH, expires_on=DAY)
    assert allowed(world, case_id, on=DAY - MONTH) == {IDENTITY}
    assert allowed(world, case_id, on=DAY - MONTH - timedelta(days=1)) == NOTHING
    hour.move_to(datetime(2026, 6, 15, 16, 59, 59, tzinfo=UTC))  # a second before midnight there
    assert allowed(world, case_id) == {IDENTITY}
    hour.move_to(datetime(2026, 6, 15, 17, 0, tzinfo=UTC))
    assert allowed(world, case_id) == NOTHING
    assert allowed(world, case_id, on=DAY) == {IDENTITY}
    with world.as_system():
        assert [one.state for one in cases.consents(case_id)] == [ConsentState.EXPIRED]


def test_a_consent_is_withdrawn_from_that_moment_on(world: World) -> None:
    case_id = open_case(world)
    consent_id = allow(world, case_id, IDENTITY, CLINICAL)
    revoke(world, case_id, consent_id)
    assert allowed(world, case_id) == NOTHING
    assert allowed(world, case_id, on=DAY) == NOTHING
    (event,) = events(world, "case:consent:revoked")
    assert (event["object_id"], event["case"]) == (str(consent_id), str(case_id))
    assert event["details"] == {"organisation": str(organisation(world))}
    with pytest.raises(Conflict, match="consent-revoked"):
        revoke(world, case_id, consent_id)
    (given,) = consents_of(world, case_id)
    assert (given.state, given.revoked_on) == (ConsentState.REVOKED, DAY)


def test_the_day_of_a_withdrawal_is_the_day_where_the_agency_is(world: World, hour: Any) -> None:
    case_id = open_case(world)
    consent_id = allow(world, case_id, IDENTITY)
    hour.move_to(datetime(2026, 6, 15, 18, 0, tzinfo=UTC))  # one o'clock at night in Jakarta
    revoke(world, case_id, consent_id)
    (given,) = consents_of(world, case_id)
    assert given.revoked_on == DAY + timedelta(days=1)


def test_a_withdrawal_needs_no_open_case_and_reaches_no_other(world: World) -> None:
    case_id, other = open_case(world), open_case(world)
    consent_id = allow(world, case_id, IDENTITY)
    with pytest.raises(Missing):
        revoke(world, other, consent_id)
    with pytest.raises(Missing):
        revoke(world, case_id, uuid4())
    assert allowed(world, case_id) == {IDENTITY}
    close(world, case_id)
    revoke(world, case_id, consent_id)
    assert allowed(world, case_id) == NOTHING


def test_her_newest_word_counts_also_where_it_is_narrower(world: World, hour: Any) -> None:
    case_id = open_case(world)
    first = allow(world, case_id, IDENTITY, CONTACT, CLINICAL)
    police = allow(world, case_id, LEGAL, kind="police")
    letters = allow(world, case_id, LEGAL, purpose=Purpose.LETTER)
    hour.shift(timedelta(minutes=1))
    newest = allow(world, case_id, IDENTITY)
    assert allowed(world, case_id) == {IDENTITY}
    assert allowed(world, case_id, "police") == {LEGAL}
    assert allowed(world, case_id, purpose=Purpose.LETTER) == {LEGAL}
    (event,) = events(world, "case:consent:revoked")
    assert event["object_id"] == str(first)
    found = consents_of(world, case_id)
    assert {one.id for one in found[1:3]} == {police, letters}
    assert [found[0].id, found[3].id] == [newest, first]  # living ones first, the newest above
    assert [one.state for one in found] == [ConsentState.LIVING] * 3 + [ConsentState.REVOKED]


def test_what_has_expired_is_not_withdrawn_by_her_newest_word(world: World, hour: Any) -> None:
    case_id = open_case(world)
    allow(world, case_id, IDENTITY, expires_on=DAY)
    hour.shift(timedelta(days=1))
    allow(world, case_id, CLINICAL, given_on=DAY + timedelta(days=1))
    assert events(world, "case:consent:revoked") == []
    assert allowed(world, case_id) == {CLINICAL}


def test_two_who_record_at_once_leave_one_living_consent(world: World) -> None:
    case_id, to = open_case(world), organisation(world)
    second = threading.Thread(
        target=allow, args=(world, case_id, CLINICAL), kwargs={"by": "case-officer"}
    )
    with working(world, case_id, "companion") as subject:
        cases.record_consent(
            subject,
            organisation_id=to,
            classes=[IDENTITY],
            given_by="survivor",
            method="oral",
            given_on=DAY,
            expires_on=DAY,
        )
        second.start()
        wait_for_lock(second)
    second.join()
    assert allowed(world, case_id) == {CLINICAL}


def test_the_record_says_who_gave_it_how_and_who_wrote_it_down(world: World) -> None:
    case_id = open_case(world)
    consent_id = allow(world, case_id, LEGAL, IDENTITY, LEGAL, method="oral")
    (given,) = consents_of(world, case_id)
    assert (given.classes, given.organisation) == ((IDENTITY, LEGAL), "RSUD Bangil")
    assert (given.given_by, given.method, given.recorded_by) == ("survivor", "oral", "Dewi Contoh")
    assert (given.given_on, given.expires_on, given.revoked_on) == (DAY, DAY + MONTH, None)
    (event,) = events(world, "case:consent:recorded")
    assert (event["object_id"], event["fields"]) == (str(consent_id), [])
    assert event["details"] == {
        "organisation": str(organisation(world)),
        "purpose": "referral",
        "classes": ["identity", "legal"],
        "expires": "2026-07-15",
    }


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"given_by": "neighbour"}, "given_by", "unknown-code"),
    ({"method": "signed"}, "method", "unknown-code"),
    ({"given_on": DAY + timedelta(days=1)}, "given_on", "in-the-future"),
    (
        {"given_on": date(2025, 6, 14), "expires_on": date(2025, 7, 1)},
        "given_on",
        "too-long-ago",
    ),
    ({"expires_on": DAY - timedelta(days=1), "given_on": DAY - MONTH}, "expires_on", "in-the-past"),
    ({"expires_on": date(2027, 6, 16)}, "expires_on", "over-a-year"),
    ({"given_on": DAY - MONTH, "expires_on": date(2027, 6, 15)}, "expires_on", "over-a-year"),
]


def test_what_is_no_consent_is_refused(world: World, postgres: Postgres) -> None:
    case_id = open_case(world)
    for changes, field, reason in REFUSED:
        with pytest.raises(Invalid) as fault:
            allow(world, case_id, IDENTITY, **changes)
        assert (fault.value.field, fault.value.reason) == (field, reason)
    with pytest.raises(Invalid, match="classes: none"):
        allow(world, case_id)
    elsewhere = organisation(world, tenant=CONTOH)
    for unknown in (uuid4(), elsewhere):
        with pytest.raises(Invalid, match="organisation: unknown"):
            allow(world, case_id, IDENTITY, organisation_id=unknown)
    police = organisation(world, "police")
    with as_superuser(world, postgres) as session:
        session.execute("UPDATE organisation SET active = false WHERE id = %s", [police])
    with pytest.raises(Invalid, match="organisation: unknown"):
        allow(world, case_id, IDENTITY, organisation_id=police)
    assert consents_of(world, case_id) == []
    allow(world, case_id, IDENTITY, expires_on=date(2027, 6, 15))  # a whole year is the most


def test_a_closed_case_takes_no_new_consent(world: World) -> None:
    """Neither when it was closed before, nor when it is closed after it was loaded."""
    case_id, to = open_case(world), organisation(world)
    with working(world, case_id) as subject:
        close(world, case_id)
        with pytest.raises(Conflict, match="case-closed"):
            cases.record_consent(
                subject,
                organisation_id=to,
                classes=[IDENTITY],
                given_by="survivor",
                method="oral",
                given_on=DAY,
                expires_on=DAY,
            )
    with pytest.raises(Conflict, match="case-closed"):
        allow(world, case_id, IDENTITY)
    assert allowed(world, case_id) == NOTHING


GIVERS: list[tuple[str, bool, str]] = [
    # given by, the guardian is the one reported -> what is recorded, or why not
    ("guardian", False, "guardian"),
    ("guardian", True, "guardian-accused"),
    ("survivor", False, "guardian-needed"),
    ("survivor", True, "child_alone"),
    ("child_alone", True, "child_alone"),
    ("child_alone", False, "child_alone"),
]


def test_for_a_child_the_guardian_gives_it_unless_the_guardian_is_reported(world: World) -> None:
    case_id = open_case(world, CHILD_REPORT)
    with world.as_system():
        assert cases.concerns_child(case_id)
    for given_by, accused, outcome in GIVERS:
        said = {"given_by": given_by, "guardian_accused": accused}
        if outcome.startswith("guardian-"):
            with pytest.raises(Invalid) as fault:
                allow(world, case_id, IDENTITY, **said)
            assert (fault.value.field, fault.value.reason) == ("given_by", outcome)
        else:
            consent_id = allow(world, case_id, IDENTITY, **said)
            recorded = {one.id: one.given_by for one in consents_of(world, case_id)}
            assert recorded[consent_id] == outcome, said


def test_a_woman_speaks_for_herself_or_through_who_cares_for_her(world: World) -> None:
    case_id = open_case(world)
    for given_by, recorded in (
        ("survivor", "survivor"),
        ("guardian", "guardian"),
        ("child_alone", "survivor"),
    ):
        consent_id = allow(world, case_id, IDENTITY, given_by=given_by)
        found = {one.id: one.given_by for one in consents_of(world, case_id)}
        assert found[consent_id] == recorded


@given(st.dates(date(2024, 1, 1), date(2100, 12, 31)))
def test_a_consent_lives_a_year_at_most(given_on: date) -> None:
    last = cases.latest_expiry(given_on)
    assert timedelta(days=364) <= last - given_on <= timedelta(days=366)
    assert (last.year, last.month) == (given_on.year + 1, given_on.month)
    if (given_on.month, given_on.day) != (2, 29):
        assert last.day == given_on.day


def test_only_classes_that_an_organisation_can_see_are_offered() -> None:
    assert set(SHAREABLE) == set(FieldClass) - {FieldClass.LOCATION}


def test_a_case_without_a_consent_has_none_and_another_agency_sees_none(world: World) -> None:
    case_id = take(world, REPORT)
    assert consents_of(world, case_id) == []
    assert allowed(world, case_id) == NOTHING
    allow(world, case_id, IDENTITY, by="intake-officer")
    with world.as_system(CONTOH):
        assert cases.consents(case_id) == []
