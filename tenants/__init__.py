"""The isolation kernel: what makes one tenant a world of its own.

Nothing here knows of pages, cases or letters. The rooms of ``app`` and the jobs of
``workers`` reach tenant data through this package only.
"""
