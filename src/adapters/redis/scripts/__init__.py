"""What the store does as a whole; of the mailbox, one script is one transition."""

import hashlib
from importlib.resources import files

from attrs import frozen

type Argument = str | bytes | int | float


@frozen
class Script:
    """A Lua script with the helpers it builds on."""

    source: str
    sha: str

    @classmethod
    def load(cls, *names: str, when_full: bool = True) -> "Script":
        """Put files of this folder together; `when_full` lets it run when the store is out of memory.

        What finishes a turn frees memory and must go on then; what takes new work in must not.
        """
        shebang = "#!lua flags=allow-oom\n" if when_full else "#!lua\n"
        source = shebang + "\n".join(files(__name__).joinpath(f"{name}.lua").read_text() for name in names)
        return cls(source, hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest())


PREPARE = Script.load("prepare")
ACCEPT = Script.load("common", "accept", when_full=False)
BEGIN = Script.load("common", "claimed", "begin")
SAVE_REPLY = Script.load("common", "claimed", "save_reply")
RECORD_SENT = Script.load("common", "claimed", "record_sent")
COMPLETE = Script.load("common", "claimed", "complete")
PUT_OFF = Script.load("common", "claimed", "put_off")
BURY = Script.load("common", "claimed", "bury")
RELEASE = Script.load("common", "claimed", "release")
RENEW = Script.load("common", "renew")
REAP = Script.load("common", "reap")
PROMOTE = Script.load("common", "promote")
CONFIRM = Script.load("common", "confirm")
REPLAY = Script.load("common", "replay", when_full=False)
RECORD_HITS = Script.load("record_hits")
PUBLISH = Script.load("publish", when_full=False)
