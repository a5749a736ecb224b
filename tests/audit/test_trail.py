"""What a survivor may have on request: who looked at her file, reduced, signed, in her words."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from lxml import html
from sqlalchemy import update

from app.accounts.models import Account
from app.audit import keys, trail, trail_export
from app.audit.checkpoint import CheckpointError, VerifierKey, sign_statement
from app.audit.trail import initials
from app.local.postgres import Postgres
from tenants.database import db
from tenants.errors import Conflict
from tenants.vocabulary import Outcome, Tag
from tests.audit.history import History, last_monday
from tests.audit.ledger import VERIFIER
from tests.documents.desk import Desk, open_desk
from tests.world import Client, World

MORNING = last_monday()


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case with a team, in an agency whose log is signed."""
    with open_desk(world, postgres) as made:
        history = History(world)
        case_id = made.case_id
        opened = ["survivor.nik", "alleged_perpetrator.full_name"]
        details = {"person": str(history.account("case-officer-2")), "role": "case_officer"}
        history.add("companion", Tag.FIELD_REVEALED, MORNING, case_id=case_id, fields=opened,
                    purpose="safety")  # fmt: skip
        history.add("companion", Tag.CASE_VIEWED, MORNING, case_id=case_id, times=3)
        history.add("hospital-officer", Tag.REFERRAL_VIEWED, MORNING, case_id=case_id,
                    fields=["survivor.full_name"], purpose="referral")  # fmt: skip
        history.add("intake-officer", Tag.CASE_VIEWED, MORNING, case_id=case_id,
                    outcome=Outcome.REFUSED)  # fmt: skip
        history.add("supervisor", Tag.TEAM_ASSIGNED, MORNING, case_id=case_id, details=details)
        made.seal_log()
        yield made


def confirmed(world: World, username: str = "supervisor") -> Client:
    client = world.client(username)
    assert client.confirm().status_code == 303
    return client


def archive(desk: Desk) -> dict[str, bytes]:
    """The files of an export."""
    answer = confirmed(desk.world).get(f"/cases/{desk.case_id}/access/export")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def one(files: dict[str, bytes], end: str) -> bytes:
    (found,) = [content for name, content in files.items() if name.endswith(end)]
    return found


def test_the_export_has_every_step_and_no_name_id_address_or_third_party(desk: Desk) -> None:
    files = archive(desk)
    header, *steps = [json.loads(line) for line in one(files, ".jsonl").splitlines()]
    assert (header["format"], header["entries"]) == ("teduh-subject-trail/1", len(steps))
    assert {step["act"] for step in steps} >= {
        "case:case:viewed", "case:field:revealed", "case:referral:viewed", "case:team:assigned",
    }  # fmt: skip
    (revealed,) = [step for step in steps if step["act"] == "case:field:revealed"]
    assert (revealed["initials"], revealed["roles"]) == ("D.C.", ["companion"])
    assert (revealed["fields"], revealed["purpose"]) == (["survivor.nik"], "safety")
    assert [step["outcome"] for step in steps].count("refused") == 1
    said = b"".join(files.values()).decode()
    ids = [str(desk.world.account(name)) for name in ("companion", "case-officer-2")]
    for secret in ("Dewi Contoh", "Gita Contoh", "192.0.2.1", "alleged_perpetrator", *ids):
        assert secret not in said, secret


def test_the_table_is_read_by_people(desk: Desk) -> None:
    rows = list(csv.reader(io.StringIO(one(archive(desk), ".csv").decode("utf-8-sig"))))
    assert rows[0][2] == "Siapa"
    (revealed,) = [row for row in rows if "NIK Anda" in row[4]]
    assert revealed[2] == "pendamping (D.C.)"
    assert revealed[5] == "untuk menjaga keselamatan Anda"
    (partner,) = [row for row in rows if "petugas layanan" in row[2]]
    assert "(G.C.)" in partner[2]


def test_each_file_is_signed_and_each_step_is_found_again_in_the_log(desk: Desk) -> None:
    assert desk.client("companion").get(f"/cases/{desk.case_id}").status_code == 200
    desk.seal_log()
    files = archive(desk)
    statement = one(files, ".tanda-tangan.txt").decode()
    text, _, signatures = statement.rpartition("\n\n")
    with desk.world.as_system():
        key = VerifierKey.parse(keys.vkey())
    raw = b64decode(signatures.split(" ")[2])
    assert raw[:4] == key.key_id
    public = Ed25519PublicKey.from_public_bytes(key.public)
    public.verify(raw[4:], f"{text}\n".encode())
    with pytest.raises(InvalidSignature):
        public.verify(raw[4:], f"{text} \n".encode())
    first, name, *hashes = text.split("\n")
    assert (first, name) == ("teduh-subject-trail/1", key.name)
    listed = dict(reversed(line.split("  ")) for line in hashes)
    assert len(listed) == 3
    for file, digest in listed.items():
        assert sha256(files[file]).hexdigest() == digest
    _, *steps = [json.loads(line) for line in one(files, ".jsonl").splitlines()]
    placed = [step for step in steps if step["index"] is not None]
    export = confirmed(desk.world, "auditor").get("/audit/export").text.splitlines()
    leaves = {one_["index"]: one_["leaf"] for one_ in map(json.loads, export[1:]) if "leaf" in one_}
    assert placed
    assert all(leaves[step["index"]] == step["leaf"] for step in placed)


