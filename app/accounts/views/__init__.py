"""Pages of accounts: the door, one's own account, invitations, and the people of the agency."""

from app.accounts.views import door, invitations, own, people
from app.accounts.views.room import blueprint, init_room

__all__ = ["blueprint", "door", "init_room", "invitations", "own", "people"]
