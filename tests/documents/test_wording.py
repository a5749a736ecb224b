from __future__ import annotations

from datetime import date

import pytest

from app.documents import wording


def test_dates_are_written_in_indonesian() -> None:
    assert wording.long_date("2026-02-01") == "1 Februari 2026"
    assert wording.weekday_date(date(2026, 8, 17)) == "Senin, 17 Agustus 2026"


def test_what_is_no_date_is_refused() -> None:
    with pytest.raises(ValueError, match="isoformat"):
        wording.long_date("31-12-2026")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (1, "satu"),
        (10, "sepuluh"),
        (11, "sebelas"),
        (12, "dua belas"),
        (19, "sembilan belas"),
        (20, "dua puluh"),
        (45, "empat puluh lima"),
        (100, "seratus"),
        (101, "seratus satu"),
        (719, "tujuh ratus sembilan belas"),
        (1_000, "seribu"),
        (1_250, "seribu dua ratus lima puluh"),
        (11_000, "sebelas ribu"),
        (101_000, "seratus satu ribu"),
        (1_000_000, "satu juta"),
        (1_001_000, "satu juta seribu"),
        (2_000_000_011, "dua miliar sebelas"),
    ],
)
def test_numbers_are_spelled_as_people_say_them(number: int, words: str) -> None:
    assert wording.spelled(number) == words


@pytest.mark.parametrize("number", [-1, wording.MAX_SPELLED + 1])
def test_numbers_out_of_range_are_not_spelled(number: int) -> None:
    with pytest.raises(ValueError, match="spelled"):
        wording.spelled(number)


def test_counts_carry_their_words() -> None:
    assert wording.counted(12_345) == "12.345 (dua belas ribu tiga ratus empat puluh lima)"


def test_typed_lines_lose_blanks_and_empty_lines() -> None:
    assert wording.lines("  satu \n\n dua\n") == ["satu", "dua"]
