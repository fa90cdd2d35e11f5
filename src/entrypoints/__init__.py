"""How one gets in: HTTP, worker, command line; and the composition root that picks the adapters."""
