"""Looks for words in everything that a store has: every key, and every file."""

from collections.abc import Iterable
from pathlib import Path

from adapters.redis.connection import StoreConnections


async def keys_with(store: StoreConnections, words: Iterable[str], *, prefix: str = "trunkline") -> dict[str, set[str]]:
    """The words that each key has in its name, or in its value as the store writes it to its files.

    What a deleted entry leaves beside others is in there, too. Keys without any of the words are left out.
    """
    await uncompressed(store)
    found: dict[str, set[str]] = {}
    async for key in store.commands.scan_iter(match=f"{prefix}:*"):
        value = await store.commands.execute_command("DUMP", key, NEVER_DECODE=True)  # type: ignore[no-untyped-call]
        if here := {word for word in words if word in key or word.encode() in (value or b"")}:
            found[key] = here
    return found


async def uncompressed(store: StoreConnections) -> None:
    """Let the store write words as they are: compressed ones would not be found."""
    await store.commands.config_set("rdbcompression", "no")


def files_with(directory: Path, words: Iterable[str]) -> dict[str, set[str]]:
    """The words that each file in the directory has. Files without any of them are left out."""
    contents = {path.name: path.read_bytes() for path in directory.rglob("*") if path.is_file()}
    found = {name: {word for word in words if word.encode() in content} for name, content in contents.items()}
    return {name: here for name, here in found.items() if here}
