"""Every command is run in this process."""

from support.restored_logging import restored_logging

__all__ = ["restored_logging"]
