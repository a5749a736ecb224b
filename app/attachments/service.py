"""Photographs and papers: what pages, other rooms and workers may call."""

from app.attachments import keeping as _keeping
from app.attachments import preparing as _preparing
from app.attachments.adding import MAX_OCTETS, Sent, add, committed, offered
from app.attachments.codes import KINDS, PROTECTION, REMOVE_REASONS, AttachmentKind, Part
from app.attachments.handing import (
    Going,
    Handed,
    copy_handed,
    goings,
    hand_over,
    handed,
    load_handed,
    show_handed,
    take_back,
)
from app.attachments.models import Attachment as _Attachment
from app.attachments.reading import (
    Line,
    Looked,
    Opened,
    Paper,
    copy,
    for_case,
    letters_on_paper,
    load_attachment,
    look,
    original,
    show,
    signed_consents,
    signed_papers,
)
from app.attachments.removing import remove, with_case

TABLES = (_Attachment,)
"""What the page of a case reads with its own statement."""

# The steps of the jobs, for workers.attachments.
preview_asker = _preparing.asker
begin_preview = _preparing.begin
draw_preview = _preparing.draw
keep_preview = _preparing.keep
give_up_preview = _preparing.give_up
finish = _preparing.finish
drop = _preparing.drop
reconcile = _preparing.reconcile
waiting_part = _keeping.waiting
put_part = _keeping.put
part_stored = _keeping.stored
doomed_files = _keeping.doomed
remove_files = _keeping.remove
files_removed = _keeping.removed

__all__ = [
    "KINDS",
    "MAX_OCTETS",
    "PROTECTION",
    "REMOVE_REASONS",
    "AttachmentKind",
    "Going",
    "Handed",
    "Line",
    "Looked",
    "Opened",
    "Paper",
    "Part",
    "Sent",
    "add",
    "committed",
    "copy",
    "copy_handed",
    "for_case",
    "goings",
    "hand_over",
    "handed",
    "letters_on_paper",
    "load_attachment",
    "load_handed",
    "look",
    "offered",
    "original",
    "remove",
    "show",
    "show_handed",
    "signed_consents",
    "signed_papers",
    "take_back",
    "with_case",
]
