"""Every port in memory, for tests. The same contracts hold as for the other adapters."""
