"""`trunkline proposals`."""

import contextlib
import datetime as dt
import getpass
import json
from collections.abc import AsyncIterator
from pathlib import Path

import click

from application.ports.proposals import AlreadyDecidedError, UnknownProposalError
from application.ports.store import StoreUnavailableError
from domain.conversations.proposals import MAX_REASON_LENGTH, ProposalState
from entrypoints.bootstrap.container import Container
from entrypoints.cli.audited import audited
from entrypoints.cli.common import config_dir_option, echo_list, json_option, report_errors, run
from entrypoints.cli.opened import opened_container
from entrypoints.http.proposal_view import ProposalView
from entrypoints.observability.terminal import as_json, one_line, printable
from entrypoints.settings import ConfigurationError

MAX_OPERATOR_LENGTH = 100


def _short(_: click.Context, __: click.Parameter, reason: str) -> str:
    if len(reason) > MAX_REASON_LENGTH:
        raise click.BadParameter(f"at most {MAX_REASON_LENGTH} characters")
    return reason


errors_reported = report_errors(ConfigurationError, StoreUnavailableError)
proposal_id = click.argument("proposal_id", metavar="ID")
by_option = click.option("--by", metavar="NAME", help="Who decides; by default the user who is logged in here.")
reason_option = click.option("--reason", default="", callback=_short, help="Why. The agent reads it.")


@click.group()
def proposals() -> None:
    """List, show, approve and reject what agents proposed."""


@proposals.command("list")
@config_dir_option
@click.option(
    "--state",
    type=click.Choice([*(state.value for state in ProposalState), "all"]),
    default=ProposalState.OPEN.value,
    show_default=True,
    help="Only those in this state.",
)
@click.option("--channel", metavar="NAME", help="Only those of this channel.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many at most.")
@click.option("--after", metavar="ID", help="Begin after this proposal.")
@json_option
@errors_reported
def list_proposals(
    config_dir: Path, state: str, channel: str | None, limit: int, after: str | None, *, as_json: bool
) -> None:
    """List proposals, oldest first."""
    states = tuple(ProposalState) if state == "all" else (ProposalState(state),)
    views = run(_list(config_dir, states=states, channel=channel, limit=limit, after=after))
    echo_list(views, _line, none="No proposals.", as_json=as_json)


@proposals.command()
@config_dir_option
@proposal_id
@json_option
@errors_reported
def show(config_dir: Path, proposal_id: str, *, as_json: bool) -> None:
    """Show a proposal: what the agent wants to do, for whom, and what became of it."""
    view = run(_show(config_dir, proposal_id))
    if as_json:
        _echo_json(view)
    else:
        click.echo("\n".join(_lines(view)))


@proposals.command()
@config_dir_option
@proposal_id
@by_option
@reason_option
@json_option
@errors_reported
def approve(config_dir: Path, proposal_id: str, by: str | None, reason: str, *, as_json: bool) -> None:
    """Approve a proposal. A worker delivers it to proposals.url; an undelivered one is delivered again."""
    _echo_done(run(_decide(config_dir, proposal_id, approves=True, by=by, reason=reason)), as_json=as_json)


@proposals.command()
@config_dir_option
@proposal_id
@by_option
@reason_option
@json_option
@errors_reported
def reject(config_dir: Path, proposal_id: str, by: str | None, reason: str, *, as_json: bool) -> None:
    """Reject a proposal. The agent learns it, and the person too."""
    _echo_done(run(_decide(config_dir, proposal_id, approves=False, by=by, reason=reason)), as_json=as_json)


@contextlib.asynccontextmanager
async def _opened(config_dir: Path) -> AsyncIterator[Container]:
    async with opened_container(config_dir) as container:
        try:
            yield container
        except UnknownProposalError as error:
            raise click.ClickException(one_line(f"there is no proposal {error}")) from error
        except AlreadyDecidedError as error:
            decided = error.proposal
            by = f" by {decided.decided_by}" if decided.decided_by else ""
            message = f"proposal {decided.id} was decided before: it is {decided.state}{by}"
            raise click.ClickException(one_line(message)) from error


async def _list(
    config_dir: Path, *, states: tuple[ProposalState, ...], channel: str | None, limit: int, after: str | None
) -> list[ProposalView]:
    async with _opened(config_dir) as container:
        page = await container.proposals().page(limit=limit, after=after, states=states, channel=channel)
        return [ProposalView.of(proposal) for proposal in page.items]


async def _show(config_dir: Path, proposal_id: str) -> ProposalView:
    async with _opened(config_dir) as container:
        return ProposalView.of(await container.proposals().show(proposal_id=proposal_id))


async def _decide(config_dir: Path, proposal_id: str, *, approves: bool, by: str | None, reason: str) -> ProposalView:
    operator = (by or getpass.getuser()).strip()[:MAX_OPERATOR_LENGTH]
    async with _opened(config_dir) as container:
        decide = container.use_cases().decide_proposal
        step = decide.approve if approves else decide.reject
        action = "approve_proposal" if approves else "reject_proposal"
        async with audited(container, action, subject=proposal_id, operator=operator):
            return ProposalView.of(await step(proposal_id=proposal_id, by=operator, reason=reason))


def _echo_json(value: object) -> None:
    click.echo(as_json(value))


def _echo_done(view: ProposalView, *, as_json: bool) -> None:
    if as_json:
        _echo_json(view)
    else:
        click.echo(one_line(f"{view.id} is {view.state}"))


def _line(view: ProposalView) -> str:
    text = f"{view.id}  {_time(view.proposed_at)}  {view.state}  {view.channel}:{view.user}  {view.tool}"
    return one_line(f"{text}  {json.dumps(view.arguments, ensure_ascii=False)}")


def _lines(view: ProposalView) -> list[str]:
    where = " ".join(filter(None, (view.type, view.destination, view.operation)))
    lines = [
        f"{view.id}, {_time(view.proposed_at)}: {view.state}",
        f"conversation: {view.channel}:{view.user}, turn {view.turn_id}",
        f"agent: {view.agent}{f', via {view.via}' if view.via else ''}",
        f"tool: {view.tool} ({where})",
        f"arguments: {json.dumps(view.arguments, ensure_ascii=False)}",
    ]
    if view.decided_at is not None:
        reason = f": {view.reason}" if view.reason else ""
        lines.append(f"decided: {_time(view.decided_at)} by {view.decided_by or 'nobody'}{reason}")
    if view.attempts or view.error:
        lines.append(f"failed deliveries: {view.attempts}, the latest: {view.error}")
    if view.result:
        lines.append(f"result: {view.result}")
    return [printable(one_line(line)) for line in lines]


def _time(at: float) -> str:
    return dt.datetime.fromtimestamp(at, tz=dt.UTC).isoformat(sep=" ", timespec="seconds")
