"""docs/privacy.md has every key of the store, and every kind of record."""

import re

from adapters.redis.keys import TURN_KEYS
from adapters.redis.personal_data import RENAMED
from adapters.redis.personal_records import ERASED
from application.ports.personal_data import RecordKind
from support.documents import ROOT
from support.privacy import ROWS, keys_in_table

ADAPTERS = ROOT / "src/adapters/redis"
# The beginnings of names of keys in the code, as literals: of a partition, and of the whole store.
OF_PARTITION = re.compile(r'(?:\.of\((?:[^,()]|\([^()]*\))*, f?"|\{tagged\})([a-z_]+)')
SHARED = re.compile(r'shared\(f?"([a-z_]+)')
# Names that stand in lists, and not beside their call.
LISTED = {*TURN_KEYS, "dead", "spent", *(f"{ERASED}{name}" for name in RENAMED)}


def keys_in_code() -> set[str]:
    code = "\n".join(path.read_text(encoding="utf-8") for path in ADAPTERS.glob("*.py"))
    ours = set(OF_PARTITION.findall(code)) | LISTED
    receivers = set(re.findall(r'_keys\(receiver((?:, "[a-z]+")+)', (ADAPTERS / "event_outbox.py").read_text()))
    of_receivers = {name for names in receivers for name in re.findall(r'"([a-z]+)"', names)}
    return (
        {f"{{p}}:{name}" for name in ours}
        | set(SHARED.findall(code))
        | {f"{{events:RECEIVER}}:{name}" for name in of_receivers}
    )


def test_every_key_is_in_the_table() -> None:
    """A new key needs a line that says what it has of a person, and for how long."""
    assert len(keys_in_code()) > 30
    assert keys_in_code() - keys_in_table() == set()


def test_every_kind_of_record_is_in_the_table() -> None:
    """Exactly these."""
    assert {kind for row in ROWS for kind in re.findall(r"`([^`]+)`", row[4])} == {kind.value for kind in RecordKind}
