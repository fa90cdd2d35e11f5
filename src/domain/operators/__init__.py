"""Who operates the service, and what they did."""
