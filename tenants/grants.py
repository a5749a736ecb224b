"""Who may do what: each permission, and the roles and relations that have it. Default deny."""

from enum import StrEnum

from tenants.context import Role


class Relation(StrEnum):
    """How a person stands to one case."""

    TEAM = "team"  # assigned to the case
    INTAKE = "intake"  # took the report
    OVERSIGHT = "oversight"  # answers for the agency's cases
    EMERGENCY = "emergency"  # opened it in an emergency that has not ended yet
    REVIEWING = "reviewing"  # may judge whether that was right; sees nothing of the case
    INITIALLING = "initialling"  # a letter of the case waits for, or has, this person's paraf
    SIGNING = "signing"  # a letter of the case waits for, or has, this person's approval
    PARTNER = "partner"  # the person's organisation holds a living referral of the case
    ADDRESSEE = "addressee"  # a letter that the law asks for is addressed to the organisation
    FORMER_PARTNER = "former_partner"  # it held one: sees that it existed, and no field


class Permission(StrEnum):
    """What a route or a service asks for. The values are ``scope:object:action``."""

    CASE_LIST = "case:case:list"
    CASE_CREATE = "case:case:create"
    CASE_READ = "case:case:read"
    CASE_EDIT = "case:case:edit"
    CASE_ASSIGN = "case:team:assign"
    CASE_REVEAL = "case:field:reveal"
    CASE_DESTROY = "case:key:destroy"
    CASE_LINK = "case:link:decide"
    DESTRUCTION_CONFIRM = "tenant:destruction:confirm"
    DESTRUCTION_READ = "tenant:destruction:read"
    DESTRUCTION_STOP = "tenant:destruction:stop"
    ATTACHMENT_REMOVE = "case:attachment:remove"
    OUTREACH_LIST = "case:outreach:list"
    OUTREACH_RECORD = "case:outreach:record"
    SERVE = "case:service:write"
    PROGRAMME_LIST = "case:programme:list"
    PROGRAMME_RUN = "case:programme:run"
    CASE_CLOSE = "case:case:close"
    CLOSURE_CONFIRM = "case:closure:confirm"
    CASE_REOPEN = "case:case:reopen"
    ASSESS = "case:assessment:write"
    CASE_ACCESS_LIST = "case:access:list"
    EMERGENCY_OPEN = "case:emergency:open"
    EMERGENCY_LIST = "case:emergency:list"
    EMERGENCY_REVIEW = "case:emergency:review"
    CASE_TRAIL_EXPORT = "case:access:export"
    CLOCK_LIST = "case:clock:list"
    TRANSFER_SEND = "case:transfer:send"
    TRANSFER_RECEIVE = "case:transfer:receive"
    CONFERENCE_EDIT = "case:conference:edit"
    SHELTER_ADMIT = "case:shelter:admit"
    SHELTER_MANAGE = "case:shelter:manage"
    WORK_LIST = "case:work:list"
    WORK_SPREAD = "case:work:spread"
    CONSENT_RECORD = "case:consent:record"
    REFERRAL_CREATE = "case:referral:create"
    REFERRAL_INBOX = "case:referral:inbox"
    REFERRAL_READ = "case:referral:read"
    REFERRAL_ANSWER = "case:referral:answer"
    DUTIES_READ = "network:duty:read"
    DUTIES_OWN = "network:duty:own"
    DUTIES_RECORD = "network:evidence:record"
    FIGURES_READ = "figures:publication:read"
    FIGURES_PUBLISH = "figures:publication:publish"
    FIGURES_EXACT = "figures:count:read"
    SIMFONI_QUEUE = "simfoni:entry:list"
    SIMFONI_READ = "simfoni:sheet:read"
    SIMFONI_ENTER = "simfoni:entry:record"
    SIMFONI_EXPORTS = "simfoni:export:list"
    SIMFONI_EXPORT = "simfoni:export:ask"
    SIMFONI_CONFIRM = "simfoni:export:confirm"
    REPORTS_READ = "report:report:read"
    REPORTS_SIGN = "report:report:sign"
    MEDIATION_EDIT = "case:mediation:edit"
    LETTER_DRAFT = "letter:draft:edit"
    LETTER_READ = "letter:letter:read"
    LETTER_REVIEW = "letter:letter:review"
    LETTER_INITIAL = "letter:letter:initial"
    LETTER_APPROVE = "letter:letter:approve"
    LETTER_COSIGN = "letter:letter:cosign"
    LETTER_APPROVE_SEVERAL = "letter:queue:approve"
    LETTER_DOWNLOAD = "letter:file:download"
    LETTER_CERTIFY = "letter:copy:certify"
    LETTER_WITHDRAW = "letter:letter:withdraw"
    LETTER_QUEUE = "letter:queue:list"
    LETTER_INBOX = "letter:inbox:list"
    LETTER_RECEIVE = "letter:inbox:open"
    AGENDA_READ = "letter:agenda:read"
    REGISTER_READ = "letter:register:read"
    AUDIT_READ = "audit:event:read"
    AUDIT_EXPORT = "audit:event:export"
    AUDIT_WORK = "audit:sign:settle"
    AUDIT_PERIODS = "audit:period:read"
    AUDIT_OVERSEE = "audit:reader:list"
    PEOPLE_MANAGE = "tenant:person:manage"
    PEOPLE_CONFIRM = "tenant:person:confirm"
    CERTIFICATE_MANAGE = "tenant:certificate:manage"
    WORKERS_WATCH = "tenant:worker:watch"
    DELEGATION_MANAGE = "tenant:delegation:manage"
    POLICY_READ = "tenant:policy:read"
    TEMPLATE_LIST = "tenant:template:list"


