"""One-time codes by the clock, as RFC 6238 has them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.accounts import one_time_codes as codes

SECRET = b"12345678901234567890"
START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_vectors_of_rfc_6238_hold(seconds: int, code: str) -> None:
    assert codes.code_at(SECRET, seconds // 30) == code


def test_a_code_holds_for_its_thirty_seconds_and_one_step_of_a_wrong_clock() -> None:
    present = codes.step_at(START)
    for off in range(-3, 4):
        typed = codes.code_at(SECRET, present + off)
        found = codes.matching_step(SECRET, typed, START, 0)
        assert found == (present + off if abs(off) <= codes.STEPS_OFF else None)
    typed = codes.code_at(SECRET, present)
    assert codes.matching_step(SECRET, f"{typed[:3]} {typed[3:]}", START, 0) == present


def test_neither_a_used_code_nor_one_before_it_counts_again() -> None:
    present = codes.step_at(START)
    for used, typed, right in ((0, 0, False), (0, -1, False), (-1, 0, True), (1, 0, False)):
        code = codes.code_at(SECRET, present + typed)
        found = codes.matching_step(SECRET, code, START, present + used)
        assert (found is not None) is right


@pytest.mark.parametrize(
    "typed", ["", "1", "1234567", "abcdef", "²³¹²³¹", "１２３４５６", "0" * 5000]
)
def test_what_is_no_code_is_wrong_and_no_error(typed: str) -> None:
    assert codes.matching_step(SECRET, typed, START, 0) is None


def test_secrets_differ_and_are_written_as_apps_read_them() -> None:
    one, other = codes.new_secret(), codes.new_secret()
    assert one != other
    assert len(one) == codes.SECRET_BYTES
    assert codes.read(codes.written(one)) == one
    address = codes.address(SECRET, "Teduh Kabupaten Contoh", "bela")
    assert address == (
        "otpauth://totp/Teduh%20Kabupaten%20Contoh:bela"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Teduh%20Kabupaten%20Contoh"
    )
    assert codes.step_at(START + timedelta(seconds=30)) == codes.step_at(START) + 1
    assert codes.picture(address).startswith("data:image/svg+xml;base64,")
