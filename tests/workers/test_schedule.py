"""What runs by the clock: in every agency, whatever becomes of another one."""

from __future__ import annotations

from threading import Event

from sqlalchemy import text

from tenants.context import current
from tenants.database import db, platform
from tests.documents.desk import Desk
from tests.world import CONTOH, PASUR
from workers import boundary, schedule
from workers.schedule import Clock, Task


def test_a_letter_that_fell_out_of_the_outbox_is_asked_for_again(desk: Desk) -> None:
    letter_id = desk.approved()
    with desk.worker_app.app_context(), platform() as session:
        session.execute(text("DELETE FROM outbox"))
    boundary.use(desk.worker_app)
    with desk.worker_app.app_context():
        (task,) = (one for one in schedule.TASKS if one.name == "letters-asked-again")
        assert schedule.run(task)
    assert {row.object_id for row in desk.rows()} == {letter_id}
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued"


def test_one_agencys_trouble_keeps_a_task_from_no_other(desk: Desk) -> None:
    done = []

    def act() -> int:
        done.append(current().slug)
        if current().slug == PASUR:
            db.session.execute(text("SELECT 1/0"))
        return 1

    with desk.worker_app.app_context():
        assert not schedule.run(Task("test", 60, act))
    assert sorted(done) == sorted([PASUR, CONTOH])


def test_a_task_that_failed_comes_again_soon_and_one_that_went_well_in_its_time(
    desk: Desk,
) -> None:
    well = Event()

    def act() -> int:
        if not well.is_set():
            raise OSError
        return 0

    clock = Clock((Task("test", 600, act),))
    with desk.worker_app.app_context():
        assert clock.once(Event()) <= schedule.REST
        well.set()
        again = Clock((Task("test", 600, act),))
        assert again.once(Event()) > schedule.REST


def test_a_clock_told_to_stop_begins_nothing(desk: Desk) -> None:
    stop = Event()
    stop.set()
    with desk.worker_app.app_context():
        assert Clock(schedule.TASKS).once(stop) == 0.0
