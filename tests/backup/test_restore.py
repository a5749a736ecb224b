"""A restore brings back what was, and never what was destroyed (invariants 10, 18 and 19)."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest

from app.backup import commands
from app.cases import service as cases
from app.documents import numbering, service
from app.keys import destroyed
from tenants import vault
from tenants.errors import Conflict, Unreadable
from tests.backup.vault_room import Room
from tests.cases.intake import NAME as REPORTED
from tests.cases.intake import NIK, code, open_case, take, working
from tests.documents.desk import NAME, Desk, open_desk
from tests.world import CONTOH, PASUR, World


def name_in(world: World, case_id: UUID) -> str | None:
    """The survivor's name, as the case's officer sees it."""
    with working(world, case_id) as subject:
        return cases.look(subject).survivors[0].fields["full_name"].value


def destroy(world: World, case_id: UUID) -> None:
    with working(world, case_id, "supervisor") as subject:
        cases.destroy_key(subject, reason="court-order", code=subject.row.code)


def assert_destroyed(world: World, case_id: UUID) -> None:
    """Nobody reads or finds the case, and it is shown as what it is."""
    with working(world, case_id) as subject:
        assert not any(one.shown for one in cases.look(subject).survivors[0].fields.values())
        assert subject.row.state == "destroyed"
    with world.acting("case-officer"):
        assert case_id not in [line.id for line in cases.search(NIK).lines]
    with world.as_system(), pytest.raises(Unreadable):
        vault.data_key(case_id)


def test_everything_comes_back_and_numbers_wait_until_somebody_states_the_last(
    desk: Desk, room: Room
) -> None:
    """The whole: cases, files, the log; and what must not simply go on."""
    case_id = open_case(desk.world)
    issued, waiting = desk.issued(), desk.submitted()
    on_its_way = desk.approved()
    pdf, number = desk.pdf(issued), desk.letter(issued).number
    desk.seal_log()
    made = room.create()
    after = desk.issued()  # is given a number that the back-up does not know
    place = room.fresh()
    said = room.done("backup", "restore", made, **place)
    assert "DIFFERS" not in said
    assert room.asked(place, "SELECT DISTINCT state FROM tenant") == [("suspended",)]
    assert room.asked(place, "SELECT count(*) FROM outbox") == [(0,)]
    assert room.asked(place, "SELECT count(*) FROM sign_in_session") == [(0,)]
    world = room.restored(place)
    assert name_in(world, case_id) == REPORTED
    assert NAME in world.client("case-officer").get(f"/cases/{desk.case_id}").text
    (event,) = [one for one in world.events() if one["tag"] == "key:backup:restored"]
    assert event["details"] == {"data": made, "keys": made, "destroyed": 0}
    with world.acting("case-officer"):
        letter = service.find(issued)
        assert (service.fetch(letter).pdf, letter.number) == (pdf, number)
        halted = service.find(on_its_way)
        assert (halted.state, halted.failure) == ("parked", "restored")
    again = Desk(
        world, PASUR, desk.case_id, desk.need_id, desk.survivor_id, desk.places,
        desk.worker_app, desk.postgres,
    )  # fmt: skip
    with pytest.raises(Conflict, match="register-held"):
        again.approve(waiting)
    (name, last) = room.done("backup", "registers", "--tenant", PASUR, **place).split()[-2:]
    assert int(last) == desk.letter(on_its_way).sequence
    wrong = room.run("backup", "registers", "--tenant", PASUR, "--last", f"{name}=1", **place)
    assert "had a higher number already" in wrong.output
    lost = desk.letter(after).sequence
    assert lost == int(last) + 1
    room.done("backup", "registers", "--tenant", PASUR, "--last", f"{name}={lost}", **place)
    again.approve(waiting)
    assert again.letter(waiting).sequence == lost + 1
    (stated,) = [one for one in world.events() if one["tag"] == "letter:register:stated"]
    assert (stated["details"]["earlier"], stated["details"]["stated"]) == (int(last), lost)
    fresh = take(world)
    with world.as_system():
        assert cases.find(fresh).code == code(1001)


def test_a_case_destroyed_after_the_back_up_stays_destroyed(desk: Desk, room: Room) -> None:
    """Known from the list outside, though every back-up of keys still holds its key."""
    gone, kept = open_case(desk.world), open_case(desk.world)
    made = room.create()
    destroy(desk.world, gone)
    room.hand_out()
    place = room.fresh()
    missing = room.run("backup", "restore", made, **place, DESTROYED_STORE_URL="")
    assert (missing.exit_code, "would come back" in missing.output) == (1, True)
    forged = next((room.folder / "destroyed").rglob(str(gone)))
    forged.write_text(forged.read_text().replace("2", "1", 1))
    refused = room.run("backup", "restore", made, **place)
    assert "is not one that Teduh wrote" in refused.output
    forged.unlink()
    assert room.asked(place, "SELECT to_regclass('public.tenant')") == [(None,)]
    destroyed.forget()
    room.hand_out()
    said = room.done("backup", "restore", made, **place)
    assert "destroyed keys that stay destroyed: 1" in said
    world = room.restored(place)
    assert_destroyed(world, gone)
    assert name_in(world, kept) == REPORTED


def test_older_data_with_newer_keys_revive_nothing_and_open_what_was_rotated_since(
    desk: Desk, room: Room
) -> None:
    gone, kept = open_case(desk.world), open_case(desk.world)
    old = room.create()
    room.done("keys", "rotate", "case", "--tenant", PASUR)
    room.done("keys", "rotate", "tenant", "--tenant", PASUR)
    room.done("keys", "rotate", "root")
    destroy(desk.world, gone)
    late = open_case(desk.world)
    new = room.create()
    place = room.fresh()
    # The list is lost: what the newer back-up of keys says is enough.
    said = room.done("backup", "restore", old, "--without-destroyed-list", **place)
    assert "DIFFERS" not in said
    world = room.restored(place)
    assert_destroyed(world, gone)
    assert name_in(world, kept) == REPORTED
    assert room.asked(place, "SELECT 1 FROM data_key WHERE id = %s", late) == []
    assert room.asked(place, "SELECT DISTINCT root_id FROM tenant_key") == [("r2",)]
    # Old keys for new data: what they cannot open is named, and what was destroyed stays so.
    place = room.fresh()
    result = room.run("backup", "restore", new, "--keys", old, "--without-destroyed-list", **place)
    assert result.exit_code == commands.DIFFERS
    assert f"DIFFERS: {PASUR}: 1 cases have no key in this back-up of keys" in result.output
    assert "values under a key" in result.output
    assert room.asked(place, "SELECT wrapped FROM data_key WHERE id = %s", gone) == [(None,)]


def test_one_agency_is_restored_without_a_row_or_a_file_of_another(desk: Desk, room: Room) -> None:
    issued = desk.issued()
    with open_desk(desk.world, desk.postgres, CONTOH) as other:
        theirs = other.issued()
        made = room.create()
        place = room.fresh()
        unknown = room.run("backup", "restore", made, "--tenant", "kota-lain", **place)
        assert "no agency called kota-lain" in unknown.output
        room.done("backup", "restore", made, "--tenant", CONTOH, **place)
        world = room.restored(place)
        with world.acting("case-officer", CONTOH):
            assert service.fetch(service.find(theirs)).pdf == other.pdf(theirs)
    tables = room.asked(
        place,
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public'"
        " AND column_name = 'tenant_id'",
    )
    assert len(tables) > 30
    for (table,) in tables:
        query = f'SELECT count(*) FROM "{table}" WHERE tenant_id <> %s'
        assert room.asked(place, query, other.tenant_id) == [(0,)], table
    assert room.tenants(place) == [CONTOH]
    files = {path.name for path in Path(place["OBJECT_STORE_URL"][7:]).rglob("*") if path.is_file()}
    assert len(files) == 1
    assert str(desk.letter(issued).object_name).rpartition("/")[2] not in files


def test_what_was_signed_after_the_back_up_is_named_and_nothing_is_put_over_an_agency(
    desk: Desk, room: Room
) -> None:
    outside = {"CHECKPOINT_STORE_URL": (room.folder / "checkpoints").as_uri()}
    desk.seal_log()
    # The log was tampered with before the back-up: a restore does not pass it over.
    room.asked(
        desk.world.settings,
        "UPDATE audit_event SET body = replace(body::text, 'command', 'web')::json WHERE"
        " (tenant_id, id) IN (SELECT tenant_id, event_id FROM audit_leaf WHERE tenant_id = %s"
        " AND index = 0)",
        desk.tenant_id,
    )
    made = room.create()
    size = room.manifest("data", made)["checkpoints"][str(desk.tenant_id)][0]
    open_case(desk.world)
    desk.seal_log()
    room.hand_out_checkpoints(outside)
    over = room.run("backup", "restore", made, **outside)
    assert (over.exit_code, "a database with agencies in it" in over.output) == (1, True)
    place = room.fresh()
    result = room.run("backup", "restore", made, **place, **outside)
    assert result.exit_code == commands.DIFFERS
    assert f"DIFFERS: {PASUR}: the log outside goes to size" in result.output
    assert f"entries {size} to" in result.output
    assert f"DIFFERS: {PASUR}: the access log does not agree with itself" in result.output
    newer = Path(room.folder / "keyring.json")
    newer.write_text(newer.read_text().replace('"r1"', '"r9"'))
    refused = room.run("backup", "restore", made, **room.fresh())
    assert "root key r1, which is not in" in refused.output


def test_numbers_cannot_be_taken_past_the_hold(desk: Desk) -> None:
    desk.tamper(
        "INSERT INTO register_hold (tenant_id, id, known_until, held_at)"
        " VALUES (%s, gen_random_uuid(), now(), now())",
        desk.tenant_id,
    )
    waiting = desk.submitted()
    page = desk.client("signatory").post(f"/letters/{waiting}/approve", {"seen": "x"})
    assert page.status_code != 303
    with desk.acting("signatory"), pytest.raises(Conflict, match="register-held"):
        numbering.take("*", 2026)
