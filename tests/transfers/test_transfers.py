"""A case handed to another agency: sealed, only what consent covers, on record on both sides."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Update, select, update
from sqlalchemy.exc import DBAPIError

from app.cases import service as cases
from app.cases.models import AllegedPerpetrator, Consent, Survivor
from app.cases.parts import ON_DESTROYED
from app.cli import as_operator, bring_in, read_profile
from app.transfers import service as transfers
from app.transfers.content import unpack
from app.transfers.models import Transfer, TransferArrival
from tenants import parcels
from tenants.confidential import FieldClass
from tenants.database import db
from tenants.disclosure import disclose
from tenants.errors import Conflict, Missing, Unreadable
from tenants.parcels import Parcel
from tenants.profile import Partner
from tests.referrals.filing import (
    HEALTH,
    HOME,
    NAME,
    PERPETRATOR,
    PHONE,
    SECRETS,
    STORY,
    File,
    consent,
    open_case,
)
from tests.world import CONTOH, PASUR, PROFILES, Client, World, host_of


@pytest.fixture
def neighbours(world: World) -> World:
    """The first agency names the second as a partner, and both have their keys."""
    other = Partner(
        key=CONTOH,
        name="UPTD PPA Kota Contoh",
        kind="protection_agency",
        addressee="Kepala UPTD PPA Kota Contoh",
        place="Kota Contoh",
        services=["complaint"],
    )
    profile = read_profile(PROFILES / f"{PASUR}.toml")
    with world.app.app_context(), as_operator():
        changed = replace(profile, partners=[*profile.partners, other])
        bring_in(changed, host_of(PASUR), "Juwita Contoh")
    attend(world)
    return world


def attend(world: World) -> None:
    for tenant in (PASUR, CONTOH, PASUR):
        with world.as_system(tenant):
            transfers.attend()


def sender(world: World) -> Client:
    client = world.client("case-officer")
    client.confirm()
    return client


def destination(world: World) -> str:
    from tests.referrals.filing import organisation

    return str(organisation(world, "protection_agency"))


def hand_over(world: World, file: File) -> int:
    sent = {"destination": destination(world)}
    return sender(world).post(f"{file.path}/transfers/new", sent).status_code


def arrived(world: World) -> TransferArrival:
    with world.as_system(CONTOH):
        return db.session.query(TransferArrival).one()


def given(case_id: UUID) -> UUID:
    """The consent of a case."""
    return db.session.scalars(select(Consent.id).where(Consent.case_id == case_id)).one()


def refused(statement: Update) -> bool:
    """Whether the database itself refuses a change."""
    try:
        with db.session.begin_nested():
            db.session.execute(statement)
    except DBAPIError as fault:
        return "row-level security" in str(fault) or "answered_empty" in str(fault)
    return False


def events(world: World, tag: str, tenant: str = PASUR) -> list[dict[str, Any]]:
    found = world.events(tenant)
    return [one for one in found if one["tag"] == tag and one["outcome"] == "allowed"]


def test_a_case_goes_sealed_with_what_consent_covers_and_both_logs_record_it(
    neighbours: World,
) -> None:
    world, file = neighbours, open_case(neighbours)
    assert world.client("case-officer").get(f"{file.path}/transfers/new").status_code == 302
    assert hand_over(world, file) == 422  # it is not even offered without consent
    consent(world, file, FieldClass.IDENTITY, FieldClass.NARRATIVE, kind="protection_agency")
    assert hand_over(world, file) == 303
    assert hand_over(world, file) == 409
    (event,) = events(world, "case:transfer:sent")
    assert event["details"]["to"] == CONTOH
    assert event["details"]["classes"] == ["identity", "narrative"]
    assert "survivor.full_name" in event["fields"]
    assert "survivor.health" not in event["fields"]
    with world.as_system():
        parcel = db.session.scalars(select(Parcel)).one()
    assert parcel.sealed is not None
    assert [one for one in SECRETS if one.encode() in parcel.sealed] == []

    attend(world)
    row = arrived(world)
    (event,) = events(world, "case:transfer:arrived", CONTOH)
    assert event["details"] == {"from": PASUR, "parcel": str(parcel.id)}
    intake = world.client("intake-officer", CONTOH)
    page = intake.get(f"/transfers/{row.id}").text
    assert [one for one in SECRETS if one in page] == []
    taken = intake.post(f"/transfers/{row.id}/accept")
    assert taken.status_code == 303
    assert intake.post(f"/transfers/{row.id}/accept").status_code == 409
    case_id = UUID(taken.headers["Location"].rsplit("/", 1)[-1])
    with world.acting("intake-officer", CONTOH):
        case = cases.load_case(case_id)
        assert case.row.channel == "transfer"
        survivor = db.session.query(Survivor).filter_by(case_id=case_id).one()
        seen = disclose(survivor, ("full_name",), case.standing)
        assert seen["full_name"].value == NAME
        assert (survivor.health.present, survivor.phone.present) == (False, False)
        assert survivor.address.present is False
        assert cases.rows(case_id).incidents[0].narrative.present is True
        reported = db.session.query(AllegedPerpetrator).filter_by(case_id=case_id).one()
        assert (reported.relation, reported.full_name.present) == ("spouse", False)
    attend(world)
    assert events(world, "case:transfer:accepted", CONTOH)[-1]["case"] == str(case_id)
    assert events(world, "case:transfer:answered")[-1]["details"]["answer"] == "accepted"
    assert "Diterima instansi lain" in world.client("companion").get(file.path).text
    for text in (HEALTH, HOME, PHONE, PERPETRATOR, STORY):
        assert text not in str(world.events()) + str(world.events(CONTOH))


def test_a_declined_parcel_leaves_nothing_behind_and_may_be_sent_again(
    neighbours: World,
) -> None:
    world, file = neighbours, open_case(neighbours)
    consent(world, file, FieldClass.IDENTITY, kind="protection_agency")
    assert hand_over(world, file) == 303
    attend(world)
    row = arrived(world)
    intake = world.client("intake-officer", CONTOH)
    assert intake.get(f"/transfers/{row.id}/decline").status_code == 200
    assert intake.post(f"/transfers/{row.id}/decline").status_code == 303
    attend(world)
    with world.as_system():
        assert db.session.query(Transfer).one().state == "declined"
    with world.as_system(CONTOH):
        assert db.session.query(Survivor).count() == 0
    assert hand_over(world, file) == 303


def test_a_parcel_opens_for_its_recipient_alone_and_not_once_it_is_altered(
    neighbours: World,
) -> None:
    world = neighbours
    recipient = world.tenant(CONTOH).tenant_id
    with world.acting("case-officer"):
        parcel_id = parcels.send(recipient, b"isi contoh")
        with pytest.raises(Missing):
            parcels.open_parcel(parcel_id)  # the sender itself cannot
    with world.as_system(CONTOH):
        assert parcels.open_parcel(parcel_id) == b"isi contoh"
    with world.as_system():  # row security: the sender may not answer for the other either
        changed = update(Parcel).where(Parcel.id == parcel_id).values(accepted=True)
        assert refused(changed)
        with pytest.raises(Missing):
            parcels.answer(parcel_id, accepted=True)
    with world.as_system(CONTOH):
        row = db.session.scalars(select(Parcel).where(Parcel.id == parcel_id)).one()
        db.session.expunge(row)
        assert row.sealed is not None
        assert row.sealed.count(b"isi contoh") == 0
    stranger = X25519PrivateKey.generate()
    bound = parcels._bound(row.tenant_id, row.recipient_id, row.id)
    with pytest.raises(InvalidTag):
        parcels._SUITE.decrypt(row.sealed, stranger, info=bound)


def test_a_parcel_is_empty_once_it_is_answered(neighbours: World) -> None:
    """A back-up or a stolen key must not bring back what was declined, or what is a case by now."""
    world = neighbours
    recipient = world.tenant(CONTOH).tenant_id
    with world.acting("case-officer"):
        sent = {accepted: parcels.send(recipient, b"isi contoh") for accepted in (True, False)}
    with world.acting("intake-officer", CONTOH):
        for accepted, parcel_id in sent.items():
            parcels.answer(parcel_id, accepted=accepted)
            with pytest.raises(Conflict, match="parcel-answered"):
                parcels.open_parcel(parcel_id)
        rows = list(db.session.scalars(select(Parcel)))
        assert [(row.sealed, row.answered_at is not None) for row in rows] == [(None, True)] * 2
        assert refused(update(Parcel).values(sealed=b"isi lain"))


@pytest.mark.parametrize("how", ["withdrawn", "destroyed"])
def test_a_parcel_is_taken_back_when_she_withdraws_her_consent_or_her_case_is_destroyed(
    neighbours: World, how: str
) -> None:
    world, file = neighbours, open_case(neighbours)
    consent(world, file, FieldClass.IDENTITY, kind="protection_agency")
    assert hand_over(world, file) == 303
    attend(world)
    with world.acting("case-officer"):
        if how == "withdrawn":
            cases.revoke_consent(cases.load_case(file.case_id), given(file.case_id))
        else:
            for listener in ON_DESTROYED:
                listener(file.case_id)
        assert db.session.scalars(select(Parcel)).one().sealed is None
        assert refused(update(Parcel).values(sealed=b"isi lain"))
    intake, row = world.client("intake-officer", CONTOH), arrived(world)
    page = intake.get(f"/transfers/{row.id}")
    assert (page.status_code, "menarik kembali" in page.text) == (409, True)
    assert f"/transfers/{row.id}/decline" in page.text
    assert intake.post(f"/transfers/{row.id}/accept").status_code == 409
    assert intake.post(f"/transfers/{row.id}/decline").status_code == 303
    attend(world)
    assert events(world, "case:transfer:answered")[-1]["details"]["answer"] == "declined"


def test_what_another_agency_sends_in_no_known_form_is_not_believed(world: World) -> None:
    survivor = {"age_group": "25-44", "disability": "none", "values": {"full_name": 7}}
    incident = {
        "violence": ["sihir"],
        "place": "household",
        "domestic": True,
        "occurred_on": None,
        "values": {},
    }
    whole = {
        "format": "teduh-transfer/1",
        "risk": "medium",
        "survivors": [survivor],
        "incidents": [incident],
        "perpetrators": [],
        "needs": [],
    }
    sent: list[Any] = [b"bukan berkas", [], {}, {**whole, "survivors": [7]}, whole]
    sent.append({**whole, "survivors": [{**survivor, "values": {}}]})  # an unknown kind of violence
    with world.as_system(CONTOH):
        for one in sent:
            with pytest.raises(Unreadable):
                unpack(one if isinstance(one, bytes) else json.dumps(one).encode())
        incident["violence"], survivor["values"] = ["physical"], {"full_name": NAME}
        assert unpack(json.dumps(whole).encode())["risk"] == "medium"


def test_every_survivor_and_every_incident_arrives(neighbours: World) -> None:
    """One that was left out could be the sexual violence on which rules of law hang."""
    world = neighbours
    people = [
        {"age_group": age, "disability": "none", "values": {"full_name": name}}
        for age, name in (("25-44", NAME), ("6-12", "Mawar Contoh"))
    ]
    events_of = [
        {
            "violence": [kind],
            "place": "household",
            "domestic": True,
            "occurred_on": None,
            "values": {"narrative": STORY},
        }
        for kind in ("physical", "sexual")
    ]
    content = {
        "format": "teduh-transfer/1",
        "risk": "high",
        "survivors": people,
        "incidents": events_of,
        "perpetrators": [],
        "needs": [],
    }
    with world.acting("case-officer"):
        parcels.send(world.tenant(CONTOH).tenant_id, json.dumps(content).encode())
    attend(world)
    taken = world.client("intake-officer", CONTOH).post(f"/transfers/{arrived(world).id}/accept")
    case_id = UUID(taken.headers["Location"].rsplit("/", 1)[-1])
    with world.as_system(CONTOH):
        rows = cases.rows(case_id)
        assert sorted(one.age_group for one in rows.survivors) == ["25-44", "6-12"]
        assert sorted(one.violence[0] for one in rows.incidents) == ["physical", "sexual"]
        assert cases.has_sexual_violence(case_id)


def test_a_parcel_of_another_form_is_refused_and_answered_by_nobody(neighbours: World) -> None:
    world = neighbours
    with world.acting("case-officer"):
        parcels.send(world.tenant(CONTOH).tenant_id, b"bukan berkas")
    attend(world)
    row = arrived(world)
    intake = world.client("intake-officer", CONTOH)
    assert intake.get(f"/transfers/{row.id}").status_code == 409
    assert intake.post(f"/transfers/{row.id}/accept").status_code == 409
    with world.acting("intake-officer", CONTOH), pytest.raises(Unreadable):
        transfers.glance(transfers.load_arrival(row.id))
    assert intake.post(f"/transfers/{row.id}/decline").status_code == 303
