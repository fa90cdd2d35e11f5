"""dependency-injector without the web frameworks that it can inject into."""

from entrypoints.not_installed import not_installed

with not_installed("fastapi", "starlette", "werkzeug", "pydantic"):
    from dependency_injector import containers, providers

__all__ = ["containers", "providers"]
