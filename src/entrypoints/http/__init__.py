"""The web application: webhooks, events, probes, and what operators do."""

from entrypoints.http.app import create_app, create_probes
from entrypoints.http.services import Services

__all__ = ["Services", "create_app", "create_probes"]
