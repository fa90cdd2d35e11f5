"""Who is there, what was said, and how the simulator behaves."""
