"""Approval: one transaction freezes number, date, content and the state of the log."""

from __future__ import annotations

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, select, text

from app.accounts.models import Account
from app.cases import models as case_models
from app.documents import letters, numbering, office, service
from app.documents.models import SigningCertificate
from app.documents.token import new_token, token_hash
from tenants import audit, vault
from tenants.clock import today
from tenants.database import db
from tenants.errors import Conflict, Refused
from tests.documents.desk import NAME, Desk
from tests.documents.offices import page_texts


def test_an_approval_freezes_what_the_letter_says(desk: Desk) -> None:
    letter_id = desk.approved(service_unit="Poli Psikologi")
    letter = desk.letter(letter_id)
    assert (letter.state, letter.number, letter.dated) == (
        "queued",
        f"400.2.4/1/424.090/{today().year}",
        today(),
    )
    with desk.world.as_system():
        newest = audit.newest_checkpoint()
        assert newest is not None
        assert letter.snapshot is not None
        place = letters.snapshot_place(letter_id)
        frozen = vault.open_for_subject(desk.case_id, letter.snapshot, *place)
    assert sha256(frozen).digest() == letter.snapshot_hash
    content = json.loads(frozen)
    assert content["values"]["survivor"]["full_name"] == NAME
    assert content["letter"]["number"] == letter.number
    assert content["letter"]["checkpoint"] == {"size": newest.size, "root": newest.root.hex()}
    assert len(desk.rows()) == 2  # the preview asked for at submission, and the letter


def test_the_approvals_event_binds_person_number_and_snapshot(desk: Desk) -> None:
    letter_id = desk.approved()
    letter = desk.letter(letter_id)
    assert letter.snapshot_hash is not None
    (event,) = desk.events("letter:letter:approved", letter_id)
    assert event["actor"] == str(desk.account("signatory"))
    assert event["details"] == {"number": letter.number, "snapshot": letter.snapshot_hash.hex()}
    assert {"survivor.full_name", "survivor.birth_date", "need.description"} <= set(event["fields"])
    assert NAME not in json.dumps(event)


def test_the_token_is_kept_as_a_hash_only(desk: Desk) -> None:
    letter_id = desk.issued()
    token = desk.verification_path(letter_id).rsplit("/", 1)[1]
    assert desk.letter(letter_id).verification_hash == token_hash(token)
    with desk.world.as_system():
        rows = db.session.scalars(text("SELECT l::text FROM letter l")).all()
    assert all(token not in row for row in rows)


def test_tokens_have_128_bits_and_forgive_the_reader() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    one = tokens.pop()
    assert re.fullmatch(r"(?:[0-9a-hjkmnp-tv-z]{5}-){4}[0-9a-hjkmnp-tv-z]{6}", one)
    typed = one.upper().replace("-", " ").replace("0", "O").replace("1", "l")
    assert token_hash(typed) == token_hash(one)
    assert token_hash(one) != token_hash(tokens.pop())


def test_a_letter_that_changed_since_it_was_read_is_not_approved(desk: Desk) -> None:
    letter_id = desk.submitted()
    with desk.acting("signatory"):
        seen = service.review(service.find(letter_id)).seen
    with desk.rows_of(case_models.Need) as rows:
        rows[0].description = "Sesuatu yang lain"
    with pytest.raises(Conflict, match="letter-changed"), desk.acting("signatory"):
        service.approve(service.find(letter_id), seen)
    assert desk.letter(letter_id).number is None
    desk.approve(letter_id)


def test_consent_taken_back_before_approval_stops_it(desk: Desk) -> None:
    letter_id = desk.submitted()
    desk.consent("hospital", ["identity"])
    with pytest.raises(Conflict, match="letter-not-ready"):
        desk.approve(letter_id)
    desk.consent("hospital", ["identity", "clinical"])
    desk.approve(letter_id)


def test_a_reclassified_case_stops_minutes_at_approval(desk: Desk) -> None:
    letter_id = desk.submitted("notulen_mediasi")
    with desk.rows_of(case_models.Incident) as rows:
        rows[0].violence = ["sexual", "physical"]
    with pytest.raises(Refused, match="mediation-sexual-violence"):
        desk.approve(letter_id)
    assert desk.letter(letter_id).number is None


def test_only_the_chosen_signatory_approves(desk: Desk) -> None:
    letter_id = desk.submitted()
    with desk.world.as_system():
        db.session.execute(
            text("UPDATE letter SET signatory_id = :other"), {"other": desk.account("supervisor")}
        )
    with pytest.raises(Refused), desk.acting("signatory"):
        service.approve(service.find(letter_id), "0" * 64)


