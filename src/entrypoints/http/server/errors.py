"""What commands report of the server, without importing it."""


class CannotServeError(Exception):
    """The address cannot be listened on, or the application does not start. The message is one line."""
