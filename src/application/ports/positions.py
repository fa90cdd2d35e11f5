"""Positions in lists that are read page by page."""


class InvalidPositionError(ValueError):
    """A position that the list did not give out."""
