"""Keys are rotated under live traffic, and a rotation may die at any step (invariants 7 and 10)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from uuid import UUID

import pytest

from app.cases import models as case_models
from app.cases import service as cases
from app.documents import keeping, resealing, service
from app.keys import rotating
from app.local.environment import complete
from app.referrals.models import Referral
from tenants import rotation, vault
from tenants.clock import now
from tenants.database import db
from tests.attachments.desk_of_pictures import added
from tests.attachments.pictures import paper
from tests.cases.intake import NAME as REPORTED
from tests.cases.intake import NIK, open_case, working
from tests.documents.desk import NAME, Desk
from tests.documents.test_office_documents import given
from tests.keys.keeper import Keeper, events, reads
from tests.security.course import course_of
from tests.security.scene import assessed, served
from tests.world import PASUR, World

ROOT = Path(__file__).resolve().parents[2]
# Sealed by the same descriptor as the others; neither the desk nor the scene writes into them.
EMPTY = {"care_session", "closure", "legal_choice", "livelihood", "note_draft", "simfoni_entry"}


def file_names(world: World) -> set[str]:
    """The names of the objects in the store, without their folders."""
    folder = Path(world.settings["OBJECT_STORE_URL"].removeprefix("file://"))
    return {path.name for path in folder.rglob("*") if path.is_file()}


def versions(keeper: Keeper, case_id: UUID) -> tuple[int, list[int], bool]:
    """A case's newest key, its earlier ones, and whether nothing lies under these."""
    ((newest,),) = keeper.asked("SELECT version FROM data_key WHERE id = %s", case_id)
    earlier = keeper.asked(
        "SELECT version, emptied_at IS NOT NULL FROM retired_data_key WHERE subject_id = %s"
        " ORDER BY version",
        case_id,
    )
    return newest, [version for version, _ in earlier], all(emptied for _, emptied in earlier)


def fill_every_table(desk: Desk) -> None:
    """Write a value into the tables of a case that the desk leaves empty."""
    with desk.acting("case-officer") as context:
        assert context.person is not None
        me, supervisor = context.person.id, desk.account("supervisor")
        note = case_models.Note(case_id=desk.case_id, author_id=me, written_at=now())
        note.text = "Catatan contoh"
        judged = case_models.EmergencyAccess(
            case_id=desk.case_id,
            account_id=me,
            reviewer_id=supervisor,
            reason="danger",
            opened_at=now(),
            until=now(),
            reviewed_at=now(),
            reviewed_by=supervisor,
            verdict="justified",
        )
        judged.explanation, judged.remark = "Keterangan contoh", "Penilaian contoh"
        db.session.add_all([note, judged])
    with desk.rows_of(case_models.Incident) as incidents:
        for incident in incidents:
            incident.narrative = "Dipukul pada malam hari"
    with desk.rows_of(Referral) as referrals:
        for referral in referrals:
            referral.request_note = "Mohon bantuan"
        sent = next(one.id for one in referrals if one.organisation_id == desk.places["hospital"])
    added(desk, data=paper(), kind="other")
    course_of(desk, sent)
    assessed(desk)
    served(desk)
    desk.copied(desk.issued())


def found_under(keeper: Keeper, case_id: UUID) -> dict[str, set[int]]:
    """Under which versions of its key a case's values lie, by table."""
    found: dict[str, set[int]] = {}
    for table, columns in rotation.of_case().items():
        for one in columns:
            query = f'SELECT "{one.column.name}" FROM "{table.name}" WHERE case_id = %s'
            values = {value for (value,) in keeper.asked(query, case_id) if value is not None}
            found.setdefault(table.name, set()).update(vault.version_of(one) for one in values)
    return found


