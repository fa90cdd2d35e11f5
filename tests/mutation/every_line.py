"""Take every line out of every script, one at a time, and say which of them no test would miss.

    make mutants [SCRIPTS="accept.lua begin.lua"]

Takes about a quarter of an hour.
"""

import sys
import tempfile
from pathlib import Path

from support.mutants import EQUIVALENT, Laboratory, Mutant, laboratory, mutants_of, script_names

# The quickest to notice comes first.
MAILBOX = ("tests/integration/mailbox", "tests/contracts/test_mailbox_redis.py", "-k", "valkey or integration")
OTHERS = {
    "test_rate_store": ("record_hits",),
    "test_activity_feed": ("publish",),
    "test_directory": ("listing", "look_up", "enter", "lead_to", "give_up"),
    "test_standings": ("change_standing", "standing"),
    "test_message_log": ("remember", "recall", "advance"),
    "test_pacer": ("clock", "take_credit", "return_credit", "hold", "stop", "stopped"),
}
SUITES = {
    f"{script}.lua": (f"tests/contracts/{tests}.py", "-k", "valkey")
    for tests, names in OTHERS.items()
    for script in names
}


def main(scripts: list[str]) -> int:
    survivors = 0
    for script in scripts or script_names():
        with tempfile.TemporaryDirectory() as directory:
            survivors += _survivors(laboratory(Path(directory)), script)
    say(f"{survivors} survivors")
    return survivors > 0


def _survivors(lab: Laboratory, script: str) -> int:
    tests = SUITES.get(script, MAILBOX)
    assert not lab.notices(*tests), "the tests fail without any change"
    return sum(_survives(lab, mutant, tests) for mutant in mutants_of(script))


def _survives(lab: Laboratory, mutant: Mutant, tests: tuple[str, ...]) -> bool:
    with lab.breeding(mutant):
        noticed = lab.notices(*tests)
    if noticed:
        verdict = "caught"
    elif reason := EQUIVALENT.get(mutant.change):
        verdict = f"means the same ({reason})"
    else:
        verdict = "SURVIVED"
    say(f"{verdict}: {mutant.change}")
    return verdict == "SURVIVED"


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
