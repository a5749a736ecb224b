"""Pages of accounts: the door, one's own account, invitations, and the people of the agency."""

from flask import Flask

from app.accounts.views import confirmations, door, factors, invitations, own, people, second
from app.accounts.views.confirmations import home_part
from app.accounts.views.room import blueprint, keep_flask_login_out
from app.web.views import HOME_PARTS

__all__ = [
    "blueprint",
    "confirmations",
    "door",
    "factors",
    "init_room",
    "invitations",
    "own",
    "people",
    "second",
]


def init_room(app: Flask) -> None:
    """Make this room's sessions the only ones, and put its panel on the home page.

    The guard asks this room's page who it is, where a route needs to be sure of it.
    """
    keep_flask_login_out()
    app.extensions["ask_who"] = door.ask_who
    if home_part not in HOME_PARTS:
        HOME_PARTS.append(home_part)
