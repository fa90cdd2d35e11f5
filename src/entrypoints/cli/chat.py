"""`trunkline chat`."""

from pathlib import Path

import click

from entrypoints.cli.common import config_dir_option, run
from simulator.terminal.chat import chat as talk


@click.command()
@config_dir_option
@click.option(
    "--url",
    default="http://127.0.0.1:8090",
    show_default=True,
    help="The address of the phone that `trunkline dev` prints.",
)
@click.option("--number", default="15550002222", show_default=True, help="The phone number to write from, digits only.")
def chat(config_dir: Path, url: str, number: str) -> None:  # noqa: ARG001  (every command takes --config-dir)
    """Be a phone in the terminal, for a running `trunkline dev`.

    Each line is sent as a text message. /1, /2, ... tap that choice of the latest question.
    """
    run(talk(url, number))
