"""What the service answers, one group of routes a file."""
