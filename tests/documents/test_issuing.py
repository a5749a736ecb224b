"""From approval to the issued letter: what is asked again, what may be repeated, what is kept."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.cases import models as case_models
from app.documents import certificates, issuing, keeping, service, verify
from app.documents.issuing import BACK_OFF
from app.documents.states import ATTEMPTS
from tenants import vault
from tenants.clock import now
from tenants.context import Channel, Context, Purpose
from tenants.database import db, platform
from tests.documents.desk import NAME, Desk
from tests.documents.offices import page_texts
from workers import boundary


@contextmanager
def step(desk: Desk) -> Iterator[None]:
    """One transaction of a job, the signatory acting; errors come out, unlike at the boundary."""
    signatory, tenant = desk.account("signatory"), desk.world.tenant()
    context = Context(tenant.tenant_id, tenant.slug, channel=Channel.JOB, purpose=Purpose.LETTER)
    with desk.worker_app.app_context():
        job = boundary.Job(context, uuid4())
        job.act_for(lambda: signatory)
        with job.step():
            yield


def claim(desk: Desk, letter_id: UUID) -> issuing.Claim:
    """Begin an attempt as a worker does."""
    with step(desk):
        attempt = issuing.claim(letter_id)
    assert attempt is not None
    with step(desk):
        work = issuing.prepare(letter_id, attempt)
    assert work is not None
    return work


def make(desk: Desk, work: issuing.Claim) -> keeping.Sealed:
    """Render, sign, seal and store a claimed letter."""
    with desk.worker_app.app_context():
        pdf = issuing.sign_letter(work, issuing.render(work))
    with step(desk):
        sealed = issuing.seal(work, pdf)
    with desk.worker_app.app_context():
        keeping.store(sealed)
    return sealed


@pytest.mark.parametrize("kind", ["surat_rujukan", "permohonan_visum", "notulen_mediasi"])
def test_poppler_and_pyhanko_accept_the_issued_letter(
    desk: Desk, tmp_path: Path, kind: str
) -> None:
    letter_id = desk.issued(kind)
    pdf = desk.pdf(letter_id)
    letter = desk.letter(letter_id)
    assert letter.sha256 is not None
    with desk.acting("signatory"):
        anchor = certificates.anchor()
        pem, _ = service.trust_anchor()
        signers = 1 + len(service.document_type(kind).cosigners)
    sha256 = letter.sha256.hex()
    verdict = verify.verify(pdf, trust_anchors=[anchor], expected_sha256=sha256, signers=signers)
    assert verdict.valid, verdict.reasons
    assert (verdict.signer_name, verdict.signer_title) == ("Fitri Contoh", "Kepala Dinas")
    store = tmp_path / "nss"
    store.mkdir()
    (tmp_path / "anchor.pem").write_bytes(pem)
    (tmp_path / "letter.pdf").write_bytes(pdf)
    database = f"sql:{store}"
    subprocess.run(["certutil", "-N", "-d", database, "--empty-password"], check=True)
    trust = ["-t", "CT,C,C", "-n", "anchor", "-i", str(tmp_path / "anchor.pem")]
    subprocess.run(["certutil", "-A", "-d", database, *trust], check=True)
    said = subprocess.run(
        ["pdfsig", "-nssdir", database, str(tmp_path / "letter.pdf")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("surat_rujukan", ["Direktur RSUD Bangil", NAME, "12 April 1998", "0343-000000"]),
        (
            "permohonan_visum",
            ["Kepala Kepolisian Resor Pasuruan", "Unit Pelayanan Perempuan", NAME, "LP/B/000"],
        ),
        ("notulen_mediasi", ["B.C.W.", "A.C.", "Dewi Contoh", "Nafkah anak"]),
    ],
)
def test_each_kind_of_letter_says_what_it_must(desk: Desk, kind: str, expected: list[str]) -> None:
    said = " ".join("".join(page_texts(desk.pdf(desk.issued(kind)))).split())
    for words in expected:
        assert words in said
    if kind == "notulen_mediasi":
        assert NAME not in said
        assert "Anton" not in said


def test_the_letter_is_made_from_the_snapshot_alone(desk: Desk) -> None:
    letter_id = desk.approved()
    with desk.rows_of(case_models.Survivor) as rows:
        rows[0].full_name = "Nama Lain Contoh"
    desk.run(letter_id)
    said = "".join(page_texts(desk.pdf(letter_id)))
    assert NAME in said
    assert "Nama Lain" not in said


def test_the_issue_is_recorded_with_its_fields_and_without_a_value(desk: Desk) -> None:
    letter_id = desk.issued()
    letter = desk.letter(letter_id)
    assert letter.sha256 is not None
    (event,) = desk.events("letter:letter:issued", letter_id)
    assert (event["channel"], event["purpose"]) == ("job", "letter")
    assert event["actor"] == str(desk.account("signatory"))
    assert event["details"]["sha256"] == letter.sha256.hex()
    assert event["fields"] == [
        "survivor.full_name",
        "survivor.birth_date",
        "need.description",
        "need.urgency",
    ]
    assert NAME not in json.dumps(desk.world.events())


def test_a_finished_letter_leaves_no_row_in_the_outbox(desk: Desk) -> None:
    letter_id = desk.issued()
    assert letter_id not in {row.object_id for row in desk.rows()}


def test_a_job_that_comes_twice_issues_once(desk: Desk) -> None:
    letter_id = desk.issued()
    before = desk.letter(letter_id).sha256
    desk.run(letter_id)
    assert desk.letter(letter_id).sha256 == before
    assert len(desk.events("letter:letter:issued", letter_id)) == 1


def test_whoever_lost_the_claim_changes_nothing(desk: Desk) -> None:
    letter_id = desk.approved()
    slow, quick = claim(desk, letter_id), claim(desk, letter_id)
    assert (slow.attempt, quick.attempt) == (1, 2)
    sealed = make(desk, slow)
    with step(desk):
        assert not issuing.enter(slow, service.Step.SIGN)
        assert not issuing.finish(slow, sealed)
    assert desk.letter(letter_id).state == "rendering"
    winner = make(desk, quick)
    with step(desk):
        assert issuing.finish(quick, winner)
    with step(desk):
        assert not issuing.finish(slow, sealed)
        issuing.fail(letter_id, slow.attempt, "timeout")
    letter = desk.letter(letter_id)
    assert (letter.state, letter.sha256) == ("issued", winner.sha256)
    assert len(desk.events("letter:letter:issued", letter_id)) == 1


def test_a_worker_that_slept_through_a_retry_changes_nothing(desk: Desk) -> None:
    letter_id = desk.approved()
    slow = claim(desk, letter_id)
    sealed = make(desk, slow)
    with step(desk):
        issuing.fail(letter_id, slow.attempt, "store-full", final=True)
    with desk.acting("signatory"):
        service.retry(service.find(letter_id))
    quick = claim(desk, letter_id)
    with step(desk):
        assert not issuing.finish(slow, sealed)
        issuing.fail(letter_id, slow.attempt, "timeout", final=True)
    assert desk.letter(letter_id).state == "rendering"
    winner = make(desk, quick)
    with step(desk):
        assert issuing.finish(quick, winner)
    assert desk.letter(letter_id).sha256 == winner.sha256


def test_a_letter_tried_once_more_is_tried_as_often_as_a_new_one(desk: Desk) -> None:
    letter_id = desk.approved()
    for before in (0, ATTEMPTS):
        for number in range(1, ATTEMPTS + 1):
            assert desk.claim(letter_id) == before + number
        assert desk.claim(letter_id) is None
        assert desk.letter(letter_id).state == "parked"
        with desk.acting("signatory"):
            service.retry(service.find(letter_id))
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued"


def test_a_letter_taken_back_while_it_is_made_is_not_issued(desk: Desk) -> None:
    letter_id = desk.approved()
    work = claim(desk, letter_id)
    sealed = make(desk, work)
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.CONTENT)
    with step(desk):
        assert not issuing.finish(work, sealed)
    assert desk.letter(letter_id).state == "voided"
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "voided"
    assert letter_id not in {row.object_id for row in desk.rows()}


def test_consent_taken_back_after_approval_parks_the_letter_until_it_is_given_again(
    desk: Desk,
) -> None:
    letter_id = desk.approved()
    desk.consent("hospital", ["identity"])
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.failure, letter.sequence) == ("parked", "no-consent", 1)
    assert letter_id not in {row.object_id for row in desk.rows()}
    desk.consent("hospital", ["identity", "clinical"])
    with desk.acting("case-officer"):
        service.retry(service.find(letter_id))
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.sequence) == ("issued", 1)


def test_consent_must_cover_what_was_approved_whatever_is_left_of_it_in_the_case(
    desk: Desk,
) -> None:
    letter_id = desk.approved()
    with desk.rows_of(case_models.Need) as needs:
        needs[0].description, needs[0].urgency = None, ""  # nothing clinical is left today
    desk.consent("hospital", ["identity"])
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.failure) == ("parked", "no-consent")


def test_consent_taken_back_while_the_letter_is_made_stops_its_issue(desk: Desk) -> None:
    letter_id = desk.approved()
    work = claim(desk, letter_id)
    sealed = make(desk, work)
    desk.consent("hospital", [])
    with pytest.raises(issuing.Halt, match="no-consent"), step(desk):
        issuing.finish(work, sealed)
    assert desk.letter(letter_id).state == "rendering"


def test_a_reclassified_case_parks_its_minutes(desk: Desk) -> None:
    letter_id = desk.approved("notulen_mediasi")
    with desk.rows_of(case_models.Incident) as rows:
        rows[0].violence = ["sexual"]
    desk.run(letter_id)
    assert desk.letter(letter_id).failure == "mediation-sexual-violence"


@pytest.mark.parametrize(
    ("who", "statement", "failure"),
    [
        ("signatory", "UPDATE account SET active = false WHERE id = :id", "signatory-gone"),
        (
            "signatory",
            "UPDATE role_grant SET revoked_at = now() WHERE account_id = :id",
            "signatory-gone",
        ),
        ("case-officer", "UPDATE account SET active = false WHERE id = :id", "author-gone"),
        (
            "case-officer",
            "UPDATE role_grant SET revoked_at = now() WHERE account_id = :id",
            "author-gone",
        ),
    ],
)
def test_rights_are_those_of_the_moment_the_job_runs(
    desk: Desk, who: str, statement: str, failure: str
) -> None:
    letter_id = desk.approved()
    account = desk.account(who)
    with desk.world.as_system():
        db.session.execute(text(statement), {"id": account})
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.failure) == ("parked", failure)


def test_an_altered_snapshot_is_never_made_into_a_letter(desk: Desk) -> None:
    letter_id = desk.approved()
    desk.tamper("UPDATE letter SET snapshot_hash = sha256('x')")
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.failure) == ("parked", "snapshot-altered")


def test_a_letter_of_a_destroyed_case_parks_and_says_so(desk: Desk) -> None:
    letter_id = desk.approved()
    with desk.acting("case-officer") as context:
        assert context.person is not None
        vault.destroy_data_key(desk.case_id, context.person.id)
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.failure) == ("parked", "unreadable")


def test_a_passing_failure_is_tried_later_and_parked_after_the_last_try(desk: Desk) -> None:
    letter_id = desk.approved()
    folder = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    (folder / str(desk.tenant_id)).write_text("a file where a folder must be made")
    for attempt in range(1, ATTEMPTS + 1):
        started = now()
        desk.run(letter_id)
        letter = desk.letter(letter_id)
        assert (letter.attempt, letter.failure) == (attempt, "store-unavailable")
        due = {row.object_id: row.due_at for row in desk.rows()}
        if attempt < ATTEMPTS:
            assert letter.state == "queued"
            assert due[letter_id] >= started + BACK_OFF[attempt - 1]
        else:
            assert letter.state == "parked"
            assert letter_id not in due
    assert len(desk.events("letter:job:failed", letter_id)) == ATTEMPTS - 1
    (event,) = desk.events("letter:job:parked", letter_id)
    assert event["details"] == {
        "step": "storing",
        "error": "store-unavailable",
        "attempt": ATTEMPTS,
    }
    (folder / str(desk.tenant_id)).unlink()
    with desk.acting("signatory"):
        service.retry(service.find(letter_id))
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued"


def test_nothing_is_put_into_an_empty_folder_where_letters_should_be(desk: Desk) -> None:
    """The disk of the store is not mounted: what is written below it would be lost."""
    first = desk.issued()
    letter_id = desk.approved()
    folder = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    folder.rename(folder.with_name("away"))
    folder.mkdir()
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.failure) == ("queued", "store-elsewhere")
    assert list(folder.iterdir()) == []
    said = desk.client("signatory").json(f"/letters/{letter_id}/progress.json")["sentence"]
    assert "tidak ada di tempat surat disimpan" in said
    folder.rmdir()
    folder.with_name("away").rename(folder)
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued"
    assert desk.pdf(first).startswith(b"%PDF")


def test_one_lost_file_does_not_stop_the_next_letters(desk: Desk) -> None:
    kept, lost = desk.issued(), desk.issued()
    folder = Path(desk.world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    (folder / str(desk.letter(lost).object_name)).unlink()
    assert desk.pdf(desk.issued()) != desk.pdf(kept)


def test_a_worker_that_died_at_every_try_parks_the_letter(desk: Desk) -> None:
    letter_id = desk.approved()
    for _ in range(ATTEMPTS):
        claim(desk, letter_id)
    desk.run(letter_id)
    letter = desk.letter(letter_id)
    assert (letter.state, letter.failure) == ("parked", "worker-died")


def test_the_reconciler_asks_again_for_what_no_job_would_come_to(desk: Desk) -> None:
    queued, rendering, issued = desk.approved(), desk.approved(), desk.issued()
    claim(desk, rendering)
    with desk.worker_app.app_context(), platform() as session:
        session.execute(text("DELETE FROM outbox"))
    with step(desk):
        assert service.reconcile() == 2
        assert service.reconcile() == 0
    assert {row.object_id for row in desk.rows()} == {queued, rendering}
    assert issued not in {row.object_id for row in desk.rows()}
    with desk.worker_app.app_context(), platform() as session:
        session.execute(text("UPDATE outbox SET due_at = :far"), {"far": now() + timedelta(days=3)})
    with step(desk):
        assert service.reconcile() == 2
    assert all(row.due_at <= now() for row in desk.rows())