def test_everything_of_a_case_lies_under_its_new_key_and_opens_without_the_old(
    desk: Desk, keeper: Keeper
) -> None:
    """Fields, search, a draft, its preview, a frozen snapshot, and the file of an issued letter."""
    other = open_case(desk.world)
    draft, submitted = desk.draft(), desk.submitted()
    frozen, issued = desk.approved(), desk.issued()
    with desk.acting("signatory"):
        preview = service.newest_preview(service.find(submitted))
        assert preview is not None
    desk.run_preview(preview.id)
    before = desk.pdf(issued)
    stored = file_names(desk.world)
    fill_every_table(desk)
    said = list(keeper.cases(now(), desk.case_id))
    assert not [line for line in said if "NOT" in line]
    found = found_under(keeper, desk.case_id)
    assert {name for name, under in found.items() if not under} <= EMPTY
    assert all(under in ({2}, set()) for under in found.values()), found
    assert versions(keeper, desk.case_id) == (2, [1], True)
    assert versions(keeper, other) == (1, [], True)
    keeper.asked("DELETE FROM retired_data_key")
    assert reads(desk)
    with desk.acting("case-officer"):
        assert service.entry(service.find(draft)).organisation_id == desk.places["hospital"]
        assert cases.search(NAME).lines[0].id == desk.case_id
    with desk.acting("signatory"):
        shown = service.load_preview(submitted, preview.id).row
        assert service.fetch_preview(shown).startswith(b"%PDF")
        service.approve(service.find(submitted), service.review(service.find(submitted)).seen)
    desk.run(frozen)
    assert desk.letter(frozen).state == "issued"
    assert desk.pdf(issued) == before
    assert len(stored) == 1
    assert stored.isdisjoint(file_names(desk.world))  # what lay under the old key is gone
    with working(desk.world, other) as subject:
        assert cases.look(subject).survivors[0].fields["full_name"].value == REPORTED
    (rotated,) = events(desk.world, "key:case:rotated")
    (emptied,) = events(desk.world, "key:case:emptied")
    assert (rotated["case"], rotated["details"]) == (str(desk.case_id), {"version": 2})
    assert (emptied["case"], emptied["details"]) == (str(desk.case_id), {"version": 1})
    assert (rotated["channel"], rotated["fields"], rotated["actor"]) == ("command", [], None)


def test_a_case_rotation_that_dies_after_every_step_is_gone_on_with_to_its_end(
    desk: Desk, keeper: Keeper
) -> None:
    """Each run dies after one committed step; between any two the office reads and writes."""
    open_case(desk.world)
    issued = desk.issued()
    before, client, steps = now(), desk.client("case-officer"), 0
    note = f"/cases/{desk.case_id}/notes"
    pdf = desk.pdf(issued)
    while True:
        said = next(keeper.cases(before), None)
        if said is None:
            break
        steps += 1
        assert reads(desk, client)
        assert client.post(note, {"text": f"Catatan {steps}"}).status_code == 303
        assert desk.pdf(issued) == pdf
        assert steps < 60
    assert steps > 12
    assert versions(keeper, desk.case_id) == (2, [1], True)
    keeper.asked("DELETE FROM retired_data_key")
    assert reads(desk)
    page = client.get(note).text
    assert all(f"Catatan {number}" in page for number in range(1, steps + 1))


def test_a_file_put_by_a_rotation_that_died_before_it_said_so_is_taken(
    desk: Desk, keeper: Keeper
) -> None:
    issued = desk.issued()
    pdf = desk.pdf(issued)
    for said in keeper.cases(now()):
        if "rows sealed anew" in said:
            break
    tenant = desk.world.tenant(PASUR)

    def die() -> None:
        with rotating.inside(tenant):
            resealing.seal_file_anew(issued)
            raise RuntimeError  # the new file lies in the store; the row does not say so

    with keeper.at_work(), pytest.raises(RuntimeError):
        die()
    assert len(file_names(desk.world)) == 2
    assert desk.pdf(issued) == pdf
    list(keeper.cases(now(), UUID(int=0)))  # no case of its own: goes on with what was left
    letter = desk.letter(issued)
    assert letter.object_name is not None
    assert file_names(desk.world) == {keeping.stored_name(letter.object_name, 2).rpartition("/")[2]}
    assert versions(keeper, desk.case_id) == (2, [1], True)
    assert desk.pdf(issued) == pdf


def test_people_edit_and_read_while_case_keys_are_rotated_and_see_no_error(
    desk: Desk, keeper: Keeper
) -> None:
    client, note = desk.client("case-officer"), f"/cases/{desk.case_id}/notes"
    entry = f"/cases/{desk.case_id}/entries/survivor/{desk.survivor_id}"
    form = {"age_group": "25-44", "disability": "none", "birth_date": "1998-04-12"}
    done, wrong, written = threading.Event(), [], []

    def work() -> None:
        while not done.is_set():
            number = len(written)
            name = f"{NAME} {number}"
            answers = [
                client.post(note, {"text": f"Catatan {number}"}).status_code,
                client.post(entry, {**form, "full_name": name}).status_code,
            ]
            page = client.get(f"/cases/{desk.case_id}")
            if answers != [303, 303] or page.status_code != 200 or name not in page.text:
                wrong.append((number, answers, page.status_code))
            written.append(name)

    person = threading.Thread(target=work)
    person.start()
    try:
        for _ in range(4):
            list(keeper.cases(now(), desk.case_id))
    finally:
        done.set()
        person.join()
    assert wrong == []
    assert len(written) > 1
    list(keeper.cases(now(), desk.case_id))
    keeper.asked("DELETE FROM retired_data_key")
    assert written[-1] in client.get(f"/cases/{desk.case_id}").text
    page = client.get(note).text
    assert all(f"Catatan {number}" in page for number in range(len(written)))


