"""For what a person asks to see a hidden value: what pages offer, and what was chosen."""

from flask import request

from app.ui.fields import purpose_choices
from tenants.context import Purpose, acting_person
from tenants.errors import Invalid
from tenants.policy import purposes


def offered() -> list[tuple[str, str]]:
    """Return the purposes that the acting person may name, with their words."""
    return purpose_choices(purposes(acting_person()))


def named() -> Purpose:
    """Return the purpose that stands in the form.

    Raises:
        Invalid: ``purpose`` with ``unknown``.
    """
    try:
        return Purpose(request.form.get("purpose", ""))
    except ValueError:
        raise Invalid("purpose", "unknown") from None
