"""One case with everything on it, for whoever walks all routes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID, uuid4

from tenants import audit
from tenants.clock import now, today
from tenants.context import bind
from tenants.database import db
from tenants.vocabulary import Outcome, Tag
from tests.attachments.pictures import paper
from tests.documents.desk import Desk
from tests.security.course import course_of
from tests.world import World


@dataclass
class Scene:
    """One case with everything on it, and the ids for the paths."""

    desk: Desk
    ids: dict[str, str]

    @property
    def world(self) -> World:
        return self.desk.world


def ids_of(desk: Desk) -> dict[str, str]:
    """The true ids of one case and what belongs to it."""
    from app.accounts import service as accounts
    from app.audit import service as audit_log
    from app.cases import service as cases
    from app.documents import service as documents
    from app.mediation import service as mediation
    from app.referrals.models import Referral

    issued, letter, reviewed = desk.issued(), desk.submitted(), desk.in_review()
    stopped = desk.stopped()
    minutes, copy = desk.submitted("notulen_konferensi_kasus"), desk.copied(issued)
    desk.seal_log()
    with desk.rows_of(Referral) as sent:
        referral = next(
            str(one.id) for one in sent if one.organisation_id == desk.places["hospital"]
        )
    with desk.acting("case-officer"):
        preview = documents.request_preview(documents.find(letter))
        mediation_id = mediation.newest(desk.case_id).id
        survivor = cases.rows(desk.case_id).survivors[0].id
        consent = next(
            one.id
            for one in cases.consents(desk.case_id)
            if one.organisation_id == desk.places["police"]
        )
        member = cases.members(desk.case_id)[-1].id
        code = cases.find(desk.case_id).code
        invitation = accounts.open_invitations()[0].id
        newest = audit.newest_checkpoint()
        assert newest is not None
    emergency_id = _emergency(desk, code)
    attachment_id, handover_id = _attachment(desk, referral)
    assessment_id, item_id = assessed(desk)
    session_id, programme_id, participation_id = served(desk)
    course = course_of(desk, UUID(referral))
    sign_id, finding_id, request_id = _audit_work(desk)
    with desk.acting("auditor"):
        audit_log.save_view("Ditolak", {"outcome": "refused"})
        view_id = audit_log.views()[0].id
    desk.seal_log()
    with desk.acting("auditor") as context:
        assert context.person is not None
        with bind(context.acting(replace(context.person, fresh=True))):
            day = today() - timedelta(days=40)
            _, seen = audit_log.examine_period(day, day)
            conclusion = audit_log.Conclusion.IN_ORDER
            period_id = audit_log.sign_off(day, day, conclusion, None, seen)
    with desk.acting("administrator"):
        accounts.ask_for_reset(desk.account("police-officer"))
        confirmation_id = accounts.waiting()[0].id
    return {
        **_network(desk),
        "confirmation_id": str(confirmation_id),
        **course,
        "view_id": str(view_id),
        "period_id": str(period_id),
        "sign_id": sign_id,
        "finding_id": finding_id,
        "request_id": request_id,
        "case_id": str(desk.case_id),
        "attachment_id": attachment_id,
        "destruction_id": _destruction(desk, code),
        "handover_id": handover_id,
        "emergency_id": emergency_id,
        "assessment_id": assessment_id,
        **{f"services.{name} session_id": session_id for name in _OF_SESSION},
        "programme_id": programme_id,
        "participation_id": participation_id,
        "services.reveal row_id": session_id,
        "item_id": item_id,
        "survivor_id": str(survivor),
        "assessments.reveal row_id": assessment_id,
        "letter_id": str(letter),
        "preview_id": str(preview),
        "referral_id": referral,
        "mediation_id": str(mediation_id),
        "row_id": str(survivor),
        "consent_id": str(consent),
        "passkey_id": str(uuid4()),
        "member_id": str(member),
        "invitation_id": str(invitation),
        "session_id": str(uuid4()),
        "size": str(newest.size),
        "documents.partner_download letter_id": str(issued),
        "documents.acknowledge letter_id": str(issued),
        "documents.inbox_file letter_id": str(issued),
        **{
            f"documents.{one} letter_id": str(issued)
            for one in ("certify", "certify_form", "copy_file", "retry_copy")
        },
        "documents.retry_stopped letter_id": str(stopped),
        "copy_id": str(copy),
        "documents.initial letter_id": str(reviewed),
        "documents.sign letter_id": str(minutes),
        "documents.sign_form letter_id": str(minutes),
        "certificate_id": str(desk.letter(issued).certificate_id),
        "delegation_id": str(desk.delegated(office="Bupati Contoh")),
        "account_id": str(desk.account("case-officer-2")),
        "event_id": str(desk.world.events()[0]["id"]),
    }


def _attachment(desk: Desk, referral: str) -> tuple[str, str]:
    """A paper of a hospital that goes along with the hospital's referral."""
    from app.attachments import service as attachments
    from app.cases import service as cases

    with desk.acting("companion"):
        sent = attachments.Sent("medical", paper(), "Hasil Bunga Contoh.pdf", "Surat dokter")
        attachment_id = attachments.add(cases.load_case(desk.case_id), sent)
        attachments.hand_over(attachments.load_attachment(attachment_id), UUID(referral))
        subject = attachments.load_attachment(attachment_id)
        handover = next(one.handover_id for one in attachments.goings(subject) if one.handover_id)
    return str(attachment_id), str(handover)


