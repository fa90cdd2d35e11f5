"""The web application: webhooks, the event stream, probes, and the operators' routes."""

from entrypoints.http.app import create_app, create_probes
from entrypoints.http.services import Services

__all__ = ["Services", "create_app", "create_probes"]
