"""Days, times, durations and sizes in both languages and the tenant's zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from flask_babel import force_locale

from app.ui import formats, init_ui

INSTANT = datetime(2026, 11, 24, 18, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "act", "expected"),
    [
        ("id", lambda: formats.show_moment(INSTANT), "25 November 2026, 01.05 WIB"),
        ("en", lambda: formats.show_moment(INSTANT), "25 November 2026, 01:05 WIB"),
        ("id", lambda: formats.show_day(date(2026, 8, 17), "full"), "Senin, 17 Agustus 2026"),
        ("en", lambda: formats.show_day(date(2026, 8, 17), "short"), "17 Aug 2026"),
        ("id", lambda: formats.show_stored_day("1990-01-01"), "1 Januari 1990"),
        ("en", lambda: formats.show_stored_day("kira-kira 1990"), "kira-kira 1990"),
        ("id", lambda: formats.show_duration(8), "8 detik"),
        ("id", lambda: formats.show_duration(timedelta(hours=2, minutes=5)), "2 jam 5 menit"),
        ("id", lambda: formats.show_duration(timedelta(days=3, seconds=4)), "3 hari"),
        ("en", lambda: formats.show_duration(90), "1 minute 30 seconds"),
        ("en", lambda: formats.show_duration(0), "1 second"),
        ("id", lambda: formats.show_size(248_300), "248,3 kB"),
        ("en", lambda: formats.show_size(2_000_000), "2 MB"),
        ("id", lambda: formats.show_size(999), "999 byte"),
        ("id", lambda: formats.show_number(1234), "1.234"),
    ],
)
def test_reads_as_people_write_it(
    sample: Flask, language: str, act: Callable[[], str], expected: str
) -> None:
    with sample.test_request_context(), force_locale(language):
        assert act() == expected


@pytest.mark.parametrize(
    ("zone", "expected"),
    [("Asia/Makassar", "02.05 WITA"), ("Asia/Jayapura", "03.05 WIT"), (None, "01.05 WIB")],
)
def test_times_follow_the_zone_of_the_tenant(zone: str | None, expected: str) -> None:
    app = Flask("zoned")
    init_ui(app, tenant_zone=lambda: zone)
    with app.test_request_context():
        assert formats.show_clock(INSTANT) == expected


def test_the_persons_preference_comes_before_the_cookie() -> None:
    app = Flask("preferring")
    init_ui(app, person_language=lambda: "en")
    with app.test_request_context(headers={"Cookie": "lang=id"}):
        assert formats.show_day(date(2026, 8, 17)) == "17 August 2026"


def test_a_time_without_a_zone_is_refused(sample: Flask) -> None:
    with sample.test_request_context(), pytest.raises(ValueError, match="zone"):
        formats.show_moment(datetime(2026, 11, 24, 6, 5))  # noqa: DTZ001


def test_a_negative_duration_is_refused(sample: Flask) -> None:
    with sample.test_request_context(), pytest.raises(ValueError, match="negative"):
        formats.show_duration(-1)


def test_machines_read_the_instant_in_utc() -> None:
    assert formats.stamp(INSTANT) == "2026-11-24T18:05:00+00:00"
    assert formats.stamp(date(2026, 11, 24)) == "2026-11-24"
