"""What a page is told about one confidential field. A hidden value is never in here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from app.ui.formats import show_stored_day
from tenants.context import Purpose
from tenants.policy import Access, Reason

if TYPE_CHECKING:
    from tenants.disclosure import Disclosed


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a case as one reader may see it.

    `label` is the translated name on the page; `value` the text when `disclosed`, None when the
    field is empty or hidden; `why` the translated sentence telling why it is hidden; `on_demand`
    says that the reader may open it by naming a purpose; `revealed` that it was opened just now
    and is to be hidden again soon.
    """

    name: str
    label: str
    disclosed: bool
    value: str | None = None
    why: str = ""
    on_demand: bool = False
    revealed: bool = False

    def __post_init__(self) -> None:
        if not self.disclosed and self.value is not None:
            raise ValueError(f"field {self.name} is hidden and must not carry its value")


def field_view(seen: Disclosed, label: str, revealed: bool = False) -> FieldView:
    """The view of a field that `tenants.disclosure.disclose` decided about.

    `label` is the field's translated name; `revealed` is True on the one page that answers a
    request to open it. A field that may be opened but holds nothing reads as not filled in.
    """
    empty_on_demand = seen.access is Access.ON_DEMAND and not seen.present
    disclosed = seen.shown or empty_on_demand
    return FieldView(
        name=seen.name,
        label=label,
        disclosed=disclosed,
        value=_written(seen) if disclosed else None,
        why="" if disclosed or seen.reason is None else why(seen.reason),
        on_demand=seen.on_demand,
        revealed=revealed and seen.value is not None,
    )


def _written(seen: Disclosed) -> str | None:
    if seen.value is None or not seen.name.endswith("_date"):
        return seen.value
    return show_stored_day(seen.value)


def why(reason: Reason) -> str:
    """The sentence that tells the reader why a field is hidden."""
    sentences = {
        Reason.OPEN_ON_DEMAND: _("Opened only when your work needs it."),
        Reason.NO_RELATION: _("Only the team that handles this case can see this."),
        Reason.ROLE: _("Your role does not need this for its work."),
        Reason.LEVEL: _("This is specially protected, and few people may see it."),
        Reason.NO_CONSENT: _("There is no consent to share this with you."),
        Reason.CLOSED: _("This case is closed, so this is no longer shown."),
    }
    return str(sentences[reason])


def purpose_label(purpose: Purpose) -> str:
    """The name of a purpose in the reader's language."""
    labels = {
        Purpose.HANDLING: _("Handling the case"),
        Purpose.CONTACT: _("Contacting the person"),
        Purpose.SAFETY: _("Safety"),
        Purpose.IDENTIFICATION: _("Making sure of an identity"),
        Purpose.SUPERVISION: _("Supervision"),
        Purpose.REFERRAL: _("Referral"),
        Purpose.LETTER: _("Preparing a letter"),
        Purpose.STATUTORY_REPORT: _("Report required by law"),
        Purpose.CORRECTION: _("Correcting the data"),
    }
    return str(labels[purpose])


def purpose_choices(purposes: Iterable[Purpose] = Purpose) -> list[tuple[str, str]]:
    """The purposes as (value, label), for the macro `confidential`; all of them unless given."""
    return [(purpose.value, purpose_label(purpose)) for purpose in purposes]
