"""The names of the files that our pages load."""

import re
from typing import Any

from litestar import Request
from litestar.exceptions import NotFoundException

FILE_PATH = re.compile(r"[A-Za-z0-9_./-]{1,200}")


def require_file_name(request: Request[Any, Any, Any]) -> None:
    """Answer 404 to a name that no file of ours can have: with some, the file system itself would fail."""
    if not FILE_PATH.fullmatch(request.scope["path"]):
        raise NotFoundException
