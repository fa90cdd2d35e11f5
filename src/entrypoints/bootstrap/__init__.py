"""The composition root: settings become adapters and use cases; processes start and stop."""
