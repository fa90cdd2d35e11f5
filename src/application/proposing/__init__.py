"""What agents propose: announce it, decide it, deliver what was approved, and tell what came of it."""
