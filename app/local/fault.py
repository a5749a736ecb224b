"""What the local stack says when it cannot go on."""


class StackFault(Exception):
    """A condition the person at the terminal can act on; its text is the whole message."""
