"""The letterhead, numbering and addressees of the bound tenant, from its profile."""

import re
from datetime import date

from app.accounts import service as accounts
from app.documents import emblem
from app.documents.letter import Addressee, Margins, Office, Signer
from tenants.context import Role
from tenants.registry import Organisation, profile


def letterhead() -> Office:
    """Return the letterhead of the bound tenant.

    Raises:
        RenderError: ``bad_office``: the profile asks for what the page cannot honour.
    """
    head = profile().letterhead
    return Office(
        government=head.government,
        agency=head.agency,
        unit=head.unit,
        address=tuple(head.address),
        place=head.place,
        emblem=emblem.draw(head.emblem_colour),
        emblem_text=head.emblem_text,
        mandates=tuple(head.mandates or ()),
        confirmed_bases=tuple(profile().printed_bases),
        paper=head.paper,
        font=head.font,
        font_size=head.font_size,
        margins=Margins(*head.margins) if head.margins else Margins(),
    )


def addressee(organisation: Organisation | None) -> Addressee | None:
    """Return how a letter to ``organisation`` is addressed; None for a paper of the file."""
    if organisation is None:
        return None
    attention = {partner.key: partner.attention for partner in profile().partners}
    return Addressee(organisation.addressee, attention.get(organisation.key), organisation.place)


def signer(card: accounts.Card) -> Signer:
    """Return the signature block of whoever signs: a signatory, or an auditor their own report."""
    role = Role.SIGNATORY if Role.SIGNATORY in card.roles else min(card.roles, default=None)
    title = card.title or profile().role_title(role or Role.SIGNATORY)
    return Signer(title=title, name=card.name, rank=card.rank, nip=card.nip, prefix=None)


def series(kind: str, family: str) -> str:
    """Return the series of numbers a letter belongs to.

    Two letters share a series when nothing but the running number tells their printed numbers
    apart; so no number is ever printed twice.

    Args:
        kind, family: of the document type; the profile may classify either.
    """
    numbering = profile().numbering
    own = numbering.pattern_of(family)
    if own != numbering.pattern:
        mark = _shape(own, kind, family)
        if mark != _shape(numbering.pattern, kind, family):
            return mark
    if "{classification" not in numbering.pattern:
        return "*"
    return _classification(kind, family)


def _shape(pattern: str, kind: str, family: str) -> str:
    """Return what a printed number consists of beside the running number and the date."""
    plain = re.sub(r"{number[^}]*}", "#", pattern)
    return plain.format(
        classification=_classification(kind, family),
        unit=profile().numbering.unit,
        month_roman="#",
        year="#",
    )


def number(kind: str, family: str, sequence: int, day: date) -> str:
    """Return the printed number of a letter dated ``day``."""
    numbering = profile().numbering
    return numbering.pattern_of(family).format(
        classification=_classification(kind, family),
        number=sequence,
        unit=numbering.unit,
        month_roman=_ROMAN[day.month - 1],
        year=day.year,
    )


def _classification(kind: str, family: str) -> str:
    codes = profile().numbering.classification
    return codes.get(kind) or codes.get(family) or codes["default"]


_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
