"""The composition root: it makes adapters and use cases from settings, and starts and stops processes."""
