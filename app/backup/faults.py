"""What can go wrong with a back-up."""


class BackupFault(Exception):
    """The back-up cannot be made, checked or restored; the message says why, for the operator."""
