"""Instruments are data: checked when loaded, scored only where the file says so."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from app.assessments.instruments import (
    FOLDER,
    InstrumentError,
    Kind,
    instruments,
    newest,
    read,
)
from tenants.errors import Invalid

TODAY = date(2026, 11, 25)
FILE = tomllib.loads((FOLDER / "risk.toml").read_text(encoding="utf-8"))


def test_there_are_the_five_instruments_in_the_order_of_work() -> None:
    assert list(newest(TODAY)) == ["risk", "needs", "psychosocial", "disability", "children"]
    assert list(newest(date(2025, 1, 1))) == []


def test_only_an_instrument_with_bands_is_scored() -> None:
    found = newest(TODAY)
    assert {key for key, one in found.items() if one.bands} == {"risk", "psychosocial"}
    assert found["needs"].score({"doctor": "yes"}) is None
    risk = found["risk"]
    assert risk.score({"worse": "yes", "kill": "yes", "choked": "no"}) == 4
    assert risk.score({}) == 0
    assert found["psychosocial"].score({"sleep": "3", "fear": "2", "strength": "9"}) == 5


@pytest.mark.parametrize(("score", "kind"), [(0, "good"), (2, "good"), (3, "warn"), (7, "stop")])
def test_a_score_falls_into_the_first_band_that_reaches_it(score: int, kind: str) -> None:
    band = newest(TODAY)["risk"].band(score)
    assert band is not None
    assert band.kind == kind


def test_every_answer_has_a_sealed_column_and_every_scored_choice_is_a_number() -> None:
    for one in instruments().values():
        for item in one.items:
            assert item.column in {"clinical", "intimate", "narrative"}
            if item.kind is Kind.SCALE:
                assert all(value.isdigit() for value in item.options)
    assert newest(TODAY)["risk"].item("suicide").column == "intimate"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "change",
    [
        {"class": "identity", "level": 1},
        {"class": "clinical", "level": 4},
        {"kind": "guess"},
        {"suggests": "moon"},
        {"code": "kill"},
    ],
)
def test_a_file_that_cannot_be_kept_safely_is_refused(change: dict[str, object]) -> None:
    items = [dict(one) for one in FILE["items"]]
    items[0] |= change
    with pytest.raises(InstrumentError):
        read("risk.toml", {**FILE, "items": items})


def test_a_yes_suggests_its_service() -> None:
    needs = newest(TODAY)["needs"]
    said = {"lawyer": "yes", "doctor": "no", "safe_place": "yes"}
    assert needs.suggested(said) == ["safe_house", "legal_aid"]


def test_an_answer_is_one_of_those_offered() -> None:
    from app.assessments.answering import check_answer

    risk, children = newest(TODAY)["risk"], newest(TODAY)["children"]
    kill, number = risk.item("kill"), children.item("number")
    assert kill is not None
    assert number is not None
    assert check_answer(kill, " yes ") == "yes"
    assert check_answer(kill, "") is None
    for item, text in ((kill, "perhaps"), (number, "-1"), (number, "100"), (number, "two")):
        with pytest.raises(Invalid):
            check_answer(item, text)