def test_a_command_that_is_killed_leaves_nothing_half_done(desk: Desk, keeper: Keeper) -> None:
    """The real process, killed when it has said its third line; then run again to the end."""
    open_case(desk.world)
    command = ("-m", "flask", "--app", "wsgi", "keys", "rotate", "case", "--tenant", PASUR)
    settings = complete(desk.world.settings, Path(sys.executable).parent)
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, env=settings, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    assert reads(desk)
    moment = first.split()[-1]
    said = keeper.done("keys", "rotate", "case", "--tenant", PASUR, "--made-before", moment)
    assert "NOT FINISHED" not in said
    assert versions(keeper, desk.case_id) == (2, [1], True)
    assert reads(desk)


def test_destroying_a_case_in_the_midst_of_its_rotation_ends_every_version(
    desk: Desk, keeper: Keeper
) -> None:
    case_id = open_case(desk.world)
    run = keeper.cases(now(), case_id)
    assert "rows sealed anew" in [next(run), next(run)][1]
    with working(desk.world, case_id, "supervisor") as subject:
        cases.destroy_key(subject, reason="court-order", code=subject.row.code)
    said = list(run)
    assert any("destroyed meanwhile" in line for line in said)
    assert keeper.asked("SELECT 1 FROM retired_data_key WHERE subject_id = %s", case_id) == []
    assert keeper.asked(
        "SELECT wrapped FROM data_key WHERE id = %s AND destroyed_at IS NOT NULL", case_id
    ) == [(None,)]
    with desk.world.acting("case-officer"):
        assert not cases.search(NIK).lines
    assert list(keeper.cases(now(), case_id)) == []


def test_an_altered_value_is_named_and_keeps_its_key_and_the_others_go_on(
    desk: Desk, keeper: Keeper
) -> None:
    other = open_case(desk.world)
    keeper.asked(
        "UPDATE survivor SET birth_date_sealed = full_name_sealed WHERE case_id = %s", desk.case_id
    )
    said = keeper.done("keys", "rotate", "case", "--tenant", PASUR)
    assert f"{desk.case_id}: NOT FINISHED" in said
    assert NAME not in said
    assert versions(keeper, desk.case_id) == (2, [1], False)
    assert versions(keeper, other) == (2, [1], True)
    assert "1 cases are not wholly under their new key" in keeper.done("keys", "status")
    kept = keeper.done("keys", "discard", "--tenant", PASUR, "--days", "1")
    assert str(desk.case_id) not in kept  # nothing of it may be thrown away


def test_an_earlier_key_goes_only_when_nothing_lies_under_it_for_long_enough(
    desk: Desk, keeper: Keeper
) -> None:
    issued = desk.issued()
    keeper.done("keys", "rotate", "case", "--tenant", PASUR)
    assert keeper.done("keys", "discard", "--tenant", PASUR, "--days", "90") == ""
    keeper.asked("UPDATE retired_data_key SET emptied_at = now() - interval '91 days'")
    assert "key 1 thrown away" in keeper.done("keys", "discard", "--tenant", PASUR, "--days", "90")
    assert versions(keeper, desk.case_id) == (2, [], True)
    assert reads(desk)
    assert desk.pdf(issued)
    (event,) = events(desk.world, "key:case:discarded")
    assert event["details"] == {"version": 1}


def test_every_column_under_a_case_key_is_found_from_the_declarations() -> None:
    found = {f"{t.name}.{c.column.name}" for t, many in rotation.of_case().items() for c in many}
    assert {"letter.draft", "letter.snapshot", "letter_preview.pdf", "note.text_sealed"} <= found
    assert len(found) > 20


def test_a_document_of_the_office_opens_under_the_new_key_of_its_own(
    desk: Desk, keeper: Keeper
) -> None:
    with desk.acting("auditor"):
        letter_id = service.issue_office("laporan_audit", given())
    desk.run(letter_id)
    with desk.acting("auditor"):
        before = service.fetch_office(service.find_office(letter_id)).pdf
    said = list(keeper.cases(now(), letter_id))
    assert not [line for line in said if "NOT" in line]
    assert versions(keeper, letter_id) == (2, [1], True)
    keeper.asked("DELETE FROM retired_data_key WHERE subject_id = %s", letter_id)
    with desk.acting("auditor"):
        letter = service.find_office(letter_id)
        assert service.fetch_office(letter).pdf == before
        assert service.said(letter)["report"]["conclusion"] == "Tertib"
