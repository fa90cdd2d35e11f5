-- Take what is due. For a while nobody else gets it; then it is due again.
--
-- KEYS: 1 when each id is due (us). ARGV: 1 how many ids at most, 2 for how long (us).
-- Returns the ids.
local DUE, limit, claimed_us = KEYS[1], unpack(ARGV)

local now = now_us()
local ids = redis.call('ZRANGEBYSCORE', DUE, '-inf', now, 'LIMIT', 0, limit)
for _, id in ipairs(ids) do redis.call('ZADD', DUE, now + claimed_us, id) end
return ids
