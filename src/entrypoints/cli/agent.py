"""`trunkline agent`."""

from pathlib import Path

import click

from application.channels import UnknownChannelError
from application.operating.choose_agent import UnknownAgentError
from application.ports.store import StoreUnavailableError
from domain.people.person import Conversation
from entrypoints.cli.audited import audited
from entrypoints.cli.common import config_dir_option, json_option, report_errors, run
from entrypoints.cli.opened import opened_container_with_clients
from entrypoints.observability.terminal import as_json as json_text
from entrypoints.observability.terminal import one_line
from entrypoints.settings import ConfigurationError
from entrypoints.settings.validators import agent_name

errors_reported = report_errors(ConfigurationError, StoreUnavailableError, UnknownChannelError, UnknownAgentError)
conversation_name = click.argument("conversation", metavar="CHANNEL:USER")


@click.group()
def agent() -> None:
    """Show and choose the agent that answers a conversation."""


@agent.command()
@config_dir_option
@conversation_name
@json_option
@errors_reported
def show(config_dir: Path, conversation: str, *, as_json: bool) -> None:
    """Show the agent that answers the next message, unless a rule of the channel names another one."""
    _echo(*run(_show(config_dir, conversation)), as_json=as_json)


@agent.command("set")
@config_dir_option
@conversation_name
@click.argument("name")
@json_option
@errors_reported
def set_(config_dir: Path, conversation: str, name: str, *, as_json: bool) -> None:
    """Let this agent answer from the next message on."""
    agent_name(None, None, name)
    _echo(*run(_choose(config_dir, conversation, name)), as_json=as_json)


@agent.command()
@config_dir_option
@conversation_name
@json_option
@errors_reported
def reset(config_dir: Path, conversation: str, *, as_json: bool) -> None:
    """Let the channel's own agent answer from the next message on."""
    _echo(*run(_choose(config_dir, conversation, None)), as_json=as_json)


async def _show(config_dir: Path, name: str) -> tuple[Conversation, str]:
    async with opened_container_with_clients(config_dir) as container:
        found = await container.use_cases().find(name)
        return found, await container.use_cases().choose_agent.shown(conversation=found)


async def _choose(config_dir: Path, name: str, chosen: str | None) -> tuple[Conversation, str]:
    async with opened_container_with_clients(config_dir) as container:
        found = await container.use_cases().find(name)
        action = "choose_agent" if chosen else "reset_agent"
        async with audited(container, action, conversation=found):
            return found, await container.use_cases().choose_agent(conversation=found, agent=chosen)


def _echo(conversation: Conversation, answering: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json_text({"conversation": str(conversation), "agent": answering}))
    else:
        click.echo(one_line(f"{conversation}  {answering}"))