def _destruction(desk: Desk, code: str) -> str:
    """The supervisor decided that the case is to end; nobody has confirmed it."""
    from app.cases import service as cases
    from app.destruction import service as destruction

    with desk.acting("supervisor"):
        case = cases.load_case(desk.case_id)
        return str(destruction.decide(case, reason="court-order", code=code))


def _emergency(desk: Desk, code: str) -> str:
    """An officer who is not in the team opened the case at night, and gave it back."""
    from app.cases import service as cases

    with desk.acting("case-officer-2"):
        cases.open_emergency(code, "danger", "Ia menelepon dan minta dijemput")
        emergency = cases.living(desk.case_id)
        assert emergency is not None
        cases.end_emergency(cases.load_case(desk.case_id))
        return str(emergency.id)


_OF_SESSION = ("session", "end_session", "reached")


def served(desk: Desk) -> tuple[str, str, str]:
    """A session that is planned, and a programme that she takes part in."""
    from app.cases import service as cases
    from app.services import service as services

    with desk.acting("case-officer") as context:
        assert context.person is not None
        case = cases.load_case(desk.case_id)
        survivor_id = cases.rows(desk.case_id).survivors[0].id
        session = services.offer(
            case,
            survivor_id=survivor_id,
            kind="counselling",
            accepted=True,
            at=now(),
            with_id=context.person.id,
        )
        programme = services.begin_programme(name="Menjahit", kind="skill", begun_on=today())
        part = services.join(case, programme_id=programme, survivor_id=survivor_id)
        return str(session), str(programme), str(part)


def assessed(desk: Desk) -> tuple[str, str]:
    """Two finished assessments and one that is begun, and a line of the plan."""
    from app.assessments import service as assessments
    from app.cases import service as cases

    with desk.acting("companion") as context:
        assert context.person is not None
        case = cases.load_case(desk.case_id)
        rows = cases.rows(desk.case_id)
        survivor_id, need_id = rows.survivors[0].id, rows.needs[0].id
        for _ in range(2):
            begun = assessments.begin(case, instrument="psychosocial", survivor_id=survivor_id)
            subject = assessments.load_assessment(desk.case_id, begun)
            assessments.finish(subject, {"sleep": "1"}, "Ia mulai tidur lagi")
        draft = assessments.begin(case, instrument="risk", survivor_id=survivor_id)
        item_id = assessments.add_item(
            case,
            need_id=need_id,
            owner_id=context.person.id,
            due_on=today(),
            action="Antar ke dokter",
        )
        return str(draft), str(item_id)


def _audit_work(desk: Desk) -> tuple[str, str, str]:
    """Something unusual, a finding of it, and a request for an explanation of something else."""
    from app.audit import service as audit_log

    for username in ("companion", "police-officer"):
        with desk.acting(username):
            for _ in range(20):
                audit.record(Tag.CASE_VIEWED, Outcome.REFUSED)
    companion, officer = desk.account("companion"), desk.account("police-officer")
    with desk.acting("auditor"):
        signs = {one.sign.person: one.sign for one in audit_log.news().notable}
        supervisor = desk.account("supervisor")
        finding = audit_log.raise_finding(signs[companion], audit_log.Severity.LOW, supervisor)
        audit_log.ask(signs[companion])
        work = audit_log.work_on([signs[companion]])[signs[companion].id]
        assert work.request is not None
        return str(signs[officer].id), str(finding), str(work.request.id)


def _network(desk: Desk) -> dict[str, str]:
    """Evidence, an export, a month compared, published figures and a report of the office."""
    from app.figures.models import FigurePublication
    from app.network import report as duties
    from app.network import service as network
    from app.simfoni import service as simfoni

    with desk.acting("supervisor"):
        evidence_id = network.enter("polres-pendataan", today(), kept=False)
        export_id = simfoni.ask(date(2025, 1, 1), date(2025, 1, 31), "csv")
        month_id = network.begin(desk.places["police"], date(2025, 1, 1))
    with desk.acting("signatory"):
        publication_id = uuid4()
        db.session.add(
            FigurePublication(
                id=publication_id,
                since=date(2020, 1, 1),
                until=date(2020, 12, 31),
                counts="{}",
                published_by=desk.account("signatory"),
                published_at=now(),
            )
        )
        report_id = duties.sign(date(2025, 1, 1), date(2025, 12, 31))
    return {
        "report_id": str(report_id),
        "publication_id": str(publication_id),
        "reconciliation_id": str(month_id),
        "export_id": str(export_id),
        "evidence_id": str(evidence_id),
    }
