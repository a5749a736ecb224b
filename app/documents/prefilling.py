"""What other rooms put into a new letter, so that nobody types it twice."""

from collections.abc import Callable, Mapping

from app.web.access import Subject

Filler = Callable[[Subject], Mapping[str, str | None]]

FILLERS: dict[str, Filler] = {}
"""Key of a kind of letter -> what gives its typed fields (``draft.agenda``) for a case. A filler
discloses as its reader may see, like a page; what the author leaves in the form is the draft."""


def prefilled(key: str, subject: Subject) -> Mapping[str, str | None] | None:
    """Return what a new letter of a kind begins with, or None where nobody fills it."""
    fill = FILLERS.get(key)
    return fill(subject) if fill is not None else None
