"""Outside parties sign a print: its scan is tied to the letter, marked as one, and said so."""

from __future__ import annotations

import re
from uuid import uuid4

from sqlalchemy import select

from app.attachments import service as attachments
from app.cases import models as case_models
from app.documents import service
from tenants.database import db
from tests.attachments.desk_of_pictures import row, upload
from tests.attachments.pictures import paper
from tests.documents.desk import Desk

SIGNED = "itandatangani di kertas"


def test_a_scan_is_shown_with_its_letter_in_the_case_and_to_whoever_verifies(desk: Desk) -> None:
    with desk.acting("case-officer"):
        consent_id = db.session.scalar(
            select(case_models.Consent.id).where(
                case_models.Consent.organisation_id == desk.places["hospital"]
            )
        )
        letter_id = service.issue_own(desk.case_id, "persetujuan_berbagi", subject_id=consent_id)
    where = f"/cases/{desk.case_id}/attachments/new?letter={letter_id}"
    officer, public = desk.client("case-officer"), desk.world.anonymous()
    assert officer.get(where).status_code == 409  # there is no print of it yet
    desk.run(letter_id)
    assert where.replace("&", "&amp;") in officer.get(f"/letters/{letter_id}").text
    verification = desk.verification_path(letter_id)
    assert SIGNED not in public.get(verification).text

    page = officer.get(where).text
    assert re.search(r'value="signed_consent"[^>]*checked|checked[^>]*value="signed_consent"', page)
    sent = upload(officer, desk, paper(), kind="signed_consent", where=where, description="")
    assert sent.headers["Location"].endswith(f"/letters/{letter_id}")
    with desk.acting("case-officer"):
        (scan,) = attachments.signed_papers(letter_id)
    assert row(desk, scan.id).consent_id == consent_id  # the form of a consent is its paper too
    shown = officer.get(f"/letters/{letter_id}").text.split("<main")[1]
    assert "Pindaian 1" in shown
    assert f"/attachments/{scan.id}" in shown
    assert SIGNED in officer.get(f"/cases/{desk.case_id}").text
    assert SIGNED in public.get(verification).text
    (event,) = [one for one in desk.events("case:attachment:added") if one["details"]["letter"]]
    assert event["details"]["letter"] == letter_id.hex

    with desk.acting("supervisor"):
        attachments.remove(attachments.load_attachment(scan.id), "wrong-file")
    assert SIGNED not in public.get(verification).text


def test_a_scan_is_of_a_letter_of_this_case_that_is_signed_on_paper(desk: Desk) -> None:
    referral, officer = desk.issued(), desk.client("case-officer")
    for letter_id in (referral, uuid4(), "kata"):
        where = f"/cases/{desk.case_id}/attachments/new?letter={letter_id}"
        assert officer.get(where).status_code == 404, letter_id
        assert upload(officer, desk, paper(), kind="signed_paper", where=where).status_code == 404
    assert SIGNED not in officer.get(f"/letters/{referral}").text
