"""What agents propose: decide it, deliver what was approved, and tell what came of it."""
