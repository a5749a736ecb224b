"""Code lists: dated, whole, and readable also after a code has ended."""

from __future__ import annotations

from datetime import date

import pytest

from app.cases import codes
from app.cases.code_list import CodeList
from app.cases.codes import Place, Risk

LISTS = {
    "STATES": codes.State,
    "RISKS": codes.Risk,
    "CHANNELS": codes.IntakeChannel,
    "PERPETRATOR_AGE_GROUPS": codes.AgeGroup,
    "DISABILITIES": codes.Disability,
    "VIOLENCE": codes.Violence,
    "PLACES": codes.Place,
    "RELATIONSHIPS": codes.Relationship,
    "SERVICE_NAMES": codes.Service,
    "URGENCIES": codes.Urgency,
    "NEED_STATES": codes.NeedState,
    "GIVEN_BY": codes.GivenBy,
    "METHODS": codes.Method,
    "DESTROY_REASONS": codes.DestroyReason,
}
KINDS = {
    "STATE_KINDS": codes.State,
    "RISK_KINDS": codes.Risk,
    "URGENCY_KINDS": codes.Urgency,
    "NEED_KINDS": codes.NeedState,
}
ENDING = CodeList(
    "Contoh",
    date(2024, 1, 1),
    {Place.SCHOOL: "Sekolah", Place.TRAINING: "Pelatihan"},
    ended={Place.TRAINING: date(2026, 6, 30)},
)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_every_code_has_its_word(name: str) -> None:
    assert set(getattr(codes, name).names) == set(LISTS[name])


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_code_that_is_shown_as_a_badge_has_its_kind(name: str) -> None:
    assert set(getattr(codes, name)) == set(KINDS[name])


def test_a_code_that_has_ended_is_no_longer_offered_and_stays_readable() -> None:
    last, after = date(2026, 6, 30), date(2026, 7, 1)
    assert [value for value, _ in ENDING.choices(last)] == ["school", "training"]
    assert [value for value, _ in ENDING.choices(after)] == ["school"]
    assert ENDING.accepts("training", last)
    assert not ENDING.accepts("training", after)
    assert ENDING.name("training") == "Pelatihan"


def test_an_unknown_code_is_never_accepted_and_names_itself() -> None:
    assert not ENDING.accepts("moon", date(2026, 1, 1))
    assert not codes.RISKS.accepts(Risk.HIGH.upper(), date(2026, 1, 1))
    assert ENDING.name("moon") == "moon"


def test_the_team_can_set_no_state_that_belongs_to_an_act_of_its_own() -> None:
    assert set(codes.WORKING).isdisjoint(
        {
            codes.State.RECEIVED,
            codes.State.TERMINATED,
            codes.State.REOPENED,
            codes.State.HANDED_OVER,
            codes.State.DESTROYED,
        }
    )
