"""The files that our pages load."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from litestar import Request, Router
from litestar.datastructures import CacheControlHeader
from litestar.exceptions import NotFoundException
from litestar.static_files import create_static_files_router

FILE_PATH = re.compile(r"[A-Za-z0-9_./-]{1,200}")


def static_files(path: str, directories: Sequence[Path]) -> Router:
    """Serves the files in `directories` below `path`. Browsers ask each time whether a file has changed."""
    return create_static_files_router(
        path,
        list(directories),
        cache_control=CacheControlHeader(no_cache=True),
        before_request=_require_file_name,
        include_in_schema=False,
    )


def _require_file_name(request: Request[Any, Any, Any]) -> None:
    """Answer 404 to a name that no file of ours can have. With some names, the file system itself would fail."""
    if not FILE_PATH.fullmatch(request.scope["path"]):
        raise NotFoundException
