"""Every port in memory: for tests, held to the same contracts as the others."""
