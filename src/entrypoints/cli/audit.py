"""`trunkline audit`."""

from collections.abc import AsyncIterator
from pathlib import Path

import click

from application.ports.audit_log import AuditFilter
from application.ports.store import StoreUnavailableError
from domain.operators.audit import AuditEntry
from entrypoints.cli.common import config_dir_option, echo_list, json_option, report_errors, run
from entrypoints.cli.opened import opened_container
from entrypoints.http.audit_view import AuditFormat, AuditView, exported
from entrypoints.observability.terminal import escaped_json, one_line, printable
from entrypoints.settings import ConfigurationError


@click.command()
@config_dir_option
@click.option("--operator", default="", help="Only what this operator did.")
@click.option("--channel", default="", help="Only what concerned this channel.")
@click.option("--conversation", default="", metavar="CHANNEL:USER", help="Only what concerned this conversation.")
@click.option("--limit", type=click.IntRange(1, 500), default=50, show_default=True, help="How many at most.")
@click.option(
    "--export",
    "written_as",
    type=click.Choice([each.value for each in AuditFormat]),
    help="Print all of them, in this format.",
)
@json_option
@report_errors(ConfigurationError, StoreUnavailableError)
def audit(  # noqa: PLR0917  (click passes them by name)
    config_dir: Path,
    operator: str,
    channel: str,
    conversation: str,
    limit: int,
    written_as: str | None,
    *,
    as_json: bool,
) -> None:
    """Show what operators did, the latest first."""
    only = AuditFilter(operator=operator, channel=channel, conversation=conversation)
    if written_as:
        run(_export(config_dir, only, AuditFormat(written_as)))
        return
    views = [AuditView.of(entry) for entry in run(_latest(config_dir, only, limit))]
    echo_list(views, _line, none="No actions of operators.", as_json=as_json)


async def _latest(config_dir: Path, only: AuditFilter, limit: int) -> list[AuditEntry]:
    found: list[AuditEntry] = []
    async with opened_container(config_dir) as container:
        before: str | None = None
        while True:
            page = await container.audit_log().page(limit=limit - len(found), before=before, only=only)
            found += page.entries
            before = page.next
            if before is None or len(found) == limit:
                return found


async def _export(config_dir: Path, only: AuditFilter, written_as: AuditFormat) -> None:
    safe = escaped_json if written_as is AuditFormat.NDJSON else printable
    async with opened_container(config_dir) as container:
        lines: AsyncIterator[str] = exported(container.audit_log(), only, written_as)
        async for some in lines:
            click.echo("".join(f"{safe(line)}\n" for line in some.splitlines()), nl=False)


def _line(view: AuditView) -> str:
    about = " ".join(filter(None, (view.conversation or view.channel, view.subject)))
    time = view.time.isoformat(sep=" ", timespec="seconds")
    return one_line(f"{time}  {view.operator} ({view.place})  {view.action}  {view.outcome}  {about}".rstrip())
