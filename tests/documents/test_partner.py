"""A letter's way to the organisation it is addressed to, and to nobody else."""

from __future__ import annotations

import re
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from app.documents import service, workshop
from app.referrals.models import Referral
from tenants.database import db
from tests.documents.desk import Desk
from tests.documents.offices import TEMPLATES


def referral_of(desk: Desk, kind: str = "hospital") -> UUID:
    with desk.rows_of(Referral) as rows:
        return next(one.id for one in rows if one.organisation_id == desk.places[kind])


def fetch(
    desk: Desk, letter_id: UUID, who: str = "hospital-officer", referral: str = "hospital"
) -> Any:
    path = f"/referrals/{referral_of(desk, referral)}/letters/{letter_id}/file"
    return desk.client(who).get(path)


def test_the_organisation_addressed_gets_exactly_the_issued_bytes(desk: Desk) -> None:
    letter_id = desk.issued()
    letter = desk.letter(letter_id)
    response = fetch(desk, letter_id)
    assert response.status_code == 200
    assert sha256(response.data).digest() == letter.sha256
    assert response.headers["Cache-Control"] == "no-store"
    assert letter.number is not None
    named = re.fullmatch(
        'attachment; filename="([0-9A-Za-z.-]+)"', response.headers["Content-Disposition"]
    )
    assert named is not None
    assert "Bunga" not in named[1]
    (event,) = desk.events("letter:file:downloaded", letter_id)
    assert event["actor"] == str(desk.account("hospital-officer"))
    assert "need.description" in event["fields"]


@pytest.mark.parametrize("classes", [[], ["identity"], ["clinical"], ["identity", "contact"]])
def test_consent_that_no_longer_covers_all_that_it_says_closes_it(
    desk: Desk, classes: list[str]
) -> None:
    letter_id = desk.issued()
    number = desk.letter(letter_id).number or ""
    listed = f"/referrals/{referral_of(desk)}/letters"
    assert number in desk.client("hospital-officer").get(listed).text
    desk.consent("hospital", classes)
    assert fetch(desk, letter_id).status_code == 403
    assert number not in desk.client("hospital-officer").get(listed).text
    (event,) = desk.events("letter:file:downloaded", letter_id)
    assert event["outcome"] == "refused"
    desk.consent("hospital", ["identity", "clinical"])
    assert fetch(desk, letter_id).status_code == 200


@pytest.mark.parametrize("state", ["done", "declined", "withdrawn", "taken_over"])
def test_the_end_of_the_referral_closes_it(desk: Desk, state: str) -> None:
    letter_id = desk.issued()
    with desk.world.as_system():
        db.session.execute(text("UPDATE referral SET state = :state"), {"state": state})
    assert fetch(desk, letter_id).status_code == 403


def test_nobody_elses_letter_is_there(desk: Desk) -> None:
    letter_id = desk.issued()
    assert fetch(desk, letter_id, "police-officer").status_code == 404
    assert fetch(desk, letter_id, "police-officer", "police").status_code == 404
    assert fetch(desk, letter_id, "hospital-officer", "police").status_code == 404
    assert fetch(desk, letter_id, "case-officer-2").status_code in {403, 404}
    officer = desk.client("hospital-officer")
    assert officer.get(f"/letters/{letter_id}/file").status_code == 403
    assert officer.get(f"/letters/{letter_id}").status_code == 403


def test_a_letter_not_issued_or_taken_back_is_there_for_nobody_outside(desk: Desk) -> None:
    letter_id = desk.approved()
    assert fetch(desk, letter_id).status_code == 404
    desk.run(letter_id)
    assert fetch(desk, letter_id).status_code == 200
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.ADDRESSEE)
    assert fetch(desk, letter_id).status_code == 404


def test_what_an_author_typed_is_judged_by_its_class_as_well(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(TEMPLATES, folder)
    file = folder / "surat_rujukan" / "document.toml"
    typed = 'name = "draft.service_unit"\n'
    assert typed in file.read_text()
    file.write_text(file.read_text().replace(typed, typed + 'class = "narrative"\n'))
    for app in (desk.world.app, desk.worker_app):
        workshop.equip(app, folder)
    desk.consent("hospital", ["identity", "clinical", "narrative"])
    letter_id = desk.issued(service_unit="Poli Psikologi")
    assert fetch(desk, letter_id).status_code == 200
    desk.consent("hospital", ["identity", "clinical"])
    assert fetch(desk, letter_id).status_code == 403
    silent = desk.issued()
    assert fetch(desk, silent).status_code == 200


def test_bytes_that_are_not_those_on_record_are_handed_to_nobody(desk: Desk) -> None:
    letter_id, other = desk.issued(), desk.issued()
    names = [desk.letter(one).object_name for one in (letter_id, other)]
    desk.tamper("UPDATE letter SET object_name = %s WHERE id = %s", names[1], letter_id)
    assert desk.client("case-officer").get(f"/letters/{letter_id}/file").status_code == 409
    folder = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    stored = folder / str(names[1])
    stored.chmod(0o600)
    stored.write_bytes(stored.read_bytes()[:-1])
    assert desk.client("case-officer").get(f"/letters/{other}/file").status_code == 409
    stored.unlink()
    response = desk.client("case-officer").get(f"/letters/{other}/file")
    assert response.status_code == 409
    assert b"%PDF" not in response.data
    assert desk.events("letter:file:downloaded", other)[-1]["outcome"] == "failed"
