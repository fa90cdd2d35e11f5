"""What the store does as a whole; of the mailbox, one script is one transition."""

import hashlib
from importlib.resources import files

from attrs import frozen

type Argument = str | bytes | int | float


@frozen
class Script:
    """A Lua script with the helpers it builds on; what is `lasting` must outlive the server that it ran on."""

    source: str
    sha: str
    lasting: bool = False

    @classmethod
    def load(cls, *names: str, when_full: bool = True, reads_only: bool = False, lasting: bool = False) -> "Script":
        """Put files of this folder together; `when_full` lets it run when the store is out of memory.

        What finishes a turn frees memory and must go on then; what takes new work in must not. What `reads_only` runs
        always, on a store that takes no writes as well.
        """
        flags = "no-writes" if reads_only else "allow-oom" if when_full else ""
        shebang = f"#!lua flags={flags}\n" if flags else "#!lua\n"
        source = shebang + "\n".join(files(__name__).joinpath(f"{name}.lua").read_text() for name in names)
        return cls(source, hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest(), lasting)


PREPARE = Script.load("prepare")
ACCEPT = Script.load("common", "accept", when_full=False, lasting=True)
INITIATE = Script.load("common", "initiate", when_full=False, lasting=True)
BEGIN = Script.load("common", "claimed", "begin")
SAVE_REPLY = Script.load("common", "claimed", "save_reply")
RECORD_SENT = Script.load("common", "claimed", "record_sent")
COMPLETE = Script.load("common", "claimed", "complete")
RETRY_LATER = Script.load("common", "claimed", "retry_later")
DEFER = Script.load("common", "claimed", "defer")
DEAD_LETTER = Script.load("common", "claimed", "dead_letter")
RELEASE = Script.load("common", "claimed", "release")
RENEW = Script.load("common", "renew")
REAP = Script.load("common", "reap")
PROMOTE = Script.load("common", "promote")
CONFIRM = Script.load("common", "confirm")
REPLAY = Script.load("common", "replay", when_full=False)
RATE_LOG = Script.load("rate_log", reads_only=True)
RECORD_HITS = Script.load("record_hits")
PUBLISH = Script.load("publish", when_full=False)
LOOK_UP = Script.load("look_up")
ENTER = Script.load("enter", when_full=False)
CHANGE_STATE = Script.load("agent_notes", "change_state")
ADD_AGENT_NOTES = Script.load("agent_notes", "add_agent_notes")
READ_STATE = Script.load("state", reads_only=True)
REMEMBER = Script.load("remember", when_full=False)
RECALL = Script.load("recall", reads_only=True)
ADVANCE = Script.load("advance", when_full=False)
FURTHEST = Script.load("furthest", reads_only=True)
TAKE_CREDIT = Script.load("clock", "take_credit")
RETURN_CREDIT = Script.load("clock", "return_credit")
HOLD = Script.load("clock", "hold")
OPEN_BREAKER = Script.load("clock", "open_breaker")
TRY_ACQUIRE = Script.load("clock", "try_acquire")
BREAKER_STATUS = Script.load("clock", "breaker_status", reads_only=True)
