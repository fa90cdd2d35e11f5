"""Change every line of every script, one at a time, and report the changes that no test notices.

    make mutants [SCRIPTS="accept.lua begin.lua"]

For each survivor a test is missing, or the line is not needed.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path

from support.mutants import EQUIVALENT, Laboratory, Mutant, laboratory, mutants_of, script_names

# The quickest suite comes first.
MAILBOX = (
    "tests/integration/mailbox/test_traces.py",
    "tests/contracts/test_mailbox_redis.py",
    "tests/integration/mailbox/test_interleavings.py",
    "tests/fuzz/test_stored_records.py",
    "-k",
    "valkey or integration or damaged",
)
OTHERS = {
    "test_activity_feed": ("publish",),
    "test_intake": ("usual_records",),
    "test_directory": ("look_up", "enter"),
    "test_conversation_states": ("change_state", "add_agent_notes", "state", "state_expiry"),
    "test_message_log": ("advance",),
    "test_send_rate_limiter": ("clock", "credits", "take_credit", "back_off"),
    "test_backlog": ("backlog", "waiting"),
    "test_transcripts": ("transcript", "add_entries", "list_conversations", "dead_conversations"),
    "test_forgetting": ("add_old_sessions",),
    "test_shared_sessions": ("hold_session", "release_session"),
    "test_proposals": ("decide_proposal", "claim_due", "settle_proposal", "retry_proposal"),
    "test_poll_leases": ("hold_poll_lease", "release_poll_lease"),
    "test_event_outbox": ("outbox_claim", "outbox_settle", "outbox_read", "outbox_take_dead"),
    "test_breaker_store": ("open_breaker", "try_acquire", "breaker_status"),
}
SUITES = {
    f"{script}.lua": (f"tests/contracts/{tests}.py", "tests/fuzz/test_stored_records.py", "-k", "valkey or damaged")
    for tests, names in OTHERS.items()
    for script in names
} | {
    "accept.lua": ("tests/contracts/test_intake.py", "tests/contracts/test_transcripts.py", *MAILBOX),
    "heard.lua": (
        "tests/contracts/test_intake.py",
        "tests/contracts/test_transcripts.py",
        "tests/fuzz/test_stored_records.py",
        "-k",
        "valkey or damaged",
    ),
    "usage.lua": ("tests/contracts/test_usage.py", *MAILBOX),
    "due_sessions.lua": ("tests/contracts/test_forgetting.py", *MAILBOX),
    "forget.lua": ("tests/contracts/test_forgetting.py", *MAILBOX),
    "common.lua": ("tests/contracts/test_transcripts.py", *MAILBOX),
    "changes.lua": ("tests/contracts/test_transcripts.py", *MAILBOX),
    "confirm.lua": ("tests/contracts/test_transcripts.py", *MAILBOX),
    "save_reply.lua": ("tests/contracts/test_proposals.py", *MAILBOX),
    **{
        f"{script}.lua": (
            "tests/contracts/test_personal_scripts.py",
            "tests/contracts/test_personal_data.py",
            "-k",
            "valkey",
        )
        for script in ("fence_off", "replace", "copy_stream")
    },
    "denied_commands.lua": ("tests/integration/stores/test_inspection.py", "-k", "login"),
}

# Tests spend most of their time waiting.
AT_ONCE = 2 * (os.cpu_count() or 1)


def main(scripts: Sequence[str]) -> int:
    mutants = list(chain.from_iterable(map(mutants_of, scripts or script_names())))
    with tempfile.TemporaryDirectory() as directory, ThreadPoolExecutor(AT_ONCE) as pool:
        labs = [laboratory(Path(directory, str(number))) for number in range(AT_ONCE)]
        for tests in {_tests_of(mutant) for mutant in mutants}:
            assert not labs[0].notices(*tests), f"{tests} fail without any change"
        shares = [mutants[number::AT_ONCE] for number in range(AT_ONCE)]
        survivors = sum(pool.map(_survivors, labs, shares))
    report(f"{survivors} survivors of {len(mutants)}")
    return survivors > 0


def _tests_of(mutant: Mutant) -> Sequence[str]:
    return SUITES.get(Path(mutant.file).name, MAILBOX)


def _survivors(lab: Laboratory, mutants: Sequence[Mutant]) -> int:
    return sum(_survives(lab, mutant) for mutant in mutants)


def _survives(lab: Laboratory, mutant: Mutant) -> bool:
    with lab.with_mutant(mutant):
        noticed = lab.notices(*_tests_of(mutant))
    if noticed:
        verdict = "caught"
    elif reason := EQUIVALENT.get(mutant.change):
        verdict = f"means the same ({reason})"
    else:
        verdict = "SURVIVED"
    report(f"{verdict}: {mutant.change}")
    return verdict == "SURVIVED"


def report(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
