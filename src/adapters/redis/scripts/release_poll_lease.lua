-- Give back the lease of the process that fetches a channel's updates.
--
-- KEYS: 1 lease. ARGV: 1 who had it.
local LEASE, holder = KEYS[1], ARGV[1]

if redis.call('GET', LEASE) == holder then redis.call('DEL', LEASE) end
