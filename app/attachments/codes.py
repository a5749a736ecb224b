"""What is attached, how it is protected, and why one is taken out again."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext as _lp

from app.cases.code_list import CodeList
from tenants.confidential import FieldClass

_TEDUH_1 = date(2026, 1, 1)
HIGHEST = 4


class AttachmentKind(StrEnum):
    """What a photograph or paper is."""

    INJURY = "injury"
    MEDICAL = "medical"
    EVIDENCE = "evidence"
    POLICE = "police"
    IDENTITY = "identity"
    CONSENT = "signed_consent"
    SIGNED = "signed_paper"
    OTHER = "other"


class Part(StrEnum):
    """What is kept of one attachment."""

    ORIGINAL = "original"  # to the last byte as it was sent: evidence
    COPY = "copy"  # what people see: nothing in it but the picture or the pages
    PREVIEW = "preview"  # a small copy of a picture


class RemoveReason(StrEnum):
    """Why an attachment is removed."""

    WRONG_FILE = "wrong-file"
    OTHER_CASE = "other-case"
    TWICE = "twice"
    SHE_ASKED = "she-asked"
    CASE_DESTROYED = "case-destroyed"  # with the case's key, and by nothing else


@dataclass(frozen=True, slots=True)
class Protection:
    """The class of an attachment and its least level; the original lies one level higher."""

    field_class: FieldClass
    level: int


PROTECTION: dict[AttachmentKind, Protection] = {
    AttachmentKind.INJURY: Protection(FieldClass.CLINICAL, 3),
    AttachmentKind.MEDICAL: Protection(FieldClass.CLINICAL, 3),
    AttachmentKind.EVIDENCE: Protection(FieldClass.NARRATIVE, 3),
    AttachmentKind.POLICE: Protection(FieldClass.LEGAL, 2),
    AttachmentKind.IDENTITY: Protection(FieldClass.IDENTITY, 3),
    AttachmentKind.CONSENT: Protection(FieldClass.IDENTITY, 2),
    AttachmentKind.SIGNED: Protection(FieldClass.IDENTITY, 2),
    AttachmentKind.OTHER: Protection(FieldClass.NARRATIVE, 3),
}

KINDS: CodeList[AttachmentKind] = CodeList(
    "Teduh",
    _TEDUH_1,
    {
        AttachmentKind.INJURY: _l("Photograph of injuries"),
        AttachmentKind.MEDICAL: _l("Paper of a doctor or hospital"),
        AttachmentKind.EVIDENCE: _l("Messages, things or places"),
        AttachmentKind.POLICE: _l("Paper of the police or a court"),
        AttachmentKind.IDENTITY: _l("Identity card or family card"),
        AttachmentKind.CONSENT: _l("Signed consent (scan)"),
        AttachmentKind.SIGNED: _l("Signed letter or minutes (scan)"),
        AttachmentKind.OTHER: _l("Something else"),
    },
)
REMOVE_REASONS: CodeList[RemoveReason] = CodeList(
    "Teduh",
    _TEDUH_1,
    {
        RemoveReason.WRONG_FILE: _l("It is not what it was meant to be"),
        RemoveReason.OTHER_CASE: _l("It belongs to another case"),
        RemoveReason.TWICE: _l("It is here twice"),
        RemoveReason.SHE_ASKED: _l("The survivor asked for it"),
        RemoveReason.CASE_DESTROYED: _lp("attachment", "The case was destroyed"),
    },
    ended={RemoveReason.CASE_DESTROYED: date(2000, 1, 1)},  # nobody chooses it
)
