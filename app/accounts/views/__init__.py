"""Pages of accounts: the door, one's own account, invitations, and the people of the agency."""

from app.accounts.views import door, factors, invitations, own, people, second
from app.accounts.views.room import blueprint, init_room

__all__ = ["blueprint", "door", "factors", "init_room", "invitations", "own", "people", "second"]
