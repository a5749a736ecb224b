"""What goes on in the case of the scene: messages, tasks, a stay, a conference, a deadline."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from app.cases import service as cases
from app.clocks import service as clocks
from app.conferences import service as conferences
from app.referrals import service as referrals
from app.shelter import service as shelter
from app.tasks import service as tasks
from app.transfers import service as transfers
from app.transfers.content import FORMAT
from tenants import parcels
from tenants.clock import now
from tests.documents.desk import Desk
from tests.world import CONTOH


def course_of(desk: Desk, referral_id: UUID) -> dict[str, str]:
    """Let things happen in the case, and return their ids by the names of the paths."""
    with desk.acting("hospital-officer"):
        referrals.report(referrals.load_referral(referral_id), "Sesi pertama selesai")
    with desk.acting("supervisor"):
        place = shelter.add_place(4, "Jalan Tersembunyi 1")
    with desk.acting("case-officer"):
        case = cases.load_case(desk.case_id)
        sent = referrals.load_sent(desk.case_id, referral_id)
        shared = tasks.add_shared(sent, "papers", "partner", None)
        tasks.keep("mine", "")
        clocks.start(clocks.Kind.FIRST_RESPONSE, desk.case_id, desk.case_id)
        conference = conferences.plan(
            case,
            at=now() + timedelta(days=3),
            chair_id=desk.account("companion"),
            venue="Ruang rapat",
            agenda="Layanan dan pembagian tugas",
            members=[conferences.invited(desk.case_id)[0][0]],
        )
        ids = {
            "task_id": tasks.add(case, "contact", text="Telepon sebelum sore"),
            "referrals.task_done task_id": shared,
            "referrals.our_task_done task_id": shared,
            "filter_id": tasks.kept()[0].id,
            "place_id": place,
            "stay_id": shelter.admit(case, place, 1, "Susu untuk bayi"),
            "conference_id": conference,
            "deadline_id": clocks.for_case(desk.case_id)[0].id,
        }
    ids["arrival_id"] = _arrival(desk)
    return {name: str(value) for name, value in ids.items()}


def _arrival(desk: Desk) -> UUID:
    """Another agency sent a case, and it has arrived."""
    content = {
        "format": FORMAT,
        "risk": "medium",
        "survivors": [{"age_group": "25-44", "disability": "none", "values": {}}],
        "incidents": [
            {
                "violence": ["physical"],
                "place": "household",
                "domestic": True,
                "occurred_on": None,
                "values": {},
            }
        ],
        "perpetrators": [],
        "needs": [],
    }
    with desk.world.as_system(desk.tenant):
        transfers.attend()
    with desk.world.acting("case-officer", CONTOH):
        parcels.send(desk.tenant_id, json.dumps(content).encode())
    with desk.world.as_system(desk.tenant):
        transfers.attend()
    with desk.acting("intake-officer"):
        return transfers.arrivals()[0].id
