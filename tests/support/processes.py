"""The processes that a program under test has started."""

from pathlib import Path

import psutil


def processes_under(directory: Path) -> list[psutil.Process]:
    """Those that were started with a path in there, or work there, as the store does."""
    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        words = [process.info["cwd"] or "", *(process.info["cmdline"] or ())]
        if any(str(directory) in word for word in words):
            found.append(process)
    return found
