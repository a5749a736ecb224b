"""The page that ends a case for ever."""

from __future__ import annotations

import re

from tests.referrals.filing import NAME, open_case
from tests.world import World


def test_destroying_asks_for_a_fresh_password_and_the_code_and_leaves_nothing_readable(
    world: World,
) -> None:
    file = open_case(world)
    supervisor, officer = world.client("supervisor"), world.client("case-officer")
    path = f"{file.path}/destroy"
    officer.post(f"{file.path}/notes", {"text": "Catatan lama"})
    assert supervisor.get(path).headers["Location"].startswith("/confirm")
    assert officer.get(path).status_code == 403
    supervisor.confirm(path)
    code = re.findall(r"K-[0-9A-F]{6}", supervisor.get(file.path).text)[0]
    wrong = supervisor.post(path, {"reason": "survivor-asked", "code": "K-0000"})
    assert wrong.status_code == 422
    assert NAME in officer.get(file.path).text
    done = supervisor.post(path, {"reason": "survivor-asked", "code": code.lower()})
    assert done.status_code == 303
    page = officer.get(file.path)
    assert page.status_code == 200
    assert "dimusnahkan" in page.text
    assert NAME not in page.text
    assert "dimusnahkan" in officer.get(f"{file.path}/notes").text
    assert officer.get(f"{file.path}/entries/survivor/{file.survivor_id}").status_code == 409
    assert supervisor.post(path, {"reason": "survivor-asked", "code": code}).status_code == 409
