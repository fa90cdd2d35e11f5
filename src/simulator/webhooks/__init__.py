"""What the simulator sends to the service."""
