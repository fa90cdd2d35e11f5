"""What we do: one use case a file, and the ports they need."""
