"""A photograph is opened for a purpose, by whom the one policy lets, and each time on record."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.exc import ProgrammingError

from app.attachments.models import Attachment
from app.cases import service as cases
from tenants.clock import now
from tenants.database import db
from tests.attachments.desk_of_pictures import (
    added,
    clear,
    opened,
    parts,
    prepare,
    refresh,
    row,
)
from tests.attachments.pictures import TRACE, paper, photograph
from tests.documents.desk import Desk


def test_each_opening_is_for_a_purpose_and_leaves_its_event(desk: Desk) -> None:
    sent = photograph()
    attachment_id = added(desk, data=sent)
    prepare(desk, attachment_id)
    client = desk.client("companion")
    assert opened(client, attachment_id, purpose="").status_code == 422
    assert opened(client, attachment_id, purpose="letter").status_code == 422
    since = now()
    shown = opened(client, attachment_id, purpose="safety")
    assert shown.status_code == 200
    picture = re.search(r'src="data:image/jpeg;base64,([^"]+)"', shown.text)
    assert picture is not None
    assert TRACE.encode() not in base64.b64decode(picture[1])
    assert shown.headers["Cache-Control"] == "no-store"
    events = desk.world.events(since=since)
    assert [(one["tag"], one["purpose"], one["fields"]) for one in events] == [
        ("case:field:revealed", "safety", ["attachment.content"]),
        (
            "case:attachment:viewed",
            "handling",
            ["attachment.description", "attachment.file_name"],
        ),
    ]
    copy = opened(client, attachment_id, "copy")
    assert copy.headers["Content-Type"] == "image/jpeg"
    assert copy.headers["Content-Disposition"].startswith('attachment; filename="injury-')
    assert copy.headers["X-Content-Type-Options"] == "nosniff"
    assert copy.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert copy.headers["Cache-Control"] == "no-store"
    assert "Bunga" not in str(copy.headers)
    # The original: one level higher, and a fresh password.
    assert opened(client, attachment_id, "original").status_code == 401
    refresh(client)
    since = now()
    original = opened(client, attachment_id, "original", "statutory_report")
    assert original.data == sent
    assert original.headers["Content-Type"] == "application/octet-stream"
    (event,) = desk.world.events(since=since)
    assert event["fields"] == ["attachment.original"]
    officer = desk.client("case-officer")
    refresh(officer)
    assert opened(officer, attachment_id).status_code == 200
    assert opened(officer, attachment_id, "original").status_code == 403


def test_whom_the_policy_does_not_let_sees_that_it_is_there_and_no_more(desk: Desk) -> None:
    attachment_id = added(desk)
    supervisor = desk.client("supervisor")
    page = supervisor.get(f"/attachments/{attachment_id}")
    assert page.status_code == 200
    assert "Foto luka" in page.text
    for how in ("show", "copy"):
        since = now()
        refused = opened(supervisor, attachment_id, how, "supervision")
        assert refused.status_code == 403
        assert b"JFIF" not in refused.data
        (event,) = desk.world.events(since=since)
        assert (event["tag"], event["outcome"]) == ("case:field:revealed", "refused")
        assert (event["fields"], event["purpose"]) == (["attachment.content"], "supervision")
    for stranger in ("case-officer-2", "auditor", "administrator", "signatory"):
        assert desk.client(stranger).get(f"/attachments/{attachment_id}").status_code == 403
        assert opened(desk.client(stranger), attachment_id).status_code == 403


def test_bytes_moved_to_another_attachment_do_not_open(desk: Desk) -> None:
    """Associated data names the part: a swap is loud (invariant 7)."""
    one, other = added(desk), added(desk)
    desk.tamper(
        "UPDATE attachment_part p SET content = q.content FROM attachment_part q"
        " WHERE p.attachment_id = %s AND q.attachment_id = %s AND p.part = q.part",
        one,
        other,
    )
    assert opened(desk.client("companion"), one).status_code == 409
    assert opened(desk.client("companion"), other).status_code == 200


def test_what_is_removed_is_gone_with_its_files_and_stays_on_record(desk: Desk) -> None:
    attachment_id = added(desk, data=paper(), kind="police")
    prepare(desk, attachment_id)
    assert opened(desk.client("companion"), attachment_id).status_code == 422  # no picture
    objects = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    assert len([one for one in objects.rglob("*") if one.is_file()]) == 2
    supervisor = desk.client("supervisor")
    path = f"/attachments/{attachment_id}/remove"
    assert desk.client("companion").get(path).status_code == 403
    assert supervisor.get(path).status_code == 302
    refresh(supervisor)
    assert supervisor.post(path, {"reason": "case-destroyed"}).status_code == 422
    assert supervisor.post(path, {"reason": "other-case"}).status_code == 303
    assert opened(desk.client("companion"), attachment_id, "copy").status_code == 404
    clear(desk, attachment_id)
    clear(desk, attachment_id)
    assert not [one for one in objects.rglob("*") if one.is_file()]
    assert set(parts(desk, attachment_id).values()) == {(False, None)}
    kept = row(desk, attachment_id)
    assert (kept.remove_reason, kept.commitment != b"") == ("other-case", True)
    removals = desk.events("case:attachment:removed")
    (event,) = [one for one in removals if one["outcome"] == "allowed"]
    assert event["details"] == {"reason": "other-case"}
    assert supervisor.post(path, {"reason": "twice"}).status_code == 409
    assert desk.rows() == []


def test_destroying_the_case_destroys_what_is_attached(desk: Desk) -> None:
    stored, fresh = added(desk), added(desk, data=paper(), kind="other")
    prepare(desk, stored)
    objects = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    with desk.acting("supervisor"):
        subject = cases.load_case(desk.case_id)
        cases.destroy_key(subject, reason="court-order", code=subject.row.code)
    for attachment_id in (stored, fresh):
        gone = opened(desk.client("companion"), attachment_id, "copy")
        assert gone.status_code in {404, 409}
        clear(desk, attachment_id)
        assert row(desk, attachment_id).remove_reason == "case-destroyed"
        assert set(parts(desk, attachment_id).values()) == {(False, None)}
    assert not [one for one in objects.rglob("*") if one.is_file()]
    prepare(desk, fresh)  # a job that comes late makes nothing of it again
    assert not [one for one in objects.rglob("*") if one.is_file()]


def change(desk: Desk, attachment_id: UUID, **changed: object) -> None:
    """Change the row of an attachment as the web could."""
    with desk.acting("companion"):
        held = db.session.get(Attachment, (desk.tenant_id, attachment_id))
        for name, value in changed.items():
            setattr(held, name, value)
        db.session.flush()


def test_what_was_added_is_changed_by_no_service(desk: Desk) -> None:
    """The chain of custody: the web cannot exchange a commitment or lower a level."""
    attachment_id = added(desk, data=paper(), kind="other")
    for changed in ({"commitment": b"x"}, {"level": 1}, {"kind": "police"}):
        with pytest.raises(ProgrammingError, match="permission denied"):
            change(desk, attachment_id, **changed)


def test_a_store_that_does_not_answer_costs_time_and_nothing_else(desk: Desk) -> None:
    first = added(desk)
    prepare(desk, first)
    objects = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    away = objects.with_name("away")
    objects.rename(away)
    second = added(desk, data=paper(), kind="other")  # taken all the same
    prepare(desk, second)
    assert all(held for held, _name in parts(desk, second).values())
    client = desk.client("companion")
    assert opened(client, first).status_code in {409, 503}
    assert opened(client, second, "copy").status_code == 200
    for left in objects.rglob("*"):
        assert not left.is_file()
    if objects.exists():
        for folder in sorted(objects.rglob("*"), reverse=True):
            folder.rmdir()
        objects.rmdir()
    away.rename(objects)
    prepare(desk, second)
    assert not any(held for held, _name in parts(desk, second).values())
    assert opened(client, first).status_code == 200
