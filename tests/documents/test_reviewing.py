"""A second pair of eyes: the paraf before the signature, the way back, what has changed since."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from app.accounts.models import Account
from app.documents import service
from app.documents.catalogue import Catalogue
from app.documents.comparison import Mark, changes, pieces
from tenants.database import db
from tenants.errors import Conflict, Invalid, Refused
from tests.documents.desk import Desk
from tests.world import Client


def fresh(desk: Desk, username: str) -> Client:
    client = desk.client(username)
    assert client.confirm().status_code == 303
    return client


def seen_on(page: str) -> str:
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def test_a_letter_is_initialled_by_the_reviewer_and_then_signed(desk: Desk) -> None:
    letter_id = desk.in_review()
    supervisor, signatory = desk.client("supervisor"), fresh(desk, "signatory")
    path = f"/letters/{letter_id}"
    assert str(letter_id) in supervisor.get("/letters/queue").text
    assert str(letter_id) not in signatory.get("/letters/queue").text
    assert signatory.get(f"{path}/approval").status_code == 403  # not before the paraf
    assert desk.client("case-officer").get(f"{path}/edit").status_code in {200, 409}
    entry = desk.entry("surat_tugas_pendamping")
    with pytest.raises(Conflict, match="letter-state"), desk.acting("case-officer"):
        service.save(service.find(letter_id), entry)  # locked while it is read

    page = supervisor.get(f"{path}/review").text
    assert supervisor.post(f"{path}/paraf", {"seen": "0" * 64}).status_code == 409
    assert supervisor.post(f"{path}/paraf", {"seen": seen_on(page)}).status_code == 303
    letter = desk.letter(letter_id)
    assert (letter.state, letter.paraf_at is not None) == ("submitted", True)
    (event,) = [e for e in desk.events("letter:letter:initialled") if e["outcome"] == "allowed"]
    assert letter.paraf_hash is not None
    assert event["details"] == {"content": letter.paraf_hash.hex()}

    page = signatory.get(f"{path}/approval").text
    assert "Eka Contoh" in page
    assert signatory.post(f"{path}/approval", {"seen": seen_on(page)}).status_code == 303
    desk.run(letter_id)
    assert desk.letter(letter_id).state == "issued"
    assert supervisor.get(path).status_code == 403  # the reviewer's part is over
    with pytest.raises(Exception, match="kept as it is"):
        desk_changes_paraf(desk, letter_id)


def desk_changes_paraf(desk: Desk, letter_id: UUID) -> None:
    """What an injected statement in the web's login would try."""
    with desk.world.as_system():
        db.session.execute(
            text("UPDATE letter SET paraf_at = now() WHERE id = :id"), {"id": letter_id}
        )


def test_a_paraf_is_of_what_was_read_and_of_nothing_else(desk: Desk) -> None:
    letter_id = desk.submitted("surat_tugas_pendamping")
    with desk.world.as_system():
        account = db.session.get(Account, (desk.tenant_id, desk.account("companion")))
        assert account is not None
        account.name = "Dewi Contoh Baru"  # what the letter says has changed
    with pytest.raises(Conflict, match="paraf-outdated"):
        desk.approve(letter_id)
    assert desk.letter(letter_id).state == "submitted"


def test_nobody_initials_an_own_letter_or_one_that_waits_for_another(desk: Desk) -> None:
    letter_id = desk.draft("surat_tugas_pendamping")
    signatory, officer = desk.account("signatory"), desk.account("case-officer")
    for reviewer, reason in ((None, "required"), (officer, "unknown"), (uuid4(), "unknown")):
        with pytest.raises(Invalid) as refusal, desk.acting("case-officer"):
            service.submit(service.find(letter_id), signatory, reviewer)
        assert (refusal.value.field, refusal.value.reason) == ("reviewer", reason)
    waiting = desk.in_review()
    for username in ("signatory", "case-officer", "companion"):
        client = desk.client(username)
        assert client.post(f"/letters/{waiting}/paraf", {"seen": "0" * 64}).status_code == 403
    with pytest.raises(Refused), desk.acting("signatory"):
        service.give_back(service.find(waiting), service.ReturnReason.CONTENT)


