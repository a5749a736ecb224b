"""The main job as `make demo` does it, through the worker processes."""

from __future__ import annotations

from pathlib import Path

from app.demo.main_job import HOSTS, main_job
from tenants.database import db
from tests.conftest import Database
from tests.processes import running
from tests.world import build


def test_each_letter_of_the_main_job_verifies_as_its_addressee_would(
    database: Database, settings_env: dict[str, str], tmp_path: Path
) -> None:
    world = build(settings_env)
    world.worker_database_url = database.url("worker")
    with running(world, tmp_path, "work letters", "outbox", "audit"), world.app.app_context():
        summary = main_job(tmp_path / "letters")
        db.engine.dispose()
    made = sorted(one["type"] for one in summary["letters"])
    assert made == sorted(["notulen_mediasi", "permohonan_visum", "surat_rujukan"] * len(HOSTS))
    assert all(Path(one["path"]).read_bytes().startswith(b"%PDF") for one in summary["letters"])
    assert {slug for slug, log in summary["audit"].items() if log["verified"]} == set(HOSTS)
