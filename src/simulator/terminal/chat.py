"""The phone in the terminal, against a running simulator."""

import asyncio
import re
import signal
import sys
from typing import Any

import click
import httpx
from rich.console import Console
from rich.control import Control
from rich.segment import ControlType
from rich.text import Text

from simulator.terminal.bubbles import bubble_lines, tappable
from simulator.terminal.lines import Lines, lines_of
from simulator.terminal.phone_client import NoSimulatorError, PhoneClient
from simulator.terminal.printable import printable

ANSWER_WITHIN_SECONDS = 60.0
QUIET_SECONDS = 1.5
TAP = re.compile(r"/(\d{1,3})")
START_OF_LINE = Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2))
TICKS = {
    "accepted": ("✓", "dim"),
    "delivered": ("✓✓", "dim"),
    "read": ("✓✓", "bright_blue"),
    "failed": ("not delivered", "red"),
}


async def chat(url: str, number: str) -> None:
    """Talk as the person with `number` to the business of the simulator at `url`, until the input ends.

    A line is a text; "/2" taps the second of what the latest message that offers something lets one tap.
    In a terminal the prompt shows ticks and "typing". From a pipe each line is sent when the one before it
    has been answered.

    Raises:
        click.ClickException: no simulator answers, or no answer came within 60 seconds.
    """
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        phone = PhoneClient(http=http, number=number.removeprefix("+"))
        try:
            conversation = _Conversation(phone, business=await phone.introduce(), interactive=sys.stdin.isatty())
            await conversation.run(lines_of(sys.stdin.fileno()))
        except NoSimulatorError as error:
            raise click.ClickException(printable(str(error))) from error
        except TimeoutError as error:
            raise click.ClickException(f"no answer within {ANSWER_WITHIN_SECONDS:g} s") from error


class _Conversation:
    """Shows what happens on the phone while lines go out."""

    def __init__(self, phone: PhoneClient, *, business: str, interactive: bool) -> None:
        self._phone = phone
        self._business = printable(business)
        self._interactive = interactive
        self._console = Console(highlight=False)
        self._connected = asyncio.Event()
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._typing = False
        self._last: dict[str, Any] = {}
        self._asking: dict[str, Any] | None = None
        self._reactions: dict[str, str] = {}

    async def run(self, lines: Lines) -> None:
        following = asyncio.create_task(self._follow())
        talking = asyncio.create_task(self._prompted(lines) if self._interactive else self._piped(lines))
        try:
            done, _ = await asyncio.wait({following, talking}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            following.cancel()
            talking.cancel()
            await asyncio.gather(following, talking, return_exceptions=True)

    async def _prompted(self, lines: Lines) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, lines.put_nowait, None)
        try:
            await self._connected.wait()
            hint = "/1 taps the first thing a message offers. Ctrl-D leaves."
            self._console.print(Text.assemble("Writing to ", (self._business, "bold"), f". {hint}"), style="dim")
            self._show_prompt()
            while (line := await lines.get()) is not None:
                if not (line.strip() and await self._say(line.strip())):
                    self._show_prompt()
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            self._console.control(START_OF_LINE)

    async def _piped(self, lines: Lines) -> None:
        await self._connected.wait()
        while (line := await lines.get()) is not None:
            if line.strip():
                self._print("You", line.strip(), "green")
                if await self._say(line.strip()):
                    await self._wait_for_answer()

    async def _say(self, line: str) -> bool:
        """Write, or tap; whether something went out."""
        match = TAP.fullmatch(line)
        if match is None:
            await self._phone.write(line)
            return True
        offered = tappable(self._asking) if self._asking else ()
        number = int(match[1])
        if self._asking and 1 <= number <= len(offered):
            await self._phone.tap(str(self._asking["id"]), offered[number - 1].id)
            return True
        choices = ", ".join(f"/{place} {offer.title}" for place, offer in enumerate(offered, start=1))
        can = f"you can tap {choices}" if choices else "no message has offered anything yet"
        self._print(line, f"nothing to tap under that number; {can}", "red")
        return False

    async def _wait_for_answer(self) -> None:
        """Until an answer has come and nothing has followed it for a moment."""
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            await self._answers.get()
            while not await self._quiet():
                continue

    async def _quiet(self) -> bool:
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                await self._answers.get()
        except TimeoutError:
            return not self._typing
        return False

    async def _follow(self) -> None:
        async for kind, data in self._phone.events(connected=self._connected.set):
            if kind == "typing":
                self._typing = bool(data["typing"])
            elif data["author"] == "person":
                self._last = data
                self._note_reaction(data)
            elif kind == "message":
                await self._show(data)
            if self._interactive:
                self._show_prompt()

    async def _show(self, message: dict[str, Any]) -> None:
        self._print(self._business, "\n".join(bubble_lines(message)), "cyan")
        if tappable(message):
            self._asking = message
        await self._phone.open_thread()
        self._answers.put_nowait(str(message["id"]))

    def _note_reaction(self, message: dict[str, Any]) -> None:
        """The business puts an emoji at what was written here; a bubble tells of it by its state."""
        emoji, before = message["reactions"].get("business", ""), self._reactions.get(message["id"], "")
        if emoji == before:
            return
        self._reactions[message["id"]] = emoji
        done = f"reacted with {emoji}" if emoji else "took the reaction back"
        self._print(self._business, f'[{done}: "{message["body"]}"]', "cyan")
        self._answers.put_nowait(str(message["id"]))

    def _print(self, name: str, body: str, colour: str) -> None:
        if self._interactive:
            self._console.control(START_OF_LINE)
        shown = Text.assemble((f"{name}: ", f"bold {colour}"), printable(body))
        self._console.print(shown, soft_wrap=True)

    def _show_prompt(self) -> None:
        self._console.control(START_OF_LINE)
        words, style = TICKS.get(str(self._last.get("status")), ("", ""))
        if words == "✓" and self._last["attempts"]:
            words = "waiting to be delivered"
        typing = (f" {self._business} is typing… ", "italic cyan") if self._typing else " "
        self._console.print(Text.assemble((words, style), typing, ("> ", "bold green")), end="")
