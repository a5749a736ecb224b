"""Keys from the command line: made, installed, looked at, rotated."""
