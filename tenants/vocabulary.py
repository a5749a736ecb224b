"""The closed vocabulary of the audit log: every tag, and the exact keys of its details.

A tag is ``scope:object:what-happened``. Details never hold a confidential value.
"""

from enum import Enum


class Tag(Enum):
    """What happened. The second member lists the exact keys of an allowed event's details."""

    # accounts
    SESSION_FORM_VIEWED = "account:session:form-viewed", ()
    SESSION_OPENED = "account:session:opened", ()
    PASSWORD_ACCEPTED = "account:session:password-accepted", ()
    FACTOR_FORM_VIEWED = "account:factor:form-viewed", ()
    FACTOR_ENROLLED = "account:factor:enrolled", ("kind",)
    FACTOR_REMOVED = "account:factor:removed", ("kind",)
    PASSKEY_ASKED = "account:passkey:asked", ()
    RECOVERY_CODES_MADE = "account:recovery:made", ("count",)
    RECOVERY_CODE_USED = "account:recovery:used", ("left",)
    NEW_DEVICE = "account:session:new-device", ()
    SESSION_CLOSED = "account:session:closed", ()
    SESSION_ENDED = "account:session:ended", ("session", "person")
    SESSIONS_ENDED = "account:session:all-ended", ("person", "count")
    SESSION_LISTED = "account:session:listed", ()
    PASSWORD_FORM_VIEWED = "account:password:form-viewed", ()
    PASSWORD_CONFIRMED = "account:password:confirmed", ()
    PASSWORD_CHANGED = "account:password:changed", ()
    INVITATION_FORM_VIEWED = "account:invitation:form-viewed", ()
    INVITATION_VIEWED = "account:invitation:viewed", ()
    INVITATION_CREATED = "account:invitation:created", ("roles", "organisation", "ends")
    INVITATION_ACCEPTED = "account:invitation:accepted", ("roles",)
    INVITATION_REVOKED = "account:invitation:revoked", ()
    PEOPLE_LISTED = "account:person:listed", ("count",)
    ACCOUNT_CREATED = "account:person:created", ("roles", "organisation")
    PERSON_VIEWED = "account:person:viewed", ()
    PERSON_DISABLED = "account:person:disabled", ()
    PERSON_ENABLED = "account:person:enabled", ()
    PERSON_EDITED = "account:person:edited", ("fields",)
    PERSON_LOCKED = "account:person:locked", ()
    PERSON_UNLOCKED = "account:person:unlocked", ()
    ROLES_CHANGED = "account:role:changed", ("before", "after")
    CONFIRMATIONS_LISTED = "account:confirmation:listed", ("count",)
    CONFIRMATION_ASKED = "account:confirmation:asked", ("kind", "person", "roles")
    CONFIRMATION_DECIDED = "account:confirmation:decided", ("kind", "person", "roles", "verdict")
    TERM_CHANGED = "account:term:changed", ("before", "after")
    LANGUAGE_CHANGED = "account:language:changed", ("language",)
    HOME_VIEWED = "app:home:viewed", ()
    # cases
    CASES_LISTED = "case:case:listed", ("count",)
    CASES_SEARCHED = "case:case:searched", ("kind", "term", "count")
    CASE_FORM_VIEWED = "case:case:form-viewed", ()
    CASE_REGISTERED = "case:case:registered", ("code", "channel")
    CASE_VIEWED = "case:case:viewed", ()
    CASE_EDITED = "case:case:edited", ("part",)
    CASE_CLOSED = "case:case:closed", ()
    CASE_LINKS_FOUND = "case:link:found", ("count",)
    CASE_LINKS_VIEWED = "case:link:listed", ("count",)
    CASE_LINK_DECIDED = "case:link:decided", ("verdict",)
    CASE_KEY_DESTROYED = "case:key:destroyed", ("reason",)
    DESTRUCTION_FORM_VIEWED = "case:destruction:form-viewed", ()
    DESTRUCTION_DECIDED = "case:destruction:decided", ("reason",)
    DESTRUCTION_CONFIRMED = "case:destruction:confirmed", ()
    DESTRUCTION_STOPPED = "case:destruction:stopped", ()
    DESTRUCTION_VIEWED = "case:destruction:viewed", ()
    DESTRUCTIONS_LISTED = "case:destruction:listed", ("count",)
    TEAM_ASSIGNED = "case:team:assigned", ("person", "role")
    TEAM_RELEASED = "case:team:released", ("person",)
    FIELD_REVEALED = "case:field:revealed", ()
    EMERGENCY_FORM_VIEWED = "case:emergency:form-viewed", ()
    EMERGENCY_OPENED = "case:emergency:opened", ("open_until", "reason", "reviewer")
    EMERGENCY_ENDED = "case:emergency:ended", ()
    EMERGENCIES_LISTED = "case:emergency:listed", ("count",)
    EMERGENCY_VIEWED = "case:emergency:viewed", ()
    EMERGENCY_REVIEWED = "case:emergency:reviewed", ("verdict",)
    CASE_ACCESS_LISTED = "case:access:listed", ("count",)
    CASE_TRAIL_SHOWN = "case:trail:shown", ("count",)
    CONSENT_FORM_VIEWED = "case:consent:form-viewed", ()
    CONSENT_RECORDED = "case:consent:recorded", ("organisation", "purpose", "classes", "expires")
    CONSENT_REFUSED = "case:consent:refused", ("organisation", "purpose")
    CONSENT_REVOKED = "case:consent:revoked", ("organisation",)
    # attachments
    ATTACHMENT_FORM_VIEWED = "case:attachment:form-viewed", ()
    ATTACHMENT_ADDED = (
        "case:attachment:added",
        ("attached", "class", "level", "octets", "commitment"),
    )
    ATTACHMENT_VIEWED = "case:attachment:viewed", ()
    ATTACHMENTS_LISTED = "case:attachment:listed", ("count",)
    ATTACHMENT_PREVIEW_MADE = "case:attachment:preview-made", ()
    ATTACHMENT_HANDED_OVER = "case:attachment:handed-over", ("organisation",)
    ATTACHMENT_TAKEN_BACK = "case:attachment:taken-back", ("organisation",)
    ATTACHMENT_REMOVED = "case:attachment:removed", ("reason",)
    # statutory report
    STATUTORY_VIEWED = "case:statutory:viewed", ()
    STATUTORY_TOLD = "case:statutory:told", ("day", "how")
    STATUTORY_REVIEWED = "case:statutory:reviewed", ("finding",)
    # referrals
    REFERRAL_FORM_VIEWED = "case:referral:form-viewed", ()
    REFERRAL_CREATED = "case:referral:created", ("organisation", "service")
    REFERRAL_INBOX_VIEWED = "case:referral:inbox-viewed", ("count",)
    REFERRAL_VIEWED = "case:referral:viewed", ()
    REFERRAL_ACCEPTED = "case:referral:accepted", ()
    REFERRAL_DECLINED = "case:referral:declined", ("reason",)
    REFERRAL_COMPLETED = "case:referral:completed", ()
    REFERRAL_WITHDRAWN = "case:referral:withdrawn", ("reason",)
    # mediation
    MEDIATION_FORM_VIEWED = "case:mediation:form-viewed", ()
    MEDIATION_CREATED = "case:mediation:created", ()
    MEDIATION_VIEWED = "case:mediation:viewed", ()
    MEDIATION_EDITED = "case:mediation:edited", ("part",)
    MEDIATION_STOPPED = "case:mediation:stopped", ("reason",)
    # letters
    LETTER_FORM_VIEWED = "letter:letter:form-viewed", ()
    LETTER_DRAFTED = "letter:letter:drafted", ("type",)
    LETTER_EDITED = "letter:letter:edited", ()
    LETTERS_LISTED = "letter:letter:listed", ("count",)
    LETTER_VIEWED = "letter:letter:viewed", ()
    LETTER_SUBMITTED = "letter:letter:submitted", ()
    LETTER_INITIALLED = "letter:letter:initialled", ("content",)
    LETTER_RETURNED = "letter:letter:returned", ()
    LETTER_DISCARDED = "letter:letter:discarded", ()
    LETTER_PREVIEW_REQUESTED = "letter:preview:requested", ()
    LETTER_PREVIEW_MADE = "letter:preview:made", ()
    LETTER_PREVIEWED = "letter:preview:viewed", ()
    LETTER_QUEUE_VIEWED = "letter:queue:viewed", ("count",)
    LETTER_APPROVED = "letter:letter:approved", ("number", "snapshot")
    LETTER_PROGRESS_VIEWED = "letter:progress:viewed", ()
    LETTER_ISSUED = "letter:letter:issued", ("number", "sha256", "certificate")
    LETTER_ATTEMPT_FAILED = "letter:job:failed", ("step", "error", "attempt")
    LETTER_PARKED = "letter:job:parked", ("step", "error", "attempt")
    LETTER_RETRIED = "letter:job:retried", ()
    LETTER_DOWNLOADED = "letter:file:downloaded", ("sha256",)
    LETTER_WITHDRAWN = "letter:letter:withdrawn", ("number",)
    LETTER_SUPERSEDED = "letter:letter:superseded", ("number",)
    LETTER_NUMBER_VOIDED = "letter:number:voided", ("number", "reason")
    LETTER_VERIFIED = "letter:verification:viewed", ("result",)
    ANCHOR_DOWNLOADED = "letter:anchor:downloaded", ()
    CERTIFICATE_ISSUED = "letter:certificate:issued", ("fingerprint", "person")
    # audit
    AUDIT_NEWS_VIEWED = "audit:news:viewed", ("count",)
    AUDIT_DESK_VIEWED = "audit:desk:viewed", ("count",)
    AUDIT_VIEW_SAVED = "audit:view:saved", ()
    AUDIT_VIEW_REMOVED = "audit:view:removed", ()
    AUDIT_READERS_VIEWED = "audit:reader:listed", ("count",)
    AUDIT_SIGN_VIEWED = "audit:sign:viewed", ()
    AUDIT_SIGN_REVIEWED = "audit:sign:reviewed", ("rule", "person", "day", "reason")
    AUDIT_EXPLANATION_ASKED = "audit:explanation:asked", ("rule", "person", "day")
    AUDIT_EXPLANATION_GIVEN = "audit:explanation:given", ()
    AUDIT_EXPLANATION_READ = "audit:explanation:read", ()
    AUDIT_EXPLANATIONS_LISTED = "audit:explanation:listed", ("count",)
    AUDIT_FINDING_RAISED = (
        "audit:finding:raised",
        ("rule", "person", "day", "severity", "owner"),
    )
    AUDIT_FINDING_CLOSED = "audit:finding:closed", ("result",)
    AUDIT_FINDING_ANSWERED = "audit:finding:answered", ()
    AUDIT_FINDING_RETURNED = "audit:finding:returned", ()
    AUDIT_FINDING_VIEWED = "audit:finding:viewed", ()
    AUDIT_FINDINGS_LISTED = "audit:finding:listed", ("count",)
    AUDIT_PERIODS_LISTED = "audit:period:listed", ("count",)
    AUDIT_PERIOD_VIEWED = "audit:period:viewed", ()
    AUDIT_PERIOD_FORM_VIEWED = "audit:period:form-viewed", ()
    AUDIT_PERIOD_SIGNED = "audit:period:signed", ("first_day", "last_day", "findings", "size")
    AUDIT_FIGURES_VIEWED = "audit:figures:viewed", ()
    AUDIT_EVENT_VIEWED = "audit:event:viewed", ()
    AUDIT_CHECKPOINTS_VIEWED = "audit:checkpoint:listed", ("count",)
    AUDIT_CHECKPOINT_DOWNLOADED = "audit:checkpoint:downloaded", ("size",)
    AUDIT_PROOF_DOWNLOADED = "audit:proof:downloaded", ("index",)
    AUDIT_VERIFIER_DOWNLOADED = "audit:verifier:downloaded", ()
    AUDIT_EXPORTED = "audit:log:exported", ("size",)
    AUDIT_TRAIL_EXPORTED = "audit:trail:exported", ("count", "size")
    AUDIT_VERIFIED = "audit:log:verified", ("size", "root", "result")
    AUDIT_PRUNED = "audit:log:pruned", ("first", "last", "kept", "until", "years", "basis")
    # tenant and platform
    TENANT_ONBOARDED = "tenant:tenant:onboarded", ("profile",)
    TENANT_PROFILE_CHANGED = "tenant:profile:changed", ("before", "after")
    POLICY_VIEWED = "tenant:policy:viewed", ()
    TENANT_SUSPENDED = "tenant:tenant:suspended", ()
    TENANT_RESUMED = "tenant:tenant:resumed", ()
    KEYS_CREATED = "tenant:key:created", ("anchor",)
    ROOT_KEY_ROTATED = "key:root:rotated", ("root_key", "count")
    TENANT_KEY_ROTATED = "key:tenant:rotated", ("version",)
    TENANT_KEY_EMPTIED = "key:tenant:emptied", ("version",)
    CASE_KEY_ROTATED = "key:case:rotated", ("version",)
    CASE_KEY_EMPTIED = "key:case:emptied", ("version",)
    BACKUP_RESTORED = "key:backup:restored", ("data", "keys", "destroyed")
    REGISTER_STATED = "letter:register:stated", ("family", "year", "earlier", "stated")
    CASE_KEY_DISCARDED = "key:case:discarded", ("version",)
    # the guard itself
    REQUEST_REFUSED = "app:request:refused", ("endpoint",)

    def __init__(self, code: str, details: tuple[str, ...]) -> None:
        self.code = code
        self.details = frozenset(details)


class Outcome(Enum):
    """How it ended."""

    ALLOWED = "allowed"
    REFUSED = "refused"  # the policy or the law says no
    MISSING = "missing"  # no such object in this tenant
    INVALID = "invalid"  # the input cannot be accepted; nothing changed
    FAILED = "failed"  # Teduh could not do it


BY_CODE = {tag.code: tag for tag in Tag}
