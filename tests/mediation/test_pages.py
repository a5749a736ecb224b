"""The pages of mediation as the team meets them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.tasks import service as tasks
from tenants import clock
from tests.mediation.test_gate import (
    OUTCOME,
    UNMET,
    VENUE,
    events,
    hold_it,
    prepare,
    reclassify,
    schedule,
    stored,
)
from tests.referrals.filing import File, open_case
from tests.world import CONTOH, World

ON_THE_DAY = dict.fromkeys(("separate", "asked_alone", "agreed"), "y")
MET = dict.fromkeys(UNMET, "y")


def filled(world: World, **changes: str) -> dict[str, Any]:
    return {
        "matter": "maintenance",
        "mediator": str(world.account("companion")),
        **MET,
        **changes,
    }


def new(file: File) -> str:
    return f"{file.path}/mediations/new"


def test_a_mediation_is_prepared_scheduled_and_held_on_its_pages(world: World) -> None:
    file = open_case(world)
    officer = world.client("case-officer")
    made = officer.post(new(file), filled(world))
    assert made.status_code == 303
    path = made.headers["Location"]
    soon = (clock.now() + timedelta(days=2)).date().isoformat()
    values = {"day": soon, "time": "09:30", "venue": VENUE}
    assert officer.post(f"{path}/schedule", values).status_code == 303
    assert VENUE in officer.get(path).text
    assert events(world, "case:mediation:viewed")[-1]["fields"] == ["mediation.venue"]
    assert "09.30" in officer.get(path).text
    past = (clock.now() - timedelta(days=1)).date().isoformat()
    values = {"day": past, "time": "09:30", "outcome": OUTCOME, **ON_THE_DAY}
    for missing, reason in (
        ("separate", "mediation-not-separate"),
        ("asked_alone", "mediation-coercion"),
    ):
        refused = officer.post(f"{path}/held", {**values, missing: ""})
        assert (refused.status_code, OUTCOME in refused.text) == (403, True)
        assert events(world, "case:mediation:edited")[-1]["reason"] == reason
    assert officer.post(f"{path}/held", values).status_code == 303
    assert OUTCOME in officer.get(path).text
    for key in ("notulen_mediasi", "kesepakatan_mediasi"):
        letter = officer.get(f"{file.path}/letters/new/{key}").text
        assert OUTCOME in letter
        assert "Nafkah" in letter
    assert f"{file.path}/letters/new/notulen_mediasi" in officer.get(path).text
    assert officer.post(f"{path}/outcome", {"outcome": "Lain"}).status_code == 303
    page = officer.get(path).text
    assert "Lain" in page
    assert OUTCOME not in page


def test_a_refusal_tells_everything_that_is_missing_and_is_recorded(world: World) -> None:
    file = open_case(world)
    officer = world.client("case-officer")
    values = filled(world)
    del values["free_of_coercion"], values["psychologist_assessment"]
    response = officer.post(new(file), values)
    assert response.status_code == 403
    assert "Asesmen psikolog belum ada" in response.text
    assert "tidak ada yang memaksanya" in response.text
    event = events(world, "case:mediation:created")[-1]
    assert (event["outcome"], event["reason"]) == ("refused", UNMET["psychologist_assessment"])
    assert officer.post(new(file), filled(world)).status_code == 303


def test_sexual_violence_is_explained_instead_of_a_form(world: World) -> None:
    file = open_case(world, violence=["sexual"])
    officer = world.client("case-officer")
    page = officer.get(new(file))
    assert page.status_code == 200
    assert 'name="matter"' not in page.text
    assert "kekerasan seksual" in page.text
    refused = officer.post(new(file), filled(world))
    assert refused.status_code == 403
    assert "kekerasan seksual" in refused.text
    event = events(world, "case:mediation:created")[-1]
    assert (event["outcome"], event["reason"]) == ("refused", "mediation-sexual-violence")
    assert 'name="matter"' in officer.get(new(open_case(world))).text


@pytest.mark.parametrize(
    "changes", [{"matter": "divorce"}, {"mediator": "x"}, {"mediator": ""}, {"matter": ""}]
)
def test_a_form_that_cannot_be_read_comes_back_with_its_marks(
    world: World, changes: dict[str, str]
) -> None:
    response = world.client("case-officer").post(new(open_case(world)), filled(world, **changes))
    assert response.status_code == 422
    assert "t-field-error" in response.text


def test_a_second_mediation_is_refused_with_a_sentence(world: World) -> None:
    file = open_case(world)
    prepare(world, file)
    response = world.client("case-officer").post(new(file), filled(world))
    assert response.status_code == 409
    assert "t-warn" in response.text


def test_each_page_of_change_explains_the_law_after_reclassification(world: World) -> None:
    file = open_case(world)
    mediation_id = prepare(world, file)
    path = f"{file.path}/mediations/{mediation_id}"
    schedule(world, file, mediation_id)
    hold_it(world, file, mediation_id)
    officer = world.client("case-officer")
    assert officer.get(f"{path}/outcome").status_code == 200
    reclassify(world, file)
    for tail in ("schedule", "held", "outcome"):
        response = officer.get(f"{path}/{tail}")
        assert response.status_code == 403
        assert "kekerasan seksual" in response.text
    assert OUTCOME not in officer.post(f"{path}/outcome", {"outcome": "Lain"}).text
    event = events(world, "case:mediation:edited")[-1]
    assert (event["outcome"], event["reason"]) == ("refused", "mediation-sexual-violence")


@pytest.mark.parametrize(
    ("part", "values"),
    [
        ("schedule", {"day": "2020-01-01", "time": "09:00", "venue": VENUE}),
        ("schedule", {"day": "besok", "time": "09:00", "venue": VENUE}),
        ("schedule", {"day": "2099-01-01", "time": "09:00", "venue": ""}),
        ("schedule", {"day": "2099-01-01", "time": "09:00", "venue": "x" * 301}),
        ("schedule", {"day": "2099-01-01", "time": "09:00", "venue": "a\x07"}),
        ("held", {"day": "2099-01-01", "time": "09:00", "outcome": OUTCOME}),
        ("held", {"day": "2020-01-01", "time": "09:00", "outcome": "  "}),
    ],
)
def test_what_cannot_be_kept_is_marked_and_nothing_changes(
    world: World, part: str, values: dict[str, str]
) -> None:
    file = open_case(world)
    mediation_id = prepare(world, file)
    schedule(world, file, mediation_id)
    before = stored(world)
    response = world.client("case-officer").post(
        f"{file.path}/mediations/{mediation_id}/{part}", values
    )
    assert response.status_code == 422
    after = stored(world)
    assert (after.state, after.scheduled_at) == (before.state, before.scheduled_at)


def test_a_day_out_of_reach_is_refused_and_the_case_stays_readable(world: World) -> None:
    """A year half typed would be kept as a moment that cannot be read back."""
    file = open_case(world)
    path = f"{file.path}/mediations/{prepare(world, file)}"
    officer = world.client("case-officer")
    plan = {"time": "00:00", "venue": VENUE}
    far = (clock.now() + timedelta(days=400)).date().isoformat()
    for day in ("9999-12-31", far):
        assert officer.post(f"{path}/schedule", {**plan, "day": day}).status_code == 422
    soon = (clock.now() + timedelta(days=2)).date().isoformat()
    assert officer.post(f"{path}/schedule", {**plan, "day": soon}).status_code == 303
    long_ago = (clock.now() - timedelta(days=400)).date().isoformat()
    for day in ("0001-01-01", "0002-11-24", long_ago):
        values = {"day": day, "time": "00:00", "outcome": OUTCOME}
        assert officer.post(f"{path}/held", values).status_code == 422
    assert officer.get(path).status_code == 200
    assert officer.get(file.path).status_code == 200


def test_a_mediation_is_stopped_with_a_reason(world: World) -> None:
    file = open_case(world)
    path = f"{file.path}/mediations/{prepare(world, file)}"
    officer = world.client("companion")
    assert officer.post(f"{path}/stop").status_code == 422
    assert officer.post(f"{path}/stop", {"reason": "sexual-violence"}).status_code == 422
    assert officer.post(f"{path}/stop", {"reason": "coercion"}).status_code == 303
    assert events(world, "case:mediation:stopped")[-1]["details"] == {"reason": "coercion"}
    late = officer.post(f"{path}/stop", {"reason": "other"})
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("who", "page", "form"),
    [
        ("case-officer", 200, 200),
        ("companion", 200, 200),
        ("supervisor", 200, 403),
        ("case-officer-2", 403, 403),
        ("signatory", 403, 403),
        ("auditor", 403, 403),
        ("hospital-officer", 403, 403),
    ],
)
def test_only_the_team_changes_a_mediation(world: World, who: str, page: int, form: int) -> None:
    file = open_case(world)
    path = f"{file.path}/mediations/{prepare(world, file)}"
    client = world.client(who)
    assert client.get(path).status_code == page
    assert client.get(f"{path}/schedule").status_code == form
    assert client.get(new(file)).status_code == form


def test_a_mediation_of_another_tenant_is_missing(world: World) -> None:
    file = open_case(world)
    mediation_id = prepare(world, file)
    path = f"{file.path}/mediations/{mediation_id}"
    foreign = world.client("case-officer", tenant=CONTOH)
    assert foreign.get(path).status_code == 404
    own = open_case(world, tenant=CONTOH)
    assert foreign.get(f"{own.path}/mediations/{mediation_id}").status_code == 404
    assert world.client("case-officer").get(path).status_code == 200


def test_the_supervisor_opens_the_venue_only_for_a_purpose(world: World) -> None:
    file = open_case(world)
    mediation_id = prepare(world, file)
    schedule(world, file, mediation_id)
    path = f"{file.path}/mediations/{mediation_id}"
    supervisor = world.client("supervisor")
    assert VENUE not in supervisor.get(path).text
    values = {"field": "mediation.venue", "purpose": "supervision"}
    assert VENUE in supervisor.post(f"{path}/reveal", values).text
    event = events(world, "case:field:revealed")[-1]
    assert (event["fields"], event["purpose"]) == (["mediation.venue"], "supervision")
    values = {"field": "mediation.state", "purpose": "supervision"}
    assert supervisor.post(f"{path}/reveal", values).status_code == 422


def test_the_case_page_offers_a_mediation_or_says_why_not(world: World) -> None:
    officer = world.client("case-officer")
    allowed, forbidden = open_case(world), open_case(world, violence=["sexual"])
    assert new(allowed) in officer.get(allowed.path).text
    page = officer.get(forbidden.path).text
    assert new(forbidden) not in page
    assert "Undang-undang melarang" in page


def test_an_agreement_is_followed_up_with_tasks_and_a_broken_one_is_looked_at_today(
    world: World,
) -> None:
    file = open_case(world)
    mediation_id = prepare(world, file)
    path = f"{file.path}/mediations/{mediation_id}"
    officer = world.client("case-officer")
    soon = clock.today() + timedelta(days=30)
    sent = {"text": "Apakah nafkah dibayar", "owner": "", "due_on": soon.isoformat()}
    assert officer.post(f"{path}/follow-up", sent).status_code == 409  # it was not held yet
    schedule(world, file, mediation_id)
    hold_it(world, file, mediation_id)
    assert officer.post(f"{path}/follow-up", {**sent, "text": " "}).status_code == 422
    assert officer.post(f"{path}/follow-up", sent).status_code == 303
    assert officer.post(f"{path}/kept").status_code == 422
    assert officer.post(f"{path}/kept", {"kept": "broken"}).status_code == 303
    with world.as_system():
        kinds = [(one.kind, one.due_on) for one in tasks.of(mediation_id)]
    assert sorted(kinds) == [("contact", clock.today()), ("follow-up", soon)]
    assert events(world, "case:mediation:edited")[-1]["details"] == {"part": "followed-up"}
    row = stored(world)
    assert (row.kept, row.followed_up_by) == ("broken", world.account("case-officer"))
    reclassify(world, file)
    assert officer.post(f"{path}/kept", {"kept": "kept"}).status_code == 403


def test_a_day_of_her_request_or_of_an_assessment_cannot_lie_ahead(world: World) -> None:
    ahead = (clock.today() + timedelta(days=1)).isoformat()
    officer, file = world.client("case-officer"), open_case(world)
    for name in ("requested_on", "companion_assessed_on", "psychologist_assessed_on"):
        assert officer.post(new(file), filled(world, **{name: ahead})).status_code == 422
    day = (clock.today() - timedelta(days=9)).isoformat()
    assert officer.post(new(file), filled(world, requested_on=day)).status_code == 303
    assert stored(world).requested_on == clock.today() - timedelta(days=9)
