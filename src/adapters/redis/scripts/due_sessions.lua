-- Take sessions that are due. Each is due again later, unless it is removed: who took it may be gone by then.
--
-- KEYS: 1 the set of the partition. ARGV: 1 how many at most, 2 when they are due again (in ms from now).
-- Returns them.
local OLD_SESSIONS, limit, retry_ms = KEYS[1], ARGV[1], ARGV[2]

local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local due = redis.call('ZRANGEBYSCORE', OLD_SESSIONS, '-inf', now, 'LIMIT', 0, limit)
for _, session in ipairs(due) do redis.call('ZADD', OLD_SESSIONS, now + retry_ms, session) end
return due