_ANY = None
_R, _P = Relation, Permission
# An emergency adds the relation to whoever works in cases, and never to partners.
_IN_EMERGENCY = frozenset(
    (role, _R.EMERGENCY)
    for role in (Role.INTAKE_OFFICER, Role.CASE_OFFICER, Role.COMPANION, Role.SUPERVISOR)
)
# Whoever works in the case may sign beside the signatory, where several sign.
_SIGNING = frozenset(
    (role, _R.SIGNING) for role in (Role.SIGNATORY, Role.CASE_OFFICER, Role.COMPANION)
)
_IN_REVIEW = frozenset({(Role.SUPERVISOR, _R.INITIALLING), (Role.SIGNATORY, _R.INITIALLING)})

GRANTS: dict[Permission, frozenset[tuple[Role, Relation | None]]] = {
    _P.CASE_LIST: frozenset(
        (role, _ANY)
        for role in (
            Role.INTAKE_OFFICER,
            Role.CASE_OFFICER,
            Role.COMPANION,
            Role.SUPERVISOR,
        )
    ),
    # The head of the office reads no case, and sees what has come to the chair by its code alone.
    _P.CLOCK_LIST: frozenset(
        (role, _ANY)
        for role in (
            Role.INTAKE_OFFICER,
            Role.CASE_OFFICER,
            Role.COMPANION,
            Role.SUPERVISOR,
            Role.SIGNATORY,
        )
    ),
    _P.TRANSFER_SEND: frozenset({(Role.CASE_OFFICER, _R.TEAM)}),
    _P.TRANSFER_RECEIVE: frozenset({(Role.INTAKE_OFFICER, _ANY)}),
    _P.CONFERENCE_EDIT: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.SHELTER_ADMIT: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    # Rooms and numbers; where a house is they write, and cannot read.
    _P.SHELTER_MANAGE: frozenset({(Role.SUPERVISOR, _ANY)}),
    _P.WORK_LIST: frozenset(
        (role, _ANY)
        for role in (Role.INTAKE_OFFICER, Role.CASE_OFFICER, Role.COMPANION, Role.SUPERVISOR)
    ),
    # How much whom, and giving one person's work to another: whoever answers for the cases.
    _P.WORK_SPREAD: frozenset({(Role.SUPERVISOR, _ANY)}),
    _P.CASE_CREATE: frozenset({(Role.INTAKE_OFFICER, _ANY), (Role.CASE_OFFICER, _ANY)}),
    _P.CASE_READ: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.INTAKE_OFFICER, _R.INTAKE),
            (Role.INTAKE_OFFICER, _R.TEAM),
            (Role.CASE_OFFICER, _R.INTAKE),
            (Role.SUPERVISOR, _R.OVERSIGHT),
            *_IN_EMERGENCY,
        }
    ),
    _P.CASE_EDIT: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.INTAKE_OFFICER, _R.INTAKE),
            (Role.INTAKE_OFFICER, _R.TEAM),
            (Role.CASE_OFFICER, _R.INTAKE),
        }
    ),
    _P.CASE_ASSIGN: frozenset({(Role.SUPERVISOR, _R.OVERSIGHT)}),
    _P.CASE_REVEAL: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.INTAKE_OFFICER, _R.INTAKE),
            (Role.INTAKE_OFFICER, _R.TEAM),
            (Role.CASE_OFFICER, _R.INTAKE),
            (Role.SUPERVISOR, _R.OVERSIGHT),
            *_IN_EMERGENCY,
        }
    ),
    _P.EMERGENCY_OPEN: frozenset((role, _ANY) for role, _relation in _IN_EMERGENCY),
    _P.EMERGENCY_LIST: frozenset({(Role.SUPERVISOR, _ANY), (Role.SIGNATORY, _ANY)}),
    _P.EMERGENCY_REVIEW: frozenset(
        {(Role.SUPERVISOR, _R.REVIEWING), (Role.SIGNATORY, _R.REVIEWING)}
    ),
    _P.CASE_DESTROY: frozenset({(Role.SUPERVISOR, _R.OVERSIGHT)}),
    _P.ASSESS: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.CASE_CLOSE: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    # Closing although something is open takes a second person.
    _P.CLOSURE_CONFIRM: frozenset({(Role.SUPERVISOR, _R.OVERSIGHT)}),
    _P.CASE_REOPEN: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.SUPERVISOR, _R.OVERSIGHT),
        }
    ),
    _P.SERVE: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.PROGRAMME_LIST: frozenset(
        (role, _ANY) for role in (Role.CASE_OFFICER, Role.COMPANION, Role.SUPERVISOR)
    ),
    _P.PROGRAMME_RUN: frozenset({(Role.CASE_OFFICER, _ANY), (Role.SUPERVISOR, _ANY)}),
    _P.OUTREACH_LIST: frozenset(
        (role, _ANY)
        for role in (Role.INTAKE_OFFICER, Role.CASE_OFFICER, Role.COMPANION, Role.SUPERVISOR)
    ),
    _P.OUTREACH_RECORD: frozenset(
        (role, _ANY) for role in (Role.INTAKE_OFFICER, Role.CASE_OFFICER, Role.COMPANION)
    ),
    _P.CASE_LINK: frozenset({(Role.SUPERVISOR, _R.OVERSIGHT), (Role.CASE_OFFICER, _R.TEAM)}),
    # Two people end a case: who answers for it decides, the head of the office confirms.
    _P.DESTRUCTION_CONFIRM: frozenset({(Role.SIGNATORY, _ANY)}),
    _P.DESTRUCTION_STOP: frozenset({(Role.SIGNATORY, _ANY), (Role.SUPERVISOR, _ANY)}),
    _P.DESTRUCTION_READ: frozenset(
        (role, _ANY)
        for role in (Role.SUPERVISOR, Role.SIGNATORY, Role.AUDITOR, Role.EXTERNAL_AUDITOR)
    ),
    # It may be evidence: whoever put it in does not take it out.
    _P.ATTACHMENT_REMOVE: frozenset({(Role.SUPERVISOR, _R.OVERSIGHT)}),
    _P.CASE_ACCESS_LIST: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.SUPERVISOR, _R.OVERSIGHT),
        }
    ),
    # A copy leaves the office: whoever answers for the case hands it to the survivor.
    _P.CASE_TRAIL_EXPORT: frozenset({(Role.SUPERVISOR, _R.OVERSIGHT)}),
    _P.CONSENT_RECORD: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.REFERRAL_CREATE: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.REFERRAL_INBOX: frozenset({(Role.PARTNER_OFFICER, _ANY)}),
    # Whoever answers too late is told so (409), not that the role is wrong: hence the former one.
    _P.REFERRAL_READ: frozenset(
        {(Role.PARTNER_OFFICER, _R.PARTNER), (Role.PARTNER_OFFICER, _R.FORMER_PARTNER)}
    ),
    _P.REFERRAL_ANSWER: frozenset(
        {(Role.PARTNER_OFFICER, _R.PARTNER), (Role.PARTNER_OFFICER, _R.FORMER_PARTNER)}
    ),
    # What organisations do is no secret of a case; the events behind it show a case to its readers.
    _P.DUTIES_READ: frozenset(
        (role, _ANY)
        for role in (
            Role.INTAKE_OFFICER,
            Role.CASE_OFFICER,
            Role.COMPANION,
            Role.SUPERVISOR,
            Role.SIGNATORY,
        )
    ),
    _P.DUTIES_OWN: frozenset({(Role.PARTNER_OFFICER, _ANY)}),
    _P.DUTIES_RECORD: frozenset({(Role.INTAKE_OFFICER, _ANY), (Role.SUPERVISOR, _ANY)}),
    _P.FIGURES_READ: frozenset(
        (role, _ANY)
        for role in (
            Role.INTAKE_OFFICER,
            Role.CASE_OFFICER,
            Role.COMPANION,
            Role.SUPERVISOR,
            Role.SIGNATORY,
            Role.AUDITOR,
        )
    ),
    _P.FIGURES_PUBLISH: frozenset({(Role.SIGNATORY, _ANY)}),
    # Small numbers tell of people: exact ones are for whoever may read each case anyway.
    _P.FIGURES_EXACT: frozenset({(Role.SUPERVISOR, _ANY)}),
    _P.SIMFONI_QUEUE: frozenset(
        {(Role.INTAKE_OFFICER, _ANY), (Role.CASE_OFFICER, _ANY), (Role.SUPERVISOR, _ANY)}
    ),
    _P.SIMFONI_READ: frozenset(
        {
            (Role.INTAKE_OFFICER, _R.INTAKE),
            (Role.INTAKE_OFFICER, _R.TEAM),
            (Role.CASE_OFFICER, _R.INTAKE),
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.SUPERVISOR, _R.OVERSIGHT),
        }
    ),
    _P.SIMFONI_ENTER: frozenset(
        {
            (Role.INTAKE_OFFICER, _R.INTAKE),
            (Role.INTAKE_OFFICER, _R.TEAM),
            (Role.CASE_OFFICER, _R.INTAKE),
            (Role.CASE_OFFICER, _R.TEAM),
        }
    ),
    # Codes of many cases leave the office: one person asks, another one confirms.
    _P.SIMFONI_EXPORTS: frozenset(
        {(Role.INTAKE_OFFICER, _ANY), (Role.SUPERVISOR, _ANY), (Role.SIGNATORY, _ANY)}
    ),
    _P.SIMFONI_EXPORT: frozenset({(Role.INTAKE_OFFICER, _ANY), (Role.SUPERVISOR, _ANY)}),
    _P.SIMFONI_CONFIRM: frozenset({(Role.SUPERVISOR, _ANY), (Role.SIGNATORY, _ANY)}),
    _P.REPORTS_READ: frozenset(
        {(Role.SUPERVISOR, _ANY), (Role.SIGNATORY, _ANY), (Role.AUDITOR, _ANY)}
    ),
    _P.REPORTS_SIGN: frozenset({(Role.SIGNATORY, _ANY)}),
    _P.MEDIATION_EDIT: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.LETTER_DRAFT: frozenset({(Role.CASE_OFFICER, _R.TEAM), (Role.COMPANION, _R.TEAM)}),
    _P.LETTER_READ: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.SIGNATORY, _R.SIGNING),
            *_IN_REVIEW,
        }
    ),
    # Reads what was laid before them, and gives it back.
    _P.LETTER_REVIEW: frozenset({*_SIGNING, *_IN_REVIEW}),
    _P.LETTER_INITIAL: _IN_REVIEW,
    _P.LETTER_APPROVE: frozenset({(Role.SIGNATORY, _R.SIGNING)}),
    _P.LETTER_COSIGN: _SIGNING,
    _P.LETTER_APPROVE_SEVERAL: frozenset({(Role.SIGNATORY, _ANY)}),
    _P.LETTER_DOWNLOAD: frozenset(
        {
            (Role.CASE_OFFICER, _R.TEAM),
            (Role.COMPANION, _R.TEAM),
            (Role.SIGNATORY, _R.SIGNING),
        }
    ),
    _P.LETTER_CERTIFY: frozenset({(Role.SIGNATORY, _R.SIGNING)}),
    _P.LETTER_WITHDRAW: frozenset({(Role.SIGNATORY, _R.SIGNING)}),
    _P.LETTER_QUEUE: frozenset(
        (role, _ANY)
        for role in (Role.SIGNATORY, Role.SUPERVISOR, Role.CASE_OFFICER, Role.COMPANION)
    ),
    _P.LETTER_INBOX: frozenset({(Role.PARTNER_OFFICER, _ANY)}),
    _P.LETTER_RECEIVE: frozenset(
        {(Role.PARTNER_OFFICER, _R.PARTNER), (Role.PARTNER_OFFICER, _R.ADDRESSEE)}
    ),
    _P.AGENDA_READ: frozenset(
        (role, _ANY) for role in (Role.INTAKE_OFFICER, Role.SUPERVISOR, Role.SIGNATORY)
    ),
    _P.REGISTER_READ: frozenset(
        (role, _ANY)
        for role in (Role.INTAKE_OFFICER, Role.SUPERVISOR, Role.SIGNATORY, Role.ADMINISTRATOR)
    ),
    _P.AUDIT_READ: frozenset({(Role.AUDITOR, _ANY), (Role.EXTERNAL_AUDITOR, _ANY)}),
    _P.AUDIT_EXPORT: frozenset({(Role.AUDITOR, _ANY), (Role.EXTERNAL_AUDITOR, _ANY)}),
    # What the office's own auditor settles, and what people answer to them.
    _P.AUDIT_WORK: frozenset({(Role.AUDITOR, _ANY)}),
    _P.AUDIT_PERIODS: frozenset(
        {(Role.AUDITOR, _ANY), (Role.EXTERNAL_AUDITOR, _ANY), (Role.SIGNATORY, _ANY)}
    ),
    # The head of the office sees what the auditors read, never what they write of it.
    _P.AUDIT_OVERSEE: frozenset({(Role.SIGNATORY, _ANY)}),
    _P.PEOPLE_MANAGE: frozenset({(Role.ADMINISTRATOR, _ANY)}),
    # The second of two persons; the administrator's own requests are for somebody else.
    _P.PEOPLE_CONFIRM: frozenset({(Role.ADMINISTRATOR, _ANY), (Role.SUPERVISOR, _ANY)}),
    _P.CERTIFICATE_MANAGE: frozenset({(Role.ADMINISTRATOR, _ANY)}),
    _P.WORKERS_WATCH: frozenset({(Role.ADMINISTRATOR, _ANY)}),
    _P.DELEGATION_MANAGE: frozenset({(Role.ADMINISTRATOR, _ANY)}),
    _P.POLICY_READ: frozenset(
        (role, _ANY) for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.SUPERVISOR, Role.SIGNATORY)
    ),
    _P.TEMPLATE_LIST: frozenset({(Role.ADMINISTRATOR, _ANY), (Role.AUDITOR, _ANY)}),
}
"""Which role, in which relation to the case (None: needs none), has which permission."""
