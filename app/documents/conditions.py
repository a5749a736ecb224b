"""What the law and the case demand before a letter of some kind may be written or issued."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from app.cases import service as cases
from app.documents import workshop
from app.documents.catalogue import DocumentType
from app.mediation import service as mediations
from tenants.context import Role
from tenants.errors import Missing, Refused
from tenants.registry import Organisation, OrganisationKind, organisations

PARTNER = "partner"  # whichever organisation the office works with

STATUTORY_GATES: list[Callable[[str, UUID], bool]] = []
"""Each tells whether a law asks for a letter of this type in this case. A letter on a statutory
basis goes without consent, so that it is written only while one of them says so."""

BY_HAND: dict[str, Any] = {
    "file": _l("The case file"),
    "survivor": _l("Handed to the survivor or the person who reported"),
    "officer": _l("Handed to the officer named in it"),
    "party": _l("Handed to a party of the mediation"),
}
"""Where a letter goes that is sent to no organisation: it leaves the office in somebody's hand."""

OBSTACLES: dict[str, Any] = {
    "mediation-sexual-violence": _l(
        "This case holds sexual violence. The law forbids settling it outside the court, so no "
        "letter of a mediation is written."
    ),
    "no-mediation": _l("There is no mediation in this case."),
    "no-sexual-violence": _l("This letter is for cases of sexual violence only."),
    "no-domestic-violence": _l("This letter is for cases of domestic violence only."),
    "no-duty": _l("No report is due."),
    "no-police-report": _l(
        "The police report has no number yet. Record it in the case; a forensic examination is "
        "requested by the police alone."
    ),
    "no-examination-request": _l(
        "A hospital examines for the court only when the investigator has asked for it. Record "
        "the number of the investigator's request in the case first."
    ),
    "no-addressee": _l("Your office has no organisation that receives this letter."),
    "wrong-addressee": _l("This letter does not go to an organisation of that kind."),
    "organisation-inactive": _l("Your office no longer works with this organisation."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind of letter, whom it goes to, and the code of what stands in its way, if anything."""

    kind: DocumentType
    goes_to: Any
    obstacle: str | None


def offers(case_id: UUID) -> list[Offer]:
    """Return every kind of letter with what forbids it in this case, if anything."""
    known, kinds = organisations(), workshop.catalogue().types.values()
    return [
        Offer(kind, _goes_to(kind, known), obstacle(kind, case_id, known=known))
        for kind in kinds
        if not kind.of_office and Role.SIGNATORY in kind.signing_roles
    ]


def receivers(
    kind: DocumentType, known: Iterable[Organisation] | None = None
) -> list[Organisation]:
    """Return the active organisations that a letter of this kind may go to, by name.

    Args:
        known: the office's active organisations, when they are at hand already.
    """
    listed = organisations() if known is None else known
    return [one for one in listed if kind.addressee in {PARTNER, one.kind}]


def obstacle(
    kind: DocumentType,
    case_id: UUID,
    organisation: Organisation | None = None,
    *,
    known: Iterable[Organisation] | None = None,
) -> str | None:
    """Return the code of what forbids a letter of this kind in this case, or None.

    Args:
        organisation: the addressee when it is chosen already.
        known: as of :func:`receivers`.
    """
    if kind.subject == "mediation" or "no_sexual_violence" in kind.conditions:
        try:
            mediations.gate(case_id)
        except Refused as refused:
            return refused.reason
        if kind.subject == "mediation" and not _has_mediation(case_id):
            return "no-mediation"
    if kind.addressee not in BY_HAND:
        if organisation is None and not receivers(kind, known):
            return "no-addressee"
        if organisation is not None and kind.addressee not in {PARTNER, organisation.kind}:
            return "wrong-addressee"
        if organisation is not None and not organisation.active:
            return "organisation-inactive"
    return _violence(kind, case_id) or _duty(kind, case_id) or _police(kind, case_id)


def check(kind: DocumentType, case_id: UUID, organisation: Organisation | None) -> None:
    """Refuse a letter that the law or the case does not allow.

    Raises:
        Refused: with the code of what stands in the way.
    """
    found = obstacle(kind, case_id, organisation)
    if found is None and kind.addressee not in BY_HAND and organisation is None:
        found = "no-addressee"
    if found is not None:
        raise Refused(found)


def check_open(case_id: UUID) -> None:
    """Refuse to write, submit or approve a letter about a closed case.

    Raises:
        Refused: ``case-closed``.
    """
    if cases.standing(cases.find(case_id)).closed:
        raise Refused("case-closed")


def _goes_to(kind: DocumentType, known: list[Organisation]) -> Any:
    """Return the words for whoever gets a letter: the organisations by name, or in whose hand."""
    if kind.addressee == PARTNER:
        return _l("Any organisation your office works with")
    if kind.addressee in BY_HAND:
        return BY_HAND[kind.addressee]
    return ", ".join(one.name for one in receivers(kind, known))


def _has_mediation(case_id: UUID) -> bool:
    try:
        mediations.newest(case_id)
    except Missing:
        return False
    return True


def _violence(kind: DocumentType, case_id: UUID) -> str | None:
    """Some letters stand on a law that speaks of one kind of violence (domain, section 0 and 3)."""
    if "sexual_violence" in kind.conditions and not cases.has_sexual_violence(case_id):
        return "no-sexual-violence"
    if "domestic_violence" in kind.conditions and not any(
        incident.domestic for incident in cases.rows(case_id).incidents
    ):
        return "no-domestic-violence"
    return None


def _duty(kind: DocumentType, case_id: UUID) -> str | None:
    """What goes without consent needs a duty that holds in this very case (invariant 24)."""
    if kind.statutory_basis is None or any(gate(kind.key, case_id) for gate in STATUTORY_GATES):
        return None
    return "no-duty"


def _police(kind: DocumentType, case_id: UUID) -> str | None:
    """Only the investigator asks for a visum (domain reference, section 0; invariant 23)."""
    wants_report = "police_report_number" in kind.conditions
    wants_request = "police_request_number" in kind.conditions or (
        kind.subject == "visum_request" and kind.addressee == OrganisationKind.HOSPITAL
    )
    if not (wants_report or wants_request):
        return None
    legal = cases.rows(case_id).legal
    if wants_report and (legal is None or not legal.report_number):
        return "no-police-report"
    if wants_request and (legal is None or not legal.examination_request):
        return "no-examination-request"
    return None
