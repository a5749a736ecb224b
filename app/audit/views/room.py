"""The blueprint of the auditors' desk, and what most of its pages need."""

from app.web import GuardedBlueprint, Needs
from tenants.policy import Permission

blueprint = GuardedBlueprint("audit", "app.audit", template_folder="templates")

READ = Needs(Permission.AUDIT_READ)
"""Whoever reads the log: the office's auditors, and those of another body for a time."""
