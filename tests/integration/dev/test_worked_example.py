"""The worked example of docs/agents.md, as a newcomer follows it: every step on the phone, by its menus."""

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.dev import ANA, Dev, newcomer, running_dev
from support.documents import ROOT
from support.polling import eventually

SECTION = (ROOT / "docs" / "agents.md").read_text(encoding="utf-8").partition("## A worked example\n")[2]
AGENT, RULE = re.findall(r"```yaml\n(.*?)\n```\n", SECTION.partition("\n## ")[0], re.DOTALL)


@pytest.fixture(scope="module")
async def example(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Dev]:
    directory = newcomer(tmp_path_factory.mktemp("example"))
    (directory / "config" / "agents" / "tea-shop.agent.yaml").write_text(AGENT + "\n", encoding="utf-8")
    channels = directory / "config" / "channels.yaml"
    lines = channels.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("    default_agent:"))
    channels.write_text("\n".join([*lines[: at + 1], *RULE.splitlines(), *lines[at + 1 :]]), encoding="utf-8")
    async with running_dev(directory) as dev:
        await dev.http.put(f"{dev.page}/phone/{ANA}", json={"name": "Ana"})
        yield dev


async def answered(dev: Dev, beginning: str) -> dict[str, Any]:
    """The message of the business that begins like this, as soon as it is there."""

    async def found() -> dict[str, Any] | None:
        thread = [message for message in await dev.thread() if message["author"] == "business"]
        return next((message for message in reversed(thread) if str(message["body"]).startswith(beginning)), None)

    return dict(await eventually(found))


async def tap(dev: Dev, message: dict[str, Any], title: str) -> None:
    """Tap the button or the row with this title."""
    (choice,) = [found for found in _choices(message["content"]) if found["title"] == title]
    body = {"message_id": message["id"], "choice": choice["id"]}
    (await dev.http.post(f"{dev.page}/phone/{ANA}/taps", json=body)).raise_for_status()


def _choices(content: Any) -> list[dict[str, str]]:
    """Every id with a title in the content of a message, however deep."""
    if isinstance(content, list):
        return [found for part in content for found in _choices(part)]
    if not isinstance(content, dict):
        return []
    own = [content] if {"id", "title"} <= content.keys() else []
    return own + [found for part in content.values() for found in _choices(part)]


async def test_every_step(example: Dev) -> None:
    """In the order of the table, in one conversation."""
    dev = example
    await dev.write("Do you have green tea?")
    first = await answered(dev, 'You said: "Do you have green tea?"')

    reply = {"text": "prompt", "reply_to": first["id"]}
    await dev.write("prompt")
    told = str((await answered(dev, "I was told:"))["body"])
    (await dev.http.post(f"{dev.page}/phone/{ANA}/messages", json=reply)).raise_for_status()
    quoted = await eventually(lambda: _latest_with(dev, "Their message replies to: You said:"))
    assert f"You sell tea on whatsapp. The person is Ana, and writes from\n{ANA}." in told
    assert "Their message replies to" not in told
    assert "Greet them" not in told + quoted

    await dev.write("menu")
    await tap(dev, await answered(dev, "What would you like to see?"), "More")
    await tap(dev, await answered(dev, "Which of these?"), "Confirmation")
    await tap(dev, await answered(dev, "Para confirmar"), "Yes, confirm")
    await answered(dev, "You confirmed it.")

    await tap(dev, await answered(dev, "Which of these?"), "Proposal")
    await answered(dev, "I have proposed to order two boxes")
    proposals = f"{dev.addresses['webhook'].partition('/v1/')[0]}/v1/proposals"  # as the console asks
    (proposal,) = (await dev.http.get(proposals, params={"state": "open"})).json()["items"]
    await dev.http.post(f"{proposals}/{proposal['id']}/approve")
    await answered(dev, "Good news: 2 boxes are on their way")

    await tap(dev, await answered(dev, "Which of these?"), "Hand-off")
    await eventually(lambda: _latest_with(dev, "From your next message on, the specialist answers"))
    await dev.write("which one is best?")
    seen = str((await answered(dev, "Here is the specialist."))["body"])
    assert "which one is best?" in seen

    await dev.write("/new")
    await dev.write("who is there?")
    await answered(dev, 'You said: "who is there?"')
    assert proposal["agent"] == "tea-shop"


async def _latest_with(dev: Dev, words: str) -> str:
    return next((text for text in reversed(await dev.answers()) if words in text), "")


def test_what_the_table_shows() -> None:
    """The words that the test looks for are those of the table."""
    for words in ("Do you have green tea?", "You sell tea on whatsapp. The person is Ana", "You confirmed it."):
        assert words in SECTION
