"""The roles the use cases depend on, one a file. Adapters fill them."""
