"""Signed checkpoints go to a place outside the database, once each, and failure is heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.audit.handing import HandingFault
from app.config import SettingsError, from_environment
from tests.audit.ledger import Ledger, check


def test_the_newest_checkpoint_lies_outside_as_it_was_signed(ledger: Ledger) -> None:
    kept = ledger.grow(3)
    assert kept.name == f"{ledger.sign()}.checkpoint.txt"
    assert kept.parent.name == ledger.tenant
    auditor = ledger.world.client("auditor")
    file = auditor.get(f"/audit/checkpoints/{kept.name.split('.')[0]}/file")
    assert kept.read_bytes() == file.data


def test_every_agency_has_its_own_folder_outside(ledger: Ledger) -> None:
    ledger.tenant = "kota-contoh"
    ledger.sign()
    assert ledger.hand_out()
    assert {one.name for one in ledger.outside.iterdir()} == {"kabupaten-pasuruan", "kota-contoh"}


def test_handing_out_twice_changes_nothing(ledger: Ledger) -> None:
    kept = ledger.grow(2)
    before = ledger.handed()
    written = kept.stat().st_mtime_ns
    assert ledger.hand_out()
    assert ledger.handed() == before
    assert kept.stat().st_mtime_ns == written
    assert len(list(kept.parent.iterdir())) == 1


def test_a_crash_between_the_place_and_the_record_is_made_good(ledger: Ledger) -> None:
    """The file was written, the transaction was not committed."""
    kept = ledger.grow(2)
    with ledger.postgres.connect(ledger.database) as session:
        session.execute("DELETE FROM checkpoint_handover")
    assert ledger.hand_out()
    assert ledger.handed().size == int(kept.name.split(".")[0])


def test_a_place_that_does_not_answer_is_heard_in_the_log_and_told_to_auditors(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    first = ledger.grow(1)
    ledger.write()
    size = ledger.sign()
    first.unlink()
    first.parent.rmdir()
    first.parent.write_text("a file stands where the folder was")
    for _ in range(2):
        ledger.hand_out()
        assert '"checkpoint-not-handed-out"' in capsys.readouterr().out
    handed = ledger.handed()
    assert handed.fault is HandingFault.UNAVAILABLE
    assert handed.size == int(first.name.split(".")[0])
    page = ledger.world.client("auditor").get("/audit/checkpoints").text
    assert "Titik periksa terbaru tidak terserahkan" in page
    with ledger.postgres.connect(ledger.database) as session:
        (count,) = session.execute("SELECT count(*) FROM checkpoint_handover").fetchone() or (0,)
    assert count == 2  # what went out, and the fault once
    first.parent.unlink()
    assert ledger.hand_out()
    assert (ledger.handed().size, ledger.handed().fault) == (size, None)


def test_another_history_of_the_same_size_is_refused_by_the_place(
    ledger: Ledger, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = ledger.grow(1)
    ledger.write()
    size = ledger.sign()
    ledger.kept(size).write_bytes(kept.read_bytes())
    ledger.hand_out()
    assert '"other-history"' in capsys.readouterr().out
    assert ledger.handed().fault is HandingFault.OTHER_HISTORY
    assert ledger.kept(size).read_bytes() == kept.read_bytes()


def test_a_note_that_the_key_did_not_sign_does_not_go_out(ledger: Ledger) -> None:
    ledger.write()
    size = ledger.sign()
    with ledger.postgres.connect(ledger.database) as session:
        session.execute(
            "UPDATE audit_checkpoint SET note = replace(note, %s, %s)", (f"\n{size}\n", "\n9\n")
        )
    ledger.hand_out()
    assert ledger.handed().fault is HandingFault.NOT_SIGNED
    assert not ledger.kept(size).exists()


def problems(settings: dict[str, str]) -> list[str]:
    with pytest.raises(SettingsError) as raised:
        from_environment(settings)
    return raised.value.problems


@pytest.mark.parametrize("inside", ["{letters}", "{letters}/checkpoints", "{parent}"])
def test_the_place_must_lie_apart_from_the_letters(
    settings_env: dict[str, str], inside: str
) -> None:
    letters = settings_env["OBJECT_STORE_URL"].rstrip("/")
    url = inside.format(letters=letters, parent=letters.rpartition("/")[0])
    (said,) = problems({**settings_env, "CHECKPOINT_STORE_URL": url})
    assert "apart from OBJECT_STORE_URL" in said


def test_a_bucket_needs_credentials_of_its_own(settings_env: dict[str, str]) -> None:
    bucket = {**settings_env, "CHECKPOINT_STORE_URL": "s3://elsewhere/checkpoints"}
    said = problems(bucket)
    assert [one.split()[0] for one in said] == [
        "CHECKPOINT_STORE_KEY_ID",
        "CHECKPOINT_STORE_SECRET",
    ]
    own = {"CHECKPOINT_STORE_KEY_ID": "contoh", "CHECKPOINT_STORE_SECRET": "contoh"}
    (same,) = problems({**bucket, **own, "AWS_ACCESS_KEY_ID": "contoh"})
    assert "must not be the key of the letters" in same
    place = from_environment({**bucket, **own}).checkpoint_store
    assert place is not None
    assert place.options == {"access_key_id": "contoh", "secret_access_key": "contoh"}


def test_a_bucket_that_nobody_serves_is_unavailable(
    ledger: Ledger, settings_env: dict[str, str]
) -> None:
    ledger.app.extensions["settings"] = from_environment(
        {
            **settings_env,
            "CHECKPOINT_STORE_URL": "s3://elsewhere/checkpoints",
            "CHECKPOINT_STORE_KEY_ID": "contoh",
            "CHECKPOINT_STORE_SECRET": "contoh",
            "CHECKPOINT_STORE_REGION": "contoh",
            "CHECKPOINT_STORE_ENDPOINT": "https://127.0.0.1:9",
        }
    )
    ledger.hand_out()
    assert ledger.handed().fault is HandingFault.UNAVAILABLE


def test_without_a_place_nothing_is_done(ledger: Ledger, settings_env: dict[str, str]) -> None:
    ledger.app.extensions["settings"] = from_environment(settings_env)
    ledger.write()
    ledger.sign()
    assert ledger.hand_out()
    assert ledger.handed().size is None
    assert not ledger.outside.exists()
    page = ledger.world.client("auditor").get("/audit/checkpoints").text
    assert "Belum ada" in page


def test_what_lies_outside_is_readable_by_whoever_checks(ledger: Ledger, tmp_path: Path) -> None:
    kept = ledger.grow(4)
    ledger.grow(3)
    export = ledger.export(tmp_path / "export.jsonl")
    code, said = check(export, "--key", ledger.vkey(), "--since", kept)
    assert code == 0, said
