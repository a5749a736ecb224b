"""The declared matrix: which group of people may use which route."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from flask import Flask

from app import ROOMS
from app.web.blueprint import DECLARATIONS

for _room in ROOMS:  # each declares its routes when it is imported
    import_module(f"app.{_room}.views")

GROUPS: dict[str, frozenset[str]] = {
    "team": frozenset({"case-officer", "companion"}),
    "case readers": frozenset({"case-officer", "companion", "supervisor"}),
    "letter readers": frozenset({"case-officer", "companion", "signatory"}),
    "deadline lists": frozenset(
        {
            "intake-officer",
            "case-officer",
            "case-officer-2",
            "companion",
            "supervisor",
            "signatory",
        }
    ),
    "case lists": frozenset(
        {"intake-officer", "case-officer", "case-officer-2", "companion", "supervisor"}
    ),
    "registrars": frozenset({"intake-officer", "case-officer", "case-officer-2"}),
    "letter desks": frozenset(
        {"case-officer", "case-officer-2", "companion", "supervisor", "signatory"}
    ),
    "agenda readers": frozenset({"intake-officer", "supervisor", "signatory"}),
    "register readers": frozenset({"intake-officer", "supervisor", "signatory", "administrator"}),
    "letter signers": frozenset({"companion", "signatory"}),
    "supervisor": frozenset({"supervisor"}),
    "programme leads": frozenset({"case-officer", "case-officer-2", "supervisor"}),
    "programme readers": frozenset({"case-officer", "case-officer-2", "companion", "supervisor"}),
    "field workers": frozenset({"intake-officer", "case-officer", "case-officer-2", "companion"}),
    "reopeners": frozenset({"case-officer", "companion", "supervisor"}),
    "linkers": frozenset({"case-officer", "supervisor"}),
    "signatory": frozenset({"signatory"}),
    "case officer": frozenset({"case-officer"}),
    "intake": frozenset({"intake-officer"}),
    "own filters": frozenset({"case-officer"}),
    "reviewers": frozenset({"supervisor", "signatory"}),
    "overseers": frozenset({"supervisor", "signatory", "auditor", "administrator"}),
    "office": frozenset(
        {
            "intake-officer",
            "case-officer",
            "case-officer-2",
            "companion",
            "supervisor",
            "signatory",
        }
    ),
    "figure readers": frozenset(
        {
            "intake-officer",
            "case-officer",
            "case-officer-2",
            "companion",
            "supervisor",
            "signatory",
            "auditor",
        }
    ),
    "office report readers": frozenset({"supervisor", "signatory", "auditor"}),
    "case entry readers": frozenset({"case-officer", "supervisor"}),
    "entry lists": frozenset({"intake-officer", "case-officer", "case-officer-2", "supervisor"}),
    "export readers": frozenset({"intake-officer", "supervisor", "signatory"}),
    "recorders": frozenset({"intake-officer", "supervisor"}),
    "hospital": frozenset({"hospital-officer"}),
    "partners": frozenset({"hospital-officer", "police-officer"}),
    "auditor": frozenset({"auditor"}),
    "ends": frozenset({"supervisor", "signatory"}),
    "end readers": frozenset({"supervisor", "signatory", "auditor", "external-auditor"}),
    "report readers": frozenset({"auditor", "external-auditor", "signatory"}),
    "log readers": frozenset({"auditor", "external-auditor"}),
    "administrator": frozenset({"administrator"}),
    "second persons": frozenset({"administrator", "supervisor"}),
}

PUBLIC = {
    "accounts.accept",
    "accounts.enrol",
    "accounts.enrol_form",
    "accounts.enrol_options",
    "accounts.enrol_passkey",
    "accounts.passkey_options",
    "accounts.passkey_sign_in",
    "accounts.second",
    "accounts.second_form",
    "accounts.second_options",
    "accounts.second_passkey",
    "accounts.second_recovery",
    "accounts.invitation",
    "accounts.sign_in",
    "accounts.sign_in_form",
    "documents.check",
    "documents.check_file",
    "documents.check_form",
    "documents.trust_anchor",
    "web.language",
}

SIGNED_IN = {
    "accounts.app_form",
    "accounts.change_password",
    "accounts.confirm",
    "accounts.confirm_form",
    "accounts.confirm_options",
    "accounts.confirm_passkey",
    "accounts.keep_passkey",
    "accounts.new_passkey_options",
    "accounts.passkey_form",
    "accounts.remove_passkey",
    "accounts.renew_recovery_codes",
    "accounts.set_up_app",
    "accounts.end_other_sessions",
    "accounts.end_session",
    "accounts.password_form",
    "accounts.sessions",
    "accounts.sign_out",
    "audit.answer_finding",
    "audit.explain",
    "audit.explanations",
    "web.home",
}

_ROWS: dict[str, str] = {
    "administrator": (
        "accounts.ask_for_reset accounts.reset_form"
        " accounts.disable accounts.disable_form accounts.edit accounts.edit_form accounts.enable"
        " accounts.end_sessions accounts.invite accounts.invite_form accounts.people"
        " accounts.person accounts.revoke accounts.unlock documents.close_delegation"
        " documents.delegate documents.delegate_form documents.delegations"
        " documents.end_delegation documents.certificates documents.revoke"
        " documents.revoke_form documents.retry_stopped documents.workers"
    ),
    "second persons": ("accounts.confirm_request accounts.refuse_request accounts.waiting"),
    "auditor": (
        "audit.ask audit.close audit.period_form audit.raise_finding audit.retry_period"
        " audit.return_finding audit.review audit.sign_period"
    ),
    "ends": "destruction.stop",
    "end readers": (
        "destruction.certificate destruction.index destruction.of_case destruction.view"
    ),
    "report readers": "audit.period audit.period_report audit.periods",
    "log readers": (
        "audit.case_timeline audit.checkpoint audit.checkpoints audit.desk audit.event"
        " audit.export audit.export_sheet audit.figures audit.finding audit.findings"
        " audit.person_timeline audit.proof audit.remove_view audit.save_view audit.sign"
        " audit.start audit.verifier audit.verify"
    ),
    "team": (
        "attachments.add attachments.add_form attachments.hand_over attachments.take_back"
        " services.choose services.end_session services.join services.leave services.look_after"
        " services.offer services.participation services.reached services.session"
        " assessments.add_item assessments.begin assessments.end assessments.end_form"
        " assessments.fill assessments.finish assessments.move assessments.move_form"
        " assessments.save cases.close cases.follow_up cases.keep_draft"
        " cases.add cases.add_form cases.do_step cases.relations cases.relations_form"
        " cases.add_note cases.consent cases.consent_form cases.talk cases.talk_form cases.edit"
        " documents.print_consent documents.print_services statutory.review statutory.tell"
        " cases.edit_form cases.legal cases.legal_form cases.revoke cases.revoke_form"
        " cases.status cases.status_form documents.choose documents.create documents.create_form"
        " documents.discard"
        " documents.discard_form documents.edit documents.edit_form documents.replacement"
        " documents.submit mediation.create mediation.create_form mediation.held"
        " mediation.held_form mediation.outcome mediation.outcome_form mediation.schedule"
        " mediation.schedule_form mediation.stop mediation.stop_form referrals.create"
        " referrals.create_form referrals.withdraw referrals.withdraw_form"
    ),
    "letter readers": (
        "documents.ask_preview documents.copy_file documents.retry_copy documents.download"
        " documents.preview documents.preview_file"
        " documents.preview_news documents.progress documents.progress_news documents.retry"
        " documents.view"
    ),
    "letter signers": "documents.sign documents.sign_form",
    "signatory": (
        "destruction.confirm destruction.confirm_form destruction.retry"
        " documents.approve documents.approve_form documents.give_back"
        " audit.readers documents.return_form documents.review documents.several_form"
        " documents.approve_several documents.certify documents.certify_form documents.withdraw"
        " documents.withdraw_form"
        " figures.publish figures.publish_form figures.sign network.escalate"
        " network.escalate_form network.sign reports.retry"
    ),
    "case readers": (
        "attachments.copy attachments.original attachments.show attachments.view statutory.view"
        " services.index services.reveal"
        " assessments.compare assessments.index assessments.plan assessments.reveal"
        " assessments.reveal_plan assessments.view"
        " cases.closure cases.course cases.reveal_closure audit.survivor_list cases.access"
        " cases.end_emergency cases.notes cases.reveal cases.view"
        " mediation.reveal"
        " mediation.view referrals.reveal_note referrals.sent"
    ),
    "field workers": "cases.record_outreach",
    "case lists": (
        "cases.list_outreach cases.emergency_form cases.index cases.open_emergency cases.search"
    ),
    "overseers": "rights.policy",
    "letter desks": "documents.queue",
    "agenda readers": "documents.agenda documents.export_agenda",
    "register readers": "documents.registers",
    "figure readers": "figures.index figures.publication",
    "office report readers": "reports.file reports.index reports.report",
    "office": "network.duty network.scorecard",
    "case officer": "simfoni.enter",
    "case entry readers": "simfoni.sheet",
    "entry lists": "simfoni.queue",
    "export readers": "simfoni.exports",
    "recorders": (
        "simfoni.ask simfoni.file"
        " network.begin network.compare network.enter network.enter_form network.month"
        " network.months network.settle network.take_back"
    ),
    "reviewers": ("cases.emergencies cases.emergency cases.review_emergency simfoni.confirm"),
    "registrars": "cases.import_cases cases.import_form cases.register cases.register_form",
    "reopeners": "cases.reopen",
    "programme readers": "services.programmes",
    "programme leads": (
        "services.begin_programme services.end_programme services.end_programme_form"
    ),
    "linkers": "cases.decide_link cases.links",
    "supervisor": (
        "attachments.remove attachments.remove_form destruction.decide destruction.decide_form"
        " documents.initial audit.export_trail cases.confirm_closure cases.assign"
        " cases.release cases.team"
        " figures.exact"
    ),
    "partners": "network.own referrals.inbox documents.inbox",
    "hospital": (
        "attachments.partner_copy attachments.partner_list attachments.partner_show"
        " documents.acknowledge documents.inbox_file documents.partner_download"
        " documents.partner_letters referrals.accept"
        " referrals.accept_form referrals.decline referrals.decline_form referrals.done"
        " referrals.done_form referrals.reveal referrals.view"
    ),
}

_ROOMS: tuple[tuple[str, str], ...] = (
    # deadlines
    ("deadline lists", "clocks.index"),
    ("team", "clocks.end clocks.end_page clocks.pause clocks.pause_page clocks.resume"),
    # referrals after the first answer
    (
        "team",
        "referrals.acknowledge referrals.reply referrals.reply_form referrals.take_over"
        " referrals.take_over_form referrals.our_task referrals.our_task_done"
        " referrals.our_task_form",
    ),
    ("case readers", "referrals.reveal_step"),
    ("partners", "referrals.punctuality"),
    (
        "hospital",
        "referrals.ask_back referrals.ask_back_form referrals.progress referrals.progress_form"
        " referrals.receive referrals.receive_form referrals.task referrals.task_done"
        " referrals.task_form",
    ),
    # tasks and work lists
    ("team", "tasks.add tasks.add_form tasks.change tasks.change_form tasks.finish"),
    ("case readers", "tasks.of_case tasks.reveal"),
    ("case lists", "tasks.work tasks.keep"),
    ("own filters", "tasks.forget"),
    ("supervisor", "tasks.load tasks.hand_over tasks.hand_over_page"),
    # transfers between agencies
    ("case officer", "transfers.send transfers.send_page"),
    (
        "intake",
        "transfers.accept transfers.arrival transfers.arrivals transfers.decline"
        " transfers.decline_page",
    ),
    # a mediation after it was held
    (
        "team",
        "mediation.follow_up mediation.follow_up_form mediation.judge mediation.judge_form",
    ),
    # case conferences
    (
        "team",
        "conferences.cancel conferences.cancel_page conferences.decide conferences.decide_page"
        " conferences.held conferences.held_page conferences.plan conferences.plan_page",
    ),
    ("case readers", "conferences.reveal conferences.view"),
    # safe house
    (
        "team",
        "shelter.admit shelter.admit_page shelter.extend shelter.extend_page shelter.leave"
        " shelter.leave_page shelter.receive",
    ),
    ("case readers", "shelter.reveal shelter.stay"),
    (
        "supervisor",
        "shelter.add shelter.add_form shelter.change shelter.change_form shelter.places",
    ),
)
"""Rows of rooms that keep theirs together."""

MATRIX: dict[str, str] = {
    endpoint: group
    for group, endpoints in (*_ROWS.items(), *_ROOMS)
    for endpoint in endpoints.split()
}
"""Endpoint -> the group that may use it on the case of the scene."""


_TEAM = ("case-officer", "companion")
_WHO = {"survivor.birth_date", "survivor.full_name"}
_REPORT = "legal_process.report_number"
_SHOWN: tuple[tuple[str, tuple[str, ...], set[str]], ...] = (
    ("attachments.view", _TEAM, {"attachment.description", "attachment.file_name"}),
    (
        "assessments.compare",
        ("companion",),
        {"assessment.score", "assessment.conclusion", "assessment_answer.clinical"},
    ),
    ("assessments.compare", ("case-officer",), {"assessment.score"}),
    ("assessments.plan", _TEAM, {"plan_item.action"}),
    ("cases.edit_form", _TEAM, _WHO),
    ("cases.emergency", ("supervisor", "signatory"), {"emergency_access.explanation"}),
    ("cases.legal_form", _TEAM, {_REPORT}),
    ("cases.relations_form", _TEAM, {"alleged_perpetrator.full_name"}),
    ("conferences.view", _TEAM, {"conference.venue", "conference.agenda"}),
    ("shelter.stay", ("companion",), {"shelter_stay.needs"}),
    ("tasks.of_case", _TEAM, {"task.text"}),
    (
        "cases.view",
        _TEAM,
        _WHO | {"task.text", _REPORT, "alleged_perpetrator.full_name", "need.description"},
    ),
    ("cases.view", ("supervisor",), {_REPORT}),
    *(
        (endpoint, ("hospital-officer",), _WHO | {"need.description", "need.urgency"})
        for endpoint in ("documents.partner_download", "documents.inbox_file")
    ),
    (
        "documents.copy_file",
        ("case-officer", "companion", "signatory"),
        _WHO | {"need.description", "need.urgency"},
    ),
    ("documents.review", ("signatory",), _WHO | {"need.description"}),
    ("mediation.schedule_form", _TEAM, {"mediation.venue"}),
    ("mediation.view", _TEAM, {"mediation.venue"}),
    ("referrals.sent", ("companion",), {"referral_step.text"}),
    ("referrals.view", ("hospital-officer",), _WHO | {_REPORT, "referral_step.text"}),
)
FIELDS: dict[tuple[str, str], set[str]] = {
    (endpoint, username): names for endpoint, people, names in _SHOWN for username in people
}
"""(page, person) -> the confidential fields that it shows unasked, by the names its event must
have; a page that is not here shows none."""

PLAIN: dict[tuple[str, str], Any] = {
    ("", "key"): "surat_rujukan",
    ("", "kind"): "survivor",
    ("assessments.compare", "instrument"): "psychosocial",
    ("network.duty", "key"): "polres-forensik",
    ("cases.add", "kind"): "need",
    ("cases.add_form", "kind"): "need",
}
"""What stands in a path where no id does, by (endpoint, name); an empty endpoint means any."""


def method(endpoint: str) -> str:
    """The one method of a route, as it was declared."""
    return DECLARATIONS[endpoint].method


def path(app: Flask, endpoint: str, ids: dict[str, str]) -> str:
    """The path of a route with these ids in it; what has no id there gets a plain value.

    Args:
        ids: by name, or by "endpoint name" where one route wants an id of its own.
    """
    rule = next(one for one in app.url_map.iter_rules() if one.endpoint == endpoint)
    values: dict[str, Any] = {}
    for name in rule.arguments:
        plain = PLAIN.get((endpoint, name)) or PLAIN.get(("", name), "x")
        values[name] = ids.get(f"{endpoint} {name}", ids.get(name, plain))
    with app.test_request_context():
        return app.url_for(endpoint, **values)
