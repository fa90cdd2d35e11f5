"""The results of the checks."""

from collections.abc import Iterable
from enum import StrEnum

from attrs import frozen


class Status(StrEnum):
    """FAILED: it does not work. WARNING: it works, but somebody should look at it."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@frozen(kw_only=True)
class Finding:
    """The result of one check: a sentence, and how to fix what is wrong."""

    name: str
    status: Status
    message: str
    fix: str = ""


def ok(name: str, message: str) -> Finding:
    return Finding(name=name, status=Status.OK, message=message)


def warning(name: str, message: str, fix: str) -> Finding:
    return Finding(name=name, status=Status.WARNING, message=message, fix=fix)


def failed(name: str, message: str, fix: str) -> Finding:
    return Finding(name=name, status=Status.FAILED, message=message, fix=fix)


def has_failed(findings: Iterable[Finding]) -> bool:
    """Whether something does not work."""
    return any(finding.status is Status.FAILED for finding in findings)
