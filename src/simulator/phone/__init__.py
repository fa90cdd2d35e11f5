"""The phone's page and its API."""
