"""The commands by name. Each is imported only when it is used, so that help is quick."""

from typing import override

import click

from entrypoints.cli.quick_import import import_quickly

COMMANDS = {
    "agent": "Show and choose the agent that answers a conversation.",
    "audit": "Show and export what operators did.",
    "channels": "List channels, and register their webhooks at the provider.",
    "chat": "Run a phone in the terminal, connected to a running `trunkline dev`.",
    "conversations": "List conversations, and show what was said in one.",
    "dead-letters": "List, show, replay and discard what could not be answered.",
    "dev": "Run everything on this machine: store, agents, and simulated channels.",
    "doctor": "Check configuration, store, agents, token, number and webhook.",
    "init": "Write a configuration with comments, and an agent.",
    "person": "Show, export and erase a person's data; join and separate their conversations.",
    "operators": "Add, list and revoke operators with a token, a role and channels of their own.",
    "proposals": "List, show, approve and reject what agents proposed.",
    "route": "Say which routing rule matches a message, and why.",
    "serve": "Run the service.",
    "webhooks": "List receivers of events; show, replay and discard what one did not take.",
    "usage": "Show what agents used, and what it cost.",
}


class LazyCommands(click.Group):
    """A group that knows the names and the help of its commands without importing them."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        command: click.Command = getattr(import_quickly(f"entrypoints.cli.{name}"), name)
        return command

    @override
    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(cls=LazyCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="trunkline", message="%(prog)s %(version)s")
def main() -> None:
    """Connect messaging channels to AI agents. No message is lost, doubled or out of order on the way."""
