"""Consent gone through with the survivor: her answers, her no, the paper, and taking it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from app.local.postgres import Postgres
from app.referrals.models import Referral
from tests.attachments.desk_of_pictures import added, refresh
from tests.attachments.pictures import paper
from tests.documents.desk import NAME, Desk, open_desk
from tests.documents.offices import page_texts
from tests.world import World


@pytest.fixture
def desk(world: World, postgres: Postgres) -> Iterator[Desk]:
    """A case with consents and referrals."""
    with open_desk(world, postgres) as desk:
        yield desk


def answers(desk: Desk, kind: str = "hospital", *yes: str, **more: Any) -> dict[str, Any]:
    """What she answers: yes to some, no to the others."""
    asked = ("identity", "contact", "clinical", "narrative", "legal")
    return {
        "organisation": str(desk.places[kind]),
        **{f"class_{one}": "yes" if one in yes else "no" for one in asked},
        "days": "30",
        "given_by": "survivor",
        "method": "written",
        "understood": "y",
        **more,
    }


def test_her_answers_are_kept_and_a_no_to_everything_ends_what_she_allowed(desk: Desk) -> None:
    client, path = desk.client("companion"), f"/cases/{desk.case_id}/consents/talk"
    page = client.get(path).text
    for said in ("Kami tetap membantu", "boleh menjawab tidak", "menarik jawaban kapan saja"):
        assert said in page
    hospital = desk.client("hospital-officer")
    with desk.rows_of(Referral) as rows:
        referral = next(row.id for row in rows if row.organisation_id == desk.places["hospital"])
    assert NAME in hospital.get(f"/referrals/{referral}").text
    # Something is not asked, or not understood: nothing is kept, what was pressed is still there.
    for spoiled in ({"class_legal": ""}, {"understood": ""}, {"organisation": ""}):
        refused = client.post(path, answers(desk, "hospital", "identity") | spoiled)
        assert refused.status_code == 422, spoiled
        assert re.search(r'id="class_identity-0"[^>]*checked|checked[^>]*id="class_identity-0"',
                         refused.text)  # fmt: skip
    kept = client.post(path, answers(desk, "hospital", "identity", "contact"))
    assert kept.status_code == 303
    recorded = [one for one in desk.events("case:consent:recorded") if one["details"]]
    assert recorded[-1]["details"]["classes"] == ["contact", "identity"]
    assert NAME in hospital.get(f"/referrals/{referral}").text
    said_no = client.post(path, answers(desk, "hospital"))
    assert said_no.status_code == 303
    (event,) = desk.events("case:consent:refused")
    assert event["details"]["organisation"] == str(desk.places["hospital"])
    # The partner's page is open in another browser; its next click shows nothing.
    assert NAME not in hospital.get(f"/referrals/{referral}").text
    row = f"/referrals/{referral}/rows/{desk.survivor_id}/reveal"
    assert hospital.post(row, {"field": "survivor.full_name"}).status_code == 403


def test_what_an_organisation_was_asked_ends_when_her_newest_word_no_longer_allows_it(
    desk: Desk,
) -> None:
    client, path = desk.client("companion"), f"/cases/{desk.case_id}/consents/talk"
    for kind, yes in (("hospital", ()), ("police", ("contact",))):
        with desk.rows_of(Referral) as rows:
            before = [one for one in rows if one.organisation_id == desk.places[kind]]
            assert before, kind
            assert "withdrawn" not in {one.state for one in before}
        assert client.post(path, answers(desk, kind, "identity")).status_code == 303
        with desk.rows_of(Referral) as rows:  # who she is may be known still
            after = [one for one in rows if one.organisation_id == desk.places[kind]]
            assert "withdrawn" not in {one.state for one in after}
        assert client.post(path, answers(desk, kind, *yes)).status_code == 303
        with desk.rows_of(Referral) as rows:
            after = [one for one in rows if one.organisation_id == desk.places[kind]]
            assert {(one.state, one.end_reason) for one in after} == {
                ("withdrawn", "consent-withdrawn")
            }


def test_the_paper_is_printed_signed_by_hand_and_comes_back_tied_to_its_consent(
    desk: Desk,
) -> None:
    client = desk.client("companion")
    case = f"/cases/{desk.case_id}"
    client.post(f"{case}/consents/talk", answers(desk, "hospital", "identity", "clinical"))
    page = client.get(case).text
    found = re.search(rf"{case}/consents/([0-9a-f-]{{36}})/form", page)
    assert found is not None
    consent_id = found[1]
    assert client.post(found[0]).status_code == 401  # who it is, first
    refresh(client)
    assert desk.client("case-officer-2").post(found[0]).status_code == 403
    for path, words in (
        (found[0], ("PERSETUJUANBERBAGIDATA", "RSUDBangil", "Identitasnya", "tidakbergantung")),
        (f"{case}/consents/services", ("PERSETUJUANLAYANAN", "tetapdibantu")),
    ):
        made = client.post(path)
        assert made.status_code == 303, made.text
        letter = re.search(r"/letters/([0-9a-f-]{36})", made.headers["Location"])
        assert letter is not None
        from uuid import UUID

        letter_id = UUID(letter[1])
        desk.run(letter_id)
        assert desk.letter(letter_id).state == "issued", desk.letter(letter_id).failure
        pdf = client.get(f"/letters/{letter_id}/file").data
        text = "".join("".join(page_texts(pdf)).split()).lower()
        assert "dewicontoh" in text  # the officer who explained it has signed it
        assert NAME.replace(" ", "").lower() in text
        for word in words:
            assert word.lower() in text, word
    scan = f"{case}/attachments/new?consent={consent_id}"
    assert "checked" in client.get(scan).text
    attachment_id = added(
        desk, data=paper(), kind="signed_consent", where=scan, description="", name="p.pdf"
    )
    page = client.get(case).text
    assert f"consents/{consent_id}/form" not in page
    assert client.get(f"/attachments/{attachment_id}").status_code == 200
    other = f"{case}/attachments/new?consent={desk.need_id}"
    assert client.get(other).status_code == 404
