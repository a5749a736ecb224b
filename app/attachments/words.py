"""The sentences of photographs and papers: what is asked, and why a file is not accepted."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.attachments.codes import AttachmentKind
from tenants.errors import Conflict, Invalid

KIND_HELP: dict[AttachmentKind, Any] = {
    AttachmentKind.EVIDENCE: _l("A picture of a chat, of something broken, of a place."),
    AttachmentKind.CONSENT: _l("The form that she signed."),
}

FIELD_NAMES: dict[str, Any] = {
    "attachment.description": _l("What can be seen on it"),
    "attachment.file_name": _l("Name of the file"),
}

_SENTENCES: dict[str, Any] = {
    "missing": _l("Choose a file, or take a photograph."),
    "too-large": _l(
        "This file is larger than 20 MB. Set the camera to a smaller size, or scan with a lower "
        "resolution."
    ),
    "unknown-type": _l("This is neither a photograph (JPEG, PNG, WebP) nor a PDF."),
    "heic": _l(
        "This is a HEIC photograph, which cannot be read here. On an iPhone choose Settings, "
        "Camera, Formats, Most Compatible, and take it again; or send it as JPEG."
    ),
    "broken": _l("This file is damaged and cannot be read. Send it again, or take it once more."),
    "too-many-pixels": _l(
        "This photograph has more than 64 million pixels. Set the camera to a smaller size."
    ),
    "animated": _l("This is a moving picture. Send a photograph of what matters."),
    "pdf-encrypted": _l("This PDF has a password. Save it without one, then send it again."),
    "pdf-active": _l(
        "This PDF holds something that acts by itself: a script, a film or another file. Print it "
        "to a new PDF, or photograph the pages."
    ),
    "too-many-pages": _l("This PDF has more than 200 pages. Send it in parts."),
    "too-heavy": _l("This file takes too long to read. Send it smaller or in parts."),
    "busy": _l("Many files are being read at this moment. Wait a little, then send it again."),
    "not-a-picture": _l("This is no picture. Download it instead."),
    "unknown-code": _l("Choose one of the answers."),
    "too-long": _l("This is too long."),
    "control-character": _l("This contains characters that cannot be read. Type it again."),
    "unknown": _l("This is not known here."),
    "field-not-writable": _l(
        "Your role may not add this here. Ask the accompaniment team of this case."
    ),
    "case-closed": _l("This case is closed. Nothing more can be changed in it."),
    "attachments-full": _l("This case holds as many photographs and papers as it can."),
    "attachment-removed": _l("This was removed already."),
    "attachment-no-consent": _l(
        "The survivor's consent for this organisation does not cover it. Ask her first."
    ),
    "attachment-handed": _l("This referral takes it along already."),
    "attachment-taken-back": _l("This was taken back already."),
}


REFUSALS = {"field-not-writable": _SENTENCES["field-not-writable"]}


def sentence(error: Invalid | Conflict) -> str:
    """Return the sentence for what was refused."""
    return str(_SENTENCES.get(error.reason) or _l("This cannot be accepted."))
