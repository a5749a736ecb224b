"""Letters and checkpoints in real buckets: written once, each with its own credentials."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.audit import handing
from app.audit.handing import HandingFault
from app.config import from_environment
from app.documents.keeping import stored_name
from app.documents.store import (
    Conflict,
    Missing,
    Store,
    StoreElsewhere,
    StoreUnavailable,
)
from app.local.postgres import Postgres
from tests.audit.ledger import Ledger, check, open_ledger
from tests.bucket import CHECKPOINTS, LETTERS, Buckets
from tests.world import World

NAME = "letters/ab/0123"


@pytest.fixture(scope="module")
def buckets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buckets]:
    """One server for this module."""
    with Buckets(tmp_path_factory.mktemp("buckets")) as made:
        yield made


def store(buckets: Buckets, bucket: str, login: str) -> Store:
    return Store(f"s3://{bucket}/tests", **buckets.options(login))


def test_a_bucket_keeps_a_letter_as_a_folder_does(buckets: Buckets) -> None:
    letters = store(buckets, LETTERS, LETTERS)
    content = bytes(range(256)) * 4_000
    letters.put(NAME, content)
    letters.put(NAME, content)  # a job that is repeated
    assert letters.get(NAME) == content
    assert letters.holds(NAME)
    with pytest.raises(Conflict):
        letters.put(NAME, b"other bytes")
    assert letters.get(NAME) == content
    assert not letters.holds("letters/nothing")
    with pytest.raises(Missing):
        letters.get("letters/nothing")
    letters.put_beside("letters/ab/4567", b"sealed", [NAME])
    with pytest.raises(StoreElsewhere):
        letters.put_beside("letters/ab/89", b"sealed", ["letters/nothing"])


def test_an_attachment_is_put_sealed_anew_and_removed_as_in_a_folder(buckets: Buckets) -> None:
    """The largest there can be, under the names that attachments have."""
    objects = store(buckets, LETTERS, LETTERS)
    name, content = "0f3c1b52/attachment/7d7e4a68", bytes(range(256)) * 80_000
    objects.put_beside(name, content, ())
    objects.put(name, content)
    anew = stored_name(name, 2)
    objects.put(anew, content[::-1])
    assert objects.get(name) == content
    assert objects.get(anew) == content[::-1]
    for gone in (name, anew, anew):
        objects.remove(gone)
    assert not objects.holds(name)
    assert not objects.holds(anew)


@pytest.mark.parametrize(("bucket", "login"), [(CHECKPOINTS, LETTERS), (LETTERS, CHECKPOINTS)])
def test_neither_login_opens_the_other_bucket(buckets: Buckets, bucket: str, login: str) -> None:
    store(buckets, bucket, bucket).put("x/2", b"x")
    strange = store(buckets, bucket, login)
    with pytest.raises(StoreUnavailable):
        strange.put("x/1", b"x")
    with pytest.raises(StoreUnavailable):
        strange.get("x/2")


def test_a_bucket_elsewhere_is_not_reached_without_tls(buckets: Buckets) -> None:
    address = "http://bucket.invalid:9"
    with pytest.raises(StoreUnavailable):
        Store(f"s3://{LETTERS}", **buckets.options(LETTERS) | {"endpoint": address}).put("x/1", b"")


def test_a_login_that_nobody_gave_out_opens_nothing(buckets: Buckets) -> None:
    options = buckets.options(LETTERS) | {"secret_access_key": "guessed"}
    with pytest.raises(StoreUnavailable):
        Store(f"s3://{LETTERS}/tests", **options).put("x/1", b"x")


@pytest.fixture
def ledger(world: World, postgres: Postgres, tmp_path: Path, buckets: Buckets) -> Iterator[Ledger]:
    """A log whose checkpoints go to the bucket."""
    with open_ledger(world, postgres, tmp_path) as made:
        login = buckets.logins[CHECKPOINTS]
        made.app.extensions["settings"] = from_environment(
            {
                **world.settings,
                "CHECKPOINT_STORE_URL": f"s3://{CHECKPOINTS}/{tmp_path.name}".replace("_", "-"),
                "CHECKPOINT_STORE_KEY_ID": login.key,
                "CHECKPOINT_STORE_SECRET": login.secret,
                "CHECKPOINT_STORE_REGION": "us-east-1",
                "CHECKPOINT_STORE_ENDPOINT": buckets.endpoint,
            }
        )
        yield made


def test_a_checkpoint_goes_to_the_bucket_once_and_another_history_is_refused(
    ledger: Ledger, buckets: Buckets, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ledger.app.extensions["settings"].checkpoint_store
    outside = Store(place.url, **place.options)
    ledger.write(3)
    size = ledger.sign()
    assert ledger.hand_out()
    assert ledger.hand_out()
    assert (ledger.handed().size, ledger.handed().fault) == (size, None)
    kept = tmp_path / "kept.txt"
    kept.write_bytes(outside.get(handing.name_of(ledger.tenant, size)))
    ledger.write(2)
    later = ledger.sign()
    other = handing.name_of(ledger.tenant, later)
    outside.put(other, b"what another history signed")
    ledger.hand_out()
    assert '"other-history"' in capsys.readouterr().out
    assert ledger.handed().fault is HandingFault.OTHER_HISTORY
    assert outside.get(other) == b"what another history signed"
    export = ledger.export(tmp_path / "export.jsonl")
    code, said = check(export, "--key", ledger.vkey(), "--since", kept)
    assert code == 0, said


def test_a_bucket_that_the_login_may_not_write_is_told(ledger: Ledger, buckets: Buckets) -> None:
    settings = ledger.app.extensions["settings"]
    place = settings.checkpoint_store
    place.options["secret_access_key"] = "taken back"
    ledger.write()
    ledger.sign()
    ledger.hand_out()
    assert ledger.handed().fault is HandingFault.UNAVAILABLE
    place.options["secret_access_key"] = buckets.logins[CHECKPOINTS].secret
    assert ledger.hand_out()
    assert ledger.handed().fault is None
