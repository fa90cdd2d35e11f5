"""The command `trunkline`."""

from entrypoints.cli.commands import main

__all__ = ["main"]
