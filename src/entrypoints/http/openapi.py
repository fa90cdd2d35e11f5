"""The OpenAPI description of the API, at /schema."""

from importlib.metadata import version
from typing import Any

from litestar import Request, Router
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme


def _check_path(request: Request[Any, Any, Any]) -> None:
    """Answer an unknown path below /schema with problem details. Litestar would answer with a page of HTML."""
    if "path" in request.path_params:
        raise NotFoundException


def openapi_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Trunkline",
        version=version("trunkline"),
        description="Connects messaging channels to AI agents. Errors are RFC 9457 problem details.",
        components=Components(
            security_schemes={
                "operator": SecurityScheme(type="http", scheme="bearer"),
                "run": SecurityScheme(type="apiKey", name="X-Nexus-Run-Token", security_scheme_in="header"),
            }
        ),
        render_plugins=[JsonRenderPlugin()],
        openapi_router=Router("/schema", route_handlers=[], before_request=_check_path, include_in_schema=False),
    )