def test_what_comes_back_carries_remarks_and_what_changed_since(desk: Desk) -> None:
    letter_id = desk.in_review(tasks="Mendampingi pemeriksaan di rumah sakit")
    supervisor, officer = desk.client("supervisor"), desk.client("case-officer")
    path = f"/letters/{letter_id}"
    remark = "Penanda catatan: sebut puskesmas, bukan rumah sakit."
    assert supervisor.get(f"{path}/return").status_code == 200
    back = {"reason": "content", "remarks": remark}
    assert supervisor.post(f"{path}/return", {**back, "remarks": "x" * 3000}).status_code == 422
    assert supervisor.post(f"{path}/return", back).status_code == 303
    assert remark in officer.get(path).text
    with desk.world.as_system():  # sealed, whoever reads the database
        row = db.session.scalar(
            text("SELECT l::text FROM letter l WHERE id = :id"), {"id": letter_id}
        )
    assert "Penanda" not in str(row)
    assert "Penanda" not in repr(desk.world.events())

    with desk.acting("case-officer"):
        changed = desk.entry("surat_tugas_pendamping", tasks="Mendampingi pemeriksaan di puskesmas")
        service.save(service.find(letter_id), changed)
        people = desk.account("signatory"), desk.account("supervisor")
        assert service.submit(service.find(letter_id), *people) == ()
    page = supervisor.get(f"{path}/review").text
    assert re.search(r"<del>.*rumah sakit</del>", page)
    assert re.search(r"<ins>.*puskesmas</ins>", page)
    assert remark not in officer.get(path).text  # settled by submitting it again


def test_a_replacement_is_compared_with_the_letter_it_replaces(desk: Desk) -> None:
    issued = desk.issued(service_unit="Poli Jiwa")
    with desk.acting("case-officer"):
        made = service.replace(service.find(issued))
        made_id = made.id
        service.save(service.find(made_id), desk.entry(service_unit="Poli Psikologi"))
        assert service.submit(service.find(made_id), desk.account("signatory")) == ()
    page = desk.client("signatory").get(f"/letters/{made_id}/review").text
    assert re.search(r"<del>.*Jiwa</del>", page)
    assert desk.letter(issued).number in page


def test_a_difference_names_the_field_and_keeps_every_word(catalogue: Catalogue) -> None:
    kind = catalogue["surat_rujukan"]
    sample = kind.samples["longest"]
    letter = {**sample["letter"], "hal": "Rujukan lain"}
    (change,) = changes(kind, sample, {**sample, "letter": letter})
    assert (
        "".join(one.text for one in change.pieces if one.mark is not Mark.NEW)
        == (sample["letter"]["hal"])
    )
    found = pieces("satu dua tiga", "satu  dua empat")
    assert [(one.mark.value, one.text) for one in found][-1] == ("new", "empat")
    assert "".join(one.text for one in found if one.mark is not Mark.GONE) == "satu  dua empat"


def ticks(page: str) -> list[str]:
    return re.findall(r'name="letter" value="([^"]+)"', page)


def test_several_letters_are_approved_on_one_page_each_as_it_was_read(desk: Desk) -> None:
    ones = [desk.submitted(), desk.submitted(service_unit="Poli Psikologi")]
    other = desk.submitted("surat_tugas_pendamping")
    signatory = fresh(desk, "signatory")
    where = "/letters/approvals"
    offered = ticks(signatory.get(where).text)
    assert {one.split(":")[0] for one in offered} == {str(one) for one in (*ones, other)}
    chosen: Any = [one for one in offered if not one.startswith(str(other))]

    forged = [chosen[0], f"{ones[1]}:{'0' * 64}"]

    def looks() -> int:
        return sum(len(desk.events("letter:letter:viewed", one)) for one in (*ones, other))

    before = looks()
    answer = signatory.post(where, {"letter": forged})
    assert answer.status_code == 409
    assert looks() == before + 3  # an error shows them all the same (invariant 13)
    assert "berubah" in answer.text
    assert desk.letter(ones[0]).state == "submitted"  # all of them or none
    assert signatory.post(where, {}).status_code == 422
    assert looks() == before + 6
    assert signatory.post(where, {"letter": [f"{uuid4()}:{'0' * 64}"]}).status_code == 404

    assert signatory.post(where, {"letter": chosen}).status_code == 303
    assert [desk.letter(one).state for one in (*ones, other)] == ["queued", "queued", "submitted"]
    assert {desk.letter(one).sequence for one in ones} == {1, 2}
    assert len({desk.letter(one).snapshot_hash for one in ones}) == 2
    assert desk.client("signatory").get(where).status_code == 302  # a password is asked first
