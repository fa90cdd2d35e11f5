"""The store's atomic steps, in Lua. Of the mailbox, one script is one transition.

Each script says in its first lines what it does, its keys, its arguments and what it returns, and gives names to them:
keys in capitals, arguments in small letters. A command that is atomic by itself needs no script.
"""

import hashlib
from importlib.resources import files

from attrs import define, frozen

type Argument = str | bytes | int | float
type Command = tuple[Argument, ...]


@frozen
class Script:
    """A Lua script together with its helpers. What a `lasting` script wrote must survive the loss of one server."""

    source: str
    sha: str
    lasting: bool = False

    @classmethod
    def load(cls, *names: str, when_full: bool = True, reads_only: bool = False, lasting: bool = False) -> "Script":
        """Join files of this folder to one script.

        `when_full` allows it to run when the store is out of memory. A script that finishes work frees memory and needs
        this; a script that takes in new work must not have it. A script that `reads_only` also runs on a store that
        takes no writes.
        """
        flags = "no-writes" if reads_only else "allow-oom" if when_full else ""
        shebang = f"#!lua flags={flags}\n" if flags else "#!lua\n"
        source = shebang + "\n".join(files(__name__).joinpath(f"{name}.lua").read_text() for name in names)
        return cls(source, hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest(), lasting)


@define(eq=False)
class ScriptCall:
    """A script with its keys, which share one hash tag, and its arguments."""

    script: Script
    keys: list[str]
    arguments: list[Argument]


PREPARE = Script.load("prepare")
BACKLOG = Script.load("backlog", reads_only=True)
WAITING = Script.load("waiting", reads_only=True)
PROBE = Script.load("probe", when_full=False)
DENIED_COMMANDS = Script.load("denied_commands", reads_only=True)
ACCEPT = Script.load(
    "common",
    "known_ids",
    "state_expiry",
    "heard",
    "usual_records",
    "transcript",
    "accept",
    when_full=False,
    lasting=True,
)
INITIATE = Script.load("common", "known_ids", "initiate", when_full=False, lasting=True)
# What the steps of a turn begin with: the fence; the changes that most of them store; the progress that those record
# after which the turn goes on.
CLAIMED = ("common", "claimed")
CHANGES = ("state_expiry", "state", "forget", "transcript", "changes")
BEGIN = Script.load(*CLAIMED, "settle", "begin")
SAVE_REPLY = Script.load(*CLAIMED, *CHANGES, "progress", "usage", "save_reply")
RECORD_SENT = Script.load(*CLAIMED, *CHANGES, "progress", "record_sent")
COMPLETE = Script.load(*CLAIMED, *CHANGES, "settle", "complete")
RETRY_LATER = Script.load(*CLAIMED, *CHANGES, "progress", "settle", "retry_later")
DEFER = Script.load(*CLAIMED, *CHANGES, "progress", "settle", "defer")
DEAD_LETTER = Script.load(*CLAIMED, *CHANGES, "progress", "settle", "dead_letter")
RELEASE = Script.load(*CLAIMED, *CHANGES, "progress", "release")
RENEW = Script.load("common", "renew")
REAP = Script.load("common", "reap")
PROMOTE = Script.load("common", "promote")
CONFIRM = Script.load("common", "transcript", "confirm")
ADD_ENTRIES = Script.load("common", "transcript", "add_entries", when_full=False)
LIST_CONVERSATIONS = Script.load("list_conversations", reads_only=True)
DEAD_CONVERSATIONS = Script.load("dead_conversations", reads_only=True)
REPLAY = Script.load("common", "replay", when_full=False)
PUBLISH = Script.load("publish", when_full=False)
LOOK_UP = Script.load("look_up")
ENTER = Script.load("enter", when_full=False)
CHANGE_STATE = Script.load("state_expiry", "state", "change_state")
ADD_AGENT_NOTES = Script.load("state_expiry", "state", "add_agent_notes")
ADD_OLD_SESSIONS = Script.load("forget", "add_old_sessions")
DUE_SESSIONS = Script.load("due_sessions")
ADVANCE = Script.load("advance", when_full=False)
DECIDE_PROPOSAL = Script.load("clock", "decide_proposal")
CLAIM_DUE = Script.load("clock", "claim_due")
SETTLE_PROPOSAL = Script.load("settle_proposal")
RETRY_PROPOSAL = Script.load("clock", "retry_proposal")
TAKE_CREDIT = Script.load("clock", "credits", "take_credit")
OUTBOX_CLAIM = Script.load("outbox_claim")
OUTBOX_SETTLE = Script.load("outbox_settle")
OUTBOX_READ = Script.load("outbox_read", reads_only=True)
OUTBOX_TAKE_DEAD = Script.load("outbox_take_dead")
BACK_OFF = Script.load("clock", "credits", "back_off")
OPEN_BREAKER = Script.load("clock", "open_breaker")
TRY_ACQUIRE = Script.load("clock", "try_acquire")
BREAKER_STATUS = Script.load("clock", "breaker_status", reads_only=True)
HOLD_SESSION = Script.load("clock", "hold_session")
RELEASE_SESSION = Script.load("clock", "release_session")
HOLD_POLL_LEASE = Script.load("hold_poll_lease")
RELEASE_POLL_LEASE = Script.load("release_poll_lease")
FENCE_OFF = Script.load("common", "fence_off")
REPLACE = Script.load("replace")
COPY_STREAM = Script.load("copy_stream")
