"""Who signs for whom: in the signature block, at submission, at approval, and on its pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.accounts import service as accounts
from app.documents import delegations, service
from app.documents.letter import Signer
from app.documents.service import Mode
from tenants.clock import today
from tenants.context import Role
from tenants.errors import Conflict, Invalid
from tests.documents.desk import Desk
from tests.documents.offices import page_texts
from tests.world import PASSWORD

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("mode", "title", "prefix"),
    [
        (Mode.ACTING, "Plt. Kepala Dinas", None),
        (Mode.STANDING_IN, "Plh. Kepala Dinas", None),
        (Mode.MANDATE, "Kepala Bidang", "a.n. Kepala Dinas"),
        (Mode.SUB_MANDATE, "Kepala Bidang", "a.n. Kepala Dinas\nSekretaris\nu.b."),
    ],
)
def test_the_signature_block_says_for_which_office_somebody_signs(
    mode: Mode, title: str, prefix: str | None
) -> None:
    own = Signer("Kepala Bidang", "Sekar Contoh", "Pembina", "0" * 18, None)
    found = delegations.block(own, mode, "Kepala Dinas", "Sekretaris")
    assert (found.title, found.prefix) == (title, prefix)
    assert (found.name, found.rank, found.nip) == (own.name, own.rank, own.nip)


def submit(desk: Desk, letter_id: UUID, delegation_id: UUID | None) -> None:
    with desk.acting("case-officer"):
        signatory = desk.account("signatory")
        letter = service.find(letter_id)
        assert service.submit(letter, signatory, None, delegation_id) == ()


def over(desk: Desk, delegation_id: UUID) -> None:
    """Let its last day be yesterday."""
    day = today()
    statement = "UPDATE delegation SET begins = %s, ends = %s WHERE id = %s"
    desk.tamper(statement, day - 9 * DAY, day - DAY, delegation_id)


def test_a_letter_signed_for_another_office_says_so_on_paper_and_when_it_is_checked(
    desk: Desk,
) -> None:
    chosen = desk.delegated(mode=Mode.SUB_MANDATE, through="Sekretaris Daerah", office="Bupati")
    letter_id = desk.draft()
    submit(desk, letter_id, chosen)
    desk.approve(letter_id)
    desk.run(letter_id)
    text = "\n".join(page_texts(desk.pdf(letter_id)))
    places = [text.index(one) for one in ("a.n. Bupati", "Sekretaris Daerah", "u.b.", "Fitri")]
    assert places == sorted(places)

    acting = desk.delegated(mode=Mode.ACTING, office="Sekretaris Daerah")
    letter_id = desk.draft()
    submit(desk, letter_id, acting)
    desk.approve(letter_id)
    desk.run(letter_id)
    page = desk.world.anonymous().get(desk.verification_path(letter_id)).text
    assert "Plt. Sekretaris Daerah" in page


def test_what_has_ended_signs_nothing_whatever_was_submitted_before(desk: Desk) -> None:
    chosen = desk.delegated()
    late, ended = desk.draft(), desk.draft()
    for letter_id in (late, ended):
        submit(desk, letter_id, chosen)
    over(desk, chosen)
    with pytest.raises(Conflict, match="delegation-over"):
        desk.approve(late)
    with pytest.raises(Invalid) as refusal:
        submit(desk, desk.draft(), chosen)
    assert (refusal.value.field, refusal.value.reason) == ("signatory", "delegation-over")
    # Nobody slips into an office of their own because the time is over.
    with pytest.raises(Invalid) as refusal:
        submit(desk, desk.draft(), None)
    assert refusal.value.reason == "delegation-needed"
    with desk.acting("administrator"):
        service.close_delegation(delegations.find(chosen))
    submit(desk, desk.draft(), None)
    assert desk.letter(late).state == "submitted"


def test_what_was_ended_early_or_begins_tomorrow_signs_nothing_today(desk: Desk) -> None:
    chosen = desk.delegated()
    letter_id = desk.draft()
    submit(desk, letter_id, chosen)
    with pytest.raises(Conflict, match="delegation-lives"), desk.acting("administrator"):
        service.close_delegation(delegations.find(chosen))
    with desk.acting("administrator"):
        service.end_delegation(delegations.find(chosen))
    with pytest.raises(Conflict, match="delegation-over"):
        desk.approve(letter_id)
    tomorrow = desk.delegated(begins=today() + DAY)  # what was ended stands in nobody's way
    with pytest.raises(Invalid):
        submit(desk, desk.draft(), tomorrow)
    offered = desk.client("case-officer").get(f"/letters/{desk.draft()}").text
    assert str(tomorrow) not in offered
    events = [event["tag"] for event in desk.world.events() if "delegation" in event["tag"]]
    assert events == [
        "letter:delegation:made",
        "letter:delegation:ended",
        "letter:delegation:made",
    ]


def test_what_overlaps_is_over_or_makes_no_sense_is_refused(desk: Desk) -> None:
    desk.delegated()
    day = today()
    with desk.world.as_system():
        other = accounts.create_account(
            username="signatory-2",
            name="Kirana Contoh",
            password=PASSWORD,
            roles=frozenset({Role.SIGNATORY}),
            title="Sekretaris Dinas",
        )
    wrong: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"account_id": other, "office": "KEPALA DINAS"}, ("begins", "overlaps")),
        ({"mode": Mode.MANDATE}, ("begins", "overlaps")),
        ({"begins": day - 9 * DAY, "ends": day - DAY}, ("ends", "past")),
        ({"ends": day - DAY}, ("ends", "before-it-begins")),
        ({"account_id": desk.account("companion")}, ("person", "unknown")),
        ({"office": "Kepala \u4e2d"}, ("office", "not-printable")),
        ({"mode": Mode.SUB_MANDATE, "office": "Camat"}, ("through", "required")),
    ]
    for terms, expected in wrong:
        with pytest.raises(Invalid) as refusal:
            desk.delegated(**terms)
        assert (refusal.value.field, refusal.value.reason) == expected, terms
    # A mandate is no office filled: two people may have one at the same time.
    desk.delegated(account_id=other, mode=Mode.MANDATE)
    desk.delegated(account_id=other, begins=day + 8 * DAY, ends=day + 9 * DAY)


def test_the_administrator_keeps_it_on_its_pages_and_the_author_chooses_from_it(
    desk: Desk,
) -> None:
    administrator = desk.client("administrator")
    administrator.confirm()
    assert "Belum ada" in administrator.get("/delegations").text
    day = today()
    given = {
        "person": str(desk.account("signatory")),
        "mode": "plh",
        "office": "Kepala Dinas",
        "basis": "Surat Perintah Nomor 800/000/2026",
        "begins": day.isoformat(),
        "ends": (day - DAY).isoformat(),
    }
    wrong = administrator.post("/delegations/new", given)
    assert wrong.status_code == 422
    assert "Kepala Dinas" in wrong.text
    given["ends"] = (day + DAY).isoformat()
    assert administrator.post("/delegations/new", given).status_code == 303
    assert "Fitri Contoh" in administrator.get("/delegations").text
    letter_id, officer = desk.draft(), desk.client("case-officer")
    assert "Plh. Kepala Dinas" in officer.get(f"/letters/{letter_id}").text
    with desk.world.as_system():
        (one,) = delegations.listed()
    choice = f"{desk.account('signatory')}:{one.id}"
    answer = officer.post(f"/letters/{letter_id}/submit", {"signatory": choice})
    assert answer.status_code == 303
    assert administrator.post(f"/delegations/{one.id}/end").status_code == 303
    assert administrator.post(f"/delegations/{one.id}/close").status_code == 303
    assert "Fitri Contoh" not in administrator.get("/delegations").text
