"""Figures for the operator: what waits and since when, and nothing about anybody."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from app.config import SettingsError, from_environment
from tests.documents.desk import NAME, Desk
from workers import boundary, metrics

TOKEN = "t" * 32


@contextmanager
def answering(desk: Desk, **settings: object) -> Iterator[tuple[str, int]]:
    """The process's server, in a thread."""
    boundary.use(desk.worker_app)
    usual = desk.worker_app.extensions["settings"]
    server = metrics.server_for(
        desk.worker_app, replace(usual, metrics_listen=("127.0.0.1", 0), **settings)
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def ask(place: tuple[str, int], path: str = "/metrics", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(*place, timeout=20)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_figures_say_what_waits_and_nothing_about_anybody(desk: Desk) -> None:
    stopped, waiting = desk.stopped(), desk.approved()
    with answering(desk) as place:
        status, text = ask(place)
        assert ask(place, "/")[0] == 404
    assert status == 200
    values = dict(re.findall(r"^([a-z_]+(?:{[^}]*})?) ([0-9.e+]+)$", text, re.MULTILINE))
    assert values['teduh_outbox_depth{kind="letter.issue"}'] == "1"
    assert float(values['teduh_outbox_oldest_seconds{kind="letter.issue"}']) >= 0
    assert values["teduh_letters_stopped"] == "1"
    assert values['teduh_up{part="database"}'] == values['teduh_up{part="valkey"}'] == "1"
    names = {line.split("{")[0].split(" ")[0] for line in text.splitlines() if line[:1] != "#"}
    assert {f"# TYPE {name} gauge" in text for name in names} == {True}
    for secret in (NAME, str(stopped), str(waiting), str(desk.case_id), desk.tenant, "Fitri"):
        assert secret not in text


def test_whoever_asks_from_elsewhere_shows_the_token(desk: Desk) -> None:
    with answering(desk, metrics_token=TOKEN) as place:
        assert ask(place)[0] == 401
        assert ask(place, Authorization="Bearer x")[0] == 401
        assert ask(place, Authorization=f"Bearer {TOKEN}")[0] == 200
    for told in ({"METRICS_LISTEN": "0.0.0.0:9464"}, {"METRICS_LISTEN": "here"}):
        with pytest.raises(SettingsError, match="METRICS_"):
            from_environment({**desk.world.settings, **told})


def test_a_valkey_that_is_away_is_said(desk: Desk) -> None:
    usual = desk.worker_app.extensions["settings"]
    desk.worker_app.extensions["settings"] = replace(usual, redis_url="redis://127.0.0.1:9/0")
    with answering(desk) as place:
        status, text = ask(place)
    assert (status, 'teduh_up{part="valkey"} 0' in text) == (200, True)


def test_the_administrator_sees_what_stopped_and_why_and_has_it_tried_again(desk: Desk) -> None:
    letter_id = desk.stopped()
    administrator = desk.client("administrator")
    page = administrator.get("/workers").text
    assert str(desk.letter(letter_id).number) in page
    assert "bukan yang disetujui" in page
    for secret in (NAME, str(desk.case_id)):
        assert secret not in page
    assert desk.client("case-officer").get("/workers").status_code == 403
    path = f"/workers/letters/{letter_id}/retry"
    assert administrator.post(path).status_code == 303
    assert desk.letter(letter_id).state == "queued"
    assert administrator.post(path).status_code == 404
