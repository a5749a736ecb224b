"""The guard that every request passes, and what pages share."""

from app.web.access import Needs, Public, SignedIn, Subject
from app.web.blueprint import GuardedBlueprint
from app.web.notices import say

__all__ = ["GuardedBlueprint", "Needs", "Public", "SignedIn", "Subject", "say"]
