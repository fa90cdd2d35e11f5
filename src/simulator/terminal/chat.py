"""A phone in the terminal, connected to a running simulator."""

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

from simulator.phone.choices import Choice
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


async def chat(url: str, number: str, channel: str) -> None:
    """Write as the person with `number` on `channel` to the business of the simulator at `url`, until the input ends.

    A line is sent as a text. "/2" taps the second choice of the latest message that has choices. In a terminal, the
    prompt shows the delivery status and "typing". From a pipe, a line is sent when the line before it was answered.

    Raises:
        click.ClickException: no simulator answers at `url`, or no answer came within 60 seconds.
    """
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        phone = PhoneClient(http=http, number=number.removeprefix("+"), channel=channel)
        try:
            conversation = _Conversation(phone, business=await phone.introduce(), interactive=sys.stdin.isatty())
            await conversation.run(lines_of(sys.stdin.fileno()))
        except NoSimulatorError as error:
            raise click.ClickException(printable(str(error))) from error
        except TimeoutError as error:
            raise click.ClickException(f"no answer within {ANSWER_WITHIN_SECONDS:g} s") from error


class _Conversation:
    """Sends lines, and shows the events of the phone at the same time."""

    def __init__(self, phone: PhoneClient, *, business: str, interactive: bool) -> None:
        self._phone = phone
        self._business = printable(business)
        self._interactive = interactive
        self._console = Console(highlight=False)
        self._connected = asyncio.Event()
        self._answers: asyncio.Queue[str] = asyncio.Queue()
        self._typing = False
        self._last: dict[str, Any] = {}
        self._question: dict[str, Any] | None = None
        self._reactions: dict[str, str] = {}

    async def run(self, lines: Lines) -> None:
        following = asyncio.create_task(self._follow())
        talking = asyncio.create_task(self._run_in_terminal(lines) if self._interactive else self._run_from_pipe(lines))
        try:
            done, _ = await asyncio.wait({following, talking}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            following.cancel()
            talking.cancel()
            await asyncio.gather(following, talking, return_exceptions=True)

    async def _run_in_terminal(self, lines: Lines) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGINT, lines.put_nowait, None)
        try:
            await self._connected.wait()
            hint = "/1 taps the first choice of a message. Ctrl-D ends."
            self._console.print(Text.assemble("Writing to ", (self._business, "bold"), f". {hint}"), style="dim")
            self._show_prompt()
            while (line := await lines.get()) is not None:
                if not (line.strip() and await self._send(line.strip())):
                    self._show_prompt()
        finally:
            loop.remove_signal_handler(signal.SIGINT)
            self._console.control(START_OF_LINE)

    async def _run_from_pipe(self, lines: Lines) -> None:
        await self._connected.wait()
        while (line := await lines.get()) is not None:
            if line.strip():
                self._print("You", line.strip(), "green")
                if await self._send(line.strip()):
                    await self._wait_for_answer()

    async def _send(self, line: str) -> bool:
        """Send a text, or tap a choice. Returns whether something was sent."""
        match = TAP.fullmatch(line)
        if match is None:
            await self._phone.write(line)
            return True
        choices = tappable(self._question) if self._question else ()
        number = int(match[1])
        if self._question and 1 <= number <= len(choices):
            await self._choose(str(self._question["id"]), choices[number - 1])
            return True
        listed = ", ".join(f"/{place} {choice.title}" for place, choice in enumerate(choices, start=1))
        help_text = f"you can tap {listed}" if listed else "no message has had choices yet"
        self._print(line, f"there is no choice with that number; {help_text}", "red")
        return False

    async def _choose(self, message_id: str, choice: Choice) -> None:
        """Tap a choice. A key of a bot's keyboard sends its text, or the own contact."""
        match choice.kind:
            case "key":
                await self._phone.write(choice.title)
            case "contact_key":
                await self._phone.share_own_contact(message_id)
            case _:
                await self._phone.tap(message_id, choice.id)

    async def _wait_for_answer(self) -> None:
        """Wait until an answer has come, and then until nothing has come for a moment."""
        async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
            await self._answers.get()
            while not await self._is_quiet():
                continue

    async def _is_quiet(self) -> bool:
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
            elif kind not in ("message", "status"):
                continue
            elif data["author"] == "person":
                self._last = data
                self._show_reaction(data)
            elif kind == "message":
                await self._show(data)
            if self._interactive:
                self._show_prompt()

    async def _show(self, message: dict[str, Any]) -> None:
        self._print(self._business, "\n".join(bubble_lines(message)), "cyan")
        if tappable(message):
            self._question = message
        await self._phone.open_thread()
        self._answers.put_nowait(str(message["id"]))

    def _show_reaction(self, message: dict[str, Any]) -> None:
        """Show a reaction of the business to a message of this person, or its removal."""
        emoji, before = message["reactions"].get("business", ""), self._reactions.get(message["id"], "")
        if emoji == before:
            return
        self._reactions[message["id"]] = emoji
        done = f"reacted with {emoji}" if emoji else "removed the reaction"
        self._print(self._business, f'[{done}: "{message["body"]}"]', "cyan")
        self._answers.put_nowait(str(message["id"]))

    def _print(self, name: str, body: str, colour: str) -> None:
        if self._interactive:
            self._console.control(START_OF_LINE)
        shown = Text.assemble((f"{name}: ", f"bold {colour}"), printable(body))
        self._console.print(shown, soft_wrap=True)

    def _show_prompt(self) -> None:
        self._console.control(START_OF_LINE)
        status, style = TICKS.get(str(self._last.get("status")), ("", ""))
        if status == "✓" and self._last["attempts"]:
            status = "waiting to be delivered"
        typing = (f" {self._business} is typing… ", "italic cyan") if self._typing else " "
        self._console.print(Text.assemble((status, style), typing, ("> ", "bold green")), end="")
