"""The table of docs/privacy.md: which keys the store has, and what they have of a person."""

import re

from support.documents import ROOT

_TEXT = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
ROWS = [line.split("|") for line in _TEXT.splitlines() if line.startswith("| `")]


def keys_in_table() -> set[str]:
    return {key for row in ROWS for key in re.findall(r"`([^`]+)`", row[1])}


def key_in_table(stored: str) -> str:
    """A key of a store as the table would name it: "trunkline:{0}:mail:whatsapp:1" is "{p}:mail"."""
    tag, name = re.fullmatch(r"trunkline:(?:\{(events:|\d)[^}]*\}:)?([a-z_]+).*", stored).groups()  # type: ignore[union-attr]
    return {None: "", "events:": "{events:RECEIVER}:"}.get(tag, "{p}:") + name
