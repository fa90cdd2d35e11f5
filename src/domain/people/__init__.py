"""Who talks to us: persons, their conversation's key, and all the names a channel knows them by."""
