"""The web application: webhooks, the event stream, probes, and the operators' routes."""
