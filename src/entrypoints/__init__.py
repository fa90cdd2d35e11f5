"""How one gets in: HTTP, worker, command line, simulator, and the one composition root."""
