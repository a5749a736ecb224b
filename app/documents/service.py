"""Letters: what other rooms, pages and workers may call. The work is in the modules named here."""

from datetime import date

from app.documents import certified as _certified
from app.documents import issuing as _issuing
from app.documents import keeping as _keeping
from app.documents import previews as _previews
from app.documents import workshop as _workshop
from app.documents.agenda import MOST as AGENDA_MOST
from app.documents.agenda import PAGE as AGENDA_PAGE
from app.documents.agenda import count as agenda_count
from app.documents.agenda import lines as agenda_lines
from app.documents.agenda import registers
from app.documents.agenda import years as agenda_years
from app.documents.approval import (
    Review,
    approve,
    approve_several,
    cosign,
    frozen,
    retry,
    review,
    withdraw,
)
from app.documents.catalogue import DocumentType
from app.documents.certificates import ending as certificates_ending
from app.documents.certificates import load_certificate
from app.documents.certificates import officers as certificates
from app.documents.certificates import revoke as revoke_certificate
from app.documents.certificates import signature as certificate_names
from app.documents.certificates import watch as watch_certificates
from app.documents.comparison import Comparison, compare
from app.documents.conditions import (
    BY_HAND,
    OBSTACLES,
    STATUTORY_GATES,
    Offer,
    obstacle,
    offers,
    receivers,
)
from app.documents.copy_recipients import Wanted
from app.documents.copy_recipients import offered as copy_recipients
from app.documents.delegations import (
    Choice,
    Terms,
    load_delegation,
)
from app.documents.delegations import choices as signing_choices
from app.documents.delegations import close as close_delegation
from app.documents.delegations import end as end_delegation
from app.documents.delegations import holds as delegation_holds
from app.documents.delegations import listed as delegations
from app.documents.delegations import make as delegate
from app.documents.deliveries import (
    acknowledge,
    fetch_delivered,
    inbox,
    load_delivered,
    note_opened,
)
from app.documents.deliveries import of as delivery_of
from app.documents.deliveries import people as delivery_people
from app.documents.drafts import (
    create,
    discard,
    obstacles,
    places_of,
    replace,
    save,
    submit,
)
from app.documents.errors import RenderError, SigningError, TemplateError
from app.documents.files import (
    LetterFile,
    fetch,
    fetch_for_partner,
    fetch_office,
    for_partner,
    load_partner_letter,
)
from app.documents.health import counts as health_counts
from app.documents.health import load_stopped
from app.documents.health import look as health
from app.documents.health import workers as letter_workers
from app.documents.issuing import Halt, reconcile
from app.documents.letters import (
    addressee_name,
    entry,
    field_names,
    find,
    for_case,
    load_letter,
    may_change,
    successor,
    to_review_by,
    usual_time,
    waiting_for,
)
from app.documents.office_documents import find_office, issue_office, said
from app.documents.own_signature import issue_own
from app.documents.papers import check_print, signed_on_paper
from app.documents.reviewing import give_back, initial, needs_paraf, remarks, reviewers
from app.documents.signers import of as signers_of
from app.documents.signers import turn as signing_turn
from app.documents.states import (
    IN_WORK,
    STATE_KINDS,
    STATE_NAMES,
    LetterState,
    Mode,
    ReturnReason,
    Step,
    WithdrawReason,
    failure_sentence,
)
from app.documents.store import Conflict as ObjectConflict
from app.documents.store import Missing as NoObject
from app.documents.store import StoreElsewhere, StoreError, StoreFull, StoreUnavailable
from app.documents.values import Entry, Line
from app.documents.verification import Finding, check_file, look_up, trust_anchor
from tenants.registry import profile

# The steps of the jobs, for workers.documents.
issue_asker = _issuing.asker
claim = _issuing.claim
prepare = _issuing.prepare
render = _issuing.render
enter = _issuing.enter
sign_letter = _issuing.sign_letter
seal = _issuing.seal
store_letter = _keeping.store
finish = _issuing.finish
fail = _issuing.fail

load_preview = _previews.load_preview
request_preview = _previews.ask
newest_preview = _previews.newest
fetch_preview = _previews.fetch
preview_asker = _previews.asker
begin_preview = _previews.begin
draw_preview = _previews.draw
keep_preview = _previews.keep
fail_preview = _previews.fail
drop_preview = _previews.drop
remove_old_previews = _previews.remove_old


def legal_basis(key: str, day: date) -> tuple[str, ...]:
    """Return how a legal basis reads on a day, as far as it is confirmed for this office."""
    return _workshop.catalogue().basis(key, day, tuple(profile().printed_bases))


object_store = _workshop.store
stored_name = _keeping.stored_name

copy_asker = _certified.asker
begin_copy = _certified.begin
make_copy = _certified.make
keep_copy = _certified.keep
fail_copy = _certified.fail
certify_copy = _certified.certify
retry_copy = _certified.retry
copies_of = _certified.of
copy_recipient = _certified.recipient
load_copy = _certified.load_copy
fetch_copy = _certified.fetch

any_document_type = _workshop.document_type
document_type = _workshop.case_type
equip = _workshop.equip
warm_up = _workshop.warm_up

__all__ = [
    "AGENDA_MOST",
    "AGENDA_PAGE",
    "BY_HAND",
    "IN_WORK",
    "OBSTACLES",
    "STATE_KINDS",
    "STATE_NAMES",
    "STATUTORY_GATES",
    "Choice",
    "Comparison",
    "DocumentType",
    "Entry",
    "Finding",
    "Halt",
    "LetterFile",
    "LetterState",
    "Line",
    "Mode",
    "NoObject",
    "ObjectConflict",
    "Offer",
    "RenderError",
    "ReturnReason",
    "Review",
    "SigningError",
    "Step",
    "StoreElsewhere",
    "StoreError",
    "StoreFull",
    "StoreUnavailable",
    "TemplateError",
    "Terms",
    "Wanted",
    "WithdrawReason",
    "acknowledge",
    "addressee_name",
    "agenda_count",
    "agenda_lines",
    "agenda_years",
    "approve",
    "approve_several",
    "certificate_names",
    "certificates",
    "certificates_ending",
    "check_file",
    "check_print",
    "close_delegation",
    "compare",
    "copy_recipients",
    "cosign",
    "create",
    "delegate",
    "delegation_holds",
    "delegations",
    "delivery_of",
    "delivery_people",
    "discard",
    "end_delegation",
    "entry",
    "failure_sentence",
    "fetch",
    "fetch_delivered",
    "fetch_for_partner",
    "fetch_office",
    "field_names",
    "find",
    "find_office",
    "for_case",
    "for_partner",
    "frozen",
    "give_back",
    "health",
    "health_counts",
    "inbox",
    "initial",
    "issue_office",
    "issue_own",
    "legal_basis",
    "letter_workers",
    "load_certificate",
    "load_delegation",
    "load_delivered",
    "load_letter",
    "load_partner_letter",
    "load_stopped",
    "look_up",
    "may_change",
    "needs_paraf",
    "note_opened",
    "obstacle",
    "obstacles",
    "offers",
    "places_of",
    "receivers",
    "reconcile",
    "registers",
    "remarks",
    "replace",
    "retry",
    "review",
    "reviewers",
    "revoke_certificate",
    "said",
    "save",
    "signed_on_paper",
    "signers_of",
    "signing_choices",
    "signing_turn",
    "submit",
    "successor",
    "to_review_by",
    "trust_anchor",
    "usual_time",
    "waiting_for",
    "watch_certificates",
    "withdraw",
]
