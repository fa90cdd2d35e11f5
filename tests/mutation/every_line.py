"""Take every line out of every script, one at a time, and say which of them no test would miss.

    make mutants [SCRIPTS="accept.lua begin.lua"]

Takes about a quarter of an hour.
"""

import sys
import tempfile
from pathlib import Path

from support.mutants import Laboratory, Mutant, laboratory, mutants_of, script_names

# The quickest to notice comes first.
MAILBOX = ("tests/integration/mailbox", "tests/contracts/test_mailbox_redis.py", "-k", "valkey or every_order")
SUITES = {
    "record_hits.lua": ("tests/contracts/test_rate_store.py", "-k", "valkey"),
    "publish.lua": ("tests/contracts/test_activity_feed.py", "-k", "valkey"),
}


def main(scripts: list[str]) -> int:
    with tempfile.TemporaryDirectory() as directory:
        survivors = [
            mutant
            for script in scripts or script_names()
            for mutant in _survivors(laboratory(Path(directory) / script), script)
        ]
    print(f"{len(survivors)} survivors")
    return len(survivors) > 0


def _survivors(lab: Laboratory, script: str) -> list[Mutant]:
    return [mutant for mutant in mutants_of(script) if _survives(lab, mutant, SUITES.get(script, MAILBOX))]


def _survives(lab: Laboratory, mutant: Mutant, tests: tuple[str, ...]) -> bool:
    with lab.breeding(mutant):
        noticed = lab.notices(*tests)
    print("caught  " if noticed else "SURVIVED", mutant.change, flush=True)
    return not noticed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
