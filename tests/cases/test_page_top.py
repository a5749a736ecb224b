"""The page of a case in ten seconds; its course; and notes that are kept while one writes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from app.assessments import service as assessments
from app.cases import service as cases
from app.cases.models import NoteDraft
from app.services import service as services
from tenants.clock import now, today
from tenants.database import db
from tests.cases.intake import REPORT, close, events, open_case, take, working
from tests.world import World

DRAFT = "Ia menelepon dari pasar, akan"


def glance_of(page: str) -> str:
    """The top of the page, without its marks."""
    found = re.search(r'id="glance".*?</section>', page, re.DOTALL)
    assert found is not None
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def test_the_top_says_what_is_at_risk_what_is_next_and_who_does_what(world: World) -> None:
    urgent = replace(REPORT, risk="high")
    alone = take(world, urgent)
    page = glance_of(world.client("supervisor").get(f"/cases/{alone}").text)
    assert "Ia dalam bahaya dan belum ada petugas" in page or "bahaya" in page
    assert "Tugaskan tim" in page
    case_id = open_case(world, urgent)
    owner, soon = world.account("companion"), today() + timedelta(days=1)
    with working(world, case_id) as case:
        need = cases.rows(case_id).needs[0]
        assessments.add_item(
            case, need_id=need.id, owner_id=owner, due_on=soon, action="Antar ke psikolog"
        )
        services.offer(
            case,
            survivor_id=cases.rows(case_id).survivors[0].id,
            kind="counselling",
            accepted=True,
            at=now(),
            with_id=owner,
        )
    client = world.client("case-officer")
    whole = client.get(f"/cases/{case_id}").text
    page = glance_of(whole)
    assert "6 langkah segera belum dilakukan" in page
    assert page.index("Sesi dengannya") < page.index("Rencana: ")  # today before tomorrow
    assert "Dewi Contoh" in page
    assert "Bela Contoh" in page
    assert whole.index('id="glance"') < whole.index('class="t-jump"')
    course = client.get(f"/cases/{case_id}/course").text
    assert course.index("Masuk tim") < course.index("Laporan diterima")
    close(world, case_id)
    assert 'id="glance"' not in client.get(f"/cases/{case_id}").text


def test_a_note_is_kept_while_it_is_written_and_only_for_its_writer(world: World) -> None:
    case_id = open_case(world)
    client, other = world.client("companion"), world.client("case-officer")
    path = f"/cases/{case_id}"
    assert f'data-autosave="{path}/notes/draft"' in client.get(path).text
    assert client.post(f"{path}/notes/draft", {"text": DRAFT}).get_json()["kept"] is True
    assert client.post(f"{path}/notes/draft", {"text": DRAFT + " pulang"}).status_code == 200
    assert DRAFT + " pulang" in client.get(path).text
    assert DRAFT in client.get(f"{path}/notes").text
    assert DRAFT not in other.get(path).text
    assert events(world, "case:note:draft-kept")[-1]["fields"] == ["note_draft.text"]
    with world.as_system():
        row = db.session.query(NoteDraft).one()
        assert DRAFT.encode() not in (row.text_sealed or b"")
    wrong = client.post(f"{path}/notes/draft", {"text": "x" * 20_001})
    assert (wrong.status_code, wrong.get_json()["kept"]) == (422, False)
    assert client.post(f"{path}/notes", {"text": DRAFT + " pulang"}).status_code == 303
    with world.as_system():
        assert db.session.query(NoteDraft).one().text_sealed is None
    # Whoever may write a note and not read it is not kept one: it could not be shown again.
    assert "data-autosave" not in world.client("intake-officer").get(path).text
    close(world, case_id)
    assert client.post(f"{path}/notes/draft", {"text": DRAFT}).status_code == 409
