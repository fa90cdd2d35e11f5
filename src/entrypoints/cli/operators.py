"""`trunkline operators`."""

import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import click

from application.operating.manage_operators import InvalidOperatorError
from application.ports.operators import (
    OperatorExistsError,
    RegisteredOperator,
    TooManyOperatorsError,
    UnknownOperatorError,
)
from application.ports.store import StoreUnavailableError
from domain.operators.operator import Operator, Role
from entrypoints.bootstrap.container import Container
from entrypoints.cli.audited import audited
from entrypoints.cli.common import config_dir_option, json_option, report_errors, run
from entrypoints.cli.opened import opened_container
from entrypoints.http.operator_view import NewOperatorView, RegisteredView
from entrypoints.observability.terminal import as_json as json_text
from entrypoints.observability.terminal import one_line
from entrypoints.settings import ConfigurationError

errors_reported = report_errors(ConfigurationError, StoreUnavailableError, InvalidOperatorError)
operator_name = click.argument("name", metavar="NAME")


@click.group()
def operators() -> None:
    """Add, list and revoke operators, each with a token, a role and channels."""


@operators.command()
@config_dir_option
@operator_name
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="What they may do.")
@click.option("--channel", "channels", multiple=True, help="A channel they see; may be repeated. Else all of them.")
@json_option
@errors_reported
def add(config_dir: Path, name: str, role: str, channels: tuple[str, ...], *, as_json: bool) -> None:
    """Add an operator, and print their token. It is shown only now."""
    operator = Operator(name=name, role=Role(role), channels=channels)
    token = run(_add(config_dir, operator))
    if as_json:
        view = NewOperatorView(name=name, role=operator.role, channels=list(operator.channels), token=token)
        click.echo(json_text(view))
    else:
        click.echo(token)
        click.echo(f"This is the token of {name}. It is shown only now.", err=True)


@operators.command("list")
@config_dir_option
@json_option
@errors_reported
def list_operators(config_dir: Path, *, as_json: bool) -> None:
    """List operators. The token in service.yaml belongs to none of them: its holder is called admin."""
    registered = run(_list(config_dir))
    if as_json:
        click.echo(json_text([RegisteredView.of(each) for each in registered]))
    elif not registered:
        click.echo("No operators.", err=True)
    else:
        click.echo("\n".join(map(_line, registered)))


@operators.command()
@config_dir_option
@operator_name
@errors_reported
def revoke(config_dir: Path, name: str) -> None:
    """Revoke an operator's token, at once and in every process."""
    run(_revoke(config_dir, name))
    click.echo(one_line(f"revoked {name}"))


@contextlib.asynccontextmanager
async def _opened(config_dir: Path) -> AsyncIterator[Container]:
    async with opened_container(config_dir) as container:
        try:
            yield container
        except OperatorExistsError as error:
            message = f"there is an operator {error}: revoke them first, or choose another name"
            raise click.ClickException(one_line(message)) from error
        except TooManyOperatorsError as error:
            raise click.ClickException("there are too many operators: revoke some first") from error
        except UnknownOperatorError as error:
            raise click.ClickException(one_line(f"there is no operator {error}")) from error


async def _add(config_dir: Path, operator: Operator) -> str:
    async with _opened(config_dir) as container, audited(container, "add_operator", subject=operator.name):
        known = [channel.name for channel in container.settings().channels]
        return await container.manage_operators().add(operator=operator, known_channels=known)


async def _list(config_dir: Path) -> tuple[RegisteredOperator, ...]:
    async with _opened(config_dir) as container:
        return await container.operators().all()


async def _revoke(config_dir: Path, name: str) -> None:
    async with _opened(config_dir) as container, audited(container, "revoke_operator", subject=name):
        await container.operators().remove(name=name)


def _line(registered: RegisteredOperator) -> str:
    operator = registered.operator
    since = dt.datetime.fromtimestamp(registered.created_at, tz=dt.UTC).isoformat(sep=" ", timespec="seconds")
    return one_line(f"{operator.name}  {operator.role}  {', '.join(operator.channels) or 'all channels'}  {since}")
