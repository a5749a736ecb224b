"""Demonstrations with invented people: what `make run` starts with, and the main job.

Everything goes through the same doors as real work: the operator's commands, the pages with
their forms, and the workers.
"""

from app.demo.commands import demo

__all__ = ["demo"]
