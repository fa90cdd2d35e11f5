"""Print findings for a terminal, for a file, or for a program."""

import json
from collections.abc import Iterable

from attrs import asdict
from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrypoints.doctor.findings import Finding, Status
from entrypoints.observability.terminal import escaped_json, printable

STYLES = {Status.OK: "green", Status.WARNING: "yellow", Status.FAILED: "bold red"}


def report(findings: Iterable[Finding], *, console: Console, as_json: bool = False) -> None:
    """Print the findings: a table on a terminal, otherwise one line each; with `as_json` one JSON array."""
    if as_json:
        written = json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=2)
        console.file.write(escaped_json(written) + "\n")
    elif console.is_terminal:
        console.print(_table(findings))
    else:
        console.file.writelines(printable(_line(finding)) + "\n" for finding in findings)


def _table(findings: Iterable[Finding]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for finding in findings:
        text = Text(printable(finding.message))
        if finding.fix:
            text.append(f"\n{printable(finding.fix)}", style="italic")
        table.add_row(Text(finding.status, style=STYLES[finding.status]), Text(printable(finding.name)), text)
    return table


def _line(finding: Finding) -> str:
    fix = f" -> {finding.fix}" if finding.fix else ""
    return f"{finding.status}: {finding.name}: {finding.message}{fix}"
