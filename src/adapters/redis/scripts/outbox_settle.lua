-- Record how far a receiver of events is, and renew the claim.
--
-- KEYS: 1 claim, 2 place of the receiver in the feed, 3 its dead events, 4 those that are sent again.
-- ARGV: 1 process, 2 how long the claim holds (ms), 3 how long all else is kept (ms), 4 the new place, 5 how many dead
--   events are kept, 6 ids of events that were sent again (JSON); then new dead events (JSON).
-- Returns 1, or 0 when another process has the receiver: nothing is changed then.
local CLAIM, PLACE, DEAD, AGAIN = unpack(KEYS)
local process, hold_ms, keep_ms, place, max_dead, done = unpack(ARGV, 1, 6)

local holder = redis.call('GET', CLAIM)
if holder and holder ~= process then return 0 end
redis.call('SET', CLAIM, process, 'PX', hold_ms)
redis.call('SET', PLACE, place, 'PX', keep_ms)
for _, id in ipairs(cjson.decode(done)) do redis.call('HDEL', AGAIN, id) end
for at = 7, #ARGV do redis.call('RPUSH', DEAD, ARGV[at]) end
redis.call('LTRIM', DEAD, -max_dead, -1)
redis.call('PEXPIRE', DEAD, keep_ms)
return 1
