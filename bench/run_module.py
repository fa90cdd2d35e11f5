"""Runs a module of the bench as the command line runs a service: without what its libraries import in vain."""

import sys

from entrypoints.cli.quick_import import import_quickly

if __name__ == "__main__":
    import_quickly(f"bench.{sys.argv.pop(1)}").main()
