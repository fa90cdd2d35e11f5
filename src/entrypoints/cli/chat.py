"""`trunkline chat`."""

from pathlib import Path

import click

from entrypoints.cli.common import config_dir_option, run
from simulator.terminal.chat import chat as run_chat


@click.command()
@config_dir_option
@click.option(
    "--url",
    default="http://127.0.0.1:8090",
    show_default=True,
    help="The address of the phone's page of `trunkline dev`.",
)
@click.option(
    "--number", default="15550002222", show_default=True, help="The number of the person who writes: digits only."
)
@click.option(
    "--channel",
    type=click.Choice(["whatsapp", "telegram"]),
    default="whatsapp",
    show_default=True,
    help="The channel on which the person writes.",
)
def chat(config_dir: Path, url: str, number: str, channel: str) -> None:  # noqa: ARG001  (every command takes --config-dir)
    """Run a phone in the terminal, connected to a running `trunkline dev`.

    A line is sent as a text. /1, /2, ... tap the choice with that number in the latest question.
    """
    run(run_chat(url, number, channel))
