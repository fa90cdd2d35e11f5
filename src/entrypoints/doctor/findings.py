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
    """The outcome of one check: a sentence, and what mends it where something is to be mended."""

    name: str
    status: Status
    message: str
    mend: str = ""


def ok(name: str, message: str) -> Finding:
    return Finding(name=name, status=Status.OK, message=message)


def warning(name: str, message: str, mend: str) -> Finding:
    return Finding(name=name, status=Status.WARNING, message=message, mend=mend)


def failed(name: str, message: str, mend: str) -> Finding:
    return Finding(name=name, status=Status.FAILED, message=message, mend=mend)
