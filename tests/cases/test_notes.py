"""Notes of the team: dated, signed, never changed; the newest on the page of the case."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from app.cases import service as cases
from app.cases.models import Note
from app.cases.viewing import NOTES
from tenants import clock
from tests.cases.intake import BARE, case_row, open_case, row, values, working
from tests.world import World


def test_a_note_is_dated_and_carries_its_author(world: World) -> None:
    case_id = open_case(world)
    with working(world, case_id, "companion") as subject:
        note_id = cases.add_note(subject, "  Ditemani ke RSUD Contoh\r\n ")
    note = row(world, case_id, Note)
    assert (note.id, note.author_id) == (note_id, world.account("companion"))
    assert values(world, note, "text") == {"text": "Ditemani ke RSUD Contoh"}
    assert note.written_at >= case_row(world, case_id).registered_at


def test_the_newest_notes_stand_on_the_page_and_all_of_them_on_their_own(world: World) -> None:
    case_id = open_case(world, BARE)
    start = clock.now()
    for number in range(NOTES):
        with time_machine.travel(start + timedelta(minutes=number), tick=False):  # noqa: SIM117
            with working(world, case_id, "companion") as subject:
                cases.add_note(subject, f"Catatan {number}")
    with working(world, case_id) as subject:
        assert not cases.look(subject).more_notes
    with time_machine.travel(start + timedelta(hours=1), tick=False):  # noqa: SIM117
        with working(world, case_id) as subject:
            cases.add_note(subject, "Catatan terbaru")
    with working(world, case_id) as subject:
        dossier = cases.look(subject)
        notes, people, _draft = cases.all_notes(subject)
    newest = ["Catatan terbaru", *(f"Catatan {number}" for number in reversed(range(NOTES)))]
    assert [one.fields["text"].value for one in dossier.notes] == newest[:NOTES]
    assert dossier.more_notes
    assert [one.fields["text"].value for one in notes] == newest
    assert {card.name for card in people.values()} == {"Bela Contoh", "Dewi Contoh"}
