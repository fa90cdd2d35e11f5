"""The use cases, one in each file, and the ports that they need."""
