"""Builds the documents into a site that works without a connection."""