def test_the_program_for_outsiders_finds_what_was_changed_in_a_trail(
    desk: Desk, tmp_path: Path
) -> None:
    files, path = archive(desk), tmp_path / "jejak.zip"
    with desk.world.as_system():
        vkey = keys.vkey()

    def judge(changed: dict[str, bytes]) -> tuple[int, str]:
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in changed.items():
                packed.writestr(name, content)
        run = [sys.executable, str(VERIFIER), "--trail", str(path), "--key", vkey]
        done = subprocess.run(run, capture_output=True, check=False)
        return done.returncode, done.stdout.decode()

    assert judge(files)[0] == 0
    for name in [name for name in files if "BACA" not in name and "tanda-tangan" not in name]:
        code, said = judge(files | {name: files[name] + b" "})
        assert (code, name in said) == (1, True)
        code, said = judge({other: files[other] for other in files if other != name})
        assert (code, name in said) == (1, True)
    code, said = judge(files | {"tambahan.csv": b"tidak ditandatangani"})
    assert (code, "tambahan.csv" in said) == (1, True)
    (signature,) = [name for name in files if "tanda-tangan" in name]
    forged = files[signature].replace(b".csv", b".tsv")
    assert judge(files | {signature: forged})[0] == 1
    assert judge(files | {signature: b"teduh-subject-trail/1"})[0] == 2
    assert judge({"a": b"b"})[0] == 2
    path.write_bytes(b"PK")
    run = [sys.executable, str(VERIFIER), "--trail", str(path), "--key", vkey]
    assert subprocess.run(run, capture_output=True, check=False).returncode == 2


def test_a_statement_is_never_taken_for_a_checkpoint(desk: Desk) -> None:
    with desk.world.as_system():
        private, name = keys.signing_key(), keys.origin("kabupaten-pasuruan")
        note = sign_statement("teduh-subject-trail/1", ["12"], name, private)
        with pytest.raises(CheckpointError):
            keys.verified(note)
        for first, lines in ((name, ["1"]), ("no-kind", ["1"]), ("a/b", ["1\n2"])):
            with pytest.raises(CheckpointError):
                sign_statement(first, lines, name, private)


def test_the_export_asks_for_a_fresh_password_and_is_recorded(desk: Desk) -> None:
    client = desk.client("supervisor")
    where = f"/cases/{desk.case_id}/access/export"
    assert "/confirm" in client.get(where).headers["Location"]
    archive(desk)
    event = [one_ for one_ in desk.world.events() if one_["tag"] == "audit:trail:exported"][-1]
    assert (event["outcome"], event["case"]) == ("allowed", str(desk.case_id))
    assert event["actor"] == str(desk.world.account("supervisor"))
    assert event["details"]["count"] > 5
    for username in ("companion", "auditor", "administrator", "signatory"):
        assert confirmed(desk.world, username).get(where).status_code == 403


def test_the_survivor_reads_who_looked_in_plain_words_whatever_language_the_officer_has(
    desk: Desk,
) -> None:
    client = desk.client("companion")
    client.post("/language", {"language": "en", "next": "/"})
    page = client.get(f"/cases/{desk.case_id}/access/survivor")
    assert page.status_code == 200
    tree = html.fromstring(page.text)
    rows = [" ".join(row.text_content().split()) for row in tree.xpath("//tbody/tr")]
    (companion,) = [row for row in rows if "pendamping (D.C.)" in row and "NIK" in row]
    for said in ("NIK Anda", "Membuka kasus", "untuk menjaga keselamatan Anda"):
        assert said in companion
    assert not any("(A.C.)" in row for row in rows)
    assert "Dewi Contoh" not in tree.xpath("//table")[0].text_content()
    event = desk.world.events()[-1]
    assert (event["tag"], event["case"]) == ("case:trail:shown", str(desk.case_id))


def test_two_people_of_the_same_initials_and_one_without_letters_stand_in_lines_of_their_own(
    desk: Desk,
) -> None:
    history = History(desk.world)
    for username, name in (("case-officer", "Dian Contoh"), ("case-officer-2", "-")):
        with desk.world.as_system():
            db.session.execute(
                update(Account).where(Account.username == username).values(name=name)
            )
        history.add(username, Tag.CASE_VIEWED, MORNING, case_id=desk.case_id, roles=["companion"])
    page = desk.client("companion").get(f"/cases/{desk.case_id}/access/survivor")
    rows = [
        [cell.text_content().strip() for cell in row]
        for row in html.fromstring(page.text).xpath("//tbody/tr")
    ]
    (day,) = [row[0] for row in rows if "NIK" in row[2]]
    on_it = [row[1] for row in rows if row[0] == day]
    assert (on_it.count("pendamping (D.C.)"), on_it.count("pendamping (–)")) == (2, 1)


def test_whoever_makes_many_steps_hides_none_that_came_after(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "MOST", 3)
    client = desk.client("companion")
    assert client.get(f"/cases/{desk.case_id}").status_code == 200
    with desk.world.acting("supervisor"):
        newest = trail.steps(desk.case_id)[-1]
        with pytest.raises(Conflict, match="log-too-long"):
            trail_export.trail_archive(desk.case_id, "K-2026-0001")
    assert (newest.tag, newest.initials) == ("case:case:viewed", "D.C.")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Dewi Contoh, S.Psi.", "D.C."),
        ("siti  nur contoh", "S.N.C."),
        ("Dra. Eka Contoh", "D.E.C."),
        ("'Aisyah", "A."),
        (",Dewi Contoh", "D.C."),
        ("1 2", "–"),
        ("", "–"),
    ],
)
def test_names_become_initials(name: str, short: str) -> None:
    assert initials(name) == short
