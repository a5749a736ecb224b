"""Letters: what other rooms, pages and workers may call. The work is in the modules named here."""

from datetime import date

from app.documents import issuing as _issuing
from app.documents import keeping as _keeping
from app.documents import previews as _previews
from app.documents import workshop as _workshop
from app.documents.approval import Review, approve, approve_several, retry, review, withdraw
from app.documents.catalogue import DocumentType
from app.documents.comparison import Comparison, compare
from app.documents.conditions import OBSTACLES, Offer, obstacle, offers, receivers
from app.documents.drafts import (
    create,
    discard,
    obstacles,
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
    unfinished_of,
    usual_time,
    waiting_for,
)
from app.documents.office_documents import find_office, issue_office, said
from app.documents.own_signature import issue_own
from app.documents.reviewing import give_back, initial, needs_paraf, remarks, reviewers
from app.documents.states import (
    IN_WORK,
    STATE_KINDS,
    STATE_NAMES,
    LetterState,
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

document_type = _workshop.case_type
equip = _workshop.equip
warm_up = _workshop.warm_up

__all__ = [
    "IN_WORK",
    "OBSTACLES",
    "STATE_KINDS",
    "STATE_NAMES",
    "Comparison",
    "DocumentType",
    "Entry",
    "Finding",
    "Halt",
    "LetterFile",
    "LetterState",
    "Line",
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
    "WithdrawReason",
    "addressee_name",
    "approve",
    "approve_several",
    "check_file",
    "compare",
    "create",
    "discard",
    "entry",
    "failure_sentence",
    "fetch",
    "fetch_for_partner",
    "fetch_office",
    "field_names",
    "find",
    "find_office",
    "for_case",
    "for_partner",
    "give_back",
    "initial",
    "issue_office",
    "issue_own",
    "legal_basis",
    "load_letter",
    "load_partner_letter",
    "look_up",
    "may_change",
    "needs_paraf",
    "obstacle",
    "obstacles",
    "offers",
    "receivers",
    "reconcile",
    "remarks",
    "replace",
    "retry",
    "review",
    "reviewers",
    "said",
    "save",
    "submit",
    "successor",
    "to_review_by",
    "trust_anchor",
    "unfinished_of",
    "usual_time",
    "waiting_for",
    "withdraw",
]
