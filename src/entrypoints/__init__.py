"""HTTP, worker and command line, and the composition root (bootstrap) that picks the adapters."""
