-- Take or prolong the lease of the process that fetches a channel's updates.
--
-- KEYS: 1 lease. ARGV: 1 who asks, 2 how long the lease holds (ms).
-- Returns 1 when it is theirs now, 0 while somebody else has it.
local LEASE, holder, lease_ms = KEYS[1], ARGV[1], ARGV[2]

if (redis.call('GET', LEASE) or holder) ~= holder then return 0 end
redis.call('SET', LEASE, holder, 'PX', lease_ms)
return 1