def test_a_letter_is_approved_once(desk: Desk) -> None:
    letter_id = desk.approved()
    with pytest.raises(Conflict, match="letter-state"):
        desk.approve(letter_id)


def test_no_letter_is_approved_before_the_log_has_a_checkpoint(desk: Desk) -> None:
    letter_id = desk.submitted()
    with desk.worker_app.app_context():
        db.engine.dispose()
    settings = desk.world.settings["MIGRATION_DATABASE_URL"]
    owner = create_engine(settings)
    with owner.begin() as connection:
        connection.execute(text("DELETE FROM audit_checkpoint"))
    owner.dispose()
    with pytest.raises(Conflict, match="no-checkpoint"):
        desk.approve(letter_id)


def test_twenty_approvals_at_once_leave_no_gap_and_no_repeat(desk: Desk) -> None:
    waiting = [desk.submitted() for _ in range(20)]
    desk.seal_log()
    start = threading.Barrier(10)

    def work(mine: list[UUID]) -> None:
        start.wait()
        for letter_id in mine:
            desk.approve(letter_id)

    with ThreadPoolExecutor(10) as pool:
        for done in [pool.submit(work, waiting[n::10]) for n in range(10)]:
            done.result()
    found = [desk.letter(letter_id) for letter_id in waiting]
    assert sorted(letter.sequence or 0 for letter in found) == list(range(1, 21))
    assert len({letter.number for letter in found}) == 20


def test_a_number_taken_by_an_approval_that_failed_is_used_by_the_next(desk: Desk) -> None:
    class Undone(Exception):
        pass

    def approve_and_fail(letter_id: UUID) -> None:
        with desk.acting("signatory"):
            letter = service.find(letter_id)
            service.approve(letter, service.review(letter).seen)
            assert letter.sequence == 1
            raise Undone

    letter_id = desk.submitted()
    with pytest.raises(Undone):
        approve_and_fail(letter_id)
    desk.approve(letter_id)
    assert desk.letter(letter_id).sequence == 1


def test_two_kinds_whose_printed_numbers_look_alike_share_one_series(desk: Desk) -> None:
    first, second = desk.approved("surat_rujukan"), desk.approved("notulen_mediasi")
    numbers = [desk.letter(first).number, desk.letter(second).number]
    assert numbers == [f"400.2.4/{n}/424.090/{today().year}" for n in (1, 2)]


def test_numbers_begin_anew_in_another_year(desk: Desk) -> None:
    with desk.acting("signatory"):
        taken = [numbering.take("x", year) for year in (2026, 2026, 2027)]
    assert taken == [1, 2, 1]


def test_a_number_is_written_as_the_profile_says(desk: Desk) -> None:
    with desk.acting("signatory"):
        day = today().replace(year=2026, month=11)
        assert office.number("surat_rujukan", "surat_keluar", 7, day) == "400.2.4/7/424.090/2026"


def test_a_signatorys_certificate_is_made_once_and_anew_when_the_title_changes(desk: Desk) -> None:
    first, second = desk.approved(), desk.approved()
    assert desk.letter(first).certificate_id == desk.letter(second).certificate_id
    with desk.world.as_system():
        row = db.session.scalar(select(Account).where(Account.username == "signatory"))
        assert row is not None
        row.title = "Kepala Dinas Baru"
    third = desk.approved()
    assert desk.letter(third).certificate_id != desk.letter(first).certificate_id
    with desk.world.as_system():
        kinds = db.session.scalars(select(SigningCertificate.kind)).all()
    assert sorted(kinds) == ["issuing", "officer", "officer", "root"]
    assert len(desk.events("letter:certificate:issued")) == 2


def test_private_keys_are_sealed(desk: Desk) -> None:
    desk.approved()
    with desk.world.as_system():
        for row in db.session.scalars(select(SigningCertificate)):
            # PKCS#8 of a P-256 key names its curve in the open.
            assert bytes.fromhex("2a8648ce3d030107") not in row.private_key
            assert bytes.fromhex("2a8648ce3d030107") in row.certificate


def test_a_letter_taken_back_before_its_issue_keeps_its_number_void(desk: Desk) -> None:
    letter_id = desk.approved()
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.NOT_NEEDED)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.sequence) == ("voided", 1)
    (event,) = desk.events("letter:number:voided", letter_id)
    assert event["details"] == {"number": letter.number, "reason": "not-needed"}
    assert desk.letter(desk.approved()).sequence == 2


