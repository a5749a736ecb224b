"""The pages on which a survivor's consent is recorded and taken back."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from tenants.clock import today
from tests.referrals.filing import open_case, organisation
from tests.world import World


def consent_values(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "organisation": str(organisation(world, "hospital")),
        "classes": ["identity", "contact"],
        "given_by": "survivor",
        "method": "written",
        "given_on": today().isoformat(),
        "expires_on": (today() + timedelta(days=30)).isoformat(),
        **changes,
    }


def test_a_consent_is_recorded_and_withdrawn_at_once(world: World) -> None:
    file = open_case(world)
    companion = world.client("companion")
    path = f"{file.path}/consents/new"
    chosen = organisation(world, "hospital")
    assert f'selected value="{chosen}"' in companion.get(f"{path}?organisation={chosen}").text
    assert companion.post(path, consent_values(world)).status_code == 303
    page = companion.get(file.path).text
    revoke = re.findall(r"/cases/[0-9a-f-]+/consents/[0-9a-f-]+/revoke", page)[0]
    assert companion.get(revoke).status_code == 200
    assert companion.post(revoke).status_code == 303
    assert "Dicabut" in companion.get(file.path).text
    assert companion.post(revoke).status_code == 409


@pytest.mark.parametrize(
    "changes",
    [
        {"classes": []},
        {"classes": ["location"]},
        {"organisation": ""},
        {"organisation": "x"},
        {"expires_on": "2099-01-01"},
        {"expires_on": "2020-01-01"},
        {"given_on": "2099-01-01"},
        {"given_by": "neighbour"},
        {"method": ""},
    ],
)
def test_a_consent_that_cannot_hold_is_explained(world: World, changes: dict[str, Any]) -> None:
    file = open_case(world)
    response = world.client("companion").post(
        f"{file.path}/consents/new", consent_values(world, **changes)
    )
    assert response.status_code == 422
    assert "t-field-error" in response.text


def test_an_accused_guardian_cannot_consent_for_a_child(world: World) -> None:
    file = open_case(world, child=True)
    companion = world.client("companion")
    path = f"{file.path}/consents/new"
    assert companion.post(path, consent_values(world)).status_code == 422
    accused = consent_values(world, given_by="guardian", guardian_accused="y")
    assert companion.post(path, accused).status_code == 422
    alone = consent_values(world, given_by="survivor", guardian_accused="y")
    assert companion.post(path, alone).status_code == 303
