"""What the doctor says."""

from enum import StrEnum

from attrs import frozen


class Status(StrEnum):
    """FAILED: it will not work as it is. WARNING: it works, but somebody should look."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@frozen(kw_only=True)
class Finding:
    """The outcome of one check: a sentence, and how to fix it where something is to be mended."""

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
