"""The OpenAPI description of the API, at /schema."""

from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Request, Router
from litestar.exceptions import NotFoundException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Schema, SecurityScheme
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from application.in_thread import in_thread


class StrictBodies(OpenAPISchemaPlugin):
    """Describes that a body with an unknown key is rejected, where it is. Litestar describes the rest."""

    def is_plugin_supported_field(self, field_definition: FieldDefinition) -> bool:
        kind = field_definition.annotation
        is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
        return is_struct and kind.__struct_config__.forbid_unknown_fields

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        described = (plugin for plugin in schema_creator.plugins if plugin is not self)
        plugin = next(one for one in described if schema_creator.plugin_supports_field(one, field_definition))
        schema: Schema = plugin.to_openapi_schema(field_definition, schema_creator)
        schema.additional_properties = False
        return schema


async def _prepare(request: Request[Any, Any, Any]) -> None:
    """Build the description in a thread: the first time, that takes 0.2 s.

    An unknown path below /schema is answered with problem details. Litestar would answer with a page of HTML.
    """
    if "path" in request.path_params:
        raise NotFoundException
    await in_thread(lambda: request.app.openapi_schema, when=True)


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
        openapi_router=Router("/schema", route_handlers=[], before_request=_prepare, include_in_schema=False),
    )
