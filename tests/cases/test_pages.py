"""The pages of cases as the teams, the supervisor and strangers meet them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tenants.clock import now, today
from tenants.confidential import MASK
from tests.referrals.filing import BIRTH, FORBIDDEN, HOME, NAME, PHONE, STORY, WHEN, File, open_case
from tests.world import CONTOH, Client, World

REPORT: dict[str, Any] = {
    "channel": "direct",
    "risk": "high",
    "full_name": "Melati Contoh",
    "age_group": "25-44",
    "birth_date": "1990-01-01",
    "disability": "none",
    "safe_contact": "Lewat kakaknya, pagi hari",
    "violence": ["physical", "psychological"],
    "place": "household",
    "domestic": "y",
    "narrative": "Dipukul pada malam hari",
    "perpetrator_relation": "spouse",
    "perpetrator_age_group": "unknown",
    "need1_service": "health",
    "need1_urgency": "now",
    "need1_description": "Luka di lengan",
}


def register(client: Client, **changes: Any) -> str:
    """Take a report and return the path of its case."""
    response = client.post("/cases/new", {**REPORT, **changes})
    assert response.status_code == 303, response.status_code
    return str(response.headers["Location"])


def newest(world: World, tag: str) -> dict[str, Any]:
    return [event for event in world.events() if event["tag"] == tag][-1]


def entry_path(file: File, kind: str = "survivor") -> str:
    return f"{file.path}/entries/{kind}/{file.survivor_id}"


def survivor_form(**changes: Any) -> dict[str, Any]:
    return {
        "age_group": "25-44",
        "disability": "none",
        "full_name": NAME,
        "birth_date": BIRTH,
        "safe_contact": "Pesan lewat adik",
        "contact_when": WHEN,
        "forbidden_phone": FORBIDDEN,
        **changes,
    }


def test_a_report_becomes_a_case_that_its_taker_sees(world: World) -> None:
    taker = world.client("intake-officer")
    path = register(taker)
    page = taker.get(path)
    assert page.status_code == 200
    assert "Melati Contoh" in page.text
    assert "Dalam bahaya sekarang" in page.text
    assert newest(world, "case:case:registered")["case"] in path


@pytest.mark.parametrize(
    "changes",
    [
        {"risk": ""},
        {"age_group": "99"},
        {"violence": []},
        {"nik": "123"},
        {"phone": "bukan nomor"},
        {"birth_date": "2099-01-01"},
        {"birth_date": "2020-01-01"},
        {"birth_date": "31/12/1990"},
        {"full_name": "x" * 201},
        {"narrative": "a\x07b"},
        {"narrative": "a\x00b"},
        {"district": "Jalan Contoh 1"},
        {"need2_service": "health"},
        {"need2_description": "tanpa layanan"},
    ],
)
def test_a_report_with_a_fault_comes_back_whole_and_registers_nothing(
    world: World, changes: dict[str, Any]
) -> None:
    taker = world.client("intake-officer")
    response = taker.post("/cases/new", {**REPORT, **changes})
    assert response.status_code == 422
    assert "t-field-error" in response.text
    assert "Lewat kakaknya, pagi hari" in response.text
    assert newest(world, "case:case:registered")["outcome"] == "invalid"
    assert "Belum ada kasus" not in taker.get("/").text
    assert 'href="/cases/' + "0" not in taker.get("/cases").text
    assert newest(world, "case:case:listed")["details"] == {"count": 0}


def test_the_list_holds_codes_and_dangers_and_no_names(world: World) -> None:
    taker = world.client("intake-officer")
    register(taker)
    page = taker.get("/cases").text
    assert f"K-{today().year}-0001" in page
    assert "Melati" not in page
    assert taker.get("/cases?risk=low").text.count("K-") == 0
    assert taker.get("/cases?risk=nonsense").status_code == 422
    assert taker.get("/cases?page=nonsense").status_code == 200
    assert taker.get("/cases?page=999999999999").status_code == 200


def test_a_search_finds_what_is_the_same_and_keeps_the_term_out_of_address_and_log(
    world: World,
) -> None:
    taker = world.client("intake-officer")
    register(taker, nik="3514 0001 0190 0001")
    for term in ("melati  CONTOH", "3514000101900001", f"K{today().year}1"):
        page = taker.post("/cases/search", {"term": term})
        assert page.status_code == 200
        assert f"K-{today().year}-0001" in page.text, term
        assert "Melati" not in page.text.replace(term, "")
    assert f"K-{today().year}-0001" not in taker.post("/cases/search", {"term": "Melati"}).text
    event = newest(world, "case:case:searched")
    assert "elati" not in str(event)
    for term in ("", "x", "a\x07b", "y" * 201):
        assert taker.post("/cases/search", {"term": term}).status_code == 422


def test_a_colleague_off_the_case_is_refused_and_finds_nothing(world: World) -> None:
    file = open_case(world)
    stranger = world.client("case-officer-2")
    assert stranger.get(file.path).status_code == 403
    assert NAME not in stranger.post("/cases/search", {"term": NAME}).text.replace(
        f'value="{NAME}"', ""
    )
    assert "K-" not in stranger.get("/cases").text


def test_a_hidden_value_is_not_in_the_page_and_opens_only_for_a_purpose(world: World) -> None:
    file = open_case(world)
    officer = world.client("case-officer")
    page = officer.get(file.path).text
    assert NAME in page
    assert HOME not in page
    assert PHONE not in page
    assert MASK in page
    assert "survivor.address" not in newest(world, "case:case:viewed")["fields"]
    reveal = f"{entry_path(file)}/reveal"
    for values in ({"field": "survivor.address"}, {"field": "survivor.address", "purpose": "fun"}):
        assert officer.post(reveal, values).status_code == 422
    opened = officer.post(reveal, {"field": "survivor.address", "purpose": "safety"})
    assert HOME in opened.text
    assert PHONE not in opened.text
    event = newest(world, "case:field:revealed")
    assert (event["fields"], event["purpose"]) == (["survivor.address"], "safety")
    assert HOME not in officer.get(file.path).text


@pytest.mark.parametrize(
    "values",
    [
        {"field": "survivor.nonsense", "purpose": "safety"},
        {"field": "need.description", "purpose": "safety"},
        {"field": "", "purpose": "safety"},
        {"field": "survivor.address", "purpose": "supervision"},
    ],
)
def test_a_reveal_of_what_is_not_there_is_refused(world: World, values: dict[str, str]) -> None:
    file = open_case(world)
    officer = world.client("case-officer")
    assert officer.post(f"{entry_path(file)}/reveal", values).status_code == 422


def test_the_supervisor_sees_no_value_unasked_and_never_the_clinical_ones(world: World) -> None:
    file = open_case(world)
    supervisor = world.client("supervisor")
    page = supervisor.get(file.path).text
    for secret in (NAME, HOME, PHONE, STORY, "Alergi penisilin"):
        assert secret not in page
    reveal = f"{entry_path(file)}/reveal"
    opened = supervisor.post(reveal, {"field": "survivor.full_name", "purpose": "supervision"})
    assert NAME in opened.text
    refused = supervisor.post(reveal, {"field": "survivor.health", "purpose": "supervision"})
    assert refused.status_code == 403
    assert "Alergi" not in refused.text
    assert newest(world, "case:field:revealed")["outcome"] == "refused"


def test_what_was_not_seen_is_kept_when_the_form_comes_back_empty(world: World) -> None:
    file = open_case(world)
    officer = world.client("case-officer")
    form = officer.get(entry_path(file)).text
    assert NAME in form
    assert PHONE not in form
    assert HOME not in form
    response = officer.post(entry_path(file), survivor_form(full_name="Bunga Baru Contoh"))
    assert response.status_code == 303
    assert newest(world, "case:case:edited")["fields"] == ["survivor.full_name"]
    opened = officer.post(
        f"{entry_path(file)}/reveal", {"field": "survivor.phone", "purpose": "contact"}
    )
    assert PHONE in opened.text
    assert "Bunga Baru Contoh" in opened.text


def test_an_edit_with_a_fault_keeps_what_was_typed(world: World) -> None:
    file = open_case(world)
    officer = world.client("case-officer")
    response = officer.post(entry_path(file), survivor_form(nik="12", full_name="Nama Baru"))
    assert response.status_code == 422
    assert "Nama Baru" in response.text
    assert NAME in officer.get(file.path).text


def test_fields_that_a_person_may_not_write_are_not_in_the_form(world: World) -> None:
    file = open_case(world, child=True)
    companion = world.client("companion")
    form = companion.get(entry_path(file)).text
    assert 'name="nik"' not in form
    assert 'name="full_name"' in form
    values = survivor_form(age_group="13-17", birth_date="", nik="3514000101900001")
    response = companion.post(entry_path(file), values)
    assert response.status_code == 303
    assert "survivor.nik" not in newest(world, "case:case:edited")["fields"]


def test_entries_are_added_and_changed_one_at_a_time(world: World) -> None:
    file = open_case(world)
    officer = world.client("case-officer")
    need = f"{file.path}/entries/need"
    assert officer.get(f"{need}/new").status_code == 200
    values = {"service": "legal_aid", "urgency": "soon", "state": "open", "description": "Surat"}
    assert officer.post(f"{need}/new", values).status_code == 303
    assert "Bantuan hukum" in officer.get(file.path).text
    assert officer.post(f"{need}/new", {**values, "service": "magic"}).status_code == 422
    path = f"{need}/{file.need_id}"
    assert 'name="service"' not in officer.get(path).text
    assert officer.post(path, {"urgency": "later", "state": "met"}).status_code == 303
    incident = {"violence": ["sexual"], "place": "public", "occurred_on": today().isoformat()}
    assert officer.post(f"{file.path}/entries/incident/new", incident).status_code == 303
    person = {"relation": "neighbour", "age_group": "45-59", "full_name": "Joko Contoh"}
    path = f"{file.path}/entries/alleged_perpetrator/new"
    assert officer.post(path, person).status_code == 303
    assert "Joko Contoh" in officer.get(file.path).text
    assert officer.get(f"{file.path}/entries/survivor/new").status_code == 200
    assert officer.get(f"{file.path}/entries/note/new").status_code == 404
    assert officer.get(f"{file.path}/entries/need/{file.survivor_id}").status_code == 404


def test_the_legal_findings_are_for_a_case_officer(world: World) -> None:
    file = open_case(world)
    companion, officer = world.client("companion"), world.client("case-officer")
    path = f"{file.path}/legal"
    assert companion.get(path).status_code == 200
    refused = companion.post(path, {"report_number": "LP/9", "complaint_offence": "y"})
    assert refused.status_code == 403
    assert "LP/9" in refused.text
    assert newest(world, "case:case:edited")["outcome"] == "refused"
    assert officer.post(path, {"report_number": "LP/9", "diversion": "y"}).status_code == 422
    done = officer.post(path, {"report_number": "LP/9", "complaint_offence": "y"})
    assert done.status_code == 303
    assert "LP/9" in officer.get(file.path).text


def test_notes_and_state_are_written_by_the_team(world: World) -> None:
    file = open_case(world)
    officer = world.client("case-officer")
    for number in range(7):
        assert officer.post(f"{file.path}/notes", {"text": f"Catatan {number}"}).status_code == 303
    page = officer.get(file.path).text
    assert "Catatan 6" in page
    assert "Catatan 1" not in page
    assert "Catatan 1" in officer.get(f"{file.path}/notes").text
    assert officer.post(f"{file.path}/notes", {"text": " "}).status_code == 422
    assert officer.get(f"{file.path}/status").status_code == 200
    values = {"risk": "low", "state": "monitoring"}
    assert officer.post(f"{file.path}/status", values).status_code == 303
    assert "Pemantauan" in officer.get(file.path).text
    assert (
        officer.post(f"{file.path}/status", {"risk": "low", "state": "destroyed"}).status_code
        == 422
    )


def test_an_old_note_opened_by_the_supervisor_stands_on_the_page(world: World) -> None:
    file = open_case(world)
    officer, supervisor = world.client("case-officer"), world.client("supervisor")
    for number in range(7):
        officer.post(f"{file.path}/notes", {"text": f"Catatan {number}"})
    page = supervisor.get(f"{file.path}/notes").text
    assert "Catatan 0" not in page
    oldest = re.findall(r"/entries/note/([0-9a-f-]{36})/reveal", page)[-1]
    opened = supervisor.post(
        f"{file.path}/entries/note/{oldest}/reveal",
        {"field": "note.text", "purpose": "supervision"},
    )
    assert "Catatan 0" in opened.text
    assert "Catatan 6" not in opened.text


def test_the_supervisor_puts_people_on_a_case_and_takes_them_off(world: World) -> None:
    file = open_case(world)
    supervisor, new = world.client("supervisor"), world.client("case-officer-2")
    path = f"{file.path}/team"
    member = f"case_officer/{world.account('case-officer-2')}"
    assert new.get(file.path).status_code == 403
    assert supervisor.post(path, {"member": member}).status_code == 303
    assert new.get(file.path).status_code == 200
    again = supervisor.post(path, {"member": member})
    assert again.status_code == 422
    assert supervisor.post(path, {"member": "case_officer/nonsense"}).status_code == 422
    assert (
        supervisor.post(path, {"member": f"auditor/{world.account('auditor')}"}).status_code == 422
    )
    page = supervisor.get(path).text
    release = re.findall(r"/cases/[0-9a-f-]+/team/[0-9a-f-]+/release", page)[-1]
    assert supervisor.post(release).status_code == 303
    assert new.get(file.path).status_code == 403
    assert supervisor.post(release).status_code == 404


def test_whoever_looked_at_a_case_stands_on_its_page_of_looks(world: World) -> None:
    file = open_case(world)
    officer, supervisor = world.client("case-officer"), world.client("supervisor")
    supervisor.get(file.path)
    world.client("case-officer-2").get(file.path)
    page = officer.get(f"{file.path}/access").text
    assert "Eka Contoh" in page
    assert "Cita Contoh" in page
    assert newest(world, "case:access:listed")["details"]["count"] >= 2
    assert world.client("intake-officer").get(f"{file.path}/access").status_code == 403


def test_a_case_of_another_agency_is_missing(world: World) -> None:
    file = open_case(world)
    foreign = world.client("case-officer", tenant=CONTOH)
    for tail in ("", "/notes", "/status", "/legal", "/consents/new", "/entries/need/new"):
        assert foreign.get(f"{file.path}{tail}").status_code == 404, tail


def test_a_closed_case_opens_nothing_unasked_and_takes_no_change(world: World) -> None:
    file = open_case(world)
    from app.cases.models import Case
    from tenants.database import db

    with world.acting("supervisor") as context:
        case = db.session.get(Case, (context.tenant_id, file.case_id))
        assert case is not None
        case.closed_at, case.state = now(), "terminated"
    officer = world.client("case-officer")
    page = officer.get(file.path).text
    assert NAME not in page
    assert "/notes" not in page
    refused = officer.post(f"{file.path}/notes", {"text": "Terlambat ditulis"})
    assert refused.status_code == 409
    assert "Terlambat ditulis" in refused.text
    opened = officer.post(
        f"{entry_path(file)}/reveal", {"field": "survivor.full_name", "purpose": "handling"}
    )
    assert NAME in opened.text


def test_the_errors_of_a_report_are_listed_in_the_order_of_the_page(world: World) -> None:
    page = world.client("intake-officer").post("/cases/new", {"nik": "12"}).text
    listed = re.findall(r'<li><a href="#([\w-]+)">', page)
    assert listed[:4] == ["risk-0", "channel", "age_group", "nik"]
    places = [page.index(f'id="{name}"') for name in listed]
    assert places == sorted(places)


def test_every_section_that_the_page_of_a_case_lists_is_on_it(world: World) -> None:
    file = open_case(world)
    for username in ("case-officer", "companion", "supervisor"):
        page = world.client(username).get(file.path).text
        jumps = re.search(r'<nav class="t-jump".*?</nav>', page, re.DOTALL)
        assert jumps is not None
        targets = re.findall(r'href="#([\w-]+)"', jumps[0])
        assert {"needs", "referrals", "consents", "notes"} <= set(targets)
        assert all(f'id="{target}"' in page for target in targets)
