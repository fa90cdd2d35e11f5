-- Claim a receiver of events for a process, or renew its claim.
--
-- KEYS: 1 claim, 2 place of the receiver in the feed. ARGV: 1 process, 2 how long the claim holds (ms), 3 how long the
--   place is kept (ms).
-- Returns the place, empty when it has none. Returns nothing while another process has the receiver.
local CLAIM, PLACE = KEYS[1], KEYS[2]
local process, hold_ms, keep_ms = unpack(ARGV)

local holder = redis.call('GET', CLAIM)
if holder and holder ~= process then return false end
redis.call('SET', CLAIM, process, 'PX', hold_ms)
redis.call('PEXPIRE', PLACE, keep_ms)
return redis.call('GET', PLACE) or ''
