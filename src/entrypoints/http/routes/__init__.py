"""The routes of the service, one group in each file."""
