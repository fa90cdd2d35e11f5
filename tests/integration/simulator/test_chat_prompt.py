"""The phone in the terminal: the installed command on a terminal of its own."""

import asyncio
import contextlib
import os
import pty
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from attrs import define

from support.polling import eventually
from support.simulator import ANA, FakeBusiness, RunningSimulator

COMMAND = Path(sys.executable).with_name("trunkline")


@define(kw_only=True)
class Terminal:
    """A command on a terminal of its own."""

    process: asyncio.subprocess.Process
    master: int
    screen: str = ""

    def type(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def shows(self, words: str) -> bool:
        with contextlib.suppress(BlockingIOError, OSError):
            self.screen += os.read(self.master, 65536).decode()
        return words in self.screen


@pytest.fixture
async def terminal(meta: RunningSimulator) -> AsyncIterator[Terminal]:
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    process = await asyncio.create_subprocess_exec(
        COMMAND,
        *("chat", "--url", meta.url, "--number", ANA),
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
        preexec_fn=lambda: os.login_tty(os.dup(slave)),
    )
    os.close(slave)
    yield Terminal(process=process, master=master)
    if process.returncode is None:
        process.kill()
        await process.wait()
    os.close(master)


async def test_the_prompt_shows_ticks_and_typing(
    terminal: Terminal, meta: RunningSimulator, business: FakeBusiness
) -> None:
    """The prompt has the delivery status and "typing" in one line. Ctrl-D ends the command."""
    await eventually(lambda: terminal.shows("Ctrl-D ends"))
    business.open.clear()
    terminal.type("Hi there\n")
    await eventually(lambda: terminal.shows("✓"))
    business.open.set()
    await eventually(lambda: terminal.shows("✓✓"))
    await meta.acknowledge(str(business.messages()[0]["id"]), typing=True)
    await eventually(lambda: terminal.shows("is typing…"))
    await meta.send("Hello\x1b[2J Ana")
    await eventually(lambda: terminal.shows("Hello[2J Ana"))

    terminal.type("\x04")

    assert await terminal.process.wait() == 0


async def test_ctrl_c_leaves_quietly(terminal: Terminal) -> None:
    """Ctrl-C ends the command without a traceback."""
    await eventually(lambda: terminal.shows("Ctrl-D ends"))

    terminal.type("\x03")

    assert await terminal.process.wait() == 0
    assert "Traceback" not in terminal.screen
