"""The operators' console, and the readable description of the API: pages, and the files that they load."""

from pathlib import Path
from typing import Any

from litestar import Router, get
from litestar.connection import ASGIConnection
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.response import File, Redirect

from entrypoints.http.services import Services
from entrypoints.http.static_files import static_files
from page_kit import FILES, SECURITY_HEADERS

PAGES = Path(__file__).parents[1] / "pages"


async def where_operators_work(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """A guard: where the operators' routes do not exist, there is no console either. It holds no secret itself."""
    services: Services = connection.app.state.services
    if not (services.admin_token or services.admin_open):
        raise NotFoundException


@get("/", include_in_schema=False, guards=[where_operators_work], sync_to_thread=False)
def lead_to_console() -> Redirect:
    return Redirect("/console")


@get("/console", include_in_schema=False, guards=[where_operators_work], sync_to_thread=False)
def show_console() -> File:
    return _page("console")


@get("/docs", include_in_schema=False, sync_to_thread=False)
def show_docs() -> File:
    return _page("docs")


def page_files() -> Router:
    """The styles and scripts of the pages."""
    return static_files("/pages", [PAGES, FILES])


def _page(name: str) -> File:
    headers = {**SECURITY_HEADERS, "Cache-Control": "no-cache"}
    return File(PAGES / name / "index.html", content_disposition_type="inline", media_type="text/html", headers=headers)
