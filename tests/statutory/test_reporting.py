"""The report that the law asks for: its clock, the survivor told, the letter, and the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from app.cases import models as case_models
from app.cases import service as cases
from app.cases.parts import open_duties
from app.documents import service as documents
from app.documents.values import Entry
from app.local.postgres import Postgres
from app.statutory import duties, service
from app.statutory.codes import Stand
from tenants.clock import today
from tenants.errors import Refused
from tests.documents.desk import NAME, Desk, open_desk
from tests.world import World

DAY = date(2026, 11, 25)


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case of sexual violence."""
    with open_desk(world, postgres, violence="sexual") as desk:
        yield desk


def stand(desk: Desk) -> service.Path:
    with desk.acting("case-officer"):
        found = service.path_of(cases.load_case(desk.case_id))
    assert found is not None
    return found


def test_a_duty_is_reference_data_with_dates() -> None:
    (duty,) = duties.duties()
    assert (duty.within, duty.letter) == (timedelta(hours=72), "laporan_tpks")
    assert duties.duty_for(frozenset({"sexual", "physical"}), DAY) is duty
    assert duties.duty_for(frozenset({"physical"}), DAY) is None
    assert duties.duty_for(frozenset({"sexual"}), date(2022, 5, 8)) is None
    code = "".join(one.read_text() for one in Path(duties.__file__).parent.rglob("*.py"))
    assert "72" not in code  # no number of the law stands in the code


def test_the_clock_runs_from_her_report_she_is_told_and_the_letter_ends_it(desk: Desk) -> None:
    found = stand(desk)
    assert found.stand is Stand.DUE
    with desk.acting("case-officer"):
        assert "statutory.view" in {one.endpoint for one in open_duties(desk.case_id)}
    assert found.due == found.since + timedelta(hours=72)
    client, page = desk.client("case-officer"), f"/cases/{desk.case_id}/statutory"
    assert "Harus dibuat" in client.get(f"/cases/{desk.case_id}").text
    shown = client.get(page).text
    for words in ("Pasal 41", "Harus dibuat sampai", "tanpa persetujuannya", "Tulis laporan"):
        assert words in shown, words
    assert NAME not in shown
    tomorrow = (today() + timedelta(days=1)).isoformat()
    for spoiled, status in (
        ({"day": tomorrow, "how": "in-person"}, 422),
        ({"day": "2020-01-01", "how": "in-person"}, 422),
        ({"day": today().isoformat(), "how": "shouting"}, 422),
        ({"day": "", "how": ""}, 422),
    ):
        assert client.post(f"{page}/told", spoiled).status_code == status, spoiled
    told = {"day": today().isoformat(), "how": "companion"}
    assert desk.client("supervisor").post(f"{page}/told", told).status_code == 403
    assert client.post(f"{page}/told", told).status_code == 303
    (event,) = [one for one in desk.events("case:statutory:told") if one["details"]]
    assert event["details"] == {"day": today().isoformat(), "how": "companion"}
    assert "Melalui pendampingnya" in client.get(page).text
    desk.tamper(
        "UPDATE \"case\" SET registered_at = registered_at - interval '4 days' WHERE id = %s",
        desk.case_id,
    )
    assert stand(desk).stand is Stand.LATE
    assert "Waktunya sudah lewat" in client.get(page).text
    desk.consent("police", [])  # it goes without her consent
    _write(desk)
    done = stand(desk)
    assert (done.stand, done.made_at is not None) == (Stand.MADE, True)
    with desk.acting("case-officer"):
        assert "statutory.view" not in {one.endpoint for one in open_duties(desk.case_id)}
    assert "Terlambat" in client.get(page).text
    (approved,) = [one for one in desk.events("letter:letter:approved") if one["details"]]
    assert approved["reason"] == "tpks_pelaporan"


def test_what_is_not_due_is_not_written_submitted_approved_or_issued(desk: Desk) -> None:
    found = {one: (_draft(desk), one) for one in ("draft", "submitted", "approved")}
    for letter_id, state in found.values():
        if state != "draft":
            with desk.acting("case-officer"):
                assert documents.submit(documents.find(letter_id), desk.account("signatory")) == ()
        if state == "approved":
            desk.approve(letter_id)
    mark_complaint(desk)
    with pytest.raises(Refused, match="no-duty"):  # a legal officer looks first
        desk.approve(found["submitted"][0])
    with desk.acting("case-officer"):
        service.review(cases.load_case(desk.case_id), finding="complaint-only")
    with pytest.raises(Refused, match="no-duty"):
        _draft(desk)
    with pytest.raises(Refused, match="no-duty"), desk.acting("case-officer"):
        documents.submit(documents.find(found["draft"][0]), desk.account("signatory"))
    with pytest.raises(Refused, match="no-duty"):
        desk.approve(found["submitted"][0])
    desk.run(found["approved"][0])
    halted = desk.letter(found["approved"][0])
    assert (halted.state, halted.failure) == ("parked", "not-allowed")


def _draft(desk: Desk) -> UUID:
    entry = Entry(
        desk.places["police"],
        companion_id=desk.account("companion"),
        typed={"draft.facts": "Uraian contoh.", "draft.informed_on": today().isoformat()},
    )
    with desk.acting("case-officer"):
        letter_id: UUID = documents.create(desk.case_id, "laporan_tpks", entry).id
    return letter_id


def _write(desk: Desk) -> None:
    """Bring the report to its issue."""
    letter_id = _draft(desk)
    signatory = desk.account("signatory")
    with desk.acting("case-officer"):
        assert documents.submit(documents.find(letter_id), signatory) == ()
    desk.approve(letter_id)
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued", desk.letter(letter_id).failure


def mark_complaint(desk: Desk, *, child: bool = False, disability: str = "none") -> None:
    with desk.rows_of(case_models.LegalProcess) as legal:
        legal[0].complaint_offence = True
    with desk.rows_of(case_models.Survivor) as survivors:
        survivors[0].is_child, survivors[0].disability = child, disability


def test_a_complaint_offence_goes_to_a_legal_officer_without_a_clock(desk: Desk) -> None:
    mark_complaint(desk)
    found = stand(desk)
    assert (found.stand, found.due) == (Stand.REVIEW, None)
    page = f"/cases/{desk.case_id}/statutory"
    shown = desk.client("companion").get(page).text
    assert "delik aduan" in shown
    assert "Tulis laporan" not in shown
    finding = {"finding": "complaint-only"}
    assert desk.client("companion").post(f"{page}/review", finding).status_code == 403
    officer = desk.client("case-officer")
    assert officer.post(f"{page}/review", {"finding": "x"}).status_code == 422
    assert officer.post(f"{page}/review", finding).status_code == 303
    assert stand(desk).stand is Stand.NOT_DUE
    assert officer.post(f"{page}/review", {"finding": "duty"}).status_code == 303
    assert stand(desk).stand is Stand.DUE
    for child, disability in ((True, "none"), (False, "mental")):
        mark_complaint(desk, child=child, disability=disability)
        assert not stand(desk).complaint


def test_where_no_law_asks_nothing_is_shown(world: World, postgres: Postgres) -> None:
    with open_desk(world, postgres) as desk:
        client = desk.client("case-officer")
        page = client.get(f"/cases/{desk.case_id}/statutory")
        assert "Tidak ada undang-undang yang mewajibkan" in page.text
        told = {"day": today().isoformat(), "how": "in-person"}
        refused = client.post(f"/cases/{desk.case_id}/statutory/told", told)
        assert refused.status_code == 409
        assert "statutory" not in client.get(f"/cases/{desk.case_id}").text