def test_the_number_of_a_letter_that_cannot_be_made_is_voided_on_its_page(desk: Desk) -> None:
    """What is recorded then is another event than that of a letter taken back."""
    letter_id = desk.approved()
    signatory = desk.client("signatory")
    assert signatory.confirm().status_code == 303
    sent = signatory.post(f"/letters/{letter_id}/withdrawal", {"reason": "not-needed"})
    assert sent.status_code == 303
    assert desk.letter(letter_id).state == "voided"
    (event,) = desk.events("letter:number:voided", letter_id)
    assert event["details"]["reason"] == "not-needed"
    assert desk.events("letter:letter:withdrawn", letter_id) == []


def test_an_issued_letter_is_withdrawn_once_and_keeps_its_bytes(desk: Desk) -> None:
    letter_id = desk.issued()
    before = desk.pdf(letter_id)
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.CONTENT)
    assert desk.letter(letter_id).state == "withdrawn"
    assert desk.pdf(letter_id) == before
    with pytest.raises(Conflict), desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.CONTENT)


def test_a_correction_names_the_old_letter_and_supersedes_it_when_issued(desk: Desk) -> None:
    old = desk.issued(service_unit="Poli Psikologi")
    with desk.acting("case-officer"):
        new = service.replace(service.find(old)).id
    with pytest.raises(Conflict, match="replacement-under-way"), desk.acting("case-officer"):
        service.replace(service.find(old))
    signatory = desk.account("signatory")
    with desk.acting("case-officer"):
        assert service.submit(service.find(new), signatory) == ()
    desk.approve(new)
    assert desk.letter(old).state == "issued"
    desk.run(new)
    assert desk.letter(old).state == "superseded"
    with desk.acting("case-officer"):
        later = service.successor(service.find(old))
        assert later is not None
        assert later.id == new
    said = " ".join("".join(page_texts(desk.pdf(new))).split())
    assert f"pengganti surat Nomor {desk.letter(old).number}" in said
    assert len(desk.events("letter:letter:superseded", old)) == 1


def test_the_usual_time_is_the_median_of_the_last_letters(desk: Desk) -> None:
    with desk.acting("signatory"):
        assert service.usual_time() is None
    for seconds in (1, 3, 50):
        letter_id = desk.issued()
        took = timedelta(seconds=seconds)
        desk.tamper("UPDATE letter SET issued_at = approved_at + %s WHERE id = %s", took, letter_id)
    with desk.acting("signatory"):
        assert service.usual_time() == timedelta(seconds=3)


@pytest.mark.parametrize(
    ("table", "field", "value", "said"),
    [
        (case_models.Survivor, "full_name", "Bunga \N{CJK UNIFIED IDEOGRAPH-82B1}", "dicetak"),
        (case_models.Survivor, "full_name", "Bunga\tContoh", "dicetak"),
        (case_models.Survivor, "birth_date", "1990", "tanggal"),
        (case_models.Need, "description", "Poli \N{BUTTERFLY}", "dicetak"),
    ],
)
def test_what_could_not_be_printed_is_named_before_a_number_is_given(
    desk: Desk, table: type[Any], field: str, value: str, said: str
) -> None:
    letter_id = desk.submitted()
    with desk.rows_of(table) as rows:
        setattr(rows[0], field, value)
    with pytest.raises(Conflict, match="letter-not-ready"):
        desk.approve(letter_id)
    assert desk.letter(letter_id).number is None
    page = desk.client("signatory").get(f"/letters/{letter_id}/review").get_data(as_text=True)
    assert said in page.split("<main")[1]


def test_a_signatorys_name_that_cannot_be_printed_costs_no_number(desk: Desk) -> None:
    letter_id = desk.submitted()
    with desk.world.as_system():
        row = db.session.scalar(select(Account).where(Account.username == "signatory"))
        assert row is not None
        row.name = "Fitri \N{BUTTERFLY}"
    with pytest.raises(Conflict, match="unprintable_character"):
        desk.approve(letter_id)
    assert desk.letter(letter_id).number is None


def test_what_is_typed_and_cannot_be_printed_is_named_at_submission(desk: Desk) -> None:
    letter_id = desk.draft(service_unit="Poli \N{BUTTERFLY}")
    with desk.acting("case-officer"):
        (line,) = service.submit(service.find(letter_id), desk.account("signatory"))
    assert (line.field.name, line.problem) == ("draft.service_unit", "not-printable")
    assert desk.letter(letter_id).state == "draft"
