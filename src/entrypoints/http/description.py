"""The API's own description, at /schema."""

from importlib.metadata import version
from typing import Any

from litestar import Request, Router
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme


def _only_what_exists(request: Request[Any, Any, Any]) -> None:
    """Litestar answers an unknown path below /schema with a page of HTML; errors here are problem details."""
    if "path" in request.path_params:
        raise NotFoundException


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Trunkline",
        version=version("trunkline"),
        description="WhatsApp in, agents out. Errors are RFC 9457 problem details.",
        components=Components(security_schemes={"operator": SecurityScheme(type="http", scheme="bearer")}),
        render_plugins=[JsonRenderPlugin()],
        openapi_router=Router("/schema", route_handlers=[], before_request=_only_what_exists, include_in_schema=False),
    )
