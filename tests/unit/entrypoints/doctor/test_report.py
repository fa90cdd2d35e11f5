"""How findings are shown: to people, to logs and to programs."""

import io
import json

from rich.console import Console

from entrypoints.doctor.findings import Finding, Status, has_failed
from entrypoints.doctor.report import report

FINDINGS = (
    Finding(name="store", status=Status.OK, message="redis://[::1] answers"),
    Finding(name="agents", status=Status.FAILED, message="[bold]away", fix="start it"),
)


def printed(*, as_json: bool = False, terminal: bool = False) -> str:
    console = Console(file=io.StringIO(), force_terminal=terminal, width=100, color_system=None)
    report(FINDINGS, console=console, as_json=as_json)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_report_without_a_terminal_has_one_line_for_each_finding() -> None:
    assert printed() == "ok: store: redis://[::1] answers\nfailed: agents: [bold]away -> start it\n"


def test_a_report_is_a_table_on_a_terminal() -> None:
    lines = [line.split() for line in printed(terminal=True).splitlines()]

    assert lines == [["ok", "store", "redis://[::1]", "answers"], ["failed", "agents", "[bold]away"], ["start", "it"]]


def test_a_report_is_json_for_programs() -> None:
    first, second = json.loads(printed(as_json=True, terminal=True))

    assert first == {"name": "store", "status": "ok", "message": "redis://[::1] answers", "fix": ""}
    assert second["fix"] == "start it"


def test_only_a_failure_is_a_failure() -> None:
    warned = Finding(name="a", status=Status.WARNING, message="b", fix="c")

    assert has_failed(FINDINGS)
    assert not has_failed([FINDINGS[0], warned])
