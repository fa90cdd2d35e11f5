"""Everything that is kept: mailbox, rate log and activity feed on Redis (or Valkey, which is the same to us)."""
