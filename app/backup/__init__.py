"""Back-ups: data, objects and keys as three artefacts, made, checked and restored.

Keys go to a target of their own and are kept for 30 days at most, so that a case whose key was
destroyed cannot be read from any back-up after that (invariant 10).
"""
