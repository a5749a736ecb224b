"""The database keeps numbers, approvals and issued bytes, whatever a service's login is told."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from app.documents import numbering, service
from tenants.database import db
from tests.documents.desk import Desk

APPROVED = (
    "number = 'X/1'", "sequence = 7", "year = 2020", "family = 'x'", "dated = '2020-01-01'",
    "approved_at = now()", "snapshot_hash = sha256('x')", "verification_hash = sha256('x')",
    "type = 'notulen_mediasi'", "number = NULL", "signatory_id = drafted_by",
)  # fmt: skip
ISSUED = (
    "sha256 = sha256('x')", "size = 1", "object_name = 'x'", "issued_at = now()",
    "state = 'rendering'", "state = 'draft'", "state = 'voided'",
)  # fmt: skip


def change(desk: Desk, what: str, *, job: bool = False) -> None:
    """Tell the database so with the login of the web, or of a worker."""
    with desk.job() if job else desk.world.as_system():
        db.session.execute(text(f"UPDATE letter SET {what}"))


@pytest.mark.parametrize("what", APPROVED)
def test_what_was_approved_stays_so(desk: Desk, what: str) -> None:
    desk.approved()
    with pytest.raises(IntegrityError, match="letter is kept as it is"):
        change(desk, what)


@pytest.mark.parametrize("what", [*APPROVED[:2], *ISSUED])
def test_what_was_issued_stays_so(desk: Desk, what: str) -> None:
    desk.issued()
    for job in (False, True):
        with pytest.raises(IntegrityError, match="letter is kept as it is"):
            change(desk, what, job=job)


def test_a_void_number_keeps_its_reason_and_stays_void(desk: Desk) -> None:
    letter_id = desk.approved()
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.NOT_NEEDED)
    for what in ("withdraw_reason = 'other'", "withdraw_reason = NULL", "state = 'queued'"):
        with pytest.raises(IntegrityError, match="letter is kept as it is"):
            change(desk, what)


@pytest.mark.parametrize("state", ["issued", "queued", "superseded"])
def test_a_letter_taken_back_stays_taken_back(desk: Desk, state: str) -> None:
    letter_id = desk.issued()
    with desk.acting("signatory"):
        service.withdraw(service.find(letter_id), service.WithdrawReason.CONTENT)
    with pytest.raises(IntegrityError, match="letter is kept as it is"):
        change(desk, f"state = '{state}'")


@pytest.mark.parametrize("what", ["last = last - 1", "last = last + 2", "last = 0"])
def test_a_counter_only_counts(desk: Desk, what: str) -> None:
    with desk.acting("signatory"):
        numbering.take("x", 2026)
    with (
        pytest.raises(IntegrityError, match="letter_counter is kept as it is"),
        desk.acting("signatory"),
    ):
        db.session.execute(text(f"UPDATE letter_counter SET {what}"))


@pytest.mark.parametrize("statement", ["DELETE FROM letter", "UPDATE survivor SET district = 'x'"])
def test_the_workers_role_may_only_bring_a_letter_on(desk: Desk, statement: str) -> None:
    letter_id = desk.approved()
    with pytest.raises(ProgrammingError, match="permission denied"), desk.job():
        db.session.execute(text(statement))
    with desk.job():
        db.session.execute(text("UPDATE letter SET step = 'rendering'"))
    assert desk.letter(letter_id).step == "rendering"
