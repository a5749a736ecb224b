"""Previews: marked as drafts, drawn with the asking person's rights, kept for a short time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.documents import service
from app.documents.states import ATTEMPTS
from tenants.clock import now
from tenants.database import db, platform
from tenants.errors import Missing, Refused
from tests.documents.desk import NAME, Desk
from tests.documents.offices import page_texts


def ask(desk: Desk, letter_id: UUID, who: str = "case-officer") -> UUID:
    with desk.acting(who):
        return service.request_preview(service.find(letter_id))


def news(desk: Desk, letter_id: UUID, preview_id: UUID, who: str = "case-officer") -> Any:
    path = f"/letters/{letter_id}/previews/{preview_id}/progress.json"
    return desk.client(who).json(path)


def waiting(desk: Desk) -> set[UUID]:
    return {row.object_id for row in desk.rows()}


def handed_over(desk: Desk, preview_id: UUID, times: int) -> None:
    with desk.worker_app.app_context(), platform() as session:
        session.execute(
            text("UPDATE outbox SET attempts = :times WHERE object_id = :id"),
            {"times": times, "id": preview_id},
        )


def test_a_preview_is_marked_on_each_page_and_recorded_with_its_fields(desk: Desk) -> None:
    letter_id = desk.draft()
    preview_id = ask(desk, letter_id)
    assert news(desk, letter_id, preview_id)["done"] is False
    desk.run_preview(preview_id)
    told = news(desk, letter_id, preview_id)
    assert told["done"] is True
    response = desk.client("case-officer").get(told["next_url"])
    pages = page_texts(response.data)
    assert all(set("DRAF–BELUMDITANDATANGANI") <= set(page) for page in pages)  # it is slanted
    assert "diberikan saat disetujui" in pages[0]
    assert NAME in " ".join(pages[0].split())
    assert "belum ditandatangani" in pages[0]
    assert "/verify/" not in "".join(pages)
    assert response.headers["Cache-Control"] == "no-store"
    (event,) = desk.events("letter:preview:viewed", letter_id)
    assert "survivor.full_name" in event["fields"]
    assert preview_id not in waiting(desk)


def test_a_preview_is_sealed_at_rest(desk: Desk) -> None:
    preview_id = ask(desk, desk.draft())
    desk.run_preview(preview_id)
    with desk.world.as_system():
        kept = db.session.scalar(text("SELECT pdf FROM letter_preview"))
    assert kept is not None
    assert b"%PDF" not in bytes(kept)


def test_a_preview_for_somebody_who_may_no_longer_see_it_says_so(desk: Desk) -> None:
    letter_id = desk.draft()
    preview_id = ask(desk, letter_id, "companion")
    companion = desk.account("companion")
    with desk.world.as_system():
        db.session.execute(
            text("UPDATE team_member SET released_at = now() WHERE account_id = :id"),
            {"id": companion},
        )
    desk.run_preview(preview_id)
    with desk.world.as_system():
        row = db.session.execute(text("SELECT failure, pdf FROM letter_preview")).one()
    assert tuple(row) == ("not-allowed", None)
    (event,) = desk.events("letter:preview:made", letter_id)
    assert (event["outcome"], event["actor"]) == ("failed", str(companion))
    assert preview_id not in waiting(desk)


@pytest.mark.parametrize("end", ["changed", "approved", "discarded"])
def test_whoever_waits_for_a_preview_of_a_letter_that_went_on_reads_that_it_is_gone(
    desk: Desk, end: str
) -> None:
    letter_id = desk.submitted() if end == "approved" else desk.draft()
    preview_id = ask(desk, letter_id)
    if end == "approved":
        desk.approve(letter_id)
    else:
        with desk.acting("case-officer"):
            letter = service.find(letter_id)
            service.save(letter, desk.entry()) if end == "changed" else service.discard(letter)
    desk.run_preview(preview_id)
    told = news(desk, letter_id, preview_id)
    assert (told["done"], told["label"]) == (True, "Pratinjau ini sudah tidak ada")
    assert preview_id not in waiting(desk)
    with pytest.raises(Missing), desk.acting("case-officer"):
        service.fetch_preview(service.load_preview(letter_id, preview_id).row)


def test_a_preview_that_ends_its_worker_each_time_is_given_up_and_says_so(desk: Desk) -> None:
    letter_id = desk.draft()
    preview_id = ask(desk, letter_id)
    handed_over(desk, preview_id, ATTEMPTS + 1)
    desk.run_preview(preview_id)
    told = news(desk, letter_id, preview_id)
    assert told["done"] is True
    assert "berhenti" in told["sentence"]
    assert preview_id not in waiting(desk)


def test_a_preview_that_failed_for_something_passing_is_tried_again(desk: Desk) -> None:
    letter_id = desk.draft()
    preview_id = ask(desk, letter_id)
    with desk.job():
        service.fail_preview(preview_id, "engine", final=False)
    assert preview_id in waiting(desk)
    assert news(desk, letter_id, preview_id)["done"] is False
    handed_over(desk, preview_id, ATTEMPTS)
    with desk.job():
        service.fail_preview(preview_id, "engine", final=False)
    assert news(desk, letter_id, preview_id)["done"] is True
    assert preview_id not in waiting(desk)


def test_whoever_may_not_see_what_the_letter_says_gets_no_preview(desk: Desk) -> None:
    letter_id = desk.draft()
    preview_id = ask(desk, letter_id)
    desk.run_preview(preview_id)
    path = f"/letters/{letter_id}/previews/{preview_id}/file"
    assert desk.client("case-officer-2").get(path).status_code == 403
    other = desk.draft()
    crossed = f"/letters/{other}/previews/{preview_id}/file"
    assert desk.client("case-officer").get(crossed).status_code == 404
    with pytest.raises(Refused), desk.acting("case-officer-2"):
        service.request_preview(service.find(letter_id))


def test_old_previews_are_removed_with_their_jobs(desk: Desk) -> None:
    letter_id = desk.draft()
    preview_id = ask(desk, letter_id)
    with desk.world.as_system():
        db.session.execute(
            text("UPDATE letter_preview SET asked_at = :then"), {"then": now() - timedelta(days=1)}
        )
    tenant = desk.world.tenant()
    from workers import schedule

    with desk.worker_app.app_context():
        (task,) = (one for one in schedule.TASKS if one.name == "old-previews-removed")
        assert schedule.run(task)
    assert tenant.tenant_id == desk.tenant_id
    assert preview_id not in waiting(desk)
    with pytest.raises(Missing), desk.acting("case-officer"):
        service.load_preview(letter_id, preview_id)
