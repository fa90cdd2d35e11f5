"""`trunkline init`."""

import shutil
from pathlib import Path

import click

import entrypoints
from entrypoints.cli.common import config_dir_option, report_errors

PACKAGE = Path(entrypoints.__file__).parent
IN_WHEEL = PACKAGE / "example_config"
IN_CHECKOUT = PACKAGE.parents[1] / "config"


@click.command()
@config_dir_option
@report_errors(OSError)
def init(config_dir: Path) -> None:
    """Write a configuration with comments, and an agent. Existing files are never changed."""
    example = IN_WHEEL if IN_WHEEL.exists() else IN_CHECKOUT
    for source in sorted(example.rglob("*.yaml")):
        target = config_dir / source.relative_to(example)
        if target.exists():
            click.echo(f"{target} is there already, and stays as it is.", err=True)
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        click.echo(target)
    click.echo("Next: `trunkline dev` runs it with a simulated WhatsApp and Telegram.", err=True)
