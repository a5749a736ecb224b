"""From a decision of the policy to what the page shows."""

from __future__ import annotations

import pytest
from flask import Flask
from flask_babel import force_locale

from app.ui import fields
from tenants.context import Purpose
from tenants.disclosure import Disclosed
from tenants.policy import Access, Reason


def seen(access: Access, value: str | None, present: bool, reason: Reason | None) -> Disclosed:
    return Disclosed("survivor.address", access, value, present, reason)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_reason_and_purpose_has_words_of_its_own(sample: Flask, language: str) -> None:
    with sample.test_request_context(), force_locale(language):
        assert len({fields.why(reason) for reason in Reason}) == len(Reason)
        assert len(dict(fields.purpose_choices())) == len(Purpose)
        assert len({label for _, label in fields.purpose_choices()}) == len(Purpose)


def test_a_denied_field_says_why_and_offers_nothing(sample: Flask) -> None:
    with sample.test_request_context():
        view = fields.field_view(seen(Access.DENIED, None, False, Reason.NO_CONSENT), "Alamat")
    assert (view.disclosed, view.on_demand, view.value) == (False, False, None)
    assert view.why == "Tidak ada persetujuan untuk membagikan ini kepada Anda."


def test_a_field_on_demand_can_be_opened_and_an_empty_one_reads_as_empty(sample: Flask) -> None:
    with sample.test_request_context():
        full = fields.field_view(
            seen(Access.ON_DEMAND, None, True, Reason.OPEN_ON_DEMAND), "Alamat"
        )
        empty = fields.field_view(
            seen(Access.ON_DEMAND, None, False, Reason.OPEN_ON_DEMAND), "Alamat"
        )
    assert (full.disclosed, full.on_demand) == (False, True)
    assert (empty.disclosed, empty.on_demand, empty.value) == (True, False, None)


def test_only_a_value_that_is_there_is_marked_as_revealed(sample: Flask) -> None:
    with sample.test_request_context():
        full = fields.field_view(seen(Access.SHOWN, "Desa Contoh", True, None), "Alamat", True)
        empty = fields.field_view(seen(Access.SHOWN, None, False, None), "Alamat", True)
    assert (full.value, full.revealed) == ("Desa Contoh", True)
    assert empty.revealed is False


def test_a_date_of_birth_reads_as_people_write_days(sample: Flask) -> None:
    born = Disclosed("survivor.birth_date", Access.SHOWN, "1990-01-01", True, None)
    with sample.test_request_context(), force_locale("id"):
        assert fields.field_view(born, "Tanggal lahir").value == "1 Januari 1990"
