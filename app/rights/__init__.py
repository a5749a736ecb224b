"""The policy as a page: who sees what, in words."""
