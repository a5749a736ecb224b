"""Which event starts a clock and which ends it.

The log hears everything that is done, in the transaction of the act; so does this. Whatever room
an event comes from, no clock is forgotten and none has to be set by hand.
"""

from typing import Any
from uuid import UUID

from app.cases import service as cases
from app.clocks import service
from app.clocks.codes import How
from app.clocks.rules import Kind
from app.documents import service as documents
from tenants.vocabulary import Tag

_PROTECTION = frozenset({"permohonan_perlindungan", "permohonan_perlindungan_tpks"})
_TPKS_REPORT = "laporan_tpks"


def hear(
    tag: Tag, subject: tuple[str, UUID] | None, case_id: UUID | None, _details: dict[str, Any]
) -> None:
    """Start and end what an event starts and ends."""
    if case_id is None or subject is None:
        return
    if tag in _OF_A_CASE:
        _OF_A_CASE[tag](case_id)
    elif tag in _OF_AN_OBJECT:
        _OF_AN_OBJECT[tag](case_id, subject[1])


def recheck(case_id: UUID) -> None:
    """Start the clock of the report to the police where a case holds sexual violence, or end it.

    UU 12/2022 (TPKS) Ps 41: within three times twenty-four hours from the survivor's report.
    """
    if cases.has_sexual_violence(case_id):
        if not service.ever(Kind.TPKS_REPORT, case_id):
            service.start(Kind.TPKS_REPORT, case_id, case_id)
    else:
        service.stop(Kind.TPKS_REPORT, case_id, How.RECLASSIFIED)


def _registered(case_id: UUID) -> None:
    at = cases.find(case_id).registered_at
    service.start(Kind.FIRST_RESPONSE, case_id, case_id, at)
    recheck(case_id)


def _edited(case_id: UUID) -> None:
    if not cases.waits_for_first_act(case_id):
        service.stop(Kind.FIRST_RESPONSE, case_id)


def _over(case_id: UUID) -> None:
    service.stop_all(case_id, How.CASE_CLOSED)


def _referred(case_id: UUID, referral_id: UUID) -> None:
    service.start(Kind.REFERRAL_ANSWER, case_id, referral_id)


def _accepted(case_id: UUID, referral_id: UUID) -> None:
    service.stop(Kind.REFERRAL_ANSWER, referral_id)
    service.start(Kind.REFERRAL_RESULT, case_id, referral_id)


def _referral_ended(_case_id: UUID, referral_id: UUID) -> None:
    service.stop(Kind.REFERRAL_ANSWER, referral_id)
    service.stop(Kind.REFERRAL_RESULT, referral_id)


def _letter_approved(case_id: UUID, letter_id: UUID) -> None:
    kind = documents.find(letter_id).type
    if kind == _TPKS_REPORT:
        service.stop(Kind.TPKS_REPORT, case_id, How.DONE, letter_id)
    elif kind in _PROTECTION:
        service.start(Kind.POLICE_PROTECTION, case_id, case_id)


def _letter_undone(_case_id: UUID, letter_id: UUID) -> None:
    service.undo(letter_id)


_OF_A_CASE = {
    Tag.CASE_REGISTERED: _registered,
    Tag.CASE_EDITED: _edited,
    Tag.CASE_CLOSED: _over,
    Tag.CASE_KEY_DESTROYED: _over,
}
_OF_AN_OBJECT = {
    Tag.REFERRAL_CREATED: _referred,
    Tag.REFERRAL_ACCEPTED: _accepted,
    Tag.REFERRAL_DECLINED: _referral_ended,
    Tag.REFERRAL_COMPLETED: _referral_ended,
    Tag.REFERRAL_WITHDRAWN: _referral_ended,
    Tag.REFERRAL_TAKEN_OVER: _referral_ended,
    Tag.LETTER_APPROVED: _letter_approved,
    Tag.LETTER_WITHDRAWN: _letter_undone,
    Tag.LETTER_NUMBER_VOIDED: _letter_undone,
}
