"""A photograph or paper is taken: checked, cleaned, sealed; what is refused loses nothing typed."""

from __future__ import annotations

import json
import tempfile
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest

from app.attachments import service
from app.web import uploads
from tenants import vault
from tenants.clock import now
from tests.attachments import pictures
from tests.attachments.desk_of_pictures import (
    FILE_NAME,
    SEEN,
    added,
    make_child,
    opened,
    parts,
    prepare,
    row,
    upload,
)
from tests.attachments.pictures import TRACE, paper, photograph
from tests.documents.desk import Desk


def test_a_photograph_of_injuries_is_kept_sealed_and_its_original_can_be_proven(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object, **_options: object) -> None:
        raise AssertionError("an upload was written to a temporary file")

    for name in ("TemporaryFile", "SpooledTemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(tempfile, name, never)
    sent = photograph((3_000, 2_000))
    assert len(sent) > 600_000  # beyond this an upload would usually lie in a file
    since = now()
    attachment_id = added(desk, data=sent)
    kept = row(desk, attachment_id)
    assert (kept.field_class, kept.level, kept.media) == ("clinical", 3, "image/jpeg")
    assert (kept.width, kept.height, kept.concerns_child) == (2_000, 3_000, False)
    with desk.acting("companion"):
        evidence = json.loads(
            vault.open_for_subject(
                desk.case_id, kept.evidence, "attachment", str(attachment_id), "evidence"
            )
        )
    assert evidence["sha256"] == sha256(sent).hexdigest()
    (event,) = [one for one in desk.world.events(since=since) if one["tag"].endswith(":added")]
    commitment = service.committed(evidence["nonce"], evidence["sha256"])
    assert event["details"] == {
        "attached": "injury",
        "class": "clinical",
        "level": 3,
        "octets": len(sent),
        "commitment": commitment.hex(),
        "letter": None,
    }
    assert kept.commitment == commitment
    assert evidence["sha256"] not in str(desk.world.events())
    assert set(event["fields"]) == {
        "attachment.content",
        "attachment.description",
        "attachment.file_name",
    }
    # Before the job and after it: sealed, first in the database, then in the store alone.
    held = {"original": (True, None), "copy": (True, None)}
    assert parts(desk, attachment_id) == held
    objects = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    assert not [one for one in objects.rglob("*") if one.is_file()]
    assert opened(desk.client("companion"), attachment_id).status_code == 200
    prepare(desk, attachment_id)
    prepare(desk, attachment_id)  # every job may be repeated
    found = parts(desk, attachment_id)
    assert set(found) == {"original", "copy", "preview"}
    assert all(not inside and name for inside, name in found.values())
    files = [one for one in objects.rglob("*") if one.is_file()]
    assert len(files) == 3
    for file in files:
        content = file.read_bytes()
        assert TRACE.encode() not in content
        assert sent[1_000:1_032] not in content
        assert str(file.relative_to(objects)).startswith(f"{desk.tenant_id}/attachment/")
    assert desk.rows() == []
    page = desk.client("companion").get(f"/attachments/{attachment_id}").text
    assert SEEN in page
    assert FILE_NAME in page
    assert "data:image" not in page


def test_what_is_not_accepted_is_said_beside_what_was_typed(desk: Desk) -> None:
    client = desk.client("companion")
    for data, words in (
        (b"MZ a program", "bukan PDF"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00", "Paling Kompatibel"),
        (photograph()[:3_000], "rusak"),
        (pictures.bomb(), "64 juta piksel"),
        (pictures.locked(), "kata sandi"),
        (paper(pictures.with_action("Launch")), "bekerja sendiri"),
        (b"", "Pilih berkas"),
    ):
        since = now()
        answer = upload(client, desk, data)
        assert answer.status_code == 422, words
        assert words in answer.text
        assert SEEN in answer.text
        assert "checked" in answer.text
        (event,) = desk.world.events(since=since)
        assert (event["tag"], event["outcome"]) == ("case:attachment:added", "invalid")
    too_large = upload(client, desk, photograph() + b"\0" * service.MAX_OCTETS)
    assert too_large.status_code in {413, 422}
    assert "besar" in too_large.text
    without_kind = upload(client, desk, photograph(), kind="")
    assert without_kind.status_code == 422
    word = client.post(  # a form may send a word where a file belongs
        f"/cases/{desk.case_id}/attachments/new",
        {"file": "Contoh", "kind": "other", "description": "Contoh"},
    )
    assert word.status_code == 422
    unknown_consent = upload(
        client,
        desk,
        photograph(),
        where=f"/cases/{desk.case_id}/attachments/new?consent={uuid4()}",
    )
    assert unknown_consent.status_code == 404
    assert desk.rows() == []


def test_the_script_of_the_page_is_answered_with_where_to_go_or_what_is_wrong(desk: Desk) -> None:
    client = desk.client("companion")
    script = {"headers": {"Accept": "application/json"}}
    good = upload(client, desk, photograph(), **script)
    assert good.status_code == 201
    assert client.get(good.get_json()["next"]).status_code == 200
    another = upload(client, desk, paper(), kind="other", another="1", **script)
    assert another.get_json() == {"next": f"/cases/{desk.case_id}/attachments/new"}
    bad = upload(client, desk, b"x", **script)
    assert bad.status_code == 422
    (fault,) = bad.get_json()["faults"]
    assert fault["field"] == "file"
    assert "PDF" in fault["text"]
    page = client.get(f"/cases/{desk.case_id}").text
    assert "Foto luka" in page
    assert SEEN not in page  # what is on it stands on its own page
    assert FILE_NAME not in page


def test_a_large_file_is_read_for_nobody_who_is_not_signed_in_and_on_no_other_page(
    desk: Desk,
) -> None:
    data = photograph((4_000, 3_000))
    assert len(data) > 1_000_000 + uploads.FRAME_BYTES
    assert upload(desk.world.anonymous(), desk, data).status_code == 413
    client = desk.client("companion")
    elsewhere = upload(client, desk, data, where=f"/cases/{desk.case_id}/notes")
    assert elsewhere.status_code == 413


def test_a_child_raises_the_level_also_when_it_is_found_out_later(desk: Desk) -> None:
    early = added(desk, "case-officer", kind="medical")
    assert opened(desk.client("case-officer"), early).status_code == 200
    make_child(desk)
    # A case officer opens what is clinical up to level 3, the companion up to 4.
    assert opened(desk.client("case-officer"), early).status_code == 403
    assert opened(desk.client("companion"), early).status_code == 200
    late = added(desk, kind="medical")
    assert row(desk, late).concerns_child
    special = added(desk, "case-officer", kind="police", specially="y")
    assert row(desk, special).level == 4


def test_only_so_many_are_added_by_one_person_on_one_day(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tenants import profile

    monkeypatch.setitem(profile.LIMITS, "uploads_a_day", (1, 1, 1))
    added(desk, data=paper(), kind="other")
    assert upload(desk.client("companion"), desk, paper(), kind="other").status_code == 429
    added(desk, "case-officer", data=paper(), kind="other")
