"""Two people end a case, and a signed certificate says so with its code alone."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from uuid import UUID

import pytest

from app.destruction import service
from app.local.postgres import Postgres
from tenants.errors import Conflict, Refused
from tests.documents.desk import NAME, Desk, open_desk
from tests.documents.offices import page_texts
from tests.world import Client, World


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case with everything on it."""
    with open_desk(world, postgres) as desk:
        yield desk


def fresh(desk: Desk, username: str) -> Client:
    """Somebody who has just given the password again."""
    client = desk.client(username)
    assert client.confirm().status_code in {200, 303}
    return client


def code_of(desk: Desk) -> str:
    from app.cases import service as cases

    with desk.world.as_system():
        return cases.find(desk.case_id).code


def decided(desk: Desk) -> str:
    """Decide it as the supervisor; return the path of the decision."""
    supervisor = fresh(desk, "supervisor")
    path = f"/cases/{desk.case_id}/destroy"
    answer = supervisor.post(path, {"reason": "survivor-asked", "code": code_of(desk).lower()})
    assert answer.status_code == 303, answer.text
    found = supervisor.get(answer.headers["Location"]).headers["Location"]
    assert found.startswith("/destructions/")
    return found


def test_one_decides_and_nothing_is_lost_another_confirms_and_it_is_certified(desk: Desk) -> None:
    code, supervisor = code_of(desk), fresh(desk, "supervisor")
    start = f"/cases/{desk.case_id}/destroy"
    assert desk.client("supervisor").get(start).headers["Location"].startswith("/confirm")
    assert desk.client("case-officer").get(start).status_code == 403
    wrong = supervisor.post(start, {"reason": "survivor-asked", "code": "K-0000"})
    assert wrong.status_code == 422
    path = decided(desk)
    officer = desk.client("case-officer")
    assert NAME in officer.get(f"/cases/{desk.case_id}").text  # nothing is lost yet
    again = supervisor.post(start, {"reason": "survivor-asked", "code": code})
    assert again.status_code == 409
    assert supervisor.post(f"{path}/confirm", {"checked": "y", "code": code}).status_code == 403
    assert (
        desk.client("signatory").get(f"{path}/confirm").headers["Location"].startswith("/confirm")
    )
    head = fresh(desk, "signatory")
    assert "menunggu Anda" in head.get("/").text
    page = head.get(f"{path}/confirm").text
    assert code in page
    assert NAME not in page
    assert head.post(f"{path}/confirm", {"checked": "y", "code": "K-1"}).status_code == 422
    assert head.post(f"{path}/confirm", {"code": code}).status_code == 422
    assert NAME in officer.get(f"/cases/{desk.case_id}").text
    assert head.post(f"{path}/confirm", {"checked": "y", "code": code}).status_code == 303
    gone = officer.get(f"/cases/{desk.case_id}")
    assert "dimusnahkan" in gone.text
    assert NAME not in gone.text
    assert head.post(f"{path}/confirm", {"checked": "y", "code": code}).status_code == 409
    assert head.post(f"{path}/stop").status_code == 409
    (ended,) = [one for one in desk.events("case:key:destroyed") if one["outcome"] == "allowed"]
    assert ended["actor"] == str(desk.account("signatory"))
    _certified(desk, path, code, ended["id"])


def _certified(desk: Desk, path: str, code: str, event_id: str) -> None:
    """The certificate is signed, says who and which key, and can be read by auditors."""
    with desk.acting("auditor"):
        row = service.load_destruction(UUID(path.rsplit("/", 1)[1])).row
        assert row.letter_id is not None
    assert desk.client("auditor").get(f"{path}/certificate").status_code == 409  # not made yet
    desk.run(row.letter_id)
    auditor = desk.client("auditor")
    assert "Kasus yang dimusnahkan" in auditor.get("/destructions").text
    assert "Eka Contoh" in auditor.get(path).text
    pdf = auditor.get(f"{path}/certificate").data
    text = "".join("".join(page_texts(pdf)).split())
    for said in (
        code,
        "EkaContoh",
        "FitriContoh",
        "UndangUndangNomor27Tahun2022".replace("UndangUndang", "Undang-Undang"),
        str(desk.case_id),
        event_id,
        "SURATKETERANGANPEMUSNAHANDATA",
    ):
        assert said in text, said
    assert NAME.replace(" ", "") not in text
    found = desk.world.anonymous().post("/verify", {"file": (BytesIO(pdf), "surat.pdf")})
    assert "Surat ini asli" in found.text or "asli" in found.text
    for refused in ("case-officer", "companion", "administrator", "hospital-officer"):
        assert desk.client(refused).get(f"{path}/certificate").status_code == 403


def test_it_can_be_stopped_and_the_case_goes_on(desk: Desk) -> None:
    path = decided(desk)
    assert desk.client("signatory").post(f"{path}/stop").status_code == 303
    assert NAME in desk.client("case-officer").get(f"/cases/{desk.case_id}").text
    head = fresh(desk, "signatory")
    late = head.post(f"{path}/confirm", {"checked": "y", "code": code_of(desk)})
    assert late.status_code == 409
    decided(desk)  # another decision may follow


def test_nobody_confirms_what_they_decided_and_somebody_else_must_be_there(
    desk: Desk,
) -> None:
    from app.accounts.models import RoleGrant
    from app.cases import service as cases
    from tenants.clock import now
    from tenants.database import db

    path = decided(desk)
    with desk.world.as_system():
        db.session.add(
            RoleGrant(
                account_id=desk.account("supervisor"),
                role="signatory",
                granted_at=now(),
                granted_by=None,
            )
        )
    with desk.acting("supervisor"), pytest.raises(Refused, match="same-person"):
        service.confirm(service.load_destruction(UUID(path.rsplit("/", 1)[1])), code=code_of(desk))
    assert desk.client("signatory").post(f"{path}/stop").status_code == 303
    desk.tamper("DELETE FROM role_grant WHERE account_id = %s", desk.account("signatory"))
    with desk.acting("supervisor"):
        subject, code = cases.load_case(desk.case_id), code_of(desk)
        with pytest.raises(Conflict, match="no-confirmer"):
            service.decide(subject, reason="court-order", code=code)
